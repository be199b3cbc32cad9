//! What stands below a heading: a text, fields, criteria.

use super::super::findings::Findings;
use super::super::markup;
use super::super::text::{self, Line};
use super::fields;
use crate::phases::Criterion;

/// What numbered lines are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Criteria {
    AreRead,
    AreText,
}

#[derive(Debug, Default)]
pub(super) struct Body<'a> {
    pub(super) text: String,
    pub(super) fields: Vec<Field<'a>>,
    pub(super) criteria: Vec<Criterion>,
    /// The line of each criterion.
    pub(super) criteria_lines: Vec<u32>,
}

/// `- Key: value`, or a box `- [x] key`.
#[derive(Debug)]
pub(super) struct Field<'a> {
    /// In small letters.
    pub(super) key: String,
    pub(super) value: String,
    pub(super) line: Line<'a>,
}

/// What further lines that are set in belong to.
enum Open {
    Nothing,
    Field,
    Criterion,
}

impl<'a> Body<'a> {
    pub(super) fn read(file: &str, lines: &[Line<'a>], numbered: Criteria, findings: &mut Findings) -> Self {
        let mut body = Self::default();
        let mut criteria: Vec<String> = Vec::new();
        let mut words = Vec::new();
        let mut open = Open::Nothing;
        for line in lines {
            let outer = line.indent() < 2;
            if let Some(field) = field(line).filter(|_| outer) {
                if !fields::is_known(&field.key) {
                    let message = format!(
                        "there is no field `{}`; the fields are {}; a text that looks like one is set behind `> `",
                        field.key,
                        fields::names()
                    );
                    findings.problem(file, line, "bad_line", message);
                }
                body.fields.push(field);
                open = Open::Field;
            } else if let Some((_, text)) = line.numbered().filter(|_| outer && numbered == Criteria::AreRead)
            {
                criteria.push(text.to_owned());
                body.criteria_lines.push(line.number);
                open = Open::Criterion;
            } else {
                let more = if outer || line.is_blank() || line.code { Open::Nothing } else { open };
                match more {
                    Open::Field => more_of(body.fields.last_mut().map(|field| &mut field.value), line),
                    Open::Criterion => more_of(criteria.last_mut(), line),
                    Open::Nothing => words.push(*line),
                }
                open = more;
            }
        }
        body.text = words_of(&words);
        body.criteria = criteria.iter().map(|text| criterion(text)).collect();
        body
    }
}

fn more_of(text: Option<&mut String>, line: &Line<'_>) {
    if let Some(text) = text {
        text.push(' ');
        text.push_str(line.text());
    }
}

fn field<'a>(line: &Line<'a>) -> Option<Field<'a>> {
    let item = line.bullet()?;
    if let Some(rest) = item.strip_prefix('[') {
        let (mark, key) = rest.split_once(']')?;
        let key = key.trim().to_ascii_lowercase();
        let value = match mark {
            " " => "no",
            "x" | "X" => "yes",
            _ => return None,
        };
        return fields::is_flag(&key).then(|| Field { key, value: value.to_owned(), line: *line });
    }
    let (key, value) = item.split_once(':')?;
    let is_key = key.len() <= 32
        && key.starts_with(|c: char| c.is_ascii_uppercase())
        && key.chars().all(|c| c.is_ascii_alphabetic() || c == ' ')
        && key.split(' ').count() <= 4
        && (value.is_empty() || value.starts_with([' ', '\t']));
    is_key.then(|| Field { key: key.to_ascii_lowercase(), value: value.trim().to_owned(), line: *line })
}

/// The text of some lines: a quotation, or as they stand.
pub(super) fn words_of(lines: &[Line<'_>]) -> String {
    let first = lines.iter().position(|line| !line.is_blank()).unwrap_or(lines.len());
    let end = lines.iter().rposition(|line| !line.is_blank()).map_or(first, |last| last + 1);
    let lines = &lines[first..end];
    let quoted: Option<Vec<&str>> = lines
        .iter()
        .map(
            |line| if line.is_blank() { Some("") } else { markup::unquoted(line.raw).filter(|_| !line.code) },
        )
        .collect();
    match quoted.filter(|quoted| !quoted.is_empty()) {
        Some(quoted) => markup::parse_entities(&quoted.join("\n")),
        None => markup::parse_entities(&text::block(lines)),
    }
}

/// The items of a plain list.
pub(super) fn items(lines: &[Line<'_>]) -> Vec<String> {
    let mut items: Vec<String> = Vec::new();
    for line in lines.iter().filter(|line| !line.is_blank()) {
        match (line.bullet().filter(|_| line.indent() < 2), items.last_mut()) {
            (Some(item), _) => items.push(item.to_owned()),
            (None, Some(item)) => more_of(Some(item), line),
            (None, None) => items.push(line.text().to_owned()),
        }
    }
    items.iter().map(|item| markup::parse_inline(item)).collect()
}

const SCENARIO: &str = "Scenario:";

fn criterion(text: &str) -> Criterion {
    match text.strip_prefix(SCENARIO) {
        Some(text) => Criterion::scenario(markup::parse_inline(text.trim())),
        None => Criterion::statement(markup::parse_inline(text)),
    }
}

/// How a criterion is written.
pub(super) fn written_criterion(criterion: &Criterion) -> String {
    let text = markup::inline(&criterion.text, &[]);
    match criterion.kind {
        crate::phases::CriterionKind::Scenario => format!("{SCENARIO} {text}"),
        crate::phases::CriterionKind::Statement => match text.strip_prefix(SCENARIO) {
            Some(rest) => format!("Scenario\\:{rest}"),
            None => text,
        },
    }
}

/// How a text of any number of lines is written: as it stands when it is read like that, otherwise as a quotation.
pub(super) fn written_words(text: &str) -> String {
    let is_plain = |line: &str| {
        line.is_empty()
            || (line.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '(' | '"' | '`'))
                && !line.starts_with("```")
                && !line.ends_with(char::is_whitespace)
                && !line.contains("&#")
                && !line.contains(char::is_control)
                && text::numbered(line).is_none())
    };
    let plain = text.split('\n').all(is_plain) && !text.starts_with('\n') && !text.ends_with('\n');
    if plain { text.to_owned() } else { markup::quote(text) }
}
