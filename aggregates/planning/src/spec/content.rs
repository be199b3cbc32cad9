//! What a phase writes, part by part, and the whole it makes.

use std::collections::BTreeSet;

use plan::ContentHash;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// So much of a value stands in one event, in bytes of its JSON: well below what a payload may have.
const SECTION_BYTES: usize = 100 * 1024;

/// A part of what a phase writes: one field of its output, whole or a piece of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Section {
    /// The field, e.g. `requirements`.
    pub field: String,
    /// What of it.
    pub part: Part,
}

/// What of a field a section holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(inline)]
pub enum Part {
    /// All of it.
    Whole {
        /// The value.
        value: Value,
    },
    /// The next entries of a list.
    Items {
        /// In order.
        items: Vec<Value>,
        /// Whether they are the last ones.
        last: bool,
    },
    /// The next piece of a long text.
    Text {
        /// The piece.
        text: String,
        /// Whether it is the last one.
        last: bool,
    },
}

/// A value does not fit into sections.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` holds a single value of more than {} KiB; split it, or say it shorter", SECTION_BYTES / 1024)]
pub struct TooLarge {
    /// The field.
    pub field: String,
}

/// The whole as far as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    fields: Map<String, Value>,
    complete: BTreeSet<String>,
}

impl Content {
    /// Adds a section to what is there.
    pub(super) fn add(&mut self, section: &Section) {
        let field = &section.field;
        let last = match &section.part {
            Part::Whole { value } => {
                self.fields.insert(field.clone(), value.clone());
                true
            }
            Part::Items { items, last } => {
                match self.fields.get_mut(field) {
                    Some(Value::Array(list)) => list.extend(items.iter().cloned()),
                    _ => drop(self.fields.insert(field.clone(), Value::Array(items.clone()))),
                }
                *last
            }
            Part::Text { text, last } => {
                match self.fields.get_mut(field) {
                    Some(Value::String(long)) => long.push_str(text),
                    _ => drop(self.fields.insert(field.clone(), Value::String(text.clone()))),
                }
                *last
            }
        };
        if last {
            self.complete.insert(field.clone());
        }
    }

    /// What of `section` is not there yet. A field that is complete stays as it is, and an entry of a list that is there
    /// under the same id or name is not written twice: who writes again after a crash adds only what is missing.
    pub(super) fn news(&self, section: Section) -> Option<Section> {
        if self.complete.contains(&section.field) {
            return None;
        }
        let Section { field, part } = section;
        let known = self.fields.get(&field);
        let part = match part {
            Part::Items { items, last } => {
                let known: BTreeSet<String> =
                    known.and_then(Value::as_array).into_iter().flatten().filter_map(name_of).collect();
                let items: Vec<_> = items
                    .into_iter()
                    .filter(|item| name_of(item).is_none_or(|name| !known.contains(&name)))
                    .collect();
                if items.is_empty() && !last {
                    return None;
                }
                Part::Items { items, last }
            }
            whole_or_text => whole_or_text,
        };
        Some(Section { field, part })
    }

    /// Whether nothing is written yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The fields that are written to their end.
    #[must_use]
    pub const fn complete(&self) -> &BTreeSet<String> {
        &self.complete
    }

    /// The fields as far as they are written.
    #[must_use]
    pub const fn fields(&self) -> &Map<String, Value> {
        &self.fields
    }

    /// Of the whole.
    #[must_use]
    pub fn hash(&self) -> ContentHash {
        ContentHash::of_json(&Value::Object(self.fields.clone()))
    }

    /// The whole as JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(&self.fields).expect("values are JSON")
    }
}

/// What an entry of a list is recognised by: its id; else its name and where it is, as two endpoints have one path and two
/// models one name.
#[must_use]
pub fn name_of(item: &Value) -> Option<String> {
    let text = |key: &str| item.get(key)?.as_str().filter(|text| !text.is_empty());
    if let Some(id) = text("id") {
        return Some(id.to_owned());
    }
    let parts: Vec<_> = ["method", "name", "path", "file"].iter().filter_map(|key| text(key)).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

impl Section {
    /// All sections of an output, each small enough for an event.
    ///
    /// # Errors
    /// When one entry or one object is too large for that.
    pub fn all_of(output: &Map<String, Value>) -> Result<Vec<Self>, TooLarge> {
        let mut sections = Vec::new();
        for (field, value) in output {
            let parts = parts_of(value).ok_or_else(|| TooLarge { field: field.clone() })?;
            sections.extend(parts.into_iter().map(|part| Self { field: field.clone(), part }));
        }
        Ok(sections)
    }

    /// Whether it fits into an event.
    #[must_use]
    pub fn fits(&self) -> bool {
        let size = match &self.part {
            Part::Whole { value } => size_of(value),
            Part::Items { items, .. } => items.iter().map(size_of).sum(),
            Part::Text { text, .. } => text.len(),
        };
        size <= SECTION_BYTES
    }
}

fn size_of(value: &Value) -> usize {
    value.to_string().len()
}

/// The parts of a value; nothing when it cannot be split small enough.
fn parts_of(value: &Value) -> Option<Vec<Part>> {
    if size_of(value) <= SECTION_BYTES {
        return Some(vec![Part::Whole { value: value.clone() }]);
    }
    match value {
        Value::Array(items) => {
            let mut parts: Vec<Vec<Value>> = vec![Vec::new()];
            let mut size = 0;
            for item in items {
                let bytes = size_of(item);
                if bytes > SECTION_BYTES {
                    return None;
                }
                if size + bytes > SECTION_BYTES {
                    parts.push(Vec::new());
                    size = 0;
                }
                size += bytes;
                parts.last_mut()?.push(item.clone());
            }
            let count = parts.len();
            let numbered = parts.into_iter().enumerate();
            Some(numbered.map(|(n, items)| Part::Items { items, last: n + 1 == count }).collect())
        }
        Value::String(text) => {
            let mut pieces = vec![String::new()];
            for c in text.chars() {
                // A quarter: escapes make a text longer than it is.
                if pieces.last()?.len() + c.len_utf8() > SECTION_BYTES / 4 {
                    pieces.push(String::new());
                }
                pieces.last_mut()?.push(c);
            }
            let count = pieces.len();
            Some(
                pieces
                    .into_iter()
                    .enumerate()
                    .map(|(n, text)| Part::Text { text, last: n + 1 == count })
                    .collect(),
            )
        }
        _ => None,
    }
}
