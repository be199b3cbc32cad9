//! From stored bytes to an event of today: the one place where older versions are read.

use kernel::EventKind;

/// Why stored bytes are not an event this program knows.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// A type this program does not know: written by a newer release, or for another aggregate.
    #[error("the event type {0} is unknown; a newer release may have written it")]
    UnknownType(String),
    /// A newer release wrote it.
    #[error("{event_type} has schema version {found}, this release reads up to {known}")]
    NewerVersion {
        /// Its type.
        event_type: String,
        /// Its version.
        found: i32,
        /// The newest version known here.
        known: i32,
    },
    /// An older version without a way to read it: a release forgot an upcast.
    #[error("{event_type} has no way from schema version {from} to the next")]
    NoPath {
        /// Its type.
        event_type: String,
        /// The version in question.
        from: i32,
    },
    /// The bytes are not what the schema says.
    #[error("the payload of {event_type} does not fit its schema: {reason}")]
    Malformed {
        /// Its type.
        event_type: String,
        /// What the decoder said.
        reason: String,
    },
}

/// Reads a stored payload, through the upcasts of its type when it is older than today.
///
/// # Errors
/// See [`DecodeError`]; nothing is ever skipped.
pub fn decode<E: EventKind>(event_type: &str, schema_version: i32, payload: &str) -> Result<E, DecodeError> {
    let (_, known) = E::TYPES
        .iter()
        .find(|(name, _)| *name == event_type)
        .ok_or_else(|| DecodeError::UnknownType(event_type.to_owned()))?;
    let malformed = |error: serde_json::Error| DecodeError::Malformed {
        event_type: event_type.to_owned(),
        reason: error.to_string(),
    };
    if schema_version == *known {
        return serde_json::from_str(payload).map_err(malformed);
    }
    if schema_version > *known {
        return Err(DecodeError::NewerVersion {
            event_type: event_type.to_owned(),
            found: schema_version,
            known: *known,
        });
    }
    let mut value = serde_json::from_str(payload).map_err(malformed)?;
    for from in schema_version..*known {
        let step = E::UPCASTS
            .iter()
            .find(|step| step.event_type == event_type && step.from == from)
            .ok_or_else(|| DecodeError::NoPath { event_type: event_type.to_owned(), from })?;
        value = (step.apply)(value);
    }
    serde_json::from_value(value).map_err(malformed)
}
