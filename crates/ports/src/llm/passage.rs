//! Questions of programs that speak a provider's own words: they are passed on as they are, and what they use is counted.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures::Stream;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{LlmError, Usage};
use crate::BoxFuture;

/// What a provider speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// The Messages API of Anthropic: `POST /v1/messages`.
    Anthropic,
    /// Chat completions of OpenAI and its imitators: `POST /chat/completions`.
    OpenAi,
}

/// Passes questions on to a provider.
pub trait Passage: fmt::Debug + Send + Sync {
    /// Sends a question, and answers with the provider's answer once it begins. Nothing is tried twice: whoever asks does that.
    ///
    /// # Errors
    /// When there was no answer at all. A refusal of the provider is an answer.
    fn pass(&self, passed: Passed) -> BoxFuture<'_, Result<Passing, LlmError>>;
}

/// A question in the provider's words. It is never printed.
pub struct Passed {
    /// The body, with the model as the provider calls it.
    pub body: Map<String, Value>,
    /// Headers that belong to the question and not to the connection, in small letters.
    pub headers: Vec<(String, String)>,
    /// How many tokens the prompt has, as a guess.
    pub prompt_tokens: u64,
}

/// An answer on its way, in the provider's words.
pub struct Passing {
    /// Its status.
    pub status: u16,
    /// Headers that belong to the answer, in small letters.
    pub headers: Vec<(String, String)>,
    /// Its body. It is cut where the provider's is.
    pub body: Pin<Box<dyn Stream<Item = Result<Bytes, LlmError>> + Send>>,
    /// What it uses, as far as the body was read.
    pub meter: Meter,
}

/// What an answer has used so far.
#[derive(Clone, Debug, Default)]
pub struct Meter(Arc<Mutex<Option<Usage>>>);

impl Meter {
    /// What there is to pay for; none before an answer begins, and for a refusal.
    #[must_use]
    pub fn used(&self) -> Option<Usage> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on it is this.
    pub fn set(&self, used: Option<Usage>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = used;
    }
}

impl fmt::Debug for Passed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passed").field("fields", &self.body.len()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Passing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passing")
            .field("status", &self.status)
            .field("meter", &self.meter)
            .finish_non_exhaustive()
    }
}
