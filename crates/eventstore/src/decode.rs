//! From stored bytes to an event of today: the one place where older versions are read.

use kernel::EventKind;
use serde_json::Value;

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
    let event = match upcast::<E>(event_type, schema_version, payload)? {
        Some((payload, _)) => serde_json::from_value(payload),
        None => serde_json::from_str(payload),
    };
    event.map_err(malformed(event_type))
}

/// What a stored payload says in the newest version of its type, and which that is; `None` when it is stored in that one.
///
/// # Errors
/// See [`DecodeError`].
pub fn upcast<E: EventKind>(
    event_type: &str,
    schema_version: i32,
    payload: &str,
) -> Result<Option<(Value, i32)>, DecodeError> {
    let (_, known) = E::TYPES
        .iter()
        .find(|(name, _)| *name == event_type)
        .ok_or_else(|| DecodeError::UnknownType(event_type.to_owned()))?;
    if schema_version == *known {
        return Ok(None);
    }
    if schema_version > *known {
        return Err(DecodeError::NewerVersion {
            event_type: event_type.to_owned(),
            found: schema_version,
            known: *known,
        });
    }
    let mut value = serde_json::from_str(payload).map_err(malformed(event_type))?;
    for from in schema_version..*known {
        let step = E::UPCASTS
            .iter()
            .find(|step| step.event_type == event_type && step.from == from)
            .ok_or_else(|| DecodeError::NoPath { event_type: event_type.to_owned(), from })?;
        value = (step.apply)(value);
    }
    Ok(Some((value, *known)))
}

fn malformed(event_type: &str) -> impl FnOnce(serde_json::Error) -> DecodeError {
    move |error| DecodeError::Malformed { event_type: event_type.to_owned(), reason: error.to_string() }
}
