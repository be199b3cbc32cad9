//! Writes a whole file.

use std::fs::{self, OpenOptions};
use std::io::Write as _;

use serde::Deserialize;
use serde_json::{Value, json};

use super::paths::{Workspace, open, told};

pub(super) const DESCRIPTION: &str =
    "Writes a file, and the directories above it. What was in it is gone: use `edit` to change a part.";

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    path: String,
    content: String,
}

pub(super) fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "path": {"type": "string", "description": "The file, below the current directory."},
            "content": {"type": "string", "description": "All that is to be in it."}
        },
        "required": ["path", "content"],
        "additionalProperties": false
    })
}

pub(super) fn write(workspace: &Workspace, input: &Input) -> Result<String, String> {
    let there = workspace.find(&input.path)?.exists();
    put(workspace, &input.path, &input.content)?;
    let what = if there { "replaced" } else { "new" };
    Ok(format!("{} is written ({what}, {} bytes)", input.path, input.content.len()))
}

/// Puts it there. A file that is there keeps its mode.
pub(super) fn put(workspace: &Workspace, path: &str, content: &str) -> Result<(), String> {
    let found = workspace.find(path)?;
    if found == workspace.path() {
        return Err(format!("{path} is a directory: name a file in it"));
    }
    if let Some(above) = found.parent() {
        fs::create_dir_all(above).map_err(|error| told(path, &error))?;
    }
    // It is emptied once it is known to be a file.
    let mut file = open(&found, path, OpenOptions::new().write(true).create(true).truncate(false))?;
    file.set_len(0).and_then(|()| file.write_all(content.as_bytes())).map_err(|error| told(path, &error))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn a_file_is_written_with_what_is_above_it_and_replaced_as_a_whole() {
        let home = tempfile::tempdir().unwrap();
        let workspace = Workspace::at(home.path()).unwrap();
        let asked =
            |content: &str| write(&workspace, &Input { path: "a/b.sh".into(), content: content.into() });
        assert_eq!(asked("a longer text").unwrap(), "a/b.sh is written (new, 13 bytes)");
        let file = home.path().join("a/b.sh");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(asked("x").unwrap(), "a/b.sh is written (replaced, 1 bytes)");
        assert_eq!(fs::read_to_string(&file).unwrap(), "x");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o755, "the mode stays");
    }

    #[test]
    fn nothing_is_written_elsewhere() {
        let home = tempfile::tempdir().unwrap();
        let other = tempfile::tempdir().unwrap();
        fs::write(other.path().join("theirs"), "theirs").unwrap();
        symlink(other.path(), home.path().join("out")).unwrap();
        symlink(other.path().join("theirs"), home.path().join("file")).unwrap();
        symlink(other.path().join("new"), home.path().join("dangling")).unwrap();
        let workspace = Workspace::at(home.path()).unwrap();
        for path in ["../x", "out/x", "file", "dangling", "/tmp/x", ".", ""] {
            let asked = write(&workspace, &Input { path: path.into(), content: "mine".into() });
            assert!(asked.is_err(), "{path}: {asked:?}");
        }
        let left: Vec<_> = fs::read_dir(other.path()).unwrap().collect();
        assert_eq!(left.len(), 1);
        assert_eq!(fs::read_to_string(other.path().join("theirs")).unwrap(), "theirs");
    }

    #[test]
    fn a_directory_and_a_file_in_the_way_are_told() {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("dir")).unwrap();
        fs::write(home.path().join("file"), "").unwrap();
        let workspace = Workspace::at(home.path()).unwrap();
        let asked =
            |path: &str| write(&workspace, &Input { path: path.into(), content: "x".into() }).unwrap_err();
        assert!(asked("dir").contains("is a directory"), "{}", asked("dir"));
        assert!(asked("file/x").contains("a part of the path is a file"), "{}", asked("file/x"));
    }
}
