//! Into the log: what an append is made of and what it answers. `lane.rs` groups appends, `gather.rs` says which go
//! together, `call.rs` gets them into the log by calls of `es.append` (`batch.rs`), `guard.rs` holds the rules decided
//! inside it. `pending.rs`: what was decided on an append that is not answered yet.

mod batch;
mod call;
mod gather;
mod guard;
mod lane;
mod pending;
mod wire;

use std::borrow::Cow;
use std::collections::BTreeMap;

use kernel::{ActorId, CommandId, EventId, OrgId, ProjectId, Timestamp};
use uuid::Uuid;

pub use guard::{Guard, GuardFault};
pub(crate) use lane::Lane;
pub use lane::Submitted;
pub use pending::{Fate, Pending};

use crate::AppendError;

/// Largest payload of one event, in bytes; anything larger goes to a blob first.
pub const PAYLOAD_LIMIT: usize = 256 * 1024;

/// The metadata key under which the first event of an item records the item's guards, as JSON text. Nobody
/// else writes it: guards are rebuilt from it.
pub(crate) const GUARDS_KEY: &str = "guards";

/// Where an item comes from: the same for all its events.
#[derive(Clone, Debug)]
pub struct Context {
    /// The tenant.
    pub org: OrgId,
    /// Who acts.
    pub actor: ActorId,
    /// One intent; the same id twice appends once.
    pub command_id: CommandId,
    /// Of the content: the same id with another hash is refused.
    pub request_hash: [u8; 32],
    /// The request or story it belongs to.
    pub correlation_id: Uuid,
    /// The event that caused it, when a process did.
    pub causation_id: Option<Uuid>,
    /// The claim under which it acts, for runs.
    pub epoch: Option<i64>,
    /// Stands beside every payload, e.g. `traceparent`. Never a secret.
    pub metadata: BTreeMap<String, String>,
}

/// A unit of work: all of it is appended, or nothing.
#[derive(Clone, Debug)]
pub struct AppendItem {
    /// Where it comes from.
    pub context: Context,
    /// `accepted`, or the code of a rejection to remember; a rejection has no streams.
    pub outcome: Cow<'static, str>,
    /// What is appended, each stream at most once.
    pub streams: Vec<StreamWrite>,
    /// What must hold, decided inside the append.
    pub guards: Vec<Guard>,
}

/// Events for one stream.
#[derive(Clone, Debug)]
pub struct StreamWrite {
    /// E.g. `project`.
    pub aggregate_type: Cow<'static, str>,
    /// A UUID as text.
    pub aggregate_id: String,
    /// The project, for streams that belong to one.
    pub project: Option<ProjectId>,
    /// The version the decision was made on; 0 for a stream that must not exist yet.
    pub expected: i64,
    /// In order. May be empty: then the version is checked and nothing is written.
    pub events: Vec<NewEvent>,
}

/// An event that is about to happen.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// Its id: a UUID v7, or derived from what caused it.
    pub event_id: EventId,
    /// E.g. `project.created`.
    pub event_type: Cow<'static, str>,
    /// The version of the payload's schema.
    pub schema_version: i32,
    /// JSON, stored byte for byte.
    pub payload: String,
}

/// What the log says of an item it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appended {
    /// Position of the first event; `None` when the item had none.
    pub first_position: Option<i64>,
    /// Position of the last event.
    pub last_position: Option<i64>,
    /// `accepted`, or the code of a stored rejection.
    pub outcome: Cow<'static, str>,
    /// The database's time of the append.
    pub recorded_at: Timestamp,
    /// True when an earlier append of the same command is answered again.
    pub repeated: bool,
}

impl AppendItem {
    /// The number of its events.
    #[must_use]
    pub fn event_count(&self) -> usize {
        self.streams.iter().map(|stream| stream.events.len()).sum()
    }

    /// # Errors
    /// What makes the item unfit to be sent, before anything is written.
    fn check(&self) -> Result<(), AppendError> {
        for (index, stream) in self.streams.iter().enumerate() {
            let twice = self.streams[..index].iter().any(|other| {
                other.aggregate_type == stream.aggregate_type && other.aggregate_id == stream.aggregate_id
            });
            if twice {
                return Err(AppendError::Invalid(format!("stream {} stands twice", stream.name())));
            }
            if stream.expected < 0 {
                return Err(AppendError::Invalid(format!(
                    "stream {} expects a version below 0",
                    stream.name()
                )));
            }
            if stream.expected == 0 && stream.events.is_empty() {
                return Err(AppendError::Invalid(format!(
                    "stream {} would begin without an event",
                    stream.name()
                )));
            }
            if stream.name().contains(char::is_whitespace) {
                return Err(AppendError::Invalid(format!(
                    "stream {:?} has a blank in its name",
                    stream.name()
                )));
            }
            for event in &stream.events {
                if event.payload.len() > PAYLOAD_LIMIT {
                    return Err(AppendError::PayloadTooLarge {
                        event_type: event.event_type.to_string(),
                        bytes: event.payload.len(),
                        limit: PAYLOAD_LIMIT,
                    });
                }
            }
        }
        if self.context.metadata.contains_key(GUARDS_KEY) {
            return Err(AppendError::Invalid(format!("the metadata key {GUARDS_KEY} is reserved")));
        }
        if !self.guards.is_empty() && self.event_count() == 0 {
            return Err(AppendError::Invalid("guards need an event that records them".into()));
        }
        Guard::check_all(&self.guards)
    }
}

impl StreamWrite {
    /// `type/id`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}/{}", self.aggregate_type, self.aggregate_id)
    }
}
