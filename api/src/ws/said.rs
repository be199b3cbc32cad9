//! An event as sockets need it: whom it concerns, and its envelope as text.

use bus::{Message, header};
use kernel::Uuid;
use serde_json::value::RawValue;

/// An event, ready to be sent to any number of sockets.
#[derive(Debug)]
pub(crate) struct Said {
    pub(super) position: i64,
    pub(super) org: Uuid,
    pub(super) project: Option<Uuid>,
    pub(super) aggregate_type: Box<str>,
    pub(super) aggregate_id: Box<str>,
    pub(super) event_type: Box<str>,
    pub(super) envelope: Box<RawValue>,
}

impl Said {
    /// What a message of the bus says. One that no relay of ours made is nobody's: it has its place, and is shown to none.
    pub(super) fn of(message: &Message) -> Self {
        Self::read(message).unwrap_or_else(|| {
            tracing::error!(position = message.position, "a message of the event bus cannot be understood");
            Self {
                position: message.position,
                org: Uuid::nil(),
                project: None,
                aggregate_type: "".into(),
                aggregate_id: "".into(),
                event_type: "".into(),
                envelope: RawValue::NULL.to_owned(),
            }
        })
    }

    fn read(message: &Message) -> Option<Self> {
        let header = |name: &str| message.headers.get(name).map(async_nats::HeaderValue::as_str);
        let (aggregate_type, aggregate_id) = header(header::STREAM)?.split_once('/')?;
        // omoi.v1.<log>.<org>.<project>.<aggregate>.<event>
        let project = message.subject.split('.').nth(4)?;
        Some(Self {
            position: message.position,
            org: Uuid::parse_str(header(header::ORG)?).ok()?,
            project: Uuid::parse_str(project).ok(),
            aggregate_type: aggregate_type.into(),
            aggregate_id: aggregate_id.into(),
            event_type: header(header::TYPE)?.into(),
            envelope: RawValue::from_string(str::from_utf8(&message.body).ok()?.to_owned()).ok()?,
        })
    }

    /// The event as JSON.
    pub(crate) fn envelope(&self) -> &RawValue {
        &self.envelope
    }

    /// Roughly how much memory it takes.
    pub(super) fn weight(&self) -> usize {
        self.envelope.get().len() + 256
    }
}
