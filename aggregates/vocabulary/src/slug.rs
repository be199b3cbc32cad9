//! The part of an address that stands for a thing.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::Name;

/// A short name for addresses and branches: `a-z`, `0-9` and `-`, 1 to 64 characters, no hyphen at either
/// end (a command line would take a leading one for an option).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Slug(String);

/// Why a text is no [`Slug`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSlug {
    /// Nothing there; or a name without a single Latin letter or digit, for which a person chooses the slug.
    #[error("a slug needs at least one of a-z or 0-9; choose one")]
    Empty,
    /// More than [`Slug::MAX_CHARS`].
    #[error("a slug has at most {max} characters, this one has {chars}", max = Slug::MAX_CHARS)]
    TooLong {
        /// How many characters the text has.
        chars: usize,
    },
    /// Something other than `a-z`, `0-9` and `-`.
    #[error("a slug is made of a-z, 0-9 and -, but character {at} is {found:?}")]
    ForbiddenCharacter {
        /// The character.
        found: char,
        /// Which character of the text, counted from 1.
        at: usize,
    },
    /// A hyphen at the start or the end.
    #[error("a slug starts and ends with a letter or a digit")]
    HyphenAtEdge,
}

impl Slug {
    /// Source: a label of a host name has at most 63 characters, a branch `omoi/<TSK>-<slug>` stays readable.
    pub const MAX_CHARS: usize = 64;

    /// Checks `text`; nothing is changed in silence.
    ///
    /// # Errors
    /// [`InvalidSlug`] says which rule the text breaks.
    pub fn new(text: &str) -> Result<Self, InvalidSlug> {
        if text.is_empty() {
            return Err(InvalidSlug::Empty);
        }
        let chars = text.chars().count();
        if chars > Self::MAX_CHARS {
            return Err(InvalidSlug::TooLong { chars });
        }
        if let Some((index, found)) = text.chars().enumerate().find(|(_, c)| !is_allowed(*c)) {
            return Err(InvalidSlug::ForbiddenCharacter { found, at: index + 1 });
        }
        if text.starts_with('-') || text.ends_with('-') {
            return Err(InvalidSlug::HyphenAtEdge);
        }
        Ok(Self(text.to_owned()))
    }

    /// The slug that follows from `name`: Latin letters in lower case, runs of anything else as one hyphen,
    /// cut to [`Slug::MAX_CHARS`]. Two names can give one slug; uniqueness is decided by the append.
    ///
    /// # Errors
    /// [`InvalidSlug::Empty`] for a name without a Latin letter or digit.
    pub fn from_name(name: &Name) -> Result<Self, InvalidSlug> {
        let mut slug = String::with_capacity(Self::MAX_CHARS);
        for c in name.as_str().chars() {
            if slug.len() == Self::MAX_CHARS {
                break;
            }
            if c.is_ascii_alphanumeric() {
                slug.push(c.to_ascii_lowercase());
            } else if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
        }
        Self::new(slug.trim_end_matches('-'))
    }

    /// The slug as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_allowed(c: char) -> bool {
    matches!(c, 'a'..='z' | '0'..='9' | '-')
}

impl TryFrom<String> for Slug {
    type Error = InvalidSlug;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(&text)
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0
    }
}

impl FromStr for Slug {
    type Err = InvalidSlug;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text)
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl JsonSchema for Slug {
    fn schema_name() -> Cow<'static, str> {
        "Slug".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "a short name for addresses",
            "pattern": "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$",
            "maxLength": Self::MAX_CHARS,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn from_name(name: &str) -> Result<String, InvalidSlug> {
        Slug::from_name(&Name::new(name).unwrap()).map(String::from)
    }

    #[test]
    fn a_slug_follows_from_a_name() {
        assert_eq!(from_name("Billing & Usage, 2nd try").as_deref(), Ok("billing-usage-2nd-try"));
        assert_eq!(from_name("--Größe--").as_deref(), Ok("gr-e"));
        assert_eq!(from_name(&"a".repeat(200)), Ok("a".repeat(64)));
        assert_eq!(from_name(&format!("{} b", "a".repeat(63))), Ok("a".repeat(63)));
    }

    #[test]
    fn a_name_without_latin_letters_needs_a_slug_of_its_own() {
        assert_eq!(from_name("日本語"), Err(InvalidSlug::Empty));
        assert_eq!(from_name("-"), Err(InvalidSlug::Empty));
    }

    #[test]
    fn each_rule_is_named_when_it_is_broken() {
        assert_eq!(Slug::new(""), Err(InvalidSlug::Empty));
        assert_eq!(Slug::new(&"a".repeat(65)), Err(InvalidSlug::TooLong { chars: 65 }));
        assert_eq!(Slug::new("Ab"), Err(InvalidSlug::ForbiddenCharacter { found: 'A', at: 1 }));
        assert_eq!(Slug::new("a/../b"), Err(InvalidSlug::ForbiddenCharacter { found: '/', at: 2 }));
        assert_eq!(Slug::new("-rf"), Err(InvalidSlug::HyphenAtEdge));
        assert_eq!(Slug::new("a-"), Err(InvalidSlug::HyphenAtEdge));
    }

    #[test]
    fn hostile_json_is_refused_with_the_reason() {
        let refused = serde_json::from_str::<Slug>(r#""a b""#).unwrap_err();
        assert!(refused.to_string().contains("character 2"), "{refused}");
        assert!(serde_json::from_str::<Slug>("null").is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_refused_or_is_already_a_slug(text in any::<String>()) {
            if let Ok(slug) = Slug::new(&text) {
                prop_assert_eq!(slug.as_str(), text);
            }
        }

        #[test]
        fn what_follows_from_a_name_is_a_slug_and_follows_from_itself(text in "\\PC{1,220}") {
            let Ok(name) = Name::new(&text) else { return Ok(()) };
            let has_latin = name.as_str().chars().any(|c| c.is_ascii_alphanumeric());
            match Slug::from_name(&name) {
                Ok(slug) => {
                    prop_assert!(has_latin);
                    prop_assert_eq!(Slug::new(slug.as_str()), Ok(slug.clone()));
                    prop_assert_eq!(Slug::from_name(&Name::new(slug.as_str()).unwrap()), Ok(slug));
                }
                Err(reason) => {
                    prop_assert_eq!(reason, InvalidSlug::Empty);
                    prop_assert!(!has_latin);
                }
            }
        }

        #[test]
        fn a_slug_survives_json(text in "[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?") {
            let slug = Slug::new(&text).unwrap();
            let json = serde_json::to_string(&slug).unwrap();
            prop_assert_eq!(serde_json::from_str::<Slug>(&json).unwrap(), slug);
        }
    }
}
