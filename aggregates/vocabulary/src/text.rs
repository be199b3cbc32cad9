//! What a person writes about a thing.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// Several lines: trimmed at the end, 1 to 20 000 characters, no control characters but the line break and
/// the tab. A line ends with `\n`; `\r\n` becomes that.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Text(String);

/// Why a text is no [`Text`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    /// Nothing is left after trimming.
    #[error("a text needs at least one visible character")]
    Empty,
    /// More than [`Text::MAX_CHARS`].
    #[error("a text has at most {max} characters, this one has {chars}", max = Text::MAX_CHARS)]
    TooLong {
        /// How many characters the trimmed text has.
        chars: usize,
    },
    /// A control character other than the line break and the tab.
    #[error("a text has no control characters but line breaks and tabs, but character {at} is one")]
    ControlCharacter {
        /// Which character of the trimmed text, counted from 1.
        at: usize,
    },
}

impl Text {
    /// Counted in characters, not bytes: a limit for people.
    pub const MAX_CHARS: usize = 20_000;

    /// The text, trimmed at the end, its lines ended by `\n`.
    ///
    /// # Errors
    /// [`InvalidText`] says which rule the text breaks.
    pub fn new(text: &str) -> Result<Self, InvalidText> {
        let unix = text.replace("\r\n", "\n");
        let trimmed = unix.trim_end();
        if trimmed.is_empty() {
            return Err(InvalidText::Empty);
        }
        let chars = trimmed.chars().count();
        if chars > Self::MAX_CHARS {
            return Err(InvalidText::TooLong { chars });
        }
        if let Some(index) = trimmed.chars().position(|c| c.is_control() && c != '\n' && c != '\t') {
            return Err(InvalidText::ControlCharacter { at: index + 1 });
        }
        Ok(Self(trimmed.to_owned()))
    }

    /// The text itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Text {
    type Error = InvalidText;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(&text)
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.0
    }
}

impl FromStr for Text {
    type Err = InvalidText;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// At least one visible character, and no control character but `\n` and `\t`.
const LINES: &str = concat!(
    r"^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f]*",
    r"[^\s\u0000-\u001f\u007f-\u009f]",
    r"[^\u0000-\u0008\u000b-\u001f\u007f-\u009f]*$",
);

impl JsonSchema for Text {
    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "several lines, trimmed at the end, without control characters but \\n and \\t",
            "minLength": 1,
            "pattern": LINES,
            "maxLength": Self::MAX_CHARS,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_keeps_its_lines_and_loses_what_trails() {
        assert_eq!(Text::new("  one\r\n\ttwo \n\n").unwrap().as_str(), "  one\n\ttwo");
    }

    #[test]
    fn a_text_has_1_to_20_000_characters_however_many_bytes_they_take() {
        assert_eq!(Text::new(" \t\n"), Err(InvalidText::Empty));
        assert!(Text::new(&"ö".repeat(20_000)).is_ok());
        assert_eq!(Text::new(&"ö".repeat(20_001)), Err(InvalidText::TooLong { chars: 20_001 }));
    }

    #[test]
    fn a_text_has_no_other_control_characters() {
        assert_eq!(Text::new("nul\0l"), Err(InvalidText::ControlCharacter { at: 4 }));
        assert_eq!(Text::new("a\rb"), Err(InvalidText::ControlCharacter { at: 2 }));
        assert_eq!(Text::new("esc\u{1b}[31m"), Err(InvalidText::ControlCharacter { at: 4 }));
    }

    #[test]
    fn hostile_json_is_refused_with_the_reason() {
        let refused = serde_json::from_str::<Text>(r#""a\u0000b""#).unwrap_err();
        assert!(refused.to_string().contains("control"), "{refused}");
        assert!(serde_json::from_str::<Text>(r#""\n""#).is_err());
        assert!(serde_json::from_str::<Text>("[]").is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_refused_or_survives_json_and_parsing(text in any::<String>()) {
            if let Ok(text) = Text::new(&text) {
                prop_assert_eq!(&text.as_str().parse::<Text>().unwrap(), &text);
                let json = serde_json::to_string(&text).unwrap();
                prop_assert_eq!(serde_json::from_str::<Text>(&json).unwrap(), text);
            }
        }
    }
}
