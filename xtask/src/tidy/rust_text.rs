//! Rust source split into code and string literals; comments belong to neither. Enough of a lexer for rules
//! about words, not a parser.

/// A source file as the rules see it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct RustText {
    /// Comments and literals blanked out, every line still in its place.
    pub(super) code: String,
    pub(super) strings: Vec<Literal>,
    /// The line where the unit tests at the end begin, counted from 1.
    pub(super) tests_from: Option<usize>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Literal {
    /// Where it starts, counted from 1.
    pub(super) line: usize,
    /// As written, without the quotes.
    pub(super) text: String,
}

pub(super) fn split(source: &str) -> RustText {
    let mut scanner = Scanner { rest: source, line: 1, result: RustText::default() };
    while scanner.step() {}
    let mut result = scanner.result;
    result.tests_from =
        result.code.lines().position(|line| line.trim() == "#[cfg(test)]").map(|index| index + 1);
    result
}

struct Scanner<'s> {
    rest: &'s str,
    line: usize,
    result: RustText,
}

impl Scanner<'_> {
    fn step(&mut self) -> bool {
        let rest = self.rest;
        let Some(first) = rest.chars().next() else { return false };
        if rest.starts_with("//") {
            let end = rest.find('\n').unwrap_or(rest.len());
            self.blank(end);
        } else if rest.starts_with("/*") {
            self.blank(block_comment(rest));
        } else if let Some((open, hashes)) = string_start(rest, &self.result.code) {
            let inside = &rest[open..];
            let length = if rest[..open].contains('r') {
                let close = format!("\"{}", "#".repeat(hashes));
                inside.find(&close).unwrap_or(inside.len())
            } else {
                quoted(inside)
            };
            self.result.strings.push(Literal { line: self.line, text: inside[..length].to_owned() });
            self.blank((open + length + 1 + hashes).min(rest.len()));
        } else if first == '\'' {
            let length = char_literal(rest).unwrap_or(1);
            self.blank(length);
        } else {
            self.take(first.len_utf8());
        }
        true
    }

    fn take(&mut self, length: usize) {
        let (taken, rest) = self.rest.split_at(length);
        self.line += taken.matches('\n').count();
        self.result.code.push_str(taken);
        self.rest = rest;
    }

    fn blank(&mut self, length: usize) {
        let (skipped, rest) = self.rest.split_at(length);
        let lines = skipped.matches('\n').count();
        self.line += lines;
        self.result.code.push(' ');
        self.result.code.push_str(&"\n".repeat(lines));
        self.rest = rest;
    }
}

/// The length of the opening (prefix, hashes and quote) and the number of hashes.
fn string_start(rest: &str, before: &str) -> Option<(usize, usize)> {
    if before.ends_with(|c: char| c.is_alphanumeric() || c == '_') {
        return None;
    }
    let prefix = ["br", "cr", "r", "b", "c", ""].into_iter().find(|prefix| {
        rest.strip_prefix(prefix).is_some_and(|tail| tail.trim_start_matches('#').starts_with('"'))
    })?;
    let tail = &rest[prefix.len()..];
    let hashes = tail.len() - tail.trim_start_matches('#').len();
    (hashes == 0 || prefix.contains('r')).then_some((prefix.len() + hashes + 1, hashes))
}

/// The length up to the closing quote of an ordinary string.
fn quoted(inside: &str) -> usize {
    let mut escaped = false;
    for (index, c) in inside.char_indices() {
        match c {
            '"' if !escaped => return index,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    inside.len()
}

fn block_comment(rest: &str) -> usize {
    let mut depth = 0;
    let mut index = 0;
    while index < rest.len() {
        let tail = &rest[index..];
        if tail.starts_with("/*") {
            depth += 1;
            index += 2;
        } else if tail.starts_with("*/") {
            depth -= 1;
            index += 2;
            if depth == 0 {
                return index;
            }
        } else {
            index += tail.chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// The length of a character literal; `None` for a lifetime.
fn char_literal(rest: &str) -> Option<usize> {
    let inside = &rest[1..];
    let first = inside.chars().next()?;
    if first == '\\' {
        let escape = inside.char_indices().nth(1)?;
        let after = escape.0 + escape.1.len_utf8();
        return inside[after..].find('\'').map(|end| 1 + after + end + 1);
    }
    let after = first.len_utf8();
    inside[after..].starts_with('\'').then_some(1 + after + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(source: &str) -> Vec<String> {
        split(source).code.split_whitespace().map(str::to_owned).collect()
    }

    fn strings(source: &str) -> Vec<(usize, String)> {
        split(source).strings.into_iter().map(|literal| (literal.line, literal.text)).collect()
    }

    #[test]
    fn comments_are_neither_code_nor_strings() {
        let source = "a // now() \"x\"\n/* b /* nested */ \"y\" */ c\n/// doc\nd";
        assert_eq!(words(source), ["a", "c", "d"]);
        assert!(strings(source).is_empty());
    }

    #[test]
    fn strings_of_every_kind_are_found_with_their_line() {
        let source = "f(\"a \\\" b\")\ng(r#\"c \" d\"#)\nh(b\"e\", br\"f\\\")\nr##\"two\nlines\"##\n\"last\"";
        let found = strings(source);
        let expected = [(1, "a \\\" b"), (2, "c \" d"), (3, "e"), (3, "f\\"), (4, "two\nlines"), (6, "last")];
        assert_eq!(found, expected.map(|(line, text)| (line, text.to_owned())));
    }

    #[test]
    fn quotes_in_characters_and_lifetimes_do_not_open_a_string() {
        let source = "x('\"', '\\'', b'\"', '\\u{1f}', 'ö') fn f<'a>(s: &'a str) \"real\"";
        assert_eq!(strings(source), [(1, "real".to_owned())]);
        assert!(split(source).code.contains("fn f<"));
    }

    #[test]
    fn a_raw_identifier_is_code() {
        assert_eq!(words("r#type = 1; var\"s\""), ["r#type", "=", "1;", "var\"s\""]);
    }

    #[test]
    fn the_unit_tests_begin_at_their_attribute() {
        assert_eq!(split("fn a() {}\n\n#[cfg(test)]\nmod tests {}").tests_from, Some(3));
        assert_eq!(split("// #[cfg(test)]\n").tests_from, None);
    }
}
