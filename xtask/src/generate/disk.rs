//! The generated files on disk, compared with what they should be.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::Context as _;

use super::{Generated, Kind, asyncapi, events_md, schema};

/// Writes what differs and answers the paths; a golden example that exists is left as it is.
pub(super) fn write(root: &Path, generated: &[Generated]) -> anyhow::Result<Vec<String>> {
    let mut written = Vec::new();
    for file in generated {
        let path = root.join(&file.path);
        let current = fs::read_to_string(&path).ok();
        let keep = match file.kind {
            Kind::Derived => current.as_ref() == Some(&file.text),
            Kind::Golden => current.is_some(),
        };
        if keep {
            continue;
        }
        let folder = path.parent().expect("a generated file lies in a folder");
        fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
        fs::write(&path, &file.text).with_context(|| format!("writing {}", file.path))?;
        written.push(file.path.clone());
    }
    Ok(written)
}

/// Every file that is, or claims to be, generated: path in the repository to text.
pub(super) fn read(root: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let mut tree = BTreeMap::new();
    for folder in [schema::FOLDER.to_owned(), format!("{}/examples", schema::FOLDER)] {
        let Ok(entries) = fs::read_dir(root.join(&folder)) else { continue };
        for entry in entries {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                let name = path.file_name().expect("a listed file has a name").to_string_lossy();
                tree.insert(format!("{folder}/{name}"), fs::read_to_string(&path)?);
            }
        }
    }
    for path in [events_md::PATH, asyncapi::PATH] {
        if let Ok(text) = fs::read_to_string(root.join(path)) {
            tree.insert(path.to_owned(), text);
        }
    }
    Ok(tree)
}

/// Where `tree` is not what the code says. Golden examples are judged by [`super::golden::faults`].
pub(super) fn faults(generated: &[Generated], tree: &BTreeMap<String, String>) -> Vec<String> {
    let mut faults = Vec::new();
    for file in generated.iter().filter(|file| file.kind == Kind::Derived) {
        if tree.get(&file.path) != Some(&file.text) {
            faults.push(format!(
                "{} is not what the code says: run `cargo xtask generate` and commit it",
                file.path
            ));
        }
    }
    for path in tree.keys().filter(|path| !generated.iter().any(|file| file.path == **path)) {
        if !is_older_version(path, generated) {
            faults.push(format!("{path} belongs to no registered event: register it, or undo the rename"));
        }
    }
    faults
}

/// Schemas and examples of versions that are no longer written stay.
fn is_older_version(path: &str, generated: &[Generated]) -> bool {
    let Some((stem, version)) = stem_and_version(path) else { return false };
    generated.iter().any(|file| {
        stem_and_version(&file.path)
            .is_some_and(|(newest_stem, newest)| newest_stem == stem && version < newest)
    })
}

fn stem_and_version(path: &str) -> Option<(&str, i32)> {
    let (stem, version) = path.strip_suffix(".json")?.rsplit_once(".v")?;
    Some((stem, version.parse().ok().filter(|version| *version >= 1)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn derived(path: &str) -> Generated {
        Generated { path: path.to_owned(), text: "new".to_owned(), kind: Kind::Derived }
    }

    fn tree(files: &[(&str, &str)]) -> BTreeMap<String, String> {
        files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn a_stale_file_and_a_missing_one_say_what_to_run() {
        let generated = [derived("schemas/events/a.b.v1.json"), derived("docs/EVENTS.md")];
        let faults = faults(&generated, &tree(&[("docs/EVENTS.md", "old")]));
        assert_eq!(faults.len(), 2);
        assert!(faults.iter().all(|fault| fault.contains("run `cargo xtask generate`")), "{faults:?}");
    }

    #[test]
    fn a_file_of_no_event_is_named_but_an_older_version_stays() {
        let generated = [derived("schemas/events/a.b.v2.json")];
        let tree = tree(&[
            ("schemas/events/a.b.v1.json", "old"),
            ("schemas/events/a.b.v2.json", "new"),
            ("schemas/events/a.b.v3.json", "?"),
            ("schemas/events/a.gone.v1.json", "?"),
        ]);
        let faults = faults(&generated, &tree);
        assert_eq!(faults.len(), 2, "{faults:?}");
        assert!(faults[0].contains("a.b.v3") && faults[1].contains("a.gone.v1"), "{faults:?}");
    }

    #[test]
    fn an_example_that_exists_is_never_rewritten() {
        let root = tempfile::tempdir().unwrap();
        let example = crate::generate::golden::path("a.b", 1);
        let files =
            |text: &str| [Generated { path: example.clone(), text: text.to_owned(), kind: Kind::Golden }];
        assert_eq!(write(root.path(), &files("first")).unwrap().len(), 1);
        assert_eq!(write(root.path(), &files("second")).unwrap().len(), 0);
        assert_eq!(read(root.path()).unwrap()[&example], "first");
    }
}
