//! The hash that makes an event tamper-evident. Its definition is for ever (docs/decisions/0003).

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What the hash covers. Everything but where the event landed: position and time are sealed with it later.
#[derive(Clone, Copy, Debug)]
pub struct Hashed<'a> {
    /// The tenant.
    pub org: Uuid,
    /// Kind of aggregate.
    pub aggregate_type: &'a str,
    /// The stream within its kind.
    pub aggregate_id: &'a str,
    /// Place in the stream.
    pub sequence: i64,
    /// The event's own id.
    pub event_id: Uuid,
    /// What happened.
    pub event_type: &'a str,
    /// Version of the payload.
    pub schema_version: i32,
    /// The bytes as stored.
    pub payload: &'a str,
    /// The bytes as stored.
    pub metadata: &'a str,
    /// Who.
    pub actor: Uuid,
    /// The story it belongs to.
    pub correlation: Uuid,
    /// What caused it.
    pub causation: Option<Uuid>,
    /// The command.
    pub command: Uuid,
}

/// SHA-256 over `omoi.event.v1` and the fields in the order of [`Hashed`], each after its length as a
/// big-endian u32. Numbers are big-endian, ids are their 16 bytes, an absent causation has length 0.
#[must_use]
pub fn content_hash(event: &Hashed<'_>) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"omoi.event.v1");
    let mut field = |bytes: &[u8]| {
        hash.update(u32::try_from(bytes.len()).expect("payloads are at most 256 KiB").to_be_bytes());
        hash.update(bytes);
    };
    field(event.org.as_bytes());
    field(event.aggregate_type.as_bytes());
    field(event.aggregate_id.as_bytes());
    field(&event.sequence.to_be_bytes());
    field(event.event_id.as_bytes());
    field(event.event_type.as_bytes());
    field(&event.schema_version.to_be_bytes());
    field(event.payload.as_bytes());
    field(event.metadata.as_bytes());
    field(event.actor.as_bytes());
    field(event.correlation.as_bytes());
    field(event.causation.as_ref().map_or(&[][..], |id| id.as_bytes()));
    field(event.command.as_bytes());
    hash.finalize().into()
}
