//! Small values that are right once they exist: the keys and addresses of a card.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// The text is no [`Rank`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a rank has 1 to {max} characters of 0-9 and a-z and does not end with 0", max = Rank::MAX_CHARS)]
pub struct InvalidRank;

/// The text is no [`WebAddress`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "an address starts with https:// or http://, has no spaces and at most {max} characters",
    max = WebAddress::MAX_CHARS
)]
pub struct InvalidWebAddress;

/// A text that keeps a rule; `$rule` answers the text as it is kept.
macro_rules! ruled_text {
    ($(#[$doc:meta])* $name:ident, $invalid:ident, $max:literal, $pattern:literal, $rule:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Counted in characters, not bytes.
            pub const MAX_CHARS: usize = $max;

            /// Checks `text`.
            ///
            /// # Errors
            /// When it breaks the rule, which the error states.
            pub fn new(text: &str) -> Result<Self, $invalid> {
                let kept: Option<String> = $rule(text);
                kept.filter(|kept| kept.chars().count() <= $max).map(Self).ok_or($invalid)
            }

            /// As it is written.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = $invalid;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::new(&text)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }

        impl FromStr for $name {
            type Err = $invalid;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::new(text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "pattern": $pattern, "maxLength": $max })
            }
        }
    };
}

ruled_text!(
    /// A place among the cards of a column: a key, the least first. Between two there is always another, see
    /// [`Rank::between`]. Its characters sort alike by bytes and by letters.
    Rank, InvalidRank, 200, "^[0-9a-z]*[1-9a-z]$", rank
);
ruled_text!(
    /// An address that a browser can open safely: `https://…` or `http://…`, never `javascript:`.
    WebAddress, InvalidWebAddress, 2000, r"^https?://[^\s\u0000-\u001f\u007f-\u009f]+$", web_address
);

fn rank(text: &str) -> Option<String> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase());
    (digits && !text.is_empty() && !text.ends_with('0')).then(|| text.to_owned())
}

fn web_address(text: &str) -> Option<String> {
    let text = text.trim();
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let printable = !rest.contains(|c: char| c.is_whitespace() || c.is_control());
    (printable && !rest.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rank_has_a_place_before_it() {
        for text in ["i", "0i", "z", "00001"] {
            assert_eq!(Rank::new(text).unwrap().as_str(), text);
        }
        for text in ["", "0", "i0", "I", "a b", "ä", &"i".repeat(201)] {
            assert_eq!(Rank::new(text), Err(InvalidRank), "{text}");
        }
    }

    #[test]
    fn an_address_is_one_that_a_browser_opens_safely() {
        assert_eq!(WebAddress::new(" https://git.example/ü ").unwrap().as_str(), "https://git.example/ü");
        assert!(WebAddress::new("http://127.0.0.1:3000/a?b#c").is_ok());
        let long = format!("https://{}", "a".repeat(1993));
        for text in [
            "",
            "https://",
            "javascript:alert(1)",
            "HTTPS//x",
            "/path",
            "https://a b",
            "https://a\u{0}",
            &long,
        ] {
            assert_eq!(WebAddress::new(text), Err(InvalidWebAddress), "{text}");
        }
    }

    #[test]
    fn hostile_json_is_refused_with_the_reason() {
        let refused = serde_json::from_str::<WebAddress>(r#""javascript:alert(1)""#).unwrap_err();
        assert!(refused.to_string().contains("https://"), "{refused}");
        assert!(serde_json::from_str::<Rank>("1").is_err());
    }
}
