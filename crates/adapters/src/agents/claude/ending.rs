//! How a turn ends.

use ports::agent::Finished;

use super::frames::Ended;

/// Why it does not go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// It has no more to do; its last words.
    Done(String),
    /// It could not go on: by which name, and its words.
    Failed(String, String),
    /// A person interrupted it.
    Cancelled,
    /// It did not heed that, and was ended.
    Killed,
}

impl Stop {
    /// As it says it. An answer `success` may be an error all the same.
    pub(super) fn of(ended: Ended, interrupted: bool) -> Self {
        let words = ended.result.unwrap_or_default();
        match ended.subtype.as_str() {
            _ if interrupted => Self::Cancelled,
            "success" if ended.is_error => Self::Failed("error".into(), words),
            "success" => Self::Done(words),
            other => Self::Failed(other.trim_start_matches("error_").to_owned(), words),
        }
    }

    /// As it is told at the end of a turn.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Done(_) => "end_turn",
            Self::Failed(name, _) => name,
            Self::Cancelled | Self::Killed => "cancelled",
        }
    }

    /// Whether words of a person can still be its next turn.
    pub(super) const fn takes_more(&self) -> bool {
        !matches!(self, Self::Killed)
    }

    pub(super) fn finished(&self) -> Finished {
        let message = match self {
            Self::Done(_) => "the agent has no more to do".to_owned(),
            Self::Failed(name, words) if words.is_empty() => format!("the agent could not go on: {name}"),
            Self::Failed(_, words) => words.clone(),
            Self::Cancelled => "it was interrupted".to_owned(),
            Self::Killed => "it was interrupted, did not heed it, and was ended".to_owned(),
        };
        Finished { done: matches!(self, Self::Done(_)), code: self.name().into(), message }
    }
}
