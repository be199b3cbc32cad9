//! The lines in italics below a task: `_Requirements: 1.2_` as Kiro writes it, and more of the kind that are ours.
//!
//! A line begins with `_Key:` and ends with `_`; all that is between is taken as it stands.

use vocabulary::Priority;

use super::findings::Findings;
use super::lists::{self, Item};
use super::markup;
use super::text::Line;
use crate::phases::PlannedTask;

/// A key that is understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Requirements,
    Depends,
    Files,
    Creates,
    Run,
    Validate,
    Hours,
    Priority,
    Components,
}

impl Key {
    const ALL: [(Self, &'static str); 9] = [
        (Self::Requirements, "Requirements"),
        (Self::Depends, "Depends"),
        (Self::Files, "Files"),
        (Self::Creates, "Creates"),
        (Self::Run, "Run"),
        (Self::Validate, "Validate"),
        (Self::Hours, "Hours"),
        (Self::Priority, "Priority"),
        (Self::Components, "Components"),
    ];

    pub(super) fn as_str(self) -> &'static str {
        Self::ALL.into_iter().find(|(key, _)| *key == self).map_or("", |(_, name)| name)
    }

    fn find(name: &str) -> Option<Self> {
        let name = match name.to_ascii_lowercase().as_str() {
            "requirement" => "requirements".to_owned(),
            "depends on" | "depend" => "depends".to_owned(),
            name => name.to_owned(),
        };
        Self::ALL.into_iter().find(|(_, known)| known.eq_ignore_ascii_case(&name)).map(|(key, _)| key)
    }
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Italic<'a> {
    /// Nothing of the kind.
    No,
    /// `_Key: value_`.
    Of(Key, &'a str),
    /// `_Other: value_`; it is left to the description.
    Unknown(&'a str),
    /// It has a key and no `_` at its end.
    Unclosed(Key),
}

/// Reads a line, whether it is a bullet or not.
pub(super) fn parse<'a>(line: &Line<'a>) -> Italic<'a> {
    if line.code {
        return Italic::No;
    }
    let text = line.bullet().unwrap_or_else(|| line.text());
    let Some((name, rest)) = text.strip_prefix('_').and_then(|text| text.split_once(':')) else {
        return Italic::No;
    };
    if name.is_empty() || name.len() > 20 || !name.chars().all(|c| c.is_ascii_alphabetic() || c == ' ') {
        return Italic::No;
    }
    match (Key::find(name), rest.strip_suffix('_')) {
        (Some(key), Some(value)) => Italic::Of(key, value.trim()),
        (Some(key), None) => Italic::Unclosed(key),
        (None, Some(_)) => Italic::Unknown(name),
        (None, None) => Italic::No,
    }
}

/// What the lines of one task or ticket said; what they refer to is found when everything is read.
#[derive(Debug, Default)]
pub(super) struct Notes<'a> {
    pub(super) requirements: Vec<Reference<'a>>,
    pub(super) depends: Vec<Reference<'a>>,
    /// The keys that were there, with an empty value too.
    pub(super) said: Vec<Key>,
}

/// A piece of a line that names something else.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reference<'a> {
    pub(super) text: &'a str,
    pub(super) line: Line<'a>,
}

impl<'a> Notes<'a> {
    pub(super) fn said(&self, key: Key) -> bool {
        self.said.contains(&key)
    }

    /// Takes a line over into these notes or into `task`.
    pub(super) fn take(
        &mut self,
        (key, value): (Key, &'a str),
        task: &mut PlannedTask,
        (file, line): (&str, Line<'a>),
        findings: &mut Findings,
    ) {
        self.said.push(key);
        let mut bad = |message: String| {
            findings.problem_of(file, &line, value, "bad_value", message);
        };
        match key {
            Key::Requirements => self.requirements.extend(references(value, line)),
            Key::Depends => self.depends.extend(references(value, line)),
            Key::Files => match items(value) {
                Ok(files) => task.files_to_modify.extend(files),
                Err(rest) => bad(format!("expected `,` before `{rest}`")),
            },
            Key::Creates => match items(value) {
                Ok(files) => task.files_to_create.extend(files),
                Err(rest) => bad(format!("expected `,` before `{rest}`")),
            },
            Key::Components => match items(value) {
                Ok(components) => task.components.extend(components),
                Err(rest) => bad(format!("expected `,` before `{rest}`")),
            },
            Key::Validate => task.validate.push(command(value)),
            Key::Run if task.run.is_some() => bad("a task has one `_Run:` line".to_owned()),
            Key::Run => task.run = Some(command(value)),
            Key::Hours => match hours(value) {
                Some(hours) => task.estimated_hours = Some(hours),
                None => bad(format!("`{value}` is no number of hours; write e.g. `_Hours: 1.5_`")),
            },
            Key::Priority => match priority(value) {
                Some(priority) => task.priority = Some(priority),
                None => bad(format!("`{value}` is no priority; it is one of critical, high, medium, low")),
            },
        }
    }
}

/// The names in a line, with commas between them.
pub(super) fn references<'a>(value: &'a str, line: Line<'a>) -> impl Iterator<Item = Reference<'a>> {
    let named = |text: &&str| !text.is_empty() && !text.eq_ignore_ascii_case(lists::NONE);
    value.split([',', ';']).map(str::trim).filter(named).map(move |text| Reference { text, line })
}

fn items(value: &str) -> Result<Vec<String>, &str> {
    Ok(lists::parse_list(value, str::to_owned)?.into_iter().map(|Item { text, .. }| text).collect())
}

fn command(value: &str) -> String {
    markup::whole_code(value).unwrap_or(value).to_owned()
}

/// A number of hours: `2`, `1.5`, `2h`.
pub(super) fn hours(value: &str) -> Option<f64> {
    let number = value.strip_suffix(['h', 'H']).unwrap_or(value).trim();
    number.parse().ok().filter(|hours: &f64| hours.is_finite())
}

/// A priority in any case.
pub(super) fn priority(value: &str) -> Option<Priority> {
    value.trim().to_ascii_lowercase().parse().ok()
}

/// The line for one value.
pub(super) fn line(key: Key, value: &str) -> String {
    format!("_{}: {value}_", key.as_str())
}

/// The lines for what a task says of itself; requirements and dependencies are written by who numbers them.
pub(super) fn lines(task: &PlannedTask) -> Vec<String> {
    let mut lines = Vec::new();
    if !task.components.is_empty() {
        lines.push(line(Key::Components, &list(&task.components)));
    }
    if let Some(hours) = task.estimated_hours {
        lines.push(line(Key::Hours, &hours.to_string()));
    }
    if let Some(priority) = task.priority {
        lines.push(line(Key::Priority, priority.as_str()));
    }
    lines.extend(task.run.iter().map(|run| line(Key::Run, &written_command(run))));
    lines.extend(task.validate.iter().map(|command| line(Key::Validate, &written_command(command))));
    lines
}

/// The lines for the files of a task, those it changes and those it creates.
pub(super) fn files(task: &PlannedTask) -> Vec<String> {
    let of = |key, files: &[String]| (!files.is_empty()).then(|| line(key, &list(files)));
    of(Key::Files, &task.files_to_modify).into_iter().chain(of(Key::Creates, &task.files_to_create)).collect()
}

fn list(items: &[String]) -> String {
    let plain = |item: &str, _: &[char]| {
        let bare = !item.is_empty() && item.trim() == item && !item.contains([',', '`', '\\']);
        if bare && !item.contains('\n') { item.to_owned() } else { markup::literal(item, &[',']) }
    };
    lists::list(items, plain)
}

fn written_command(command: &str) -> String {
    let line = one_line(command);
    if markup::whole_code(&line).is_some() || line.trim() != line {
        return markup::code(&line).unwrap_or(line);
    }
    line
}

/// A text without its line breaks.
pub(super) fn one_line(text: &str) -> String {
    text.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}
