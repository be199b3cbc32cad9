//! What a person calls a thing.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::line::ONE_LINE;

/// A title of one line: trimmed, 1 to 200 characters, no control characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

/// Why a text is no [`Name`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidName {
    /// Nothing is left after trimming.
    #[error("a name needs at least one visible character")]
    Empty,
    /// More than [`Name::MAX_CHARS`].
    #[error("a name has at most {max} characters, this one has {chars}", max = Name::MAX_CHARS)]
    TooLong {
        /// How many characters the trimmed text has.
        chars: usize,
    },
    /// A line break, a tab or another control character inside.
    #[error("a name is one line without control characters, but character {at} is one")]
    ControlCharacter {
        /// Which character of the trimmed text, counted from 1.
        at: usize,
    },
}

impl Name {
    /// Counted in characters, not bytes: a limit for people.
    pub const MAX_CHARS: usize = 200;

    /// The trimmed text.
    ///
    /// # Errors
    /// [`InvalidName`] says which rule the text breaks.
    pub fn new(text: &str) -> Result<Self, InvalidName> {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Err(InvalidName::Empty);
        }
        let chars = trimmed.chars().count();
        if chars > Self::MAX_CHARS {
            return Err(InvalidName::TooLong { chars });
        }
        if let Some(index) = trimmed.chars().position(char::is_control) {
            return Err(InvalidName::ControlCharacter { at: index + 1 });
        }
        Ok(Self(trimmed.to_owned()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Name {
    type Error = InvalidName;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(&text)
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

impl FromStr for Name {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl JsonSchema for Name {
    fn schema_name() -> Cow<'static, str> {
        "Name".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "one line, trimmed, without control characters",
            "minLength": 1,
            "maxLength": Self::MAX_CHARS,
            "pattern": ONE_LINE,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_trimmed() {
        assert_eq!(Name::new("  Billing \n").unwrap().as_str(), "Billing");
    }

    #[test]
    fn a_name_has_1_to_200_characters_however_many_bytes_they_take() {
        assert_eq!(Name::new(" \t\u{3000}"), Err(InvalidName::Empty));
        assert!(Name::new(&"ö".repeat(200)).is_ok());
        assert_eq!(Name::new(&"ö".repeat(201)), Err(InvalidName::TooLong { chars: 201 }));
    }

    #[test]
    fn a_name_has_no_control_characters() {
        assert_eq!(Name::new("a\nb"), Err(InvalidName::ControlCharacter { at: 2 }));
        assert_eq!(Name::new("nul\0l"), Err(InvalidName::ControlCharacter { at: 4 }));
        assert_eq!(Name::new("esc\u{1b}[31m"), Err(InvalidName::ControlCharacter { at: 4 }));
    }

    #[test]
    fn hostile_json_is_refused_with_the_reason() {
        let refused = serde_json::from_str::<Name>(r#""a\u0000b""#).unwrap_err();
        assert!(refused.to_string().contains("control"), "{refused}");
        assert!(serde_json::from_str::<Name>(r#""   ""#).is_err());
        assert!(serde_json::from_str::<Name>("7").is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_refused_or_becomes_a_name_that_keeps_the_rules(text in any::<String>()) {
            if let Ok(name) = Name::new(&text) {
                prop_assert_eq!(name.as_str(), text.trim());
                prop_assert!((1..=Name::MAX_CHARS).contains(&name.as_str().chars().count()));
                prop_assert!(!name.as_str().chars().any(char::is_control));
            }
        }

        #[test]
        fn a_name_survives_json_and_parsing(text in "[^\\pC\\pZ]([^\\pC]{0,198}[^\\pC\\pZ])?") {
            let name = Name::new(&text).unwrap();
            prop_assert_eq!(&name.as_str().parse::<Name>().unwrap(), &name);
            let json = serde_json::to_string(&name).unwrap();
            prop_assert_eq!(serde_json::from_str::<Name>(&json).unwrap(), name);
        }
    }
}
