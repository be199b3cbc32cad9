//! The body of a message: the envelope that HTTP and the socket show as well.

use kernel::{Recorded, Timestamp, Uuid};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::fields::Fields;

/// An event as everybody sees it; schemas/openapi.json describes it as `RecordedEvent`.
#[derive(Debug, Serialize)]
struct Wire<'a> {
    position: i64,
    id: Uuid,
    r#type: &'a str,
    version: i32,
    org_id: Uuid,
    project_id: Option<Uuid>,
    aggregate_type: &'a str,
    aggregate_id: &'a str,
    sequence: i64,
    actor: Uuid,
    correlation_id: Uuid,
    causation_id: Option<Uuid>,
    command_id: Uuid,
    epoch: Option<i64>,
    recorded_at: Timestamp,
    content_hash: String,
    metadata: &'a RawValue,
    payload: Payload<'a>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Payload<'a> {
    Fields(Fields<'a>),
    /// Not an object of fields: shown as it is stored.
    Whole(&'a RawValue),
}

/// The body for an event with this payload and version; `raw`: the payload is left as it is stored, `$type` and all.
///
/// # Errors
/// When metadata or payload are not JSON: the log refuses such events.
pub(crate) fn body(
    event: &Recorded<String>,
    payload: &str,
    version: i32,
    raw: bool,
) -> Result<Vec<u8>, serde_json::Error> {
    let envelope = &event.envelope;
    let fields = if raw { None } else { serde_json::from_str::<Fields<'_>>(payload).ok() };
    let payload = match fields {
        Some(fields) => Payload::Fields(fields.without_type()),
        None => Payload::Whole(serde_json::from_str(payload)?),
    };
    serde_json::to_vec(&Wire {
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
