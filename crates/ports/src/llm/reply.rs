//! What comes back while a model answers.

use std::fmt;
use std::pin::Pin;
use std::time::Duration;

use futures::{Stream, StreamExt as _};
use serde::{Deserialize, Serialize};

use super::{Answer, Gathering, LlmError, Said, Unfinished, Usage};

/// An answer on its way.
pub struct Reply {
    /// Its pieces. The last one is [`Piece::Finished`] or an error; after either comes nothing.
    pub pieces: Pin<Box<dyn Stream<Item = Result<Piece, LlmError>> + Send>>,
}

/// A piece of an answer. What the model says is never printed.
#[derive(Clone, PartialEq, Eq)]
pub enum Piece {
    /// A try failed before there was an answer, and another one follows.
    Retrying(Retry),
    /// What the call has used so far. Each replaces the one before, and the last one counts when the call fails.
    Used(Usage),
    /// More text; with [`super::Output::JsonSchema`], more of the JSON.
    TextDelta(String),
    /// The model begins to use a tool.
    ToolUseStarted {
        /// Which use of this answer: models use several tools at once.
        index: u32,
        /// What the result refers to.
        id: String,
        /// Which tool.
        name: String,
    },
    /// More of the JSON that a tool is used with.
    ToolInputDelta {
        /// Which use.
        index: u32,
        /// A part of the text of the JSON.
        json: String,
    },
    /// The answer is whole.
    Finished {
        /// Why it ends here.
        stop: Stop,
        /// What it used, all in all: it replaces every [`Piece::Used`].
        usage: Usage,
        /// Who answered: often a dated version of who was asked.
        model: String,
    },
}

/// One try that failed, and the pause after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retry {
    /// Which try failed; the first is 1.
    pub attempt: u32,
    /// How long until the next one.
    pub after: Duration,
    /// What was wrong.
    pub reason: LlmError,
}

/// Why an answer ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stop {
    /// The model is done.
    End,
    /// It was cut off at `max_output_tokens`.
    MaxTokens,
    /// It waits for results of tools.
    ToolUse,
    /// It does not want to, or may not.
    Refusal,
    /// In the provider's words.
    Other(Said),
}

impl Reply {
    /// From its pieces.
    pub fn new(pieces: impl Stream<Item = Result<Piece, LlmError>> + Send + 'static) -> Self {
        Self { pieces: Box::pin(pieces) }
    }

    /// Waits for the whole answer.
    ///
    /// # Errors
    /// With what there was until then, and what it cost.
    pub async fn collect(mut self) -> Result<Answer, Unfinished> {
        let mut gathering = Gathering::default();
        while let Some(piece) = self.pieces.next().await {
            match piece {
                Ok(piece) => gathering.add(&piece),
                Err(error) => return Err(gathering.broken(error)),
            }
        }
        gathering.finish()
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").finish_non_exhaustive()
    }
}

impl fmt::Debug for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Retrying(retry) => f.debug_tuple("Retrying").field(retry).finish(),
            Self::Used(usage) => f.debug_tuple("Used").field(usage).finish(),
            Self::TextDelta(text) => f.debug_struct("TextDelta").field("bytes", &text.len()).finish(),
            Self::ToolUseStarted { index, name, .. } => {
                let mut debug = f.debug_struct("ToolUseStarted");
                debug.field("index", index).field("name", name).finish_non_exhaustive()
            }
            Self::ToolInputDelta { index, json } => {
                let mut debug = f.debug_struct("ToolInputDelta");
                debug.field("index", index).field("bytes", &json.len()).finish()
            }
            Self::Finished { stop, usage, model } => {
                let mut debug = f.debug_struct("Finished");
                debug.field("stop", stop).field("usage", usage).field("model", model).finish()
            }
        }
    }
}
