//! One line of `tasks.md`: `- [ ] T012 [P] [US1] title`.

use super::super::text::Line;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct TaskLine<'a> {
    /// `T012`; empty when there is none.
    pub(in super::super) id: &'a str,
    pub(super) mark: char,
    pub(super) optional: bool,
    pub(super) parallel: bool,
    /// `US1`, in their order.
    pub(super) stories: Vec<&'a str>,
    pub(super) title: &'a str,
}

impl<'a> TaskLine<'a> {
    pub(in super::super) fn parse(line: &Line<'a>) -> Option<Self> {
        let rest = line.bullet()?.strip_prefix('[')?;
        let mark = rest.chars().next()?;
        let rest = rest[mark.len_utf8()..].strip_prefix(']')?;
        let (optional, rest) = rest.strip_prefix('*').map_or((false, rest), |rest| (true, rest));
        if !rest.is_empty() && !rest.starts_with([' ', '\t']) {
            return None;
        }
        let (word, after) = first_word(rest.trim_start());
        let id = word.trim_matches('*');
        let (id, after) = if is_id(id) { (id, after) } else { ("", rest.trim_start()) };
        let mut found = Self { id, mark, optional, parallel: false, stories: Vec::new(), title: after };
        while let Some((tag, after)) = found.title.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            if tag == "P" {
                found.parallel = true;
            } else if is_story(tag) {
                found.stories.push(tag);
            } else {
                break;
            }
            found.title = after.trim_start();
        }
        found.title = found.title.trim();
        // `- [P] means parallel` is an item of a list, not a box.
        (!found.id.is_empty() || is_mark(mark)).then_some(found)
    }
}

/// What may stand in a box.
pub(in super::super) fn is_mark(mark: char) -> bool {
    matches!(mark, ' ' | 'x' | 'X' | '-' | '~')
}

fn first_word(text: &str) -> (&str, &str) {
    let end = text.find([' ', '\t']).unwrap_or(text.len());
    (&text[..end], text[end..].trim_start())
}

/// `T001`, also `T012a`.
pub(super) fn is_id(word: &str) -> bool {
    let digits = word.strip_prefix('T').map(|rest| rest.trim_end_matches(|c: char| c.is_ascii_lowercase()));
    digits.is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
}

/// `US1`.
pub(super) fn is_story(tag: &str) -> bool {
    tag.strip_prefix("US")
        .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
}

/// What a title says it waits for: `(depends on T012, T013)`.
pub(super) fn depends_on(title: &str) -> Vec<&str> {
    let lower = title.to_ascii_lowercase();
    let Some(start) = lower.find("(depends on ") else { return Vec::new() };
    let rest = &title[start + "(depends on ".len()..];
    let inside = rest.split_once(')').map_or(rest, |(inside, _)| inside);
    inside.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| is_id(word)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layouts::text;

    #[test]
    fn tasks_as_spec_kit_writes_them() {
        let cases = [
            ("- [ ] T001 Create it", "T001", false, "", "Create it"),
            ("- [x] T012 [P] [US1] Model in src/a.py", "T012", true, "US1", "Model in src/a.py"),
            ("- [ ] T013 [US2] [P] [US10] Both", "T013", true, "US2 US10", "Both"),
            ("- [ ] **T014** [Story] Odd", "T014", false, "", "[Story] Odd"),
            ("- [ ] Create it", "", false, "", "Create it"),
            ("- [ ] TXXX Update docs", "", false, "", "TXXX Update docs"),
        ];
        for (text, id, parallel, stories, title) in cases {
            let line = text::read("tasks.md", text).unwrap()[0];
            let found = TaskLine::parse(&line).unwrap();
            assert_eq!(
                (found.id, found.parallel, &*found.stories.join(" "), found.title),
                (id, parallel, stories, title),
                "{text}"
            );
        }
        for text in ["- [P] tasks = different files", "- T001 x", "T001 [P] x"] {
            assert_eq!(TaskLine::parse(&text::read("tasks.md", text).unwrap()[0]), None, "{text}");
        }
        assert_eq!(depends_on("A in b.py (depends on T012, T013)"), ["T012", "T013"]);
        assert_eq!(depends_on("A (Depends on T1 and T2"), ["T1", "T2"]);
    }
}
