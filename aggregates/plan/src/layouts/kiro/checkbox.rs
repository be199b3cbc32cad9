//! One line of `tasks.md`: `- [ ] 2.1 title`, `- [x] 3. title`, `- [ ]* 2.2 title`.

use super::super::spec_kit::is_mark;
use super::super::text::Line;

/// A line with a box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Checkbox<'a> {
    /// What stands in the box.
    pub(super) mark: char,
    /// Marked by `*`: it may be left out.
    pub(super) optional: bool,
    /// `2.1`, empty when there is none.
    pub(super) number: &'a str,
    pub(super) title: &'a str,
}

impl<'a> Checkbox<'a> {
    pub(super) fn parse(line: &Line<'a>) -> Option<Self> {
        let rest = line.bullet()?.strip_prefix('[')?;
        let mark = rest.chars().next()?;
        let rest = rest[mark.len_utf8()..].strip_prefix(']')?;
        let (first, rest) = star(rest);
        if !first && !rest.is_empty() && !rest.starts_with([' ', '\t']) {
            return None;
        }
        let rest = rest.trim_start();
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, after) = rest.split_at(digits);
        let number = number.trim_end_matches('.');
        let (second, after) = star(after);
        let is_number = number.starts_with(|c: char| c.is_ascii_digit())
            && (after.is_empty() || after.starts_with([' ', '\t', ':', ')']));
        let (number, title, second) = if is_number { (number, after, second) } else { ("", rest, false) };
        let title = title.trim_start_matches([':', ')']).trim();
        let (title, last) = match title.strip_suffix('*') {
            Some(bare) if !bare.contains('*') => (bare.trim_end_matches('\\').trim_end(), true),
            _ => (title, false),
        };
        let found = Self { mark, optional: first || second || last, number, title };
        // `- [a] b` is an item of a list, not a box.
        (!number.is_empty() || is_mark(mark)).then_some(found)
    }
}

/// Takes a `*` off, also one that a formatter has escaped.
fn star(text: &str) -> (bool, &str) {
    let trimmed = text.trim_start();
    let bare = trimmed.strip_prefix('\\').unwrap_or(trimmed);
    match bare.strip_prefix('*') {
        Some(rest) if !rest.starts_with('*') => (true, rest),
        _ => (false, text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layouts::text;

    fn parsed(text: &str) -> Option<(char, bool, String, String)> {
        let line = text::read("tasks.md", text).unwrap()[0];
        Checkbox::parse(&line).map(|it| (it.mark, it.optional, it.number.to_owned(), it.title.to_owned()))
    }

    #[test]
    fn boxes_as_kiro_and_formatters_write_them() {
        let cases = [
            ("- [ ] 1. Set up", ' ', false, "1", "Set up"),
            ("  - [x] 2.1 Write `a*b`", 'x', false, "2.1", "Write `a*b`"),
            ("- [ ]* 2.2 Tests", ' ', true, "2.2", "Tests"),
            ("\t- [ ]\\* 2.3 Tests", ' ', true, "2.3", "Tests"),
            ("- [ ] * 2.4 Tests", ' ', true, "2.4", "Tests"),
            ("* [X] 2.5* Tests", 'X', true, "2.5", "Tests"),
            ("- [-] 2.6 Tests *", '-', true, "2.6", "Tests"),
            ("- [ ] 2.7 **Bold** title", ' ', false, "2.7", "**Bold** title"),
            ("- [ ] **2.8** title", ' ', false, "", "**2.8** title"),
            ("- [ ] 3rd party", ' ', false, "", "3rd party"),
            ("- [ ] 1.1.1 deep", ' ', false, "1.1.1", "deep"),
            ("- [ ]", ' ', false, "", ""),
        ];
        for (text, mark, optional, number, title) in cases {
            assert_eq!(parsed(text), Some((mark, optional, number.into(), title.into())), "{text}");
        }
        for text in ["- a", "- [link](x)", "1. [ ] a", "[ ] a", "- []", "- [P] means parallel"] {
            assert_eq!(parsed(text), None, "{text}");
        }
    }
}
