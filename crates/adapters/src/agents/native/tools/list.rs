//! Lists a directory.

use std::fs;

use serde::Deserialize;
use serde_json::{Value, json};

use super::paths::{Workspace, told};

pub(super) const DESCRIPTION: &str = "Lists what is in a directory, hidden files too: a name a line, with / after a directory and @ after a link.";

/// More are not shown.
const ENTRIES: usize = 1_000;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    path: Option<String>,
}

pub(super) fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {"path": {"type": "string", "description": "The directory; the current one by default."}},
        "required": [],
        "additionalProperties": false
    })
}

pub(super) fn list(workspace: &Workspace, input: &Input) -> Result<String, String> {
    let path = input.path.as_deref().unwrap_or(".");
    let found = workspace.find(path)?;
    if found.is_file() {
        return Err(format!("{path} is a file: use `read`"));
    }
    let entries = fs::read_dir(&found).map_err(|error| told(path, &error))?;
    let mut names: Vec<String> = entries
        .filter_map(Result::ok)
        .map(|entry| {
            let mark = match entry.file_type() {
                Ok(kind) if kind.is_dir() => "/",
                Ok(kind) if kind.is_symlink() => "@",
                Ok(_) | Err(_) => "",
            };
            format!("{}{mark}", entry.file_name().to_string_lossy())
        })
        .collect();
    names.sort();
    let more = names.len().saturating_sub(ENTRIES);
    names.truncate(ENTRIES);
    if names.is_empty() {
        return Ok(format!("[{path} is empty]"));
    }
    if more > 0 {
        names.push(format!("[{more} more: use `search` or `shell`]"));
    }
    Ok(names.join("\n"))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn entries_are_sorted_and_marked() {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("dir")).unwrap();
        fs::write(home.path().join(".hidden"), "").unwrap();
        fs::write(home.path().join("file"), "").unwrap();
        symlink("file", home.path().join("link")).unwrap();
        let workspace = Workspace::at(home.path()).unwrap();
        let asked = |path: Option<&str>| list(&workspace, &Input { path: path.map(str::to_owned) });
        assert_eq!(asked(None).unwrap(), ".hidden\ndir/\nfile\nlink@");
        assert_eq!(asked(Some("dir")).unwrap(), "[dir is empty]");
        assert!(asked(Some("file")).unwrap_err().contains("use `read`"));
        assert!(asked(Some("gone")).unwrap_err().contains("is not there"));
        assert!(asked(Some("..")).is_err());
        for at in 0..=ENTRIES {
            fs::write(home.path().join(format!("dir/{at}")), "").unwrap();
        }
        assert!(asked(Some("dir")).unwrap().ends_with("[1 more: use `search` or `shell`]"));
    }
}
