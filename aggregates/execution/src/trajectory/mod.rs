//! A trajectory: what one attempt of a model or an agent did, call by call, and what each call cost.
//!
//! ```text
//!            start                finish
//!  (nothing) ------> call open ---------------> call over, its usage recorded
//!                        |
//!                        | the attempt is taken up again, and nobody knows what became of the call
//!                        v
//!                    ambiguous: what was reserved for it counts as spent
//! ```
//!
//! | command | no such call | open | over |
//! |---|---|---|---|
//! | `StartCall` | llm_call_started | - | `!call_over` |
//! | `FinishCall` | `!unknown_call` | llm_call_finished usage_recorded | - |
//! | `Report` | what was seen, `!not_seen` for what is not seen but accounted for | the same | the same |
//! | `GiveUpOpenCalls` | - | llm_call_ambiguous | - |
//! | `CloseWays` | egress_ended, for each way out of the sandbox whose end was not told |
//!
//! What agents do otherwise (turns, messages, tools, files, commands) is not decided: it comes in batches of who saw it, each
//! batch once, and nothing here depends on it but which ways out are open.
//!
//! Invariants: a call is announced before it is made, so one that nobody heard the end of is known; each ends once, in one
//! of the two ways; no call is counted twice. That what is reserved stays within a budget is a guard of the append.

mod agent;
mod commands;
mod decide;
mod events;
mod evolve;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Usd, Uuid, derived_uuid};
use serde::{Deserialize, Serialize};
use vocabulary::{Line, SpecId};

pub use self::agent::{FileChange, ToolKind};
pub use self::commands::Command;
pub use self::decide::Rejection;
pub use self::events::{Event, Outcome, Subject, Tokens};

/// A trajectory as its events have made it: few things, because it is written and hardly ever decided on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trajectory {
    /// Calls whose end nobody has heard of, and what is reserved for each.
    pub open: BTreeMap<Uuid, Open>,
    /// Calls that are over.
    pub over: BTreeSet<Uuid>,
    /// What all calls have cost, those of unknown end with what was reserved for them.
    pub spent: Usd,
    /// How many ways out lead to a host, as far as their ends were told.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub ways: BTreeMap<Line<300>, u32>,
}

/// A call that was begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Open {
    /// What it is for.
    pub of: Subject,
    /// The most it can cost.
    pub reserved: Usd,
}

/// The trajectory of an attempt at a phase of planning: the id follows from the three.
#[must_use]
pub fn of_attempt(spec: SpecId, phase: &str, attempt: u32) -> Uuid {
    derived_uuid(&[b"planning attempt", spec.0.as_bytes(), phase.as_bytes(), &attempt.to_be_bytes()])
}

impl kernel::Decider for Trajectory {
    const TYPE: &'static str = "trajectory";
    const LOGIC_VERSION: i32 = 2;

    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command) -> Result<Vec<Event>, Rejection> {
        decide::decide(self, command)
    }

    fn evolve(&mut self, event: &Event) {
        evolve::evolve(self, event);
    }
}
