//! What only those read who have the key.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// A personal value as commands, events and snapshots hold it: the ciphertext in Base64 (the alphabet with `+`
/// and `/`, padded), 4 to 4096 characters. It is sealed before a decision and opened by who shows it; without
/// the subject's key it says nothing, so to erase somebody is to destroy a key. Printed it is `[sealed]`: a log
/// line outlives the key.
///
/// Two values of one plaintext differ, unless one is a copy of the other: what has to be compared stands beside
/// it as a keyed hash ([`crate::AddressHash`]).
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sealed(String);

/// Why a text is no [`Sealed`]. It does not repeat the text, which may be what was to be sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSealed {
    /// Nothing there: also an empty text has a ciphertext.
    #[error("a sealed value is not empty")]
    Empty,
    /// More than [`Sealed::MAX_CHARS`].
    #[error("a sealed value has at most {max} characters, this one has {chars}", max = Sealed::MAX_CHARS)]
    TooLong {
        /// How many characters the text has.
        chars: usize,
    },
    /// No program writes bytes like this; a plaintext is most likely to fail here.
    #[error("a sealed value is written in Base64 with padding")]
    NotBase64,
}

impl Sealed {
    /// A name of 200 characters takes 800 bytes at most and an address 254; twice that is left for the nonce,
    /// the tag and what names the key.
    pub const MAX_CHARS: usize = 4096;

    /// Checks the form of `text`; what is in it shows only when it is opened.
    ///
    /// # Errors
    /// [`InvalidSealed`] says which rule the text breaks.
    pub fn new(text: &str) -> Result<Self, InvalidSealed> {
        if text.is_empty() {
            return Err(InvalidSealed::Empty);
        }
        // Counted after the form: all of Base64 takes one byte.
        if !is_base64(text) {
            return Err(InvalidSealed::NotBase64);
        }
        if text.len() > Self::MAX_CHARS {
            return Err(InvalidSealed::TooLong { chars: text.len() });
        }
        Ok(Self(text.to_owned()))
    }

    /// The ciphertext in Base64.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether `text` is what an encoder writes: bits that no byte takes are zero, or a decoder would refuse it.
fn is_base64(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    let digit = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
    if !text.len().is_multiple_of(4) || !digits.bytes().all(digit) {
        return false;
    }
    match text.len() - digits.len() {
        0 => true,
        1 => digits.ends_with(|last: char| "AEIMQUYcgkosw048".contains(last)),
        2 => digits.ends_with(|last: char| "AQgw".contains(last)),
        _ => false,
    }
}

impl TryFrom<String> for Sealed {
    type Error = InvalidSealed;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(&text)
    }
}

impl From<Sealed> for String {
    fn from(sealed: Sealed) -> Self {
        sealed.0
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[sealed]")
    }
}

impl JsonSchema for Sealed {
    fn schema_name() -> Cow<'static, str> {
        "Sealed".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "a personal value, sealed under a key of its subject; unreadable once the subject is erased",
            "contentEncoding": "base64",
            "minLength": 4,
            "maxLength": Self::MAX_CHARS,
            "pattern": concat!(
                "^([A-Za-z0-9+/]{4})*",
                "([A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=|[A-Za-z0-9+/][AQgw]==)$",
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    /// Base64 as RFC 4648 defines it.
    fn encoded(bytes: &[u8]) -> String {
        let mut text = String::new();
        for chunk in bytes.chunks(3) {
            let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
            let bits = (byte(0) << 16) | (byte(1) << 8) | byte(2);
            for place in 0..4 {
                let digit = (bits >> (18 - 6 * place)) & 63;
                let is_padding = place > chunk.len();
                text.push(if is_padding { '=' } else { char::from(DIGITS[digit as usize]) });
            }
        }
        text
    }

    #[test]
    fn a_sealed_value_is_base64() {
        for text in ["QQ==", "QUI=", "QUJD", "+/+/QUJD"] {
            assert_eq!(Sealed::new(text).unwrap().as_str(), text);
        }
        assert_eq!(Sealed::new(""), Err(InvalidSealed::Empty));
        let not_base64 = [
            "ada@example.org",
            "Ada Lovelace",
            "QUJ",
            "QQ=",
            "Q===",
            "====",
            "QQ==QUJD",
            "QU-_",
            " QUJD",
            "QUJD\n",
            "QÜJ",
            // The same bytes as QQ== and QUI=, written as no encoder does.
            "QR==",
            "QUJ=",
        ];
        for text in not_base64 {
            assert_eq!(Sealed::new(text), Err(InvalidSealed::NotBase64), "{text}");
        }
    }

    #[test]
    fn a_sealed_value_has_at_most_4096_characters() {
        assert!(Sealed::new(&"QUJD".repeat(1024)).is_ok());
        assert_eq!(Sealed::new(&"QUJD".repeat(1025)), Err(InvalidSealed::TooLong { chars: 4100 }));
    }

    #[test]
    fn neither_the_value_nor_its_refusal_shows_what_is_in_it() {
        assert_eq!(format!("{:?}", Sealed::new("QUJD").unwrap()), "[sealed]");
        let refused = serde_json::from_str::<Sealed>(r#""ada@example.org""#).unwrap_err().to_string();
        assert!(refused.contains("Base64") && !refused.contains("ada"), "{refused}");
        assert!(serde_json::from_str::<Sealed>("7").is_err());
    }

    proptest! {
        #[test]
        fn whatever_is_sealed_survives_json(bytes in proptest::collection::vec(any::<u8>(), 1..100)) {
            let sealed = Sealed::new(&encoded(&bytes)).unwrap();
            let json = serde_json::to_string(&sealed).unwrap();
            prop_assert_eq!(&json, &format!("\"{}\"", sealed.as_str()));
            prop_assert_eq!(serde_json::from_str::<Sealed>(&json).unwrap(), sealed);
        }

        #[test]
        fn any_text_is_refused_or_is_already_base64(text in any::<String>()) {
            if let Ok(sealed) = Sealed::new(&text) {
                prop_assert_eq!(sealed.as_str(), text);
            }
        }
    }
}
