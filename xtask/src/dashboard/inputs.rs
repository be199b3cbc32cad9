//! All that the pages are built of, as one hash: two builds of the same inputs need not both be made.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};

/// What `npm run build` reads, in the folder of the pages. The lock file stands for `node_modules/`.
const INPUTS: &[&str] = &[
    "index.html",
    "package.json",
    "package-lock.json",
    "public",
    "scripts",
    "src",
    "tsconfig.json",
    "vite.config.ts",
];

/// The hash, as hex.
///
/// # Errors
/// When one of them cannot be read.
pub(super) fn hash(folder: &Path) -> anyhow::Result<String> {
    let mut hasher = Sha256::new();
    for input in INPUTS {
        take(&mut hasher, folder, input)?;
    }
    Ok(hex::encode(hasher.finalize()))
}

/// Takes in a file with its name, or a folder with all that is in it.
fn take(hasher: &mut Sha256, folder: &Path, name: &str) -> anyhow::Result<()> {
    let path = folder.join(name);
    let reading = || format!("reading {}", path.display());
    if path.is_dir() {
        let mut names = Vec::new();
        for entry in fs::read_dir(&path).with_context(reading)? {
            names.push(format!("{name}/{}", entry?.file_name().to_string_lossy()));
        }
        // A folder lists its files in any order.
        names.sort_unstable();
        return names.iter().try_for_each(|name| take(hasher, folder, name));
    }
    let bytes = fs::read(&path).with_context(reading)?;
    // With the lengths, so that nothing can move from one file to the next unnoticed.
    for part in [name.as_bytes(), &bytes] {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for input in INPUTS {
            let path = folder.path().join(input);
            if Path::new(input).extension().is_some() {
                fs::write(path, "{}").unwrap();
            } else {
                fs::create_dir(&path).unwrap();
                fs::write(path.join("a"), "a").unwrap();
            }
        }
        folder
    }

    #[test]
    fn whatever_changes_comes_or_goes_is_another_build() {
        let folder = folder();
        let at_first = hash(folder.path()).unwrap();
        assert_eq!(hash(folder.path()).unwrap(), at_first);
        let file = folder.path().join("src/b");
        fs::write(&file, "").unwrap();
        let with_another = hash(folder.path()).unwrap();
        assert_ne!(with_another, at_first);
        fs::write(&file, "b").unwrap();
        assert_ne!(hash(folder.path()).unwrap(), with_another);
        fs::remove_file(&file).unwrap();
        assert_eq!(hash(folder.path()).unwrap(), at_first);
    }

    #[test]
    fn what_is_made_here_does_not_count() {
        let folder = folder();
        let at_first = hash(folder.path()).unwrap();
        for made in ["dist", "node_modules", "journeys"] {
            fs::create_dir(folder.path().join(made)).unwrap();
            fs::write(folder.path().join(made).join("a"), "a").unwrap();
        }
        assert_eq!(hash(folder.path()).unwrap(), at_first);
    }

    #[test]
    fn the_inputs_are_where_they_are_looked_for() {
        assert!(hash(&super::super::folder()).is_ok());
    }
}
