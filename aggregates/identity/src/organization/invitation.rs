//! What is known of an invitation. The token that was mailed is in the vault, under the same id.

use kernel::{Timestamp, id_type};
use serde::{Deserialize, Serialize};
use vocabulary::{AddressHash, UserId};

use super::Role;

id_type!(
    /// An invitation to join an organization.
    InvitationId
);

/// How far an invitation is. That its time is over is no event: who asks compares it with the clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Invitation {
    /// It can be accepted, until it expires.
    Open(Offer),
    /// It made somebody a member and is used up.
    Accepted {
        /// Whom.
        by: UserId,
    },
    /// It was taken back.
    Revoked,
}

/// What somebody is invited to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// Whose: only who reads mail at this address can accept.
    pub address: AddressHash,
    /// What the new member will be.
    pub role: Role,
    /// From then on it cannot be accepted.
    pub expires_at: Timestamp,
}

impl Offer {
    /// Whether it could still be accepted.
    pub(super) fn is_open_at(&self, at: Timestamp) -> bool {
        at < self.expires_at
    }
}
