//! What the worker in a sandbox and its host say to each other: HTTP/1.1 with JSON over the one Unix socket that leads out.
//!
//! | request | answer |
//! |---|---|
//! | `POST /run/events` [`Batch`] | 200 [`Stored`]; 409 [`Stored`] when events before it are missing; 410 when the run is over |
//! | `GET /run/orders?after=N` | 200 [`Orders`], after at most [`ORDERS_WITHIN`] |
//! | `POST /run/steers/ID` [`super::Delivery`] | 204 |
//! | `PUT /run/snapshots/MOMENT`, a bundle of git | 200 [`Kept`] |
//! | `POST /run/beat` | 204; 410 when the run is over |
//! | `POST /run/finished` [`Report`] | 204 |
//!
//! Every request carries the run's token; one without it is answered 401. What is answered 503 is sent again.

use std::path::PathBuf;
use std::time::Duration;

use kernel::Uuid;
use serde::{Deserialize, Serialize};

use super::{Assignment, Finished, Seen};

/// How long a question for orders waits for one.
pub const ORDERS_WITHIN: Duration = Duration::from_secs(20);
/// How often a worker says that it lives.
pub const BEAT: Duration = Duration::from_secs(3);
/// Most events of a batch, and most bytes of its text.
pub const BATCH_EVENTS: usize = 500;
/// See [`BATCH_EVENTS`]; one event more may be in it.
pub const BATCH_BYTES: usize = 1 << 20;
/// Most bytes of one text of an event; the middle of what is longer is left out by the worker.
pub const TEXT_BYTES: usize = 256 << 10;
/// The driver that every worker has: it has no agent, and nothing to do.
pub const REST: &str = "rest";
/// Where the socket is inside of the sandbox.
pub const SOCKET: &str = "/run/omoi.sock";

/// What a tunnel to a host outside is called where one is asked for: `GET /egress/HOST:PORT` with `Upgrade: omoi-tunnel` is answered
/// 101, and then carries bytes both ways; or it is refused, with the reason in words. A header of this name says by what method
/// somebody wanted it.
pub const TUNNEL: &str = "omoi-tunnel";

/// What a worker is given on its standard input, in one JSON document.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "errand", rename_all = "snake_case")]
pub enum Errand {
    /// An agent is driven.
    Drive(Box<Brief>),
    /// A command is run, with the way out beside it; its exit code is the worker's.
    Accompany {
        /// What it proves by that it may use the way.
        token: String,
        /// What leads out.
        socket: PathBuf,
        /// The program and its arguments.
        command: Vec<String>,
    },
}

/// A run as its worker is told of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Brief {
    /// The run.
    pub run: Uuid,
    /// What it proves that by.
    pub token: String,
    /// What leads out.
    pub socket: PathBuf,
    /// What the agent is to do.
    pub assignment: Assignment,
    /// How its work is kept.
    pub keeping: Keeping,
}

/// How the state of a workspace is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Keeping {
    /// The commit that the run began at.
    pub at: String,
    /// The message of commits that are made for the agent.
    pub message: String,
    /// Their trailers, by name.
    pub trailers: Vec<(String, String)>,
}

/// Events in their order.
#[derive(Debug, Serialize, Deserialize)]
pub struct Batch {
    /// The number of the first, from 1.
    pub from: i64,
    /// What was seen.
    pub events: Vec<Seen>,
}

/// How far what was sent is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// The number of the event that is expected next.
    pub next: i64,
}

/// What people want.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Orders {
    /// In their order.
    pub orders: Vec<Numbered>,
}

/// An order, and its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numbered {
    /// From 1; whoever has it asks for those after it.
    pub n: u64,
    /// The order.
    #[serde(flatten)]
    pub order: Wanted,
}

/// What somebody wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "want", rename_all = "snake_case")]
pub enum Wanted {
    /// The agent is told something.
    Steer {
        /// Names it.
        id: Uuid,
        /// The words.
        text: String,
    },
    /// Its turn is ended.
    Interrupt {
        /// Which time, from 1.
        nth: u32,
    },
    /// A snapshot is taken, and the worker ends.
    Stop,
}

/// What a worker says at its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "snake_case")]
pub enum Report {
    /// The agent has no more to say.
    Finished(Finished),
    /// It could not be driven.
    Failed {
        /// For programs.
        code: String,
        /// For people.
        message: String,
    },
    /// It was stopped because somebody wanted it.
    Stopped,
}

/// What was kept of a workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The commit.
    pub commit: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_arrives_as_it_was_given() {
        let words = Wanted::Steer { id: Uuid::from_u128(1), text: "Mind the sign.".into() };
        for order in [words, Wanted::Interrupt { nth: 2 }, Wanted::Stop] {
            let sent = Orders { orders: vec![Numbered { n: 7, order }] };
            let text = serde_json::to_string(&sent).unwrap();
            assert_eq!(serde_json::from_str::<Orders>(&text).unwrap().orders, sent.orders, "{text}");
        }
    }
}
