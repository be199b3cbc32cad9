//! Text as Markdown and back, so that no text of a plan is taken for markup.
//!
//! It is Markdown's own way: `\` before punctuation, `&#10;` for a character that has no place in a line, a span of code
//! for what must stay as it is. `&empty;`, which Markdown shows as the sign of the empty set, is the empty text.

const EMPTY: &str = "&empty;";

/// A text in one line. Each of `marks` would end it and is escaped.
pub(super) fn inline(text: &str, marks: &[char]) -> String {
    if text.is_empty() {
        return EMPTY.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 8);
    let last = text.char_indices().next_back().map_or(0, |(at, _)| at);
    for (at, c) in text.char_indices() {
        let rest = &text[at + c.len_utf8()..];
        let outermost = at == 0 || at == last;
        if c.is_control() || (outermost && c.is_whitespace()) {
            out.push_str(&entity(c));
        } else if marks.contains(&c) || is_markup(c, rest, at == 0, at == last) {
            out.push('\\');
            out.push(c);
        } else {
            out.push(c);
        }
    }
    out
}

fn is_markup(c: char, rest: &str, first: bool, last: bool) -> bool {
    match c {
        '\\' => !rest.starts_with(|next: char| next.is_ascii_alphanumeric()),
        '&' => rest.starts_with('#') || rest.starts_with(&EMPTY[1..]),
        '<' => first || rest.starts_with('!'),
        '#' => first || last,
        '`' | '-' | '*' | '+' | '>' | '[' | '|' | '~' | '_' | '=' => first,
        _ => false,
    }
}

pub(super) fn entity(c: char) -> String {
    format!("&#{};", u32::from(c))
}

/// The text that [`inline`] wrote, or that a person wrote as Markdown.
pub(super) fn parse_inline(text: &str) -> String {
    if text == EMPTY {
        return String::new();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        match c {
            '\\' if after.starts_with(|next: char| next.is_ascii_punctuation()) => {
                out.push_str(&after[..1]);
                rest = &after[1..];
                continue;
            }
            '&' => match parse_entity(rest) {
                Some((c, after)) => {
                    out.push(c);
                    rest = after;
                    continue;
                }
                None => out.push('&'),
            },
            c => out.push(c),
        }
        rest = after;
    }
    out
}

fn parse_entity(text: &str) -> Option<(char, &str)> {
    let (digits, after) = text.strip_prefix("&#")?.split_once(';')?;
    let number =
        (digits.len() <= 7 && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok())?;
    Some((char::from_u32(number?)?, after))
}

/// A span of code, when Markdown has one for this text.
pub(super) fn code(text: &str) -> Option<String> {
    if text.trim().is_empty() || text.chars().any(char::is_control) {
        return None;
    }
    let fence = "`".repeat(longest_run(text) + 1);
    let spaced = text.starts_with(' ') && text.ends_with(' ');
    let pad = if spaced || text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    Some(format!("{fence}{pad}{text}{pad}{fence}"))
}

/// A span of code when there is one, otherwise a text in one line.
pub(super) fn literal(text: &str, marks: &[char]) -> String {
    code(text).unwrap_or_else(|| inline(text, marks))
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// The span of code at the start of a text, and what follows it.
pub(super) fn code_at_start(text: &str) -> Option<(&str, &str)> {
    let length = text.bytes().take_while(|b| *b == b'`').count();
    let body = text.get(length..).filter(|_| length > 0)?;
    let mut at = 0;
    while let Some(found) = body[at..].find('`') {
        let start = at + found;
        let run = body[start..].bytes().take_while(|b| *b == b'`').count();
        if run == length {
            return Some((unpadded(&body[..start]), &body[start + run..]));
        }
        at = start + run;
    }
    None
}

fn unpadded(text: &str) -> &str {
    let inner = text.strip_prefix(' ').and_then(|text| text.strip_suffix(' '));
    inner.filter(|_| !text.trim().is_empty()).unwrap_or(text)
}

/// What a value says that is one span of code.
pub(super) fn whole_code(value: &str) -> Option<&str> {
    code_at_start(value).filter(|(_, after)| after.trim().is_empty()).map(|(text, _)| text)
}

/// The text of a value: of its span of code, or of the line.
pub(super) fn parse_literal(value: &str) -> String {
    whole_code(value).map_or_else(|| parse_inline(value), str::to_owned)
}

/// Splits at the first `mark` that is not escaped.
pub(super) fn split_at_mark(text: &str, mark: char) -> Option<(&str, &str)> {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == mark => return Some((&text[..at], &text[at + mark.len_utf8()..])),
            _ => {}
        }
    }
    None
}

/// A text of any number of lines as a quotation.
pub(super) fn quote(text: &str) -> String {
    let line = |line: &str| {
        let line = line.replace("&#", "&#38;#");
        let line: String = line
            .chars()
            .map(|c| if c.is_control() && c != '\t' { entity(c) } else { c.to_string() })
            .collect();
        if line.is_empty() { ">".to_owned() } else { format!("> {line}") }
    };
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// A line of a quotation without its mark.
pub(super) fn unquoted(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix('>')?;
    Some(rest.strip_prefix(' ').unwrap_or(rest))
}

/// The characters that a block of text has as numbers.
pub(super) fn parse_entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("&#") {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some((c, after)) = parse_entity(rest) {
            out.push(c);
            rest = after;
        } else {
            out.push_str("&#");
            rest = &rest[2..];
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_needs_no_escape_has_none() {
        for text in ["Add a to-do", "a_b * c", "C:\\dir\\x", "a & b", "x -> y", "`a` is first: b"] {
            assert_eq!(parse_inline(&inline(text, &[])), text);
        }
        assert_eq!(inline("a_b * c [d] C:\\dir", &[]), "a_b * c [d] C:\\dir");
        assert_eq!(inline("- [ ] a", &[]), "\\- [ ] a");
        assert_eq!(inline("a\nb ", &[]), "a&#10;b&#32;");
        assert_eq!(code("a`b").as_deref(), Some("``a`b``"));
    }

    #[test]
    fn what_a_person_writes_as_markdown_is_read() {
        assert_eq!(parse_inline(r"a\*b \# c:\d &#33; &#x; &"), "a*b # c:\\d ! &#x; &");
        assert_eq!(split_at_mark(r"a\:b: c: d", ':'), Some((r"a\:b", " c: d")));
    }

    pub(in super::super) fn hostile() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            "[-`*_#>|~+=\\\\&,:;<! \n\r\t0-9a-c]{0,6}",
            Just("none".to_owned()),
            Just("&empty;".to_owned()),
            Just("&#10;".to_owned()),
            Just("- [ ] ".to_owned()),
            "\\PC{0,4}",
            any::<char>().prop_map(String::from),
        ];
        prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn every_text_is_one_line_and_comes_back(text in hostile()) {
            for marks in [&[][..], &[',']] {
                let line = inline(&text, marks);
                prop_assert!(!line.contains('\n') && line.trim() == line && !line.starts_with('#'), "{line:?}");
                prop_assert_eq!(parse_inline(&line), text.clone());
            }
            prop_assert_eq!(parse_literal(&literal(&text, &[])), text);
        }

        #[test]
        fn every_block_comes_back(text in hostile()) {
            let quoted = quote(&text);
            let lines: Vec<_> = quoted.split('\n').map(|line| unquoted(line).unwrap()).collect();
            prop_assert_eq!(parse_entities(&lines.join("\n")), text);
        }
    }
}
