//! Changes a part of a file.

use serde::Deserialize;
use serde_json::{Value, json};

use super::paths::Workspace;
use super::read::text_of;
use super::write::put;

pub(super) const DESCRIPTION: &str = "Replaces a text in a file by another one. `old` must be there exactly, with its spaces and line ends and \
without the numbers that `read` shows, and only once unless `all` is true. An empty `new` takes it away.";

/// As many places are named.
const PLACES: usize = 5;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    path: String,
    old: String,
    new: String,
    #[serde(default)]
    all: bool,
}

pub(super) fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "path": {"type": "string", "description": "The file, below the current directory."},
            "old": {"type": "string", "description": "What is there now."},
            "new": {"type": "string", "description": "What is to be there."},
            "all": {"type": "boolean", "description": "Whether every occurrence is replaced; false by default."}
        },
        "required": ["path", "old", "new"],
        "additionalProperties": false
    })
}

pub(super) fn edit(workspace: &Workspace, input: &Input) -> Result<String, String> {
    let Input { path, old, new, all } = input;
    if old.is_empty() {
        return Err(
            "`old` is empty: say which text is replaced, or use `write` for the whole file".to_owned()
        );
    }
    if old == new {
        return Err("`old` and `new` are the same: nothing would change".to_owned());
    }
    let text = text_of(workspace, path)?;
    let places: Vec<usize> = text.match_indices(old.as_str()).map(|(at, _)| line_of(&text, at)).collect();
    match places.as_slice() {
        [] if text.contains("\r\n") && old.contains('\n') && !old.contains('\r') => Err(format!(
            "`old` is not in {path}, whose lines end with \\r\\n: give one line at a time, or write \\r\\n"
        )),
        [] => Err(format!(
            "`old` is not in {path}: `read` it, and copy the text exactly, with its spaces and without line numbers"
        )),
        [first, ..] if places.len() == 1 || *all => {
            put(workspace, path, &text.replace(old.as_str(), new))?;
            let times = if places.len() == 1 {
                format!("in line {first}")
            } else {
                format!("{} times", places.len())
            };
            Ok(format!("{path} is changed, {times}"))
        }
        places => {
            let named: Vec<String> = places.iter().take(PLACES).map(ToString::to_string).collect();
            let more = if places.len() > PLACES { ", …" } else { "" };
            Err(format!(
                "`old` is in {path} {} times (lines {}{more}): give more of the text around it, or `all`: true",
                places.len(),
                named.join(", ")
            ))
        }
    }
}

fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    /// What was answered, and what is in the file then.
    fn edited(text: &str, old: &str, new: &str, all: bool) -> (Result<String, String>, String) {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("a"), text).unwrap();
        let workspace = Workspace::at(home.path()).unwrap();
        let input = Input { path: "a".into(), old: old.into(), new: new.into(), all };
        let answer = edit(&workspace, &input);
        (answer, fs::read_to_string(home.path().join("a")).unwrap())
    }

    #[test]
    fn what_is_there_once_is_replaced() {
        let (answer, text) = edited("one\ntwo\nthree\n", "two\n", "", false);
        assert_eq!((answer.unwrap().as_str(), text.as_str()), ("a is changed, in line 2", "one\nthree\n"));
    }

    #[test]
    fn what_is_there_more_than_once_is_replaced_when_that_is_meant() {
        let (answer, text) = edited("x\ny\nx\n", "x", "z", false);
        assert!(answer.unwrap_err().contains("2 times (lines 1, 3)"));
        assert_eq!(text, "x\ny\nx\n", "nothing is changed");
        let (answer, text) = edited("x\ny\nx\n", "x", "z", true);
        assert_eq!((answer.unwrap().as_str(), text.as_str()), ("a is changed, 2 times", "z\ny\nz\n"));
    }

    #[test]
    fn what_is_not_there_is_told_with_what_to_do() {
        for (text, old, new, told) in [
            ("one\n", "two", "x", "`read` it"),
            ("one\r\ntwo\r\n", "one\ntwo", "x", "end with \\r\\n"),
            ("one\n", "", "x", "use `write`"),
            ("one\n", "one", "one", "nothing would change"),
        ] {
            let (answer, after) = edited(text, old, new, true);
            let said = answer.unwrap_err();
            assert!(said.contains(told), "{said}");
            assert_eq!(after, text);
        }
    }

    #[test]
    fn a_link_that_leads_out_is_not_edited() {
        let home = tempfile::tempdir().unwrap();
        let other = tempfile::tempdir().unwrap();
        let theirs = other.path().join("theirs");
        fs::write(&theirs, "theirs").unwrap();
        symlink(&theirs, home.path().join("a")).unwrap();
        let workspace = Workspace::at(home.path()).unwrap();
        let input = Input { path: "a".into(), old: "theirs".into(), new: "mine".into(), all: false };
        assert!(edit(&workspace, &input).unwrap_err().contains("outside of the workspace"));
        assert_eq!(fs::read_to_string(&theirs).unwrap(), "theirs");
    }
}
