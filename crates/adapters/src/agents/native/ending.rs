//! How a turn ends.

use ports::agent::Finished;

/// Why the model does not go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// It has no more to do.
    Done,
    /// It was cut off again and again.
    MaxTokens,
    /// It does not want to, or may not.
    Refused,
    /// It used this tool with the same input too often.
    Stuck(String),
    /// It was asked as often as a run may.
    MaxTurns,
    /// A person interrupted it.
    Cancelled,
    /// It cannot be asked, for this reason.
    Model(String),
}

impl End {
    /// As it is told at the end of a turn.
    pub(super) const fn stop(&self) -> &'static str {
        match self {
            Self::Done => "end_turn",
            Self::MaxTokens => "max_tokens",
            Self::Refused => "refusal",
            Self::Stuck(_) => "stuck",
            Self::MaxTurns => "max_turns",
            Self::Cancelled => "cancelled",
            Self::Model(_) => "model",
        }
    }

    /// Whether words of a person can still be its next turn.
    pub(super) const fn takes_more(&self) -> bool {
        match self {
            Self::Done | Self::MaxTokens | Self::Refused | Self::Stuck(_) | Self::Cancelled => true,
            Self::MaxTurns | Self::Model(_) => false,
        }
    }

    pub(super) fn finished(&self) -> Finished {
        let message = match self {
            Self::Done => "the model has no more to do".to_owned(),
            Self::MaxTokens => "the model's answers were cut off at their longest, time and again".to_owned(),
            Self::Refused => "the model refuses to go on".to_owned(),
            Self::Stuck(tool) => format!("the model used {tool} with the same input again and again"),
            Self::MaxTurns => "the model was asked as often as one run may ask".to_owned(),
            Self::Cancelled => "it was interrupted".to_owned(),
            Self::Model(why) => why.clone(),
        };
        Finished { done: *self == Self::Done, code: self.stop().into(), message }
    }
}
