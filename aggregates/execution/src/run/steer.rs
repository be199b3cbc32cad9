//! A word to an agent at work. It is additive: it ends no turn. What is known of its way is an event each, so that nothing is
//! sent twice and nobody takes "written" for "heard".
//!
//! ```text
//! requested --> written --> accepted --> folded | deferred
//!     |            |            |
//!     v            +------------+--> ambiguous (nobody knows, so it is never sent again)
//!  degraded (it provably never reached the agent)
//! ```

use kernel::id_type;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::{Name, Reason};

use crate::content::Content;

id_type!(
    /// A steer of a run.
    SteerId
);

/// A steer that is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Steer {
    /// Which one.
    pub id: SteerId,
    /// The words.
    pub text: Content,
    /// How far it is.
    pub state: SteerState,
}

/// How far a steer is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
#[schemars(inline)]
pub enum SteerState {
    /// Somebody wants it said.
    Requested,
    /// It was handed to the agent.
    Written {
        /// By which way, e.g. `hook`.
        mechanism: Name,
    },
    /// The agent's program has taken it.
    Accepted,
    /// The agent has it within the turn that was going on.
    Folded {
        /// That turn.
        turn: u32,
    },
    /// The agent has it as its next turn.
    Deferred {
        /// That turn.
        turn: u32,
    },
    /// It provably never reached the agent.
    Degraded {
        /// Why.
        reason: Reason,
    },
    /// Nobody knows whether it reached the agent.
    Ambiguous {
        /// Why.
        reason: Reason,
    },
}

impl SteerState {
    /// Whether nothing follows it.
    #[must_use]
    pub const fn is_settled(&self) -> bool {
        !matches!(self, Self::Requested | Self::Written { .. } | Self::Accepted)
    }

    /// Whether a steer in this state may come into `next`.
    #[must_use]
    pub const fn may_become(&self, next: &Self) -> bool {
        match self {
            Self::Requested => matches!(next, Self::Written { .. } | Self::Degraded { .. }),
            Self::Written { .. } => {
                matches!(
                    next,
                    Self::Accepted | Self::Folded { .. } | Self::Deferred { .. } | Self::Ambiguous { .. }
                )
            }
            Self::Accepted => {
                matches!(next, Self::Folded { .. } | Self::Deferred { .. } | Self::Ambiguous { .. })
            }
            Self::Folded { .. } | Self::Deferred { .. } | Self::Degraded { .. } | Self::Ambiguous { .. } => {
                false
            }
        }
    }

    /// How it ends when the run does.
    #[must_use]
    pub fn at_the_end(&self, reason: Reason) -> Self {
        match self {
            Self::Requested => Self::Degraded { reason },
            _ => Self::Ambiguous { reason },
        }
    }
}
