//! Text to JSON. A key that stands twice is refused: readers differ in which of the two they take, so what a person
//! was shown and what the database keeps could be two things. A control character is refused: Postgres stores no NUL,
//! and the others hide text from people.

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::{Problem, names};

/// Enough to mend an output by; the rest is told by the next attempt.
const MOST_PROBLEMS: usize = 20;

/// The JSON, and what is wrong inside it.
///
/// # Errors
/// When it is no JSON; the problem has line and column.
pub(super) fn parse(text: &str) -> Result<(Value, Vec<Problem>), Vec<Problem>> {
    let mut problems = Vec::new();
    let mut input = serde_json::Deserializer::from_str(text);
    let read = Node { path: &mut String::new(), problems: &mut problems }
        .deserialize(&mut input)
        .and_then(|json| input.end().map(|()| json));
    read.map(|json| (json, problems)).map_err(|error| {
        let mut problem = Problem::new("json", format!("the output is no JSON: {error}"));
        problem.place.line = u32::try_from(error.line()).ok();
        problem.place.column = u32::try_from(error.column()).ok();
        vec![problem]
    })
}

struct Node<'n> {
    path: &'n mut String,
    problems: &'n mut Vec<Problem>,
}

impl Node<'_> {
    /// Reads what is at `step` below this node.
    fn below<T>(&mut self, step: &str, read: impl FnOnce(Node<'_>) -> T) -> T {
        let length = self.path.len();
        self.path.push_str(step);
        let value = read(Node { path: self.path, problems: self.problems });
        self.path.truncate(length);
        value
    }

    fn checked(&mut self, text: &str) {
        let forbidden = |c: char| c.is_control() && c != '\n' && c != '\t';
        if let Some((index, character)) = text.chars().enumerate().find(|(_, c)| forbidden(*c)) {
            let message = format!(
                "character {} is the control character U+{:04X}: write the text without it",
                index + 1,
                u32::from(character)
            );
            self.problem("control_character", message);
        }
    }

    fn problem(&mut self, code: &str, message: String) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(Problem::new(code, message).about(names::short(self.path)));
        }
    }
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Value, D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E: de::Error>(mut self, text: &str) -> Result<Value, E> {
        self.checked(text);
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) =
            self.below(&format!("[{}]", entries.len()), |node| list.next_element_seed(node))?
        {
            entries.push(entry);
        }
        Ok(Value::Array(entries))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut object: A) -> Result<Value, A::Error> {
        let mut entries = Map::new();
        while let Some(key) = object.next_key::<String>()? {
            let step = if self.path.is_empty() { key.clone() } else { format!(".{key}") };
            let value = self.below(&step, |mut node| {
                node.checked(&key);
                if entries.contains_key(&key) {
                    node.problem(
                        "duplicate_key",
                        "the field is written twice: keep one of the two".to_owned(),
                    );
                }
                object.next_value_seed(node)
            })?;
            entries.insert(key, value);
        }
        Ok(Value::Object(entries))
    }
}
