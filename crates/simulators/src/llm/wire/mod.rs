//! The two formats: what is read, what is refused, and what is written.

mod anthropic;
mod openai;
mod refusal;
mod strict;

use axum::http::HeaderMap;
use serde_json::Value;

pub(super) use refusal::Refusal;

use super::answer::Answer;
use super::asked::{Asked, Wire};

/// One event of a stream, as it is sent.
#[derive(Debug)]
pub(super) struct Event {
    pub(super) text: String,
    /// Whether it holds a piece of the answer: faults are counted by them.
    pub(super) is_piece: bool,
}

/// What is asked, as far as it can be read.
pub(super) fn read(wire: Wire, body: &Value) -> Asked {
    match wire {
        Wire::Anthropic => anthropic::read(body),
        Wire::OpenAi => openai::read(body),
    }
}

/// Whether the real server would answer.
pub(super) fn check(wire: Wire, headers: &HeaderMap, body: &Value) -> Result<(), Refusal> {
    match wire {
        Wire::Anthropic => anthropic::check(headers, body),
        Wire::OpenAi => openai::check(headers, body),
    }
}

/// The answer in pieces.
pub(super) fn events(wire: Wire, asked: &Asked, answer: &Answer) -> Vec<Event> {
    match wire {
        Wire::Anthropic => anthropic::events(asked, answer),
        Wire::OpenAi => openai::events(asked, answer),
    }
}

/// The answer at once.
pub(super) fn whole(wire: Wire, asked: &Asked, answer: &Answer) -> Value {
    match wire {
        Wire::Anthropic => anthropic::whole(asked, answer),
        Wire::OpenAi => openai::whole(asked, answer),
    }
}
