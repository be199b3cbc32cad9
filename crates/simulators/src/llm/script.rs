//! Rules as a file: TOML or JSON, by its name; `.jsonl` is a recorded conversation.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::recording::{self, RecordingError};
use super::rule::Rule;

/// Rules in their order.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// The first one that matches wins.
    #[serde(default, rename = "rule")]
    pub rules: Vec<Rule>,
}

/// Why a file is no script.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// It, or a file of a rule.
    #[error("{} cannot be read", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It is no TOML of rules.
    #[error("{} is no script in TOML", path.display())]
    Toml {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// It is no JSON of rules.
    #[error("{} is no script in JSON", path.display())]
    Json {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// It is no recording.
    #[error("{} is no recorded conversation", path.display())]
    Recording {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: RecordingError,
    },
    /// Nobody knows what it would be.
    #[error("{} is neither .toml nor .json nor .jsonl: name it after what it is", path.display())]
    Kind {
        /// Which.
        path: PathBuf,
    },
}

impl Script {
    /// Reads a file, and those that its rules name.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub fn load(path: &Path) -> Result<Self, ScriptError> {
        let named = || path.to_owned();
        let io = |source| ScriptError::Io { path: named(), source };
        let text = fs::read_to_string(path).map_err(io)?;
        let script: Self = match path.extension().and_then(|kind| kind.to_str()) {
            Some("toml") => toml::from_str(&text)
                .map_err(|source| ScriptError::Toml { path: named(), source: Box::new(source) })?,
            Some("json") => {
                serde_json::from_str(&text).map_err(|source| ScriptError::Json { path: named(), source })?
            }
            Some("jsonl") => {
                let exchanges = recording::read_recording(&text)
                    .map_err(|source| ScriptError::Recording { path: named(), source })?;
                Self::replaying(&exchanges)
            }
            _ => return Err(ScriptError::Kind { path: named() }),
        };
        let beside = path.parent().unwrap_or(Path::new(""));
        let rules = script.rules.into_iter().map(|rule| rule.with_files_read(beside));
        Ok(Self { rules: rules.collect::<io::Result<_>>().map_err(io)? })
    }

    /// Answers as it was answered then, to requests of the same content.
    #[must_use]
    pub fn replaying(exchanges: &[recording::Exchange]) -> Self {
        Self { rules: exchanges.iter().map(recording::Exchange::to_rule).collect() }
    }
}
