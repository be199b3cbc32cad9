//! The body of a message: an event as everybody outside sees it.

use kernel::{Recorded, Timestamp, Uuid};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::fields::Fields;

/// An event on the wire: the same envelope on HTTP, WebSocket and the bus.
#[derive(Debug, Serialize, JsonSchema)]
pub struct RecordedEvent<'a> {
    /// Its place in the log; there are no gaps.
    position: i64,
    /// Names the event.
    id: Uuid,
    /// What happened, e.g. `ticket.created`.
    r#type: &'a str,
    /// Of the shape of the payload.
    version: i32,
    /// Whose it is.
    org_id: Uuid,
    /// In which project; `null` for what belongs to none.
    project_id: Option<Uuid>,
    /// What it happened to, e.g. `ticket`.
    aggregate_type: &'a str,
    /// Which one.
    aggregate_id: &'a str,
    /// Its number among the events of that one, from 1.
    sequence: i64,
    /// Who did it: a person, an agent or a process.
    actor: Uuid,
    /// The same for everything that follows from one wish.
    correlation_id: Uuid,
    /// The event that caused it; `null` when somebody wished it.
    causation_id: Option<Uuid>,
    /// The command that caused it.
    command_id: Uuid,
    /// The claim under which it was done, if there was one.
    epoch: Option<i64>,
    /// When it was stored, by the clock of the database.
    recorded_at: Timestamp,
    /// SHA-256, hex; docs/decisions/0003 says of what.
    content_hash: String,
    /// What else was said about the wish.
    #[schemars(with = "serde_json::Map<String, serde_json::Value>")]
    metadata: &'a RawValue,
    /// The fields of the event, without `$type`.
    #[schemars(with = "serde_json::Map<String, serde_json::Value>")]
    payload: Payload<'a>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Payload<'a> {
    Fields(Fields<'a>),
    /// Not an object of fields: shown as it is stored.
    Whole(&'a RawValue),
}

impl<'a> RecordedEvent<'a> {
    /// The event with this payload and version; `raw`: the payload is left as it is stored, `$type` and all.
    pub(crate) fn new(
        event: &'a Recorded<String>,
        payload: &'a str,
        version: i32,
        raw: bool,
    ) -> Result<Self, serde_json::Error> {
        let envelope = &event.envelope;
        let fields = if raw { None } else { serde_json::from_str::<Fields<'_>>(payload).ok() };
        let payload = match fields {
            Some(fields) => Payload::Fields(fields.without_type()),
            None => Payload::Whole(serde_json::from_str(payload)?),
        };
        Ok(Self {
            position: envelope.position,
            id: envelope.event_id.0,
            r#type: &envelope.event_type,
            version,
            org_id: envelope.org_id.0,
            project_id: envelope.project_id.map(|project| project.0),
            aggregate_type: &envelope.aggregate_type,
            aggregate_id: &envelope.aggregate_id,
            sequence: envelope.sequence,
            actor: envelope.actor.0,
            correlation_id: envelope.correlation_id,
            causation_id: envelope.causation_id,
            command_id: envelope.command_id.0,
            epoch: envelope.epoch,
            recorded_at: envelope.recorded_at,
            content_hash: hex::encode(envelope.content_hash),
            metadata: serde_json::from_str(&event.metadata)?,
            payload,
        })
    }
}
