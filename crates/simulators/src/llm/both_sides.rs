//! A resolver without a mind: it keeps both sides of each place in conflict, ours first.

use serde_json::json;

use super::asked::Asked;

/// What stands before the file that git has marked.
const MARKED: &str = "With the marks of git:\n<file>\n";
const END: &str = "\n</file>";

/// The JSON that is asked for.
///
/// # Errors
/// Why this is no prompt with a conflict.
pub(super) fn answer(asked: &Asked) -> Result<String, String> {
    let text = asked.last_text();
    let (_, marked) = text.rsplit_once(MARKED).ok_or("the prompt shows no file with the marks of git")?;
    let (marked, _) = marked.rsplit_once(END).ok_or("the file with the marks of git has no end")?;
    Ok(json!({ "content": both(marked), "impossible": "" }).to_string())
}

/// Without the marks, and without what both began with.
fn both(marked: &str) -> String {
    let mut kept = String::new();
    let mut in_base = false;
    for line in marked.split_inclusive('\n') {
        match line {
            _ if line.starts_with("<<<<<<< ") || line.starts_with(">>>>>>> ") => in_base = false,
            _ if line.starts_with("||||||| ") => in_base = true,
            _ if line.trim_end() == "=======" => in_base = false,
            _ if in_base => {}
            line => kept.push_str(line),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_are_kept_and_no_mark() {
        let marked = "one\n<<<<<<< ours\nzwei\n||||||| base\ntwo\n=======\ndeux\n>>>>>>> theirs\nthree\n";
        assert_eq!(both(marked), "one\nzwei\ndeux\nthree\n");
        assert_eq!(both("nothing\n"), "nothing\n");
    }
}
