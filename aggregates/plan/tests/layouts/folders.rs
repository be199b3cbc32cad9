//! The folders of `corpus/layouts`.

use std::path::{Path, PathBuf};

use plan::layouts::File;
use serde_json::Value;

const EXPECTED: &str = "expected.json";

/// A folder of test files.
pub(crate) struct Folder {
    pub(crate) name: String,
    pub(crate) files: Vec<File>,
    pub(crate) expected: Value,
}

fn manifest() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folders below `corpus/layouts/<kind>`, in order.
pub(crate) fn all(kind: &str) -> Vec<Folder> {
    let root = manifest().join("corpus/layouts").join(kind);
    let mut folders: Vec<PathBuf> =
        std::fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    assert!(folders.len() >= 3, "{} has folders", root.display());
    folders.iter().map(|folder| read(folder)).collect()
}

/// An example of the documentation.
pub(crate) fn example(name: &str) -> Vec<File> {
    read(&docs().join("examples").join(name)).files
}

/// A page of the documentation.
pub(crate) fn guide(name: &str) -> String {
    std::fs::read_to_string(docs().join("guides").join(name)).unwrap()
}

fn docs() -> PathBuf {
    manifest().join("../../docs")
}

fn read(folder: &Path) -> Folder {
    let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
    let mut files = Vec::new();
    add(folder, &name, &mut files);
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let expected = std::fs::read_to_string(folder.join(EXPECTED)).map_or(Value::Null, |text| {
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
    });
    Folder { name, files, expected }
}

fn add(folder: &Path, path: &str, files: &mut Vec<File>) {
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()) {
        let name = entry.file_name().into_string().unwrap();
        let path = format!("{path}/{name}");
        if entry.file_type().unwrap().is_dir() {
            add(&entry.path(), &path, files);
        } else if name != EXPECTED {
            files.push(File { path, text: std::fs::read_to_string(entry.path()).unwrap() });
        }
    }
}
