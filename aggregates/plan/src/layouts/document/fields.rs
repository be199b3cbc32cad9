//! The fields of an item: each is read once, with the line of what is wrong.

use vocabulary::Priority;

use super::super::findings::Findings;
use super::super::italic;
use super::super::lists::{self, Item};
use super::super::markup;
use super::body::Field;

/// Every field there is, as it is written.
pub(super) const KEYS: [&str; 28] = [
    "Feature",
    "Type",
    "Category",
    "Priority",
    "Estimate",
    "Hours",
    "Ticket",
    "Tasks",
    "Requirements",
    "Components",
    "Depends on",
    "Blocked by",
    "Blocks",
    "Creates",
    "Changes",
    "Run",
    "Validate",
    "Notes",
    "Origin",
    "File",
    "Responsibility",
    "Uses",
    "Interface",
    "PRD sections",
    "Design components",
    "Estimated hours in total",
    "Critical path",
    "Text",
];

const FLAGS: [&str; 2] = ["done", "optional"];

pub(super) fn is_known(key: &str) -> bool {
    KEYS.iter().any(|known| known.eq_ignore_ascii_case(key)) || is_flag(key)
}

pub(super) fn is_flag(key: &str) -> bool {
    FLAGS.contains(&key)
}

pub(super) fn names() -> String {
    KEYS.join(", ")
}

/// The fields of one item, taken one by one.
pub(super) struct Fields<'a, 'f> {
    file: &'a str,
    fields: Vec<Field<'a>>,
    findings: &'f mut Findings,
}

impl<'a, 'f> Fields<'a, 'f> {
    pub(super) fn of(file: &'a str, fields: Vec<Field<'a>>, findings: &'f mut Findings) -> Self {
        Self { file, fields, findings }
    }

    /// The field, which may be there once.
    fn take(&mut self, key: &str) -> Option<Field<'a>> {
        let found = self.fields.iter().position(|field| field.key == key)?;
        let field = self.fields.remove(found);
        while let Some(again) = self.fields.iter().position(|field| field.key == key) {
            let again = self.fields.remove(again);
            let message = format!("`{key}` is on line {} already", field.line.number);
            self.findings.problem(self.file, &again.line, "bad_value", message);
        }
        Some(field)
    }

    fn bad(&mut self, field: &Field<'a>, message: impl Into<String>) {
        self.findings.problem(self.file, &field.line, "bad_value", message);
    }

    /// A text in one line; a field without a value is as good as none.
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        self.take(key)
            .filter(|field| !field.value.is_empty())
            .map(|field| markup::parse_literal(&field.value))
    }

    /// The same of a field that may be there several times.
    pub(super) fn texts(&mut self, key: &str) -> Vec<String> {
        let (found, rest) = std::mem::take(&mut self.fields).into_iter().partition(|field| field.key == key);
        self.fields = rest;
        let found: Vec<Field<'a>> = found;
        found.iter().filter(|it| !it.value.is_empty()).map(|it| markup::parse_literal(&it.value)).collect()
    }

    /// Values with commas between them; nothing when there is no such field.
    pub(super) fn items(&mut self, key: &str) -> Option<Vec<Item>> {
        let field = self.take(key)?;
        self.parsed(&field)
    }

    /// The same of a field that may be there several times.
    pub(super) fn lists(&mut self, key: &str) -> Vec<(Vec<Item>, Field<'a>)> {
        let (found, rest) = std::mem::take(&mut self.fields).into_iter().partition(|field| field.key == key);
        self.fields = rest;
        let found: Vec<Field<'a>> = found;
        found.into_iter().filter_map(|field| self.parsed(&field).map(|items| (items, field))).collect()
    }

    fn parsed(&mut self, field: &Field<'a>) -> Option<Vec<Item>> {
        match lists::parse_list(&field.value, markup::parse_inline) {
            Ok(items) => Some(items),
            Err(rest) => {
                self.bad(field, format!("expected `,` before `{rest}`"));
                None
            }
        }
    }

    pub(super) fn list(&mut self, key: &str) -> Option<Vec<String>> {
        Some(self.items(key)?.into_iter().map(|item| item.text).collect())
    }

    pub(super) fn flag(&mut self, key: &str) -> bool {
        self.take(key).is_some_and(|field| field.value == "yes")
    }

    pub(super) fn priority(&mut self) -> Option<Priority> {
        let field = self.take("priority").filter(|field| !field.value.is_empty())?;
        let priority = italic::priority(&field.value);
        if priority.is_none() {
            let message =
                format!("`{}` is no priority; it is one of critical, high, medium, low", field.value);
            self.bad(&field, message);
        }
        priority
    }

    pub(super) fn hours(&mut self, key: &str) -> Option<f64> {
        let field = self.take(key).filter(|field| !field.value.is_empty())?;
        let hours = italic::hours(&field.value);
        if hours.is_none() {
            let message = format!("`{}` is no number of hours; write e.g. `- Hours: 1.5`", field.value);
            self.bad(&field, message);
        }
        hours
    }

    pub(super) fn problem(&mut self, field: &Field<'a>, message: impl Into<String>) {
        self.bad(field, message);
    }

    /// What is left has no place here; what is no field at all was said already.
    pub(super) fn end(self) {
        for field in self.fields.iter().filter(|field| is_known(&field.key)) {
            let message = format!("the field `{}` has no place here", field.key);
            self.findings.problem(self.file, &field.line, "bad_line", message);
        }
    }
}
