//! Conversations as files: a line of JSON for each request and its answer.
//!
//! `request` is the body as it went over the wire, in either format. The names are those that the product's port has as
//! well, so what it stores of a call can be replayed here.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::answer::{Tokens, ToolUse};
use super::asked::{Asked, Wire};
use super::rule::{Rule, Say, When};
use super::wire;

/// A request and its answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    /// What was asked, as it went over the wire.
    pub request: Value,
    /// What was answered.
    pub response: RecordedAnswer,
}

/// An answer, whichever format it came in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordedAnswer {
    /// Words.
    #[serde(default)]
    pub text: String,
    /// Uses of tools.
    #[serde(default)]
    pub tool_uses: Vec<ToolUse>,
    /// Why it ended.
    #[serde(default)]
    pub stop: Value,
    /// What it used.
    pub usage: Tokens,
}

/// Why a text is no recording.
#[derive(Debug, thiserror::Error)]
#[error("line {line} is no request with its response")]
pub struct RecordingError {
    /// Which, from 1.
    pub line: usize,
    /// Why.
    #[source]
    pub source: serde_json::Error,
}

/// Reads a recording. Empty lines are passed over.
///
/// # Errors
/// With the first line that is no exchange.
pub fn read_recording(text: &str) -> Result<Vec<Exchange>, RecordingError> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(index, line)| {
            serde_json::from_str(line).map_err(|source| RecordingError { line: index + 1, source })
        })
        .collect()
}

/// Writes one, a line each.
#[must_use]
pub fn write_recording(exchanges: &[Exchange]) -> String {
    let line = |exchange| serde_json::to_string(exchange).expect("JSON is written as JSON") + "\n";
    exchanges.iter().map(line).collect()
}

impl Exchange {
    /// What was asked, in whatever format it stands here.
    #[must_use]
    pub fn asked(&self) -> Asked {
        wire::read(self.wire(), &self.request)
    }

    /// Only OpenAI's has messages of the system and of tools, and texts without a list.
    fn wire(&self) -> Wire {
        let messages = self.request["messages"].as_array().into_iter().flatten();
        let is_openai = messages.clone().any(|message| {
            matches!(message["role"].as_str(), Some("system" | "developer" | "tool"))
                || !message["tool_calls"].is_null()
        });
        if is_openai { Wire::OpenAi } else { Wire::Anthropic }
    }

    /// The rule that answers so again.
    #[must_use]
    pub fn to_rule(&self) -> Rule {
        let digest = self.asked().digest();
        let text = Some(self.response.text.clone()).filter(|text| !text.is_empty());
        Rule {
            name: format!("recorded {}", &digest[..8]),
            when: When { digest: Some(digest), ..When::default() },
            reply: Say {
                text,
                tools: self.response.tool_uses.clone(),
                stop: self.response.stop.as_str().map(str::to_owned),
                usage: Some(self.response.usage),
                ..Say::default()
            },
            ..Rule::default()
        }
    }
}
