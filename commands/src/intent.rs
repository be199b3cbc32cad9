//! Who wants a command, and the id under which it acts once.

use std::collections::BTreeMap;

use kernel::{CommandId, Uuid, derived_uuid};
use sha2::{Digest, Sha256};

use crate::Actor;

/// One wish of one actor.
#[derive(Clone, Debug)]
pub struct Intent {
    /// Who acts, where, and by what right.
    pub actor: Actor,
    /// The same id twice acts once.
    pub command_id: CommandId,
    /// Of the content: the same id with another hash is refused.
    pub request_hash: [u8; 32],
    /// The request or story it belongs to.
    pub correlation_id: Uuid,
    /// The event that caused it, when a process did.
    pub causation_id: Option<Uuid>,
    /// Beside every event, e.g. `traceparent`. Never a secret.
    pub metadata: BTreeMap<String, String>,
    /// Whether a rejection is an answer to remember: true when the client chose the id.
    pub remember_rejection: bool,
}

impl Intent {
    /// A wish without an `Idempotency-Key`: its id is new, so only this process's own retries share it.
    #[must_use]
    pub fn new(actor: Actor, request: &[u8]) -> Self {
        Self {
            actor,
            command_id: CommandId(Uuid::now_v7()),
            request_hash: Sha256::digest(request).into(),
            correlation_id: Uuid::now_v7(),
            causation_id: None,
            metadata: BTreeMap::new(),
            remember_rejection: false,
        }
    }

    /// A wish with the client's `Idempotency-Key`: the same org, actor, route and key is the same command.
    #[must_use]
    pub fn keyed(actor: Actor, route: &str, key: &str, request: &[u8]) -> Self {
        let names = [actor.org.0.as_bytes(), actor.id.0.as_bytes(), route.as_bytes(), key.as_bytes()];
        let id = CommandId(derived_uuid(&names));
        Self { command_id: id, remember_rejection: true, ..Self::new(actor, request) }
    }
}
