//! An event as the log holds it.

use serde::{Deserialize, Serialize};

use crate::{ActorId, CommandId, EventId, OrgId, ProjectId, Timestamp, Uuid};

/// Everything the log knows of an event but what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// Which log; positions of two logs have nothing to do with each other.
    pub log_id: i16,
    /// Place in the log: dense from 1, in commit order. The one clock of the system.
    pub position: i64,
    /// The tenant.
    pub org_id: OrgId,
    /// The project, for events that belong to one.
    pub project_id: Option<ProjectId>,
    /// E.g. `project`.
    pub aggregate_type: String,
    /// The stream within its type; a UUID as text.
    pub aggregate_id: String,
    /// Place in the stream: dense from 1.
    pub sequence: i64,
    /// The event's own id.
    pub event_id: EventId,
    /// E.g. `project.created`.
    pub event_type: String,
    /// Version of the payload's schema, from 1.
    pub schema_version: i32,
    /// Who caused it.
    pub actor: ActorId,
    /// The request or story it belongs to.
    pub correlation_id: Uuid,
    /// The event that caused it, when a process did.
    pub causation_id: Option<Uuid>,
    /// The command that caused it.
    pub command_id: CommandId,
    /// The claim under which it was written, for events of a run.
    pub epoch: Option<i64>,
    /// The database's time at the append; never steps back along the log.
    pub recorded_at: Timestamp,
    /// SHA-256 over the event (docs/decisions/0003).
    pub content_hash: [u8; 32],
}

/// An event with its envelope. `E` is the decoded event, or the raw JSON text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded<E> {
    /// What the log knows of it.
    pub envelope: Envelope,
    /// Text to text beside the payload, e.g. `traceparent`; JSON as stored.
    pub metadata: String,
    /// What happened.
    pub event: E,
}

impl<E> Recorded<E> {
    /// The same envelope around another form of the event.
    pub fn map<T>(self, f: impl FnOnce(E) -> T) -> Recorded<T> {
        Recorded { envelope: self.envelope, metadata: self.metadata, event: f(self.event) }
    }
}
