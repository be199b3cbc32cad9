//! What is wrong with a plan, and where.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One fault that somebody can mend.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "PlanProblem")]
pub struct Problem {
    /// Where it is, as far as that is known.
    #[serde(flatten)]
    pub place: Place,
    /// What kind of fault it is, for machines, e.g. `dangling_reference`.
    pub code: String,
    /// What is so, by name, and what to do about it.
    pub message: String,
}

/// A place in a file, in the output of a phase, or neither.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Place {
    /// The file of an imported plan, e.g. `tasks.md`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// The line of that file, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The column of that line or text, in characters, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
    /// What it is about: the id of a requirement, ticket, task or component, or the path of a field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
}

impl Problem {
    /// A fault of no particular place.
    #[must_use]
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self { place: Place::default(), code: code.to_owned(), message: message.into() }
    }

    /// The same, about `item`.
    #[must_use]
    pub fn about(mut self, item: impl Into<String>) -> Self {
        self.place.item = Some(item.into());
        self
    }

    /// The same, at a line of a file.
    #[must_use]
    pub fn at(mut self, file: impl Into<String>, line: u32) -> Self {
        self.place.file = Some(file.into());
        self.place.line = Some(line);
        self
    }

    /// The same, at a column.
    #[must_use]
    pub fn column(mut self, column: u32) -> Self {
        self.place.column = Some(column);
        self
    }
}
