//! The frames of the live socket, each a JSON object in a text message. `op` says what it is; a client ignores those it
//! does not know.

use std::collections::BTreeMap;

use kernel::{ProjectId, Uuid};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use vocabulary::TicketId;

use crate::routes::problem::Problem;

/// What a client says.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum ClientFrame {
    /// Begins a subscription; one of the same name ends.
    Subscribe {
        /// The client's own name for it, 1 to 64 characters; every frame about it carries the name.
        sub: String,
        /// What to follow.
        topic: Topic,
        /// The position up to which the client has everything; without it, what comes from now on.
        #[schemars(range(min = 0))]
        from: Option<i64>,
    },
    /// Ends a subscription; frames about it may still be on their way.
    Unsubscribe {
        /// Its name.
        sub: String,
    },
    /// Whether somebody can see the page: while nobody does, lane `latest` speaks at most twice a second.
    Visible {
        /// At first, yes.
        visible: bool,
    },
}

/// What can be followed. `log` and `ticket` are lane `events`, `board` and `graph` are lane `latest`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Topic {
    /// Every event of the organization.
    Log {
        /// Only those of one project.
        project: Option<ProjectId>,
        /// Only those of these types.
        #[schemars(length(max = 100))]
        types: Option<Vec<String>>,
    },
    /// Every event of a ticket itself; its tasks have their own.
    Ticket {
        /// Which one.
        id: TicketId,
    },
    /// The board: entities `board` (columns, whether it stands still) and `card`.
    Board {
        /// Of which project.
        project: ProjectId,
    },
    /// The work graph: entities `graph` (critical path, whether it stands still), `node` and `edge`.
    Graph {
        /// Of which project.
        project: ProjectId,
    },
}

/// What the server says.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(tag = "op", rename_all = "snake_case")]
pub(crate) enum ServerFrame<'a> {
    /// The first frame.
    Hello {
        /// Another value than before means that positions mean other events: read everything again.
        incarnation: Uuid,
        /// How far the server is.
        position: i64,
    },
    /// Lane `events`: all that happened after `from` up to `to` and belongs to the topic, in order. `from` is the `to` of
    /// the frame before, so that a gap would be seen. Comes at least each second, if only to say how far it is.
    Events {
        /// The subscription.
        sub: &'a str,
        /// Exclusive.
        from: i64,
        /// Inclusive.
        to: i64,
        /// Envelopes, as `GET /api/v1/events` has them.
        #[schemars(with = "Vec<bus::RecordedEvent<'a>>")]
        events: Vec<&'a RawValue>,
    },
    /// Lane `latest`: what is so at `position`. An entity counts when its position is greater than that of what the client
    /// has of it.
    Latest {
        /// The subscription.
        sub: &'a str,
        /// Everything up to here is in it.
        position: i64,
        /// These are all entities there are; otherwise those that changed.
        snapshot: bool,
        /// What is there, in full.
        upserts: Vec<Upsert<'a>>,
        /// What is gone.
        removes: Vec<Entity<'a>>,
    },
    /// The subscription has ended, because it cannot go on from where it is: read again and subscribe from there.
    Resync {
        /// The subscription.
        sub: &'a str,
        /// Why, for logs.
        reason: &'static str,
    },
    /// There is no such subscription, or no longer.
    Refused {
        /// The subscription.
        sub: &'a str,
        /// As the API would answer it.
        #[schemars(with = "crate::routes::problem::Body<'a>")]
        problem: &'a Problem,
    },
    /// The last frame; the socket closes.
    Bye {
        /// Why.
        reason: Parting,
        /// How far each subscription was told: where to go on.
        positions: BTreeMap<&'a str, i64>,
    },
}

/// An entity as it is now.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Upsert<'a> {
    /// What it is, e.g. `card`.
    pub(crate) kind: &'a str,
    /// Which one.
    pub(crate) id: &'a str,
    /// It has been so since here, or since before.
    pub(crate) position: i64,
    /// As the read of the topic has it.
    #[schemars(with = "serde_json::Map<String, serde_json::Value>")]
    pub(crate) value: &'a RawValue,
}

/// An entity.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Entity<'a> {
    /// What it is, e.g. `card`.
    pub(crate) kind: &'a str,
    /// Which one.
    pub(crate) id: &'a str,
}

/// Why the server closes a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Parting {
    /// The client does not take what it is told (close code 4008).
    TooSlow,
    /// The server ends (1001); another one, or the next, goes on.
    Shutdown,
    /// The key that opened it opens nothing any more (4401).
    Revoked,
    /// It said what cannot be understood, or too much (1008).
    Misuse,
}

impl Parting {
    /// The code in the close frame.
    pub(crate) const fn code(self) -> u16 {
        match self {
            Self::TooSlow => 4008,
            Self::Shutdown => 1001,
            Self::Revoked => 4401,
            Self::Misuse => 1008,
        }
    }

    /// The word on the wire.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::TooSlow => "too_slow",
            Self::Shutdown => "shutdown",
            Self::Revoked => "revoked",
            Self::Misuse => "misuse",
        }
    }
}
