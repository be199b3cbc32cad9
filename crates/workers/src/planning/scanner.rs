//! An object as it is being written: each field is told as soon as it is whole, and each entry of a list at once.

use planning::spec::{Part, Section};
use serde_json::Value;

/// What of a streamed answer is whole. Text goes in as it comes, sections come out; what is before the first `{`, e.g. a
/// fence, is skipped, and so is everything after the object has ended.
#[derive(Debug, Default)]
pub(super) struct Scanner {
    /// Everything from the beginning of the value, key or entry that is being read.
    pending: String,
    place: Place,
    /// Brackets that are open within the value.
    depth: usize,
    /// Inside a text, and whether the last character was a backslash.
    text: Option<bool>,
    /// Whether a value that is no text and has no brackets has begun.
    bare: bool,
}

/// Where the scanner stands.
#[derive(Debug, Default)]
enum Place {
    /// The object has not begun.
    #[default]
    Before,
    /// Before or in a key.
    Key,
    /// A key was read; its colon has not come.
    Colon(String),
    /// A key and its colon were read; its value has not begun.
    Begin(String),
    /// In a value that is no list.
    Value(String),
    /// In a list, before or in an entry.
    List(String),
    /// The object has ended.
    After,
}

/// What the model wrote is no JSON.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer is no JSON from `{near}` on")]
pub(super) struct NoJson {
    /// The beginning of what cannot be read.
    near: String,
}

impl Scanner {
    /// Whether the object has ended.
    #[cfg(test)]
    pub(super) const fn is_done(&self) -> bool {
        matches!(self.place, Place::After)
    }

    /// Takes the next piece of the answer in.
    ///
    /// # Errors
    /// When a value that seems whole is no JSON.
    pub(super) fn push(&mut self, piece: &str) -> Result<Vec<Section>, NoJson> {
        let mut sections = Vec::new();
        for c in piece.chars() {
            self.take(c, &mut sections)?;
        }
        Ok(sections)
    }

    fn take(&mut self, c: char, sections: &mut Vec<Section>) -> Result<(), NoJson> {
        if let Some(escaped) = self.text {
            self.pending.push(c);
            self.text = match (escaped, c) {
                (true, _) => Some(false),
                (false, '\\') => Some(true),
                (false, '"') => None,
                (false, _) => Some(false),
            };
            if self.text.is_none() && self.depth == 0 {
                self.text_ended(sections)?;
            }
            return Ok(());
        }
        match std::mem::take(&mut self.place) {
            Place::Before => {
                self.place = if c == '{' { Place::Key } else { Place::Before };
                Ok(())
            }
            Place::Key => self.in_key(c),
            Place::Colon(field) => self.after_key(field, c),
            Place::Begin(field) => self.before_value(field, c),
            Place::Value(field) => self.in_value(field, c, sections),
            Place::List(field) => self.in_list(field, c, sections),
            Place::After => {
                self.place = Place::After;
                Ok(())
            }
        }
    }

    fn in_key(&mut self, c: char) -> Result<(), NoJson> {
        self.place = match c {
            '}' => Place::After,
            '"' => {
                self.pending = c.to_string();
                self.text = Some(false);
                Place::Key
            }
            ',' => Place::Key,
            c if c.is_whitespace() => Place::Key,
            c => return Err(self.broken(c)),
        };
        Ok(())
    }

    fn after_key(&mut self, field: String, c: char) -> Result<(), NoJson> {
        self.place = match c {
            ':' => Place::Begin(field),
            c if c.is_whitespace() => Place::Colon(field),
            c => return Err(self.broken(c)),
        };
        Ok(())
    }

    fn before_value(&mut self, field: String, c: char) -> Result<(), NoJson> {
        self.place = match c {
            c if c.is_whitespace() => Place::Begin(field),
            '[' => {
                self.pending.clear();
                Place::List(field)
            }
            ',' | '}' | ']' | ':' => return Err(self.broken(c)),
            c => {
                self.begin_value(c);
                Place::Value(field)
            }
        };
        Ok(())
    }

    fn begin_value(&mut self, c: char) {
        self.pending = c.to_string();
        match c {
            '"' => self.text = Some(false),
            '{' | '[' => self.depth = 1,
            _ => self.bare = true,
        }
    }

    fn in_value(&mut self, field: String, c: char, sections: &mut Vec<Section>) -> Result<(), NoJson> {
        if self.bare && (c == ',' || c == '}' || c.is_whitespace()) {
            self.bare = false;
            sections.push(self.whole(&field)?);
            self.place = if c == '}' { Place::After } else { Place::Key };
            return Ok(());
        }
        self.pending.push(c);
        self.place = Place::Value(field);
        if self.nested(c) {
            let Place::Value(field) = std::mem::take(&mut self.place) else { return Ok(()) };
            sections.push(self.whole(&field)?);
            self.place = Place::Key;
        }
        Ok(())
    }

    fn in_list(&mut self, field: String, c: char, sections: &mut Vec<Section>) -> Result<(), NoJson> {
        let between = self.depth == 0 && !self.bare;
        match c {
            ']' if self.depth == 0 => {
                if std::mem::take(&mut self.bare) {
                    sections.push(self.entry(&field)?);
                }
                sections.push(Section { field, part: Part::Items { items: Vec::new(), last: true } });
                self.place = Place::Key;
                return Ok(());
            }
            ',' if between => {}
            c if between && c.is_whitespace() => {}
            c if between => self.begin_value(c),
            c if self.bare && (c == ',' || c.is_whitespace()) => {
                self.bare = false;
                sections.push(self.entry(&field)?);
            }
            c => {
                self.pending.push(c);
                if self.nested(c) {
                    sections.push(self.entry(&field)?);
                }
            }
        }
        self.place = Place::List(field);
        Ok(())
    }

    /// Counts brackets; whether the value has ended with this one.
    fn nested(&mut self, c: char) -> bool {
        match c {
            '"' => {
                self.text = Some(false);
                false
            }
            '{' | '[' => {
                self.depth += 1;
                false
            }
            '}' | ']' => {
                self.depth = self.depth.saturating_sub(1);
                self.depth == 0
            }
            _ => false,
        }
    }

    /// A text outside of any bracket: a key, a value or an entry.
    fn text_ended(&mut self, sections: &mut Vec<Section>) -> Result<(), NoJson> {
        match std::mem::take(&mut self.place) {
            Place::Key => {
                let key = self.read()?;
                self.place = Place::Colon(key.as_str().unwrap_or_default().to_owned());
            }
            Place::Value(field) => {
                sections.push(self.whole(&field)?);
                self.place = Place::Key;
            }
            Place::List(field) => {
                sections.push(self.entry(&field)?);
                self.place = Place::List(field);
            }
            other => self.place = other,
        }
        Ok(())
    }

    fn whole(&mut self, field: &str) -> Result<Section, NoJson> {
        Ok(Section { field: field.to_owned(), part: Part::Whole { value: self.read()? } })
    }

    fn entry(&mut self, field: &str) -> Result<Section, NoJson> {
        Ok(Section { field: field.to_owned(), part: Part::Items { items: vec![self.read()?], last: false } })
    }

    fn read(&mut self) -> Result<Value, NoJson> {
        let text = std::mem::take(&mut self.pending);
        serde_json::from_str(&text).map_err(|_| NoJson { near: text.chars().take(60).collect() })
    }

    fn broken(&self, c: char) -> NoJson {
        NoJson {
            near: format!(
                "{}{c}",
                self.pending.chars().rev().take(40).collect::<Vec<_>>().iter().rev().collect::<String>()
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use planning::spec::Content;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn told(pieces: &[&str]) -> Vec<Section> {
        let mut scanner = Scanner::default();
        pieces.iter().flat_map(|piece| scanner.push(piece).unwrap()).collect()
    }

    #[test]
    fn a_field_is_told_when_it_is_whole_and_an_entry_at_once() {
        let mut scanner = Scanner::default();
        assert!(scanner.push("```json\n{\"name\": \"a").unwrap().is_empty());
        let name = Section { field: "name".into(), part: Part::Whole { value: json!("ab") } };
        assert_eq!(scanner.push("b\", \"list\": [ {\"x\": [1").unwrap(), [name]);
        let entry = Section {
            field: "list".into(),
            part: Part::Items { items: vec![json!({ "x": [1, "}"] })], last: false },
        };
        assert_eq!(scanner.push(", \"}\"]}").unwrap(), [entry]);
        let last = Section { field: "list".into(), part: Part::Items { items: vec![], last: true } };
        assert_eq!(scanner.push("], \"n\": 7").unwrap(), [last]);
        let number = Section { field: "n".into(), part: Part::Whole { value: json!(7) } };
        assert_eq!(scanner.push("}").unwrap(), [number]);
        assert!(scanner.is_done());
        assert!(scanner.push("\n``` and more {\"a\": 1}").unwrap().is_empty());
    }

    #[test]
    fn what_is_cut_off_is_not_told() {
        assert_eq!(told(&["{\"a\": 1, \"b\": [\"x\", \"y"]).len(), 2, "a, and the first entry of b");
        assert!(told(&["{\"a\": 12"]).is_empty(), "more digits may come");
    }

    #[test]
    fn what_is_no_json_is_said() {
        for text in ["{a: 1}", "{\"a\": tru}", "{\"a\": [1, nil]}", "{\"a\" \"b\"}"] {
            let mut scanner = Scanner::default();
            assert!(scanner.push(text).is_err() || !scanner.is_done(), "{text}");
        }
    }

    fn json_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            "[a-z\"\\\\{}\\[\\],: é\n]{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-z\"]{1,4}", inner, 0..4).prop_map(|map| json!(map)),
            ]
        })
    }

    proptest! {
        #[test]
        fn however_it_is_cut_the_sections_make_the_object(
            object in prop::collection::btree_map("[a-z]{1,6}", json_value(), 0..6),
            size in 1..9usize,
            pretty in any::<bool>(),
        ) {
            let text = if pretty { serde_json::to_string_pretty(&object) } else { serde_json::to_string(&object) }.unwrap();
            let chars: Vec<char> = text.chars().collect();
            let mut scanner = Scanner::default();
            let mut fields = serde_json::Map::new();
            for piece in chars.chunks(size) {
                for section in scanner.push(&piece.iter().collect::<String>()).unwrap() {
                    match section.part {
                        Part::Whole { value } => drop(fields.insert(section.field, value)),
                        Part::Items { items, .. } => match fields.entry(section.field).or_insert_with(|| json!([])) {
                            Value::Array(list) => list.extend(items),
                            other => panic!("{other}"),
                        },
                        Part::Text { .. } => panic!("texts come whole"),
                    }
                }
            }
            prop_assert!(scanner.is_done());
            prop_assert_eq!(Value::Object(fields), json!(object));
            let _ = Content::default();
        }
    }
}
