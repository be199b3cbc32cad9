//! One line with a limit of its own.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// One line: trimmed, 1 to `MAX` characters, no control characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Line<const MAX: usize>(String);

/// The name of a branch; git says which of them it takes.
pub type BranchName = Line<250>;
/// A command line, as a shell takes it.
pub type CommandLine = Line<4000>;
/// A path, or a pattern of paths, inside a repository.
pub type FilePattern = Line<500>;
/// Why something is so, in one line; what a program says of its own failure fits.
pub type Reason = Line<1000>;

/// Why a text is no [`Line`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLine {
    /// Nothing is left after trimming.
    #[error("a line needs at least one visible character")]
    Empty,
    /// More characters than the line takes.
    #[error("the line has at most {max} characters, this one has {chars}")]
    TooLong {
        /// How many characters the trimmed text has.
        chars: usize,
        /// How many are allowed.
        max: usize,
    },
    /// A line break, a tab or another control character inside.
    #[error("a line has no control characters, but character {at} is one")]
    ControlCharacter {
        /// Which character of the trimmed text, counted from 1.
        at: usize,
    },
}

impl<const MAX: usize> Line<MAX> {
    /// Counted in characters, not bytes.
    pub const MAX_CHARS: usize = MAX;

    /// The trimmed text.
    ///
    /// # Errors
    /// [`InvalidLine`] says which rule the text breaks.
    pub fn new(text: &str) -> Result<Self, InvalidLine> {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Err(InvalidLine::Empty);
        }
        let chars = trimmed.chars().count();
        if chars > MAX {
            return Err(InvalidLine::TooLong { chars, max: MAX });
        }
        if let Some(index) = trimmed.chars().position(char::is_control) {
            return Err(InvalidLine::ControlCharacter { at: index + 1 });
        }
        Ok(Self(trimmed.to_owned()))
    }

    /// The line as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> TryFrom<String> for Line<MAX> {
    type Error = InvalidLine;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(&text)
    }
}

impl<const MAX: usize> From<Line<MAX>> for String {
    fn from(line: Line<MAX>) -> Self {
        line.0
    }
}

impl<const MAX: usize> FromStr for Line<MAX> {
    type Err = InvalidLine;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text)
    }
}

impl<const MAX: usize> fmt::Display for Line<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// At least one visible character, and no control character.
pub(crate) const ONE_LINE: &str = concat!(
    r"^[^\u0000-\u001f\u007f-\u009f]*",
    r"[^\s\u0000-\u001f\u007f-\u009f]",
    r"[^\u0000-\u001f\u007f-\u009f]*$",
);

impl<const MAX: usize> JsonSchema for Line<MAX> {
    fn schema_name() -> Cow<'static, str> {
        format!("Line{MAX}").into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "one line, trimmed, without control characters",
            "minLength": 1,
            "maxLength": MAX,
            "pattern": ONE_LINE,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_line_is_trimmed_and_has_its_own_limit() {
        assert_eq!(Line::<5>::new(" größe ").unwrap().as_str(), "größe");
        assert_eq!(Line::<4>::new("größe"), Err(InvalidLine::TooLong { chars: 5, max: 4 }));
        assert_eq!(Line::<5>::new(" \n"), Err(InvalidLine::Empty));
        assert_eq!(Line::<5>::new("a\nb"), Err(InvalidLine::ControlCharacter { at: 2 }));
        assert_eq!(CommandLine::MAX_CHARS, 4000);
        assert_eq!(FilePattern::MAX_CHARS, 500);
    }

    #[test]
    fn hostile_json_is_refused_with_the_reason() {
        let refused = serde_json::from_str::<Reason>(r#""a\u0000b""#).unwrap_err();
        assert!(refused.to_string().contains("control"), "{refused}");
        assert!(serde_json::from_str::<Reason>("7").is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_refused_or_survives_json_and_parsing(text in any::<String>()) {
            if let Ok(line) = FilePattern::new(&text) {
                prop_assert_eq!(&line.as_str().parse::<FilePattern>().unwrap(), &line);
                let json = serde_json::to_string(&line).unwrap();
                prop_assert_eq!(serde_json::from_str::<FilePattern>(&json).unwrap(), line);
            }
        }
    }
}
