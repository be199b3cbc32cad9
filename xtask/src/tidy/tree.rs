//! The repository as text: what the rules read.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use cargo_metadata::{DependencyKind, MetadataCommand};

/// Every text file and every crate of the repository.
#[derive(Clone, Debug, Default)]
pub(super) struct Tree {
    pub(super) files: Vec<File>,
    pub(super) crates: Vec<Crate>,
}

#[derive(Clone, Debug)]
pub(super) struct File {
    /// Relative to the repository, with `/`.
    pub(super) path: String,
    pub(super) text: String,
}

/// A member of the workspace.
#[derive(Clone, Debug)]
pub(super) struct Crate {
    pub(super) name: String,
    /// Relative to the repository.
    pub(super) folder: String,
    pub(super) dependencies: Vec<Dependency>,
}

#[derive(Clone, Debug)]
pub(super) struct Dependency {
    pub(super) name: String,
    /// A crate of this repository.
    pub(super) ours: bool,
    /// For tests only.
    pub(super) dev: bool,
}

/// What is built, fetched or run here, never written by hand.
const SKIPPED_FOLDERS: &[&str] = &["target", "node_modules", "dist"];
const HIDDEN_FOLDERS_OF_OURS: &[&str] = &[".cargo", ".ci", ".config", ".github"];
const TEXT: &[&str] =
    &["rs", "sql", "toml", "md", "json", "yml", "yaml", "sh", "py", "ts", "tsx", "css", "html", "lock"];

impl Tree {
    /// Reads the repository that this program was built from.
    pub(super) fn read() -> anyhow::Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the repository");
        let mut files = Vec::new();
        read_folder(root, root, &mut files)?;
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Self { files, crates: crates(root)? })
    }

    /// The text of one file, empty when it does not exist.
    pub(super) fn text(&self, path: &str) -> &str {
        self.files.iter().find(|file| file.path == path).map_or("", |file| &file.text)
    }

    pub(super) fn files_in(&self, folder: &str, extension: &str) -> impl Iterator<Item = &File> {
        self.files.iter().filter(move |file| {
            file.path.starts_with(folder)
                && file.path.rsplit_once('.').is_some_and(|(_, found)| found == extension)
        })
    }
}

fn read_folder(root: &Path, folder: &Path, files: &mut Vec<File>) -> anyhow::Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("listing {}", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            let hidden = name.starts_with('.') && !HIDDEN_FOLDERS_OF_OURS.contains(&name.as_str());
            if !hidden && !SKIPPED_FOLDERS.contains(&name.as_str()) {
                read_folder(root, &path, files)?;
            }
        } else if is_text(&path) {
            let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
            files.push(File { path: relative(root, &path), text });
        }
    }
    Ok(())
}

/// Without an extension it is a script, the Makefile, the licence.
fn is_text(path: &Path) -> bool {
    path.extension().is_none_or(|extension| TEXT.iter().any(|text| extension == *text))
}

fn relative(root: &Path, path: &Path) -> String {
    let parts = path.strip_prefix(root).expect("the walk starts at the root").components();
    parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn crates(root: &Path) -> anyhow::Result<Vec<Crate>> {
    let metadata = MetadataCommand::new()
        .manifest_path(root.join("Cargo.toml"))
        .no_deps()
        .exec()
        .context("reading the manifests with `cargo metadata`")?;
    let crates = metadata.packages.into_iter().map(|package| {
        let folder = PathBuf::from(package.manifest_path.parent().unwrap_or(&package.manifest_path));
        Crate {
            name: package.name.to_string(),
            folder: relative(root, &folder),
            dependencies: package
                .dependencies
                .into_iter()
                .map(|dependency| Dependency {
                    name: dependency.name,
                    ours: dependency.path.is_some(),
                    dev: dependency.kind == DependencyKind::Development,
                })
                .collect(),
        }
    });
    Ok(crates.collect())
}

#[cfg(test)]
pub(super) mod planted {
    use super::{File, Tree};

    /// A tree of given files and no crates.
    pub(in crate::tidy) fn tree(files: &[(&str, &str)]) -> Tree {
        let file = |(path, text): &(&str, &str)| File { path: (*path).to_owned(), text: (*text).to_owned() };
        Tree { files: files.iter().map(file).collect(), crates: Vec::new() }
    }
}
