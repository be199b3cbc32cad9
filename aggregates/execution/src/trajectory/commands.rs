//! What may be asked of a trajectory.

use kernel::{Timestamp, Usd, Uuid};
use vocabulary::{Line, Name};

use super::{Event, Outcome, Subject, Tokens};

/// An order to a trajectory. Which one is the stream's id; who asks stands in the envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Announces a call to a model; a repeat changes nothing.
    StartCall {
        /// Names the call.
        call: Uuid,
        /// What it is for.
        of: Subject,
        /// Who is asked.
        provider: Name,
        /// Which of their models.
        model: Line<200>,
        /// Which prompt it begins with, e.g. `design.v1`.
        prompt: Line<100>,
        /// The most it can cost.
        reserved: Usd,
    },
    /// Says how a call ended; a repeat changes nothing.
    FinishCall {
        /// The call.
        call: Uuid,
        /// How it ended.
        outcome: Outcome,
        /// Tries over the wire, from 1.
        tries: u32,
        /// How long it took, in milliseconds.
        duration_ms: u64,
        /// What was read and written.
        tokens: Tokens,
        /// What that cost.
        cost: Usd,
    },
    /// Says what was seen of an agent.
    Report {
        /// In the order in which it was seen.
        seen: Vec<Event>,
    },
    /// Says that nobody will hear the end of the calls that are open: whoever made them is gone.
    GiveUpOpenCalls,
    /// Says that the ways out of a sandbox that are open have ended with whoever carried them.
    CloseWays {
        /// When that was found out.
        at: Timestamp,
    },
}
