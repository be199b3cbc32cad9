//! Pieces put together.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{LlmError, Piece, Retry, Said, Stop, Usage};

/// A whole answer. What the model says is never printed.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// What it says; may be empty when it uses tools.
    pub text: String,
    /// The tools it uses, in order.
    #[serde(default)]
    pub tool_uses: Vec<ToolUse>,
    /// Why it ends here.
    pub stop: Stop,
    /// What it used.
    pub usage: Usage,
    /// Who answered.
    pub model: String,
    /// The tries that failed before.
    #[serde(skip)]
    pub retries: Vec<Retry>,
}

/// One use of a tool.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolUse {
    /// What the result refers to.
    pub id: String,
    /// Which tool.
    pub name: String,
    /// With what.
    pub input: Value,
}

/// A call that failed, with what there was until then. It costs what it used all the same.
#[derive(Clone, thiserror::Error)]
#[error("{error}")]
pub struct Unfinished {
    /// What was wrong; its text is that of this error.
    pub error: LlmError,
    /// The text so far.
    pub text: String,
    /// What was used so far.
    pub usage: Usage,
    /// The tries that failed before.
    pub retries: Vec<Retry>,
}

/// Puts pieces together, for those who also pass them on.
#[derive(Default)]
pub struct Gathering {
    text: String,
    tools: BTreeMap<u32, HalfUse>,
    usage: Usage,
    retries: Vec<Retry>,
    end: Option<(Stop, String)>,
}

#[derive(Default)]
struct HalfUse {
    id: String,
    name: String,
    json: String,
}

impl Gathering {
    /// The next piece.
    pub fn add(&mut self, piece: &Piece) {
        match piece {
            Piece::Retrying(retry) => self.retries.push(retry.clone()),
            Piece::Used(usage) => self.usage = *usage,
            Piece::TextDelta(text) => self.text.push_str(text),
            Piece::ToolUseStarted { index, id, name } => {
                let tool = self.tools.entry(*index).or_default();
                tool.id.clone_from(id);
                tool.name.clone_from(name);
            }
            Piece::ToolInputDelta { index, json } => {
                self.tools.entry(*index).or_default().json.push_str(json);
            }
            Piece::Finished { stop, usage, model } => {
                self.usage = *usage;
                self.end = Some((stop.clone(), model.clone()));
            }
        }
    }

    /// What was used so far.
    #[must_use]
    pub const fn usage(&self) -> Usage {
        self.usage
    }

    /// The tries that failed before the answer began.
    #[must_use]
    pub fn retries(&self) -> &[Retry] {
        &self.retries
    }

    /// The pieces ended with this.
    #[must_use]
    pub fn broken(self, error: LlmError) -> Unfinished {
        Unfinished { error, text: self.text, usage: self.usage, retries: self.retries }
    }

    /// There are no more pieces.
    ///
    /// # Errors
    /// When they were not a whole answer.
    pub fn finish(mut self) -> Result<Answer, Unfinished> {
        let Some((stop, model)) = self.end.take() else {
            return Err(self.broken(LlmError::Cut));
        };
        let tools = std::mem::take(&mut self.tools);
        let tool_uses = match tools.into_values().map(HalfUse::whole).collect() {
            Ok(uses) => uses,
            Err(error) => return Err(self.broken(error)),
        };
        Ok(Answer { text: self.text, tool_uses, stop, usage: self.usage, model, retries: self.retries })
    }
}

impl HalfUse {
    fn whole(self) -> Result<ToolUse, LlmError> {
        // A tool that takes nothing is used with nothing, and not with `{}`.
        let json = if self.json.trim().is_empty() { "{}" } else { &self.json };
        match serde_json::from_str(json) {
            Ok(input @ Value::Object(_)) => Ok(ToolUse { id: self.id, name: self.name, input }),
            Ok(_) | Err(_) => {
                let what = format!("the tool {} is used with something that is no JSON object", self.name);
                Err(LlmError::BadAnswer { what: Said::new(&what) })
            }
        }
    }
}

impl Answer {
    /// The text as JSON, for answers by a schema. Weaker servers fence it as Markdown does; that is taken off.
    ///
    /// # Errors
    /// [`LlmError::BadAnswer`] when it is none. It is not validated.
    pub fn json(&self) -> Result<Value, LlmError> {
        serde_json::from_str(unfenced(&self.text)).map_err(|error| {
            // Only where, not what: the words of the error quote the text.
            let what = format!("the answer is no JSON at line {}, column {}", error.line(), error.column());
            LlmError::BadAnswer { what: Said::new(&what) }
        })
    }
}

fn unfenced(text: &str) -> &str {
    let text = text.trim();
    let inside = text.strip_prefix("```").and_then(|text| text.strip_suffix("```"));
    inside.map_or(text, |inside| inside.strip_prefix("json").unwrap_or(inside).trim())
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("text_bytes", &self.text.len())
            .field("tool_uses", &self.tool_uses)
            .field("stop", &self.stop)
            .field("usage", &self.usage)
            .field("model", &self.model)
            .field("retries", &self.retries)
            .finish()
    }
}

impl fmt::Debug for ToolUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToolUse").field("name", &self.name).finish_non_exhaustive()
    }
}

impl fmt::Debug for Unfinished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unfinished")
            .field("error", &self.error)
            .field("text_bytes", &self.text.len())
            .field("usage", &self.usage)
            .field("retries", &self.retries)
            .finish()
    }
}

impl fmt::Debug for Gathering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gathering").field("usage", &self.usage).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
