//! An intervention: somebody steps into a run, with words or by ending a turn, and learns whether that came through.
//!
//! ```text
//!             request              deliver
//!   absent -----------> requested ---------> delivered
//!                           |  fail delivery
//!                           +---------------> failed{reason}
//!                           |  expire
//!                           +---------------> expired
//! ```
//!
//! | command | absent | requested | delivered, failed, expired |
//! |---|---|---|---|
//! | `Request` | requested | -, `!already_exists` when it is another | the same |
//! | `Deliver` | `!not_found` | delivered | -, `!already_settled` when it ended otherwise |
//! | `FailDelivery` | `!not_found` | delivery_failed | the same |
//! | `Expire` | `!not_found` | expired | the same |
//!
//! Invariants: it ends once. It holds no words: those are in the run, sealed, and so are the steps of their way. The process
//! `interventions` tells it what the run came to know.
//!
//! Whether an intervention did any good is judged by supervision, which does not exist yet: there is no event for it, because
//! nobody could emit it.

mod decide;
mod events;
#[cfg(test)]
mod tests;

use kernel::{ActorId, id_type};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::{Reason, RunId};

pub use self::decide::Rejection;
pub use self::events::Event;

id_type!(
    /// An intervention. That of a message has the message's id.
    InterventionId
);

/// An intervention as its events have made it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Intervention {
    /// No event yet.
    #[default]
    Absent,
    /// Somebody has stepped in.
    Present {
        /// Who, where and how.
        request: Request,
        /// How far it is.
        status: Status,
    },
}

/// Who steps in, where and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Request {
    /// Into which run.
    pub run: RunId,
    /// How.
    pub kind: Kind,
    /// Who.
    pub by: ActorId,
}

/// How somebody steps in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "InterventionKind")]
pub enum Kind {
    /// With words, which end no turn.
    Message,
    /// By ending the turn of the agent.
    Interrupt,
}

/// How far an intervention is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "status", rename_all = "snake_case")]
#[schemars(rename = "InterventionStatus")]
pub enum Status {
    /// It is on its way.
    Requested,
    /// It came through.
    Delivered {
        /// The turn that has the words, or that was ended.
        turn: u32,
    },
    /// It did not, or nobody knows.
    Failed {
        /// Why.
        reason: Reason,
    },
    /// The run was over first.
    Expired,
}

/// An order to an intervention. It is stored as what a process asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// Somebody has stepped in.
    Request(Request),
    /// It came through.
    Deliver {
        /// The turn that has the words, or that was ended.
        turn: u32,
    },
    /// It did not, or nobody knows.
    FailDelivery {
        /// Why.
        reason: Reason,
    },
    /// The run is over, and it was still on its way.
    Expire,
}

impl Status {
    /// What an event makes of it.
    #[must_use]
    pub fn after(event: &Event) -> Self {
        match event {
            Event::Requested(_) => Self::Requested,
            Event::Delivered { turn } => Self::Delivered { turn: *turn },
            Event::DeliveryFailed { reason } => Self::Failed { reason: reason.clone() },
            Event::Expired => Self::Expired,
        }
    }
}

impl kernel::Decider for Intervention {
    const TYPE: &'static str = "intervention";
    const LOGIC_VERSION: i32 = 1;

    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command) -> Result<Vec<Event>, Rejection> {
        decide::decide(self, command)
    }

    fn evolve(&mut self, event: &Event) {
        match (&mut *self, event) {
            (intervention, Event::Requested(request)) => {
                *intervention = Self::Present { request: *request, status: Status::Requested };
            }
            (Self::Absent, _) => {}
            (Self::Present { status, .. }, event) => *status = Status::after(event),
        }
    }
}
