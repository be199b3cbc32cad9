//! What stands for a personal value where values are compared.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// The text is no keyed hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a keyed hash has 64 digits of 0-9 and a-f")]
pub struct InvalidKeyedHash;

/// 32 bytes, written as 64 hexadecimal digits in lower case. Whoever makes one has the key.
macro_rules! keyed_hash {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name([u8; 32]);

        impl $name {
            /// The hash as it came out of the keyed function.
            #[must_use]
            pub const fn new(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// Its bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidKeyedHash;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                parse(text).map(Self).ok_or(InvalidKeyedHash)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidKeyedHash;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(hash: $name) -> Self {
                hash.to_string()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
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
                json_schema!({
                    "type": "string",
                    "description": "a keyed hash: equal for equal values, and says nothing without the key",
                    "pattern": "^[0-9a-f]{64}$",
                })
            }
        }
    };
}

keyed_hash!(
    /// Stands for an e-mail address, which no event holds in plain. Two spellings that reach one mailbox are to
    /// have one hash; whoever makes it knows them.
    AddressHash
);
keyed_hash!(
    /// Stands for somebody's account at a provider of sign-in: what the provider calls it, and which provider.
    AccountHash
);

/// Both cases of a digit would give one hash two texts.
fn parse(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = (value(pair[0])? << 4) | value(pair[1])?;
    }
    Some(bytes)
}

const fn value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_hash_is_written_as_64_digits() {
        let mut bytes = [0; 32];
        (bytes[0], bytes[31]) = (0x0f, 0xa0);
        let text = format!("0f{}a0", "0".repeat(60));
        assert_eq!(AddressHash::new(bytes).to_string(), text);
        assert_eq!(text.parse(), Ok(AddressHash::new(bytes)));
        assert_eq!(format!("{:?}", AccountHash::new(bytes)), format!("AccountHash({text})"));
    }

    #[test]
    fn another_form_is_no_hash() {
        for text in
            ["", "ada@example.org", &"0".repeat(63), &"0".repeat(65), &"A".repeat(64), &"ü".repeat(32)]
        {
            assert_eq!(text.parse::<AddressHash>(), Err(InvalidKeyedHash), "{text}");
        }
        let refused = serde_json::from_str::<AddressHash>(r#""ada@example.org""#).unwrap_err().to_string();
        assert!(refused.contains("64 digits") && !refused.contains("ada"), "{refused}");
    }

    proptest! {
        #[test]
        fn a_hash_survives_json_and_parsing(bytes in any::<[u8; 32]>()) {
            let hash = AddressHash::new(bytes);
            prop_assert_eq!(hash.as_bytes(), &bytes);
            prop_assert_eq!(hash.to_string().parse::<AddressHash>(), Ok(hash));
            let json = serde_json::to_string(&hash).unwrap();
            prop_assert_eq!(serde_json::from_str::<AddressHash>(&json).unwrap(), hash);
        }
    }
}
