//! A Markdown file as lines that know what they are: enough for plans, and exact about where things stand.
//!
//! Fences are opaque, comments and front matter are left out, a byte order mark and `\r` are taken off.

use crate::Problem;

/// A line that counts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    /// Counted from 1.
    pub(super) number: u32,
    /// The whole line.
    pub(super) raw: &'a str,
    /// Whether it belongs to a fence, its delimiters included.
    pub(super) code: bool,
}

impl<'a> Line<'a> {
    pub(super) fn is_blank(&self) -> bool {
        !self.code && self.raw.trim().is_empty()
    }

    /// Its indentation; a tab goes to the next multiple of four.
    pub(super) fn indent(&self) -> usize {
        let mut width = 0;
        for c in self.raw.chars() {
            match c {
                ' ' => width += 1,
                '\t' => width += 4 - width % 4,
                _ => break,
            }
        }
        width
    }

    /// Without the space around it.
    pub(super) fn text(&self) -> &'a str {
        self.raw.trim()
    }

    /// The level and the text of a heading.
    pub(super) fn heading(&self) -> Option<(usize, &'a str)> {
        if self.code || self.indent() > 1 {
            return None;
        }
        let text = self.text();
        let level = text.chars().take_while(|c| *c == '#').count();
        let rest = &text[level..];
        if !(1..=6).contains(&level) || !(rest.is_empty() || rest.starts_with([' ', '\t'])) {
            return None;
        }
        Some((level, without_closing_marks(rest.trim())))
    }

    /// What stands behind `- `, `* ` or `+ `.
    pub(super) fn bullet(&self) -> Option<&'a str> {
        if self.code {
            return None;
        }
        let text = self.text();
        if matches!(text, "-" | "*" | "+") {
            return Some("");
        }
        let rest = text.strip_prefix(['-', '*', '+'])?;
        rest.starts_with([' ', '\t']).then(|| rest.trim())
    }

    /// The number and the text of `1. text`, `1) text`, `1.2 text` and `1.2. text`.
    pub(super) fn numbered(&self) -> Option<(&'a str, &'a str)> {
        if self.code { None } else { numbered(self.text()) }
    }

    /// Whether it is a line across the page.
    pub(super) fn is_rule(&self) -> bool {
        let text = self.text();
        !self.code
            && text.len() >= 3
            && ["-", "*", "_"].iter().any(|mark| text.replace(mark, "").trim().is_empty())
    }

    /// The column of `part`, which is a piece of this line.
    pub(super) fn column_of(&self, part: &str) -> u32 {
        let offset = (part.as_ptr() as usize).saturating_sub(self.raw.as_ptr() as usize);
        let before = self.raw.get(..offset).unwrap_or_default();
        u32::try_from(before.chars().count() + 1).unwrap_or(u32::MAX)
    }
}

/// See [`Line::numbered`].
pub(super) fn numbered(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, mut rest) = text.split_at(end);
    let bare = number.strip_suffix('.').unwrap_or(number);
    if bare.is_empty() || !bare.split('.').all(|part| !part.is_empty() && part.len() <= 9) {
        return None;
    }
    if let Some(after) = rest.strip_prefix([')', ':']) {
        rest = after;
    } else if bare == number && !bare.contains('.') {
        return None;
    }
    (rest.is_empty() || rest.starts_with([' ', '\t'])).then(|| (bare, rest.trim()))
}

/// `## title ##` is called `title`.
fn without_closing_marks(text: &str) -> &str {
    let bare = text.trim_end_matches('#');
    if bare.is_empty() || bare.ends_with([' ', '\t']) { bare.trim_end() } else { text }
}

/// The lines of a file.
///
/// # Errors
/// When a fence or a comment is never closed: what follows it would be lost.
pub(super) fn read<'a>(file: &str, text: &'a str) -> Result<Vec<Line<'a>>, Problem> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let raw: Vec<&str> = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect();
    let mut lines = Vec::with_capacity(raw.len());
    let mut fence: Option<(char, usize, u32)> = None;
    let mut comment: Option<u32> = None;
    for (index, raw) in raw.iter().copied().enumerate().skip(front_matter(&raw)) {
        let number = u32::try_from(index + 1).unwrap_or(u32::MAX);
        let trimmed = raw.trim();
        if let Some((mark, length, _)) = fence {
            if is_end(trimmed, mark, length) {
                fence = None;
            }
            lines.push(Line { number, raw, code: true });
        } else if comment.is_some() {
            if trimmed.contains("-->") {
                comment = None;
            }
        } else if let Some(body) = trimmed.strip_prefix("<!--") {
            comment = (!body.contains("-->")).then_some(number);
        } else if let Some((mark, length)) = start(trimmed) {
            fence = Some((mark, length, number));
            lines.push(Line { number, raw, code: true });
        } else {
            lines.push(Line { number, raw, code: false });
        }
    }
    let open = |number, what: &str, end: &str| {
        Problem::new("bad_line", format!("{what} opens here and never ends; end it with {end}"))
            .at(file, number)
    };
    match (fence, comment) {
        (Some((mark, length, number)), _) => {
            Err(open(number, "a block of code", &format!("`{}`", mark.to_string().repeat(length))))
        }
        (None, Some(number)) => Err(open(number, "a comment", "`-->`")),
        (None, None) => Ok(lines),
    }
}

/// How many lines at the start are front matter.
fn front_matter(lines: &[&str]) -> usize {
    if lines.first().map(|line| line.trim_end()) != Some("---") {
        return 0;
    }
    lines.iter().skip(1).position(|line| line.trim_end() == "---").map_or(0, |end| end + 2)
}

fn start(line: &str) -> Option<(char, usize)> {
    let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let length = line.chars().take_while(|c| *c == mark).count();
    (length >= 3 && !(mark == '`' && line[length..].contains('`'))).then_some((mark, length))
}

fn is_end(line: &str, mark: char, length: usize) -> bool {
    line.chars().all(|c| c == mark) && line.len() >= length
}

/// The language and the text of each fence.
pub(super) fn fences<'a>(lines: &[Line<'a>]) -> Vec<(&'a str, Vec<&'a str>)> {
    let mut fences: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut open: Option<(char, usize)> = None;
    for line in lines.iter().filter(|line| line.code) {
        match open {
            Some((mark, length)) if is_end(line.text(), mark, length) => open = None,
            Some(_) => {
                if let Some((_, text)) = fences.last_mut() {
                    text.push(line.raw);
                }
            }
            None => {
                open = start(line.text());
                let info = line.text().trim_start_matches(['`', '~']).trim();
                fences.push((info.split_whitespace().next().unwrap_or_default(), Vec::new()));
            }
        }
    }
    fences
}

/// Lines as a text: without the indentation that all of them share, and without blank lines around it.
pub(super) fn block(lines: &[Line<'_>]) -> String {
    let shared = lines.iter().filter(|line| !line.raw.trim().is_empty()).map(Line::indent).min().unwrap_or(0);
    let mut texts: Vec<&str> = lines.iter().map(|line| dedent(line.raw, shared).trim_end()).collect();
    while texts.last().is_some_and(|text| text.is_empty()) {
        texts.pop();
    }
    let start = texts.iter().position(|text| !text.is_empty()).unwrap_or(texts.len());
    texts[start..].join("\n")
}

fn dedent(raw: &str, width: usize) -> &str {
    let mut taken = 0;
    for (offset, c) in raw.char_indices() {
        match c {
            _ if taken >= width => return &raw[offset..],
            ' ' => taken += 1,
            '\t' => taken += 4 - taken % 4,
            _ => return &raw[offset..],
        }
    }
    ""
}

/// Appends a wrapped line to the text it continues; a nested list keeps its lines.
pub(super) fn continued(text: &mut String, line: &Line<'_>) {
    let nested = line.code || line.bullet().is_some() || line.numbered().is_some();
    if !text.is_empty() {
        text.push(if nested { '\n' } else { ' ' });
    }
    text.push_str(line.text());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str) -> Vec<String> {
        read("a.md", text).unwrap().iter().map(|line| format!("{} {}", line.number, line.raw)).collect()
    }

    #[test]
    fn what_is_no_text_of_the_plan_is_left_out_and_lines_keep_their_numbers() {
        assert_eq!(texts("\u{feff}---\na: b\n---\n# t\r\n<!-- x\n - [ ] 1. y\n-->\nend"), ["4 # t", "8 end"]);
        assert_eq!(texts("<!-- one line -->\na <!-- stays -->"), ["2 a <!-- stays -->"]);
        assert_eq!(texts("---\nno front matter"), ["1 ---", "2 no front matter"]);
    }

    #[test]
    fn a_fence_is_opaque() {
        let lines = read("a.md", "~~~\n# no heading\n```\n~~~~\n# heading\n  ```js\n- x\n```").unwrap();
        let headings: Vec<_> = lines.iter().filter_map(|line| line.heading()).collect();
        assert_eq!(headings, [(1, "heading")]);
        assert!(lines.iter().all(|line| line.bullet().is_none()));
        assert_eq!(fences(&lines), [("", vec!["# no heading", "```"]), ("js", vec!["- x"])]);
    }

    #[test]
    fn what_never_ends_is_a_problem_of_the_line_where_it_begins() {
        for text in ["a\n```rust\nlet a;", "a\n<!-- b\nc"] {
            let problem = read("a.md", text).unwrap_err();
            assert_eq!((problem.code.as_str(), problem.place.line), ("bad_line", Some(2)), "{text}");
        }
    }

    #[test]
    fn numbers_of_lists() {
        let cases = [
            ("1. a", Some(("1", "a"))),
            ("2) b", Some(("2", "b"))),
            ("1.2 c", Some(("1.2", "c"))),
            ("1.2. d", Some(("1.2", "d"))),
            ("1.2: e", Some(("1.2", "e"))),
            ("3.", Some(("3", ""))),
            ("1 f", None),
            ("1.2.", Some(("1.2", ""))),
            ("1..2 g", None),
            ("1.x", None),
            (". h", None),
        ];
        for (text, expected) in cases {
            assert_eq!(numbered(text), expected, "{text}");
        }
    }

    #[test]
    fn headings_lose_their_closing_marks_only() {
        let cases = [("## a ##", (2, "a")), ("# C#", (1, "C#")), ("#", (1, "")), ("###### b", (6, "b"))];
        for (text, expected) in cases {
            assert_eq!(read("a.md", text).unwrap()[0].heading(), Some(expected), "{text}");
        }
        assert_eq!(read("a.md", "#a").unwrap()[0].heading(), None);
        assert_eq!(read("a.md", "####### a").unwrap()[0].heading(), None);
    }

    #[test]
    fn a_block_keeps_its_inner_indentation() {
        let lines = read("a.md", "\n    - a\n\n\t  - b\n\n").unwrap();
        assert_eq!(block(&lines), "- a\n\n  - b");
    }
}
