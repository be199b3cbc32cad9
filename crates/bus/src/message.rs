//! An event as a message: subject, headers, body.

use async_nats::HeaderMap;
use bytes::Bytes;
use kernel::Recorded;
use serde::Deserialize;

use crate::envelope::RecordedEvent;
use crate::subject::subject;

/// The names of the headers.
pub mod header {
    /// Place in the log: what consumers resume by, and by which they skip what they have.
    pub const POSITION: &str = "Omoi-Position";
    /// The event's own id.
    pub const EVENT_ID: &str = "Omoi-Event-Id";
    /// `type/id` of the aggregate.
    pub const STREAM: &str = "Omoi-Stream";
    /// Place in that stream.
    pub const SEQUENCE: &str = "Omoi-Sequence";
    /// What happened, e.g. `task.attempt_failed`.
    pub const TYPE: &str = "Omoi-Type";
    /// The version of the payload's schema, as sent.
    pub const SCHEMA: &str = "Omoi-Schema";
    /// The tenant.
    pub const ORG: &str = "Omoi-Org";
    /// The version that is stored, when it was brought up to a newer one: then the content hash does not match.
    pub const UPCAST_FROM: &str = "Omoi-Upcast-From";
    /// `1` when the relay does not know the type or version: the payload is the stored bytes, `$type` and all.
    pub const RAW: &str = "Omoi-Raw";
    /// The trace that the event belongs to.
    pub const TRACEPARENT: &str = "traceparent";
}

/// How a stored event reads today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// It is of the newest version: sent as it is stored.
    Newest,
    /// It was of an older one.
    Upcast {
        /// What it says today.
        payload: String,
        /// The newest version.
        version: i32,
    },
    /// A type or version that this release does not know: sent unread.
    Unknown,
}

/// A message for the stream of its log.
#[derive(Clone, Debug)]
pub struct Message {
    /// Where the event stands in the log.
    pub position: i64,
    /// See [`crate::subject`].
    pub subject: String,
    /// See [`header`].
    pub headers: HeaderMap,
    /// The envelope as JSON.
    pub body: Bytes,
}

impl Message {
    /// The message of an event that reads like this.
    ///
    /// # Errors
    /// When what is stored is not JSON, which the log refuses.
    pub fn of(event: &Recorded<String>, reading: &Reading) -> Result<Self, serde_json::Error> {
        let envelope = &event.envelope;
        let (payload, version) = match reading {
            Reading::Upcast { payload, version } => (payload.as_str(), *version),
            Reading::Newest | Reading::Unknown => (event.event.as_str(), envelope.schema_version),
        };
        let mut headers = HeaderMap::new();
        let mut say = |name: &'static str, value: &str| headers.insert(name, one_line(value).as_str());
        say(header::POSITION, &envelope.position.to_string());
        say(header::EVENT_ID, &envelope.event_id.0.to_string());
        say(header::STREAM, &format!("{}/{}", envelope.aggregate_type, envelope.aggregate_id));
        say(header::SEQUENCE, &envelope.sequence.to_string());
        say(header::TYPE, &envelope.event_type);
        say(header::SCHEMA, &version.to_string());
        say(header::ORG, &envelope.org_id.0.to_string());
        match reading {
            Reading::Newest => {}
            Reading::Upcast { .. } => say(header::UPCAST_FROM, &envelope.schema_version.to_string()),
            Reading::Unknown => say(header::RAW, "1"),
        }
        if let Some(trace) = traceparent(&event.metadata) {
            say(header::TRACEPARENT, &trace);
        }
        let body = RecordedEvent::new(event, payload, version, *reading == Reading::Unknown)?;
        let body = serde_json::to_vec(&body)?.into();
        Ok(Self { position: envelope.position, subject: subject(envelope), headers, body })
    }
}

fn traceparent(metadata: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Metadata {
        traceparent: Option<String>,
    }
    serde_json::from_str::<Metadata>(metadata).ok()?.traceparent
}

/// A header ends at a line's end; whoever names a stream or a type does not write headers.
fn one_line(value: &str) -> String {
    value.chars().map(|c| if c.is_control() { '_' } else { c }).collect()
}
