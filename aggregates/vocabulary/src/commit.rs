//! Which state of a repository.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// A commit's hash, whole or shortened: 7 to 64 hexadecimal digits in lower case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CommitId(String);

/// The text is no [`CommitId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a commit is named by 7 to 64 digits of 0-9 and a-f")]
pub struct InvalidCommitId;

impl CommitId {
    /// Checks `text`; nothing is changed in silence.
    ///
    /// # Errors
    /// [`InvalidCommitId`] for another length or another character.
    pub fn new(text: &str) -> Result<Self, InvalidCommitId> {
        let is_hash = (7..=64).contains(&text.len())
            && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if is_hash { Ok(Self(text.to_owned())) } else { Err(InvalidCommitId) }
    }

    /// The hash as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for CommitId {
    type Error = InvalidCommitId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(&text)
    }
}

impl From<CommitId> for String {
    fn from(commit: CommitId) -> Self {
        commit.0
    }
}

impl FromStr for CommitId {
    type Err = InvalidCommitId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text)
    }
}

impl fmt::Display for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl JsonSchema for CommitId {
    fn schema_name() -> Cow<'static, str> {
        "CommitId".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "the hash of a commit, whole or shortened",
            "pattern": "^[0-9a-f]{7,64}$",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_is_named_by_its_hash() {
        assert_eq!(CommitId::new("0c1d2e3").unwrap().as_str(), "0c1d2e3");
        assert!(CommitId::new(&"a".repeat(64)).is_ok());
        for text in ["", "0c1d2e", "0C1D2E3", "HEAD~1", "0c1d2eg", &"a".repeat(65)] {
            assert_eq!(CommitId::new(text), Err(InvalidCommitId), "{text}");
        }
    }

    #[test]
    fn a_commit_survives_json() {
        let commit = CommitId::new("0c1d2e3").unwrap();
        let json = serde_json::to_string(&commit).unwrap();
        assert_eq!(serde_json::from_str::<CommitId>(&json).unwrap(), commit);
        assert!(serde_json::from_str::<CommitId>(r#""--help""#).is_err());
    }
}
