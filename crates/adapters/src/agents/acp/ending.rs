//! Why a turn ended, and what that means for the run and for a message that was its prompt.

use ports::agent::{Delivery, Finished};
use ports::llm::Said;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::frames::Refusal;

/// Reasons that the protocol knows, beside the end of a turn.
const KNOWN: [&str; 4] = ["max_tokens", "max_turn_requests", "refusal", "cancelled"];

/// Why a turn ended.
#[derive(Debug)]
pub(super) enum Stop {
    /// The agent has no more to say.
    EndTurn,
    /// Another reason of the protocol; `other` when the protocol does not know it.
    Reason(&'static str),
    /// The prompt was answered with an error.
    Refused(Refusal),
    /// It did not end, and was ended.
    Killed,
}

/// How a turn ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) stop: Stop,
    /// Somebody wanted it ended.
    pub(super) interrupted: bool,
    /// The agent is no more.
    pub(super) is_over: bool,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Response {
    stop_reason: String,
}

impl Stop {
    pub(super) fn of(outcome: Result<Box<RawValue>, Refusal>) -> Self {
        let result = match outcome {
            Ok(result) => result,
            Err(refusal) => return Self::Refused(refusal),
        };
        let response: Response = serde_json::from_str(result.get()).unwrap_or_default();
        if response.stop_reason == "end_turn" {
            return Self::EndTurn;
        }
        Self::Reason(KNOWN.into_iter().find(|known| *known == response.stop_reason).unwrap_or("other"))
    }

    /// Whether it says nothing of what became of the prompt.
    pub(super) fn is_doubtful(&self) -> bool {
        matches!(self, Self::Refused(_) | Self::Killed | Self::Reason("cancelled"))
    }

    /// What became of the prompt, when nothing but this was heard: this, unless it is doubtful.
    pub(super) fn delivery(&self, known: Delivery) -> Delivery {
        match self {
            Self::Refused(refusal) if refusal.is_not_taken() => {
                Delivery::Degraded { reason: format!("the agent refused it: {}", refusal.said()) }
            }
            Self::Refused(refusal) => {
                Delivery::Ambiguous { reason: format!("the agent failed at it: {}", refusal.said()) }
            }
            Self::Killed | Self::Reason("cancelled") => {
                Delivery::Ambiguous { reason: "it was ended together with the turn".into() }
            }
            Self::EndTurn | Self::Reason(_) => known,
        }
    }
}

impl Ended {
    /// The reason, as it is told.
    pub(super) const fn stop(&self) -> &'static str {
        match self.stop {
            Stop::EndTurn => "end_turn",
            Stop::Reason(reason) => reason,
            Stop::Refused(_) if self.interrupted => "cancelled",
            Stop::Refused(_) => "error",
            Stop::Killed => "cancelled",
        }
    }

    /// What that means when nothing comes after it.
    pub(super) fn finished(&self) -> Finished {
        let not = |code: &str, message: String| Finished { done: false, code: code.into(), message };
        match &self.stop {
            Stop::Killed => not("cancelled", "it did not end its turn in time, and was ended".into()),
            _ if self.interrupted => not("cancelled", "it was interrupted".into()),
            Stop::EndTurn => Finished {
                done: true,
                code: "end_turn".into(),
                message: "the agent has ended its turn".into(),
            },
            Stop::Reason(reason) => not(reason, format!("the agent has ended its turn: {reason}")),
            Stop::Refused(refusal) => not("error", Said::new(&refusal.said()).as_str().to_owned()),
        }
    }
}
