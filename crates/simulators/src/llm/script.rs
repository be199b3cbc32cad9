//! Rules as a file: TOML or JSON, by its name; `.jsonl` is a recorded conversation.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::coder;
use super::fault::{Fault, FaultAt, WrongJson};
use super::recording::{self, RecordingError};
use super::rule::{Pace, Rule};

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

    /// Plans whatever the product wants to have planned, does the tasks that agents ask it about, and keeps both sides of what
    /// is in conflict, at this pace.
    #[must_use]
    pub fn planner(pace: Pace) -> Self {
        let planner = Rule::new("planner").when_system_contains("Phase: ").plans().at_pace(pace);
        let coder = |name: &str| Rule::new(name).codes().at_pace(pace);
        // What has no mind is not asked without tools, but for a title.
        let coders = coder::SHELLS.map(|shell| coder("coder").when_tool(shell));
        let resolver =
            Rule::new("resolver").when_system_contains("two branches of the same project").resolves();
        let rules = [planner, resolver.at_pace(pace)]
            .into_iter()
            .chain(coders)
            .chain([coder("title").when_system_contains("title")]);
        Self { rules: rules.collect() }
    }

    /// The same without a pause, but in each phase of an idea every kind of fault comes once before an answer is good. A
    /// client that tries a refused request again needs five calls for a phase: one is cut, three are answered with wrong
    /// JSON, and each of these four was refused, or hung, once before.
    #[must_use]
    pub fn planner_with_faults() -> Self {
        let at_once = || Some("0".to_owned());
        let faults = [
            Fault::RateLimited { retry_after: at_once() },
            Fault::Cut { after: 60 },
            Fault::Overloaded { retry_after: at_once() },
            Fault::WrongJson { wrong: WrongJson::NotJson },
            Fault::Hangs,
            Fault::WrongJson { wrong: WrongJson::ViolatesSchema },
            // Last: of an answer that lacks its end a client may take all that is there, and ask for no more.
            Fault::ErrorBody,
            Fault::WrongJson { wrong: WrongJson::Truncated },
        ];
        let mut script = Self::planner(Pace { chunk_chars: 32, ..Pace::default() });
        for rule in script.rules.iter_mut().filter(|rule| rule.reply.plans) {
            rule.faults =
                faults.iter().map(|fault| FaultAt { fault: fault.clone(), times: Some(1) }).collect();
        }
        script
    }

    /// Answers as it was answered then, to requests of the same content.
    #[must_use]
    pub fn replaying(exchanges: &[recording::Exchange]) -> Self {
        Self { rules: exchanges.iter().map(recording::Exchange::to_rule).collect() }
    }
}
