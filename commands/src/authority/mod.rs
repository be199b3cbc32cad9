//! Who acts, and what that one may do. Every command names its permission (`handlers/`), every read its own at the
//! route; the table of roles is `role.rs`.

mod permission;
mod role;

use kernel::{ActorId, OrgId};

use crate::CommandError;

pub use permission::Permission;
pub use role::{Role, UnknownRole};

/// Somebody who acts in an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The tenant: nothing of another one exists for this actor.
    pub org: OrgId,
    /// Named by every event that this actor causes.
    pub id: ActorId,
    /// What the actor may do.
    pub grants: Grants,
}

/// What an actor may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grants {
    /// What the role of a person or a key allows.
    Role(Role),
    /// Everything: the product's own processes, which act on events and never on a request.
    Process,
}

impl Actor {
    /// A process of the product at work in `org`.
    #[must_use]
    pub const fn process(org: OrgId, id: ActorId) -> Self {
        Self { org, id, grants: Grants::Process }
    }

    /// Whether the actor may.
    #[must_use]
    pub const fn may(&self, permission: Permission) -> bool {
        match self.grants {
            Grants::Role(role) => role.may(permission),
            Grants::Process => true,
        }
    }

    /// # Errors
    /// `Forbidden` when the actor may not.
    pub const fn require(&self, permission: Permission) -> Result<(), CommandError> {
        if self.may(permission) { Ok(()) } else { Err(CommandError::Forbidden { permission }) }
    }
}
