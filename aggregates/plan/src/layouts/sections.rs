//! The parts of a Markdown file, by their headings.

use super::text::{Line, block};

/// A part of a file: its heading and the lines below it, deeper headings included.
#[derive(Clone, Copy, Debug)]
pub(super) struct Section<'a, 'l> {
    pub(super) title: &'a str,
    pub(super) line: Line<'a>,
    pub(super) body: &'l [Line<'a>],
}

/// The parts of these lines that begin with a heading of `level`; what stands before the first is left out.
pub(super) fn sections<'a, 'l>(lines: &'l [Line<'a>], level: usize) -> Vec<Section<'a, 'l>> {
    let mut sections = Vec::new();
    let mut rest = lines;
    while let Some(start) = rest.iter().position(|line| line.heading().is_some_and(|(at, _)| at == level)) {
        let after = &rest[start + 1..];
        let ends = |line: &Line<'_>| line.heading().is_some_and(|(at, _)| at <= level);
        let end = after.iter().position(ends).unwrap_or(after.len());
        let title = rest[start].heading().map_or("", |(_, title)| title);
        sections.push(Section { title, line: rest[start], body: &after[..end] });
        rest = &after[end..];
    }
    sections
}

/// The lines before the first heading.
pub(super) fn before_headings<'a, 'l>(lines: &'l [Line<'a>]) -> &'l [Line<'a>] {
    let end = lines.iter().position(|line| line.heading().is_some()).unwrap_or(lines.len());
    &lines[..end]
}

/// The first lines that belong together, e.g. a paragraph; code and rules are passed over.
pub(super) fn first_paragraph(lines: &[Line<'_>]) -> String {
    let is_text =
        |line: &Line<'_>| !line.code && !line.is_blank() && !line.is_rule() && line.heading().is_none();
    let start = lines.iter().position(is_text).unwrap_or(lines.len());
    let length = lines[start..].iter().take_while(|line| is_text(line)).count();
    block(&lines[start..start + length])
}
