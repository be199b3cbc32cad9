//! What agents and people say, in a trajectory: readable only with the project's key, and never large.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use vocabulary::Sealed;

/// Words that were sealed under the key of their project: here when they are short, else in a blob.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "in", rename_all = "snake_case")]
#[schemars(rename = "Content")]
pub enum Content {
    /// Here.
    Event {
        /// The words.
        sealed: Sealed,
    },
    /// In the blobs of the organization: the words, sealed.
    Blob {
        /// What the blob is called by.
        hash: BlobHash,
        /// How many bytes the words have.
        bytes: u64,
    },
}

/// The SHA-256 of a blob's bytes: 64 hexadecimal digits in lower case.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BlobHash(String);

/// The text is no [`BlobHash`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a blob is named by 64 digits of 0-9 and a-f")]
pub struct InvalidBlobHash;

impl BlobHash {
    /// Checks `text`.
    ///
    /// # Errors
    /// [`InvalidBlobHash`] for another length or another character.
    pub fn new(text: &str) -> Result<Self, InvalidBlobHash> {
        let is_hash = text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if is_hash { Ok(Self(text.to_owned())) } else { Err(InvalidBlobHash) }
    }

    /// Of these bytes.
    #[must_use]
    pub fn of(hash: &[u8; 32]) -> Self {
        Self(hash.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (n, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&self.0[2 * n..2 * n + 2], 16).unwrap_or(0);
        }
        bytes
    }
}

impl TryFrom<String> for BlobHash {
    type Error = InvalidBlobHash;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(&text)
    }
}

impl From<BlobHash> for String {
    fn from(hash: BlobHash) -> Self {
        hash.0
    }
}

impl fmt::Debug for BlobHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl JsonSchema for BlobHash {
    fn schema_name() -> Cow<'static, str> {
        "BlobHash".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "the SHA-256 of a blob's bytes",
            "pattern": "^[0-9a-f]{64}$",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blob_is_named_by_the_hash_of_its_bytes() {
        let hash = BlobHash::of(&[0xab; 32]);
        assert_eq!(hash.bytes(), [0xab; 32]);
        assert_eq!(BlobHash::new(&"ab".repeat(32)), Ok(hash));
        for text in ["", "ab", &"AB".repeat(32), &"zz".repeat(32)] {
            assert_eq!(BlobHash::new(text), Err(InvalidBlobHash), "{text}");
        }
    }
}
