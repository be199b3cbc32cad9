//! Reads a file of text, with its lines numbered.

use std::fs::OpenOptions;
use std::io::Read as _;

use serde::Deserialize;
use serde_json::{Value, json};

use super::paths::{Workspace, open, told};

pub(super) const DESCRIPTION: &str = "Reads a file of text. Each line is shown with its number and a tab before it; these belong not to the \
file. At most 2000 lines and 50 KB at a time: give offset and limit for other parts.";

/// Lines at a time.
const LINES: usize = 2_000;
/// Bytes at a time.
const BYTES: usize = 50 << 10;
/// Of a line that is longer the rest is left out.
const LINE_CHARS: usize = 2_000;
/// Nobody reads a larger file line by line.
const FILE_BYTES: u64 = 32 << 20;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    path: String,
    offset: Option<usize>,
    limit: Option<usize>,
}

pub(super) fn schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "path": {"type": "string", "description": "The file, below the current directory."},
            "offset": {"type": "integer", "minimum": 1, "description": "The first line; 1 by default."},
            "limit": {"type": "integer", "minimum": 1, "description": "How many lines; 2000 by default."}
        },
        "required": ["path"],
        "additionalProperties": false
    })
}

pub(super) fn read(workspace: &Workspace, input: &Input) -> Result<String, String> {
    let text = text_of(workspace, &input.path)?;
    let first = input.offset.unwrap_or(1).max(1);
    let lines: Vec<&str> = text.lines().collect();
    if lines.is_empty() {
        return Ok(format!("[{} is empty]", input.path));
    }
    if first > lines.len() {
        return Err(format!("{} has {} lines: give a smaller offset", input.path, lines.len()));
    }
    let limit = input.limit.unwrap_or(LINES).clamp(1, LINES);
    let mut shown = String::new();
    let mut last = first - 1;
    for line in lines.iter().skip(first - 1).take(limit) {
        let numbered = numbered(last + 1, line);
        if !shown.is_empty() && shown.len() + numbered.len() > BYTES {
            break;
        }
        shown.push_str(&numbered);
        last += 1;
    }
    if last < lines.len() || first > 1 {
        let more =
            if last < lines.len() { format!("; go on with offset {}", last + 1) } else { String::new() };
        shown.push_str(&format!("[lines {first} to {last} of {}{more}]\n", lines.len()));
    }
    Ok(shown)
}

fn numbered(number: usize, line: &str) -> String {
    match line.char_indices().nth(LINE_CHARS) {
        None => format!("{number}\t{line}\n"),
        Some((end, _)) => {
            format!("{number}\t{} [{} bytes of this line left out]\n", &line[..end], line.len() - end)
        }
    }
}

/// A whole file of text.
pub(super) fn text_of(workspace: &Workspace, path: &str) -> Result<String, String> {
    let found = workspace.find(path)?;
    let file = open(&found, path, OpenOptions::new().read(true))?;
    let mut bytes = Vec::new();
    file.take(FILE_BYTES + 1).read_to_end(&mut bytes).map_err(|error| told(path, &error))?;
    if bytes.len() as u64 > FILE_BYTES {
        return Err(format!("{path} is larger than {FILE_BYTES} bytes: look at parts of it with `shell`"));
    }
    let size = bytes.len();
    String::from_utf8(bytes)
        .ok()
        .filter(|text| !text.contains('\0'))
        .ok_or_else(|| format!("{path} is no text ({size} bytes): use `shell` for it"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn asked(content: &[u8], offset: Option<usize>, limit: Option<usize>) -> Result<String, String> {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("a"), content).unwrap();
        let workspace = Workspace::at(home.path()).unwrap();
        read(&workspace, &Input { path: "a".into(), offset, limit })
    }

    #[test]
    fn lines_are_numbered_and_a_part_says_which_it_is() {
        assert_eq!(asked(b"one\ntwo\n", None, None).unwrap(), "1\tone\n2\ttwo\n");
        assert_eq!(
            asked(b"one\ntwo\nthree", Some(2), Some(1)).unwrap(),
            "2\ttwo\n[lines 2 to 2 of 3; go on with offset 3]\n"
        );
        assert_eq!(asked(b"", None, None).unwrap(), "[a is empty]");
        assert!(asked(b"one\n", Some(2), None).unwrap_err().contains("has 1 lines"));
    }

    #[test]
    fn no_answer_is_longer_than_it_may_be() {
        let long = "x".repeat(LINE_CHARS + 7);
        let shown = asked(format!("{long}\n").repeat(100).as_bytes(), None, None).unwrap();
        assert!(shown.len() <= BYTES + 100, "{}", shown.len());
        assert!(shown.contains("[7 bytes of this line left out]") && shown.contains("go on with offset"));
        let short = asked("x\n".repeat(5_000).as_bytes(), None, None).unwrap();
        assert!(short.ends_with("[lines 1 to 2000 of 5000; go on with offset 2001]\n"));
    }

    #[test]
    fn what_is_no_text_is_told() {
        for bytes in [b"a\0b".as_slice(), b"\xff\xfe"] {
            assert!(asked(bytes, None, None).unwrap_err().contains("is no text"));
        }
    }
}
