//! What a command is answered, the first time and again.

use eventstore::{Appended, StoredOutcome};
use kernel::Timestamp;

use crate::{CommandError, Intent};

/// What a command came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Position of the first event; `None` when nothing had to change.
    pub first_position: Option<i64>,
    /// Position of the last event: wait for it to read your own write.
    pub last_position: Option<i64>,
    /// When it was recorded; `None` when nothing was.
    pub recorded_at: Option<Timestamp>,
    /// The version of the first step's stream now; `None` when nothing changed or the answer is repeated.
    pub version: Option<i64>,
    /// True when this command acted before and its stored answer is given again.
    pub repeated: bool,
}

impl Receipt {
    /// Of a command that changed nothing.
    #[must_use]
    pub const fn nothing() -> Self {
        Self { first_position: None, last_position: None, recorded_at: None, version: None, repeated: false }
    }

    pub(super) fn of(appended: &Appended) -> Self {
        Self {
            first_position: appended.first_position,
            last_position: appended.last_position,
            recorded_at: Some(appended.recorded_at),
            version: None,
            repeated: appended.repeated,
        }
    }
}

/// The stored answer of an earlier try of the same wish.
pub(super) fn repeat(intent: &Intent, stored: &StoredOutcome) -> Result<Receipt, CommandError> {
    if stored.request_hash != intent.request_hash {
        return Err(CommandError::Mismatch);
    }
    let receipt = Receipt {
        first_position: stored.first_position,
        last_position: stored.last_position,
        recorded_at: Some(stored.created_at),
        version: None,
        repeated: true,
    };
    answer_again(&stored.outcome, receipt)
}

/// A stored outcome in words.
pub(super) fn answer_again(outcome: &str, receipt: Receipt) -> Result<Receipt, CommandError> {
    if outcome == "accepted" {
        return Ok(receipt);
    }
    Err(CommandError::Rejected {
        code: outcome.to_owned(),
        message: format!("this command was refused before: {outcome}"),
        repeated: true,
    })
}
