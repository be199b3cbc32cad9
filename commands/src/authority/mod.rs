//! Who acts, and what that one may do. Every command names its permission (`handlers/`), every read its own at the
//! route; the table of roles is `role.rs`, and what keys are for is `scope.rs`.

mod permission;
mod role;
mod scope;

use identity::organization::Role as MemberRole;
use kernel::{ActorId, OrgId, ProjectId, derived_uuid};

use crate::CommandError;

pub use permission::{Permission, Permissions};
pub use role::{Role, UnknownRole};
pub use scope::permissions as permissions_of_scopes;

/// The tenant that people belong to: they are in no organization before they are in one, and in several after.
#[must_use]
pub fn installation() -> OrgId {
    OrgId(derived_uuid(&[b"omoi", b"installation"]))
}

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
    /// What the role of a person allows, or that of a key that was made beside the installation.
    Role(Role),
    /// What a key is for, as far as its maker may.
    Key {
        /// Both together.
        permissions: Permissions,
        /// The one project that exists for it.
        project: Option<ProjectId>,
    },
    /// Everything: the product's own processes, which act on events and never on a request.
    Process,
}

impl Actor {
    /// A process of the product at work in `org`.
    #[must_use]
    pub const fn process(org: OrgId, id: ActorId) -> Self {
        Self { org, id, grants: Grants::Process }
    }

    /// Somebody who is in no organization: may do nothing but what needs no permission.
    #[must_use]
    pub fn outside(id: ActorId) -> Self {
        let grants = Grants::Key { permissions: Permissions::NONE, project: None };
        Self { org: installation(), id, grants }
    }

    /// Whether the actor may.
    #[must_use]
    pub const fn may(&self, permission: Permission) -> bool {
        match self.grants {
            Grants::Role(role) => role.may(permission),
            Grants::Key { permissions, .. } => permissions.contain(permission),
            Grants::Process => true,
        }
    }

    /// # Errors
    /// `Forbidden` when the actor may not.
    pub const fn require(&self, permission: Permission) -> Result<(), CommandError> {
        if self.may(permission) { Ok(()) } else { Err(CommandError::Forbidden { permission }) }
    }

    /// Whether the project exists for this actor, if it does for the organization.
    #[must_use]
    pub fn sees(&self, project: ProjectId) -> bool {
        self.only_project().is_none_or(|only| only == project)
    }

    /// The only project that exists for this actor; `None` when all of its organization do.
    #[must_use]
    pub const fn only_project(&self) -> Option<ProjectId> {
        match self.grants {
            Grants::Key { project, .. } => project,
            Grants::Role(_) | Grants::Process => None,
        }
    }

    /// What the actor is where it matters who is above whom; a key is below everybody.
    #[must_use]
    pub fn rank(&self) -> MemberRole {
        match self.grants {
            Grants::Role(role) => role.as_member().unwrap_or(MemberRole::Viewer),
            Grants::Key { .. } => MemberRole::Viewer,
            Grants::Process => MemberRole::Owner,
        }
    }
}
