//! A ticket: a group of tasks, a card of the board.
//!
//! ```text
//!           create            move, advance              into done
//!  absent ---------> open ------------------> open ... -----------> completed
//!                    |  ^     phase by phase                            |
//!             cancel |  +-----------------------------------------------+ move back
//!                    v
//!                cancelled
//!
//!  overlay on open: block --> blocked --> unblock
//! ```
//!
//! What becomes of a command (`-`: it changes nothing; a code: it is refused):
//!
//! | command | absent | open | blocked | completed | cancelled |
//! |---|---|---|---|---|---|
//! | create, plan | created | `already_exists` | `already_exists` | `already_exists` | `already_exists` |
//! | refine | `not_found` | refined | refined | `completed` | `cancelled` |
//! | revise by its plan | `not_found` | refined, attached, …; back to its work | the same | `completed`, or open again with new tasks | `cancelled` |
//! | attach, detach a task | `not_found` | attached, detached | attached, detached | `completed` | `cancelled` |
//! | note an outcome of its task | `not_found` | noted | noted | noted | noted |
//! | move forward | `not_found` | entered, or `gate_closed` unless forced | `blocked` unless forced | nothing is ahead | `cancelled` |
//! | move backward | `not_found` | entered | `blocked` unless forced | entered: open again | `cancelled` |
//! | move within its phase, reorder | `not_found` | reordered | reordered | reordered | `cancelled` |
//! | advance | `not_found` | entered, or it is not time yet | - | - | `cancelled` |
//! | request, grant, reject approval | `not_found` | requested, granted, rejected | the same | `completed` | `cancelled` |
//! | block | `not_found` | blocked | `blocked` | `completed` | `cancelled` |
//! | unblock | `not_found` | `not_blocked` | unblocked | `completed` | `cancelled` |
//! | comment, link a commit or pull request | `not_found` | recorded | recorded | recorded | recorded |
//! | add, remove a dependency | `not_found` | added, removed | added, removed | `completed` | `cancelled` |
//! | cancel | `not_found` | cancelled | cancelled | `completed` | `cancelled` |
//!
//! Beside the state, `unknown_task`, `no_approval_pending`, `no_gate_ahead` and `no_work_in_done` say that a
//! command names what is not there.
//!
//! Invariants: forward leads through every gate between, or is forced and says what was unmet; backward needs no
//! gate, and what was approved from there on must be approved anew; a completed ticket stands in done and a
//! ticket that stands in done is completed; nothing completed or cancelled is blocked; a ticket completes by
//! itself only when none of its tasks is open or failed. What a repeat would not change is no event.
//!
//! Not decided here: that no cycle closes among tickets (the work graph), that a number is unique and that a
//! column has room (guards of the append), and who may force (authorization).

mod card;
mod commands;
mod decide;
mod events;
mod evolve;
mod gate;
mod held;
mod moves;
mod rank;
mod revision;
#[cfg(test)]
mod tests;
mod values;

use serde::{Deserialize, Serialize};

pub use self::card::{Approval, Block, Card, EvidenceNote, PullRequest, TaskNote, TaskOutcome};
pub use self::commands::{Command, NewTicket};
pub use self::decide::Rejection;
pub use self::events::Event;
pub use self::gate::Unmet;
pub use self::held::Held;
pub use self::revision::Revision;
pub use self::values::{InvalidRank, InvalidWebAddress, Rank, WebAddress};

/// A ticket as its events have made it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Ticket {
    /// No event yet.
    #[default]
    Absent,
    /// On its way, possibly blocked.
    Open(Box<Card>),
    /// It stands in done.
    Completed(Box<Card>),
    /// Given up; its history stays.
    Cancelled(Box<Card>),
}

impl Ticket {
    /// What is known of it; nothing before it was created.
    #[must_use]
    pub const fn card(&self) -> Option<&Card> {
        match self {
            Self::Absent => None,
            Self::Open(card) | Self::Completed(card) | Self::Cancelled(card) => Some(card),
        }
    }

    /// The name of its phase, `cancelled`, or `absent`.
    #[must_use]
    pub const fn status_name(&self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Open(card) | Self::Completed(card) => card.phase.as_str(),
            Self::Cancelled(_) => "cancelled",
        }
    }

    /// Whether something keeps it from moving.
    #[must_use]
    pub const fn is_blocked(&self) -> bool {
        matches!(self, Self::Open(card) if card.blocked.is_some())
    }

    /// The verbs a person can use now. A blocked ticket moves only by force, so `move` is not among them.
    #[must_use]
    pub fn possible(&self) -> Vec<&'static str> {
        match self {
            Self::Absent => Vec::new(),
            Self::Open(card) => card.possible(),
            Self::Completed(_) => vec!["move", "reorder", "comment"],
            Self::Cancelled(_) => vec!["comment"],
        }
    }
}

impl kernel::Decider for Ticket {
    const TYPE: &'static str = "ticket";
    const LOGIC_VERSION: i32 = 1;

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
