//! Text for terminals. What the server says was written by others: a title may hold escape sequences that paint
//! over the screen or turn the reading direction. Every text goes through [`Span`], which makes it harmless.

use std::fmt::{Display, Write as _};

use kernel::Timestamp;

/// A piece of a line in one style.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    text: String,
    style: Style,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    Plain,
    Strong,
    Faint,
    Alarm,
}

/// A line of output.
pub(crate) type Line = Vec<Span>;

pub(crate) fn plain(text: impl Display) -> Span {
    Span::new(text, Style::Plain)
}

/// What a reader looks for.
pub(crate) fn strong(text: impl Display) -> Span {
    Span::new(text, Style::Strong)
}

/// What is there for those who need it.
pub(crate) fn faint(text: impl Display) -> Span {
    Span::new(text, Style::Faint)
}

/// What needs somebody.
pub(crate) fn alarm(text: impl Display) -> Span {
    Span::new(text, Style::Alarm)
}

impl Span {
    fn new(text: impl Display, style: Style) -> Self {
        Self { text: harmless(&text.to_string()), style }
    }

    fn width(&self) -> usize {
        self.text.chars().count()
    }
}

/// The line as bytes for a terminal, or as plain text.
pub(crate) fn rendered(line: &Line, styled: bool) -> String {
    let mut text = String::new();
    for span in line {
        let code = match span.style {
            _ if !styled => None,
            Style::Plain => None,
            Style::Strong => Some(1),
            Style::Faint => Some(2),
            Style::Alarm => Some(31),
        };
        match code {
            Some(code) => {
                write!(text, "\x1b[{code}m{}\x1b[0m", span.text).expect("a String takes everything");
            }
            None => text.push_str(&span.text),
        }
    }
    text.trim_end().to_owned()
}

/// Rows with their columns aligned, two spaces apart, after `indent` spaces.
pub(crate) fn rows(indent: usize, rows: Vec<Vec<Span>>) -> Vec<Line> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width =
        |column: usize| rows.iter().filter_map(|row| row.get(column)).map(Span::width).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let aligned = |row: Vec<Span>| {
        let last = row.len().saturating_sub(1);
        let mut line = vec![plain(" ".repeat(indent))];
        for (column, span) in row.into_iter().enumerate() {
            let gap = if column == last { 0 } else { widths[column] - span.width() + 2 };
            line.extend([span, plain(" ".repeat(gap))]);
        }
        line
    };
    rows.into_iter().map(aligned).collect()
}

/// A longer text below what it belongs to; nothing when there is none.
pub(crate) fn paragraphs(text: Option<&str>) -> Vec<Line> {
    let Some(text) = text else { return Vec::new() };
    std::iter::once(Vec::new()).chain(text.lines().map(|line| vec![plain("  "), plain(line)])).collect()
}

/// A time as people read it, to the second; the zone is UTC everywhere.
pub(crate) fn time(at: Timestamp) -> String {
    let text = at.to_string();
    text.split(['.', 'Z']).next().unwrap_or_default().replace('T', " ")
}

/// `text` without anything that moves the cursor, colours the screen or turns the reading direction.
pub(super) fn harmless(text: &str) -> String {
    let harmful = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    text.chars()
        .map(|c| match c {
            '\n' | '\t' => ' ',
            c if harmful(c) => char::REPLACEMENT_CHARACTER,
            c => c,
        })
        .collect()
}

/// Lines as they look without a terminal.
#[cfg(test)]
pub(crate) fn shown_plain(lines: &[Line]) -> Vec<String> {
    lines.iter().map(|line| rendered(line, false)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_is_shown_and_does_nothing() {
        assert_eq!(harmless("a\x1b[2Jb\x07c\u{9b}31m"), "a\u{fffd}[2Jb\u{fffd}c\u{fffd}31m");
        assert_eq!(harmless("txt\u{202e}exe\u{2066}\u{200b}"), "txt\u{fffd}exe\u{fffd}\u{fffd}");
        assert_eq!(harmless("two\nlines\tand\rmore"), "two lines and\u{fffd}more");
        assert_eq!(harmless("Zahlung für 請求書 ✓"), "Zahlung für 請求書 ✓");
        let line = vec![alarm("\x1b]0;title\x07")];
        assert_eq!(rendered(&line, false), "\u{fffd}]0;title\u{fffd}");
        assert_eq!(rendered(&line, true), "\x1b[31m\u{fffd}]0;title\u{fffd}\x1b[0m");
    }

    #[test]
    fn columns_are_aligned_and_lines_end_with_text() {
        let table = rows(
            2,
            vec![
                vec![strong("TKT-001"), plain("x")],
                vec![plain("T"), faint("")],
                vec![plain("ü"), plain("y")],
            ],
        );
        let lines: Vec<_> = table.iter().map(|line| rendered(line, false)).collect();
        assert_eq!(lines, ["  TKT-001  x", "  T", "  ü        y"]);
    }

    #[test]
    fn a_time_is_read_to_the_second() {
        assert_eq!(time(Timestamp::from_micros(1_500_000)), "1970-01-01 00:00:01");
    }
}
