//! An organization: the tenant. It has members, invites others, and lets programs in by keys.
//!
//! ```text
//!           create            suspend
//!   absent ---------> active -----------> suspended
//!                      |   <-------------     |
//!                      |      reinstate       |
//!                close +---> closed <---------+ close
//! ```
//!
//! | command | absent | active | suspended | closed |
//! |---|---|---|---|---|
//! | create | created, member_added | `already_exists` | `already_exists` | `already_exists` |
//! | rename | `not_found` | renamed | `suspended` | `closed` |
//! | suspend | `not_found` | suspended | `suspended` | `closed` |
//! | reinstate | `not_found` | `not_suspended` | reinstated | `closed` |
//! | close | `not_found` | closed | closed | `closed` |
//! | add a member | `not_found` | member_added | `suspended` | `closed` |
//! | change a member's role | `not_found` | member_role_changed | `suspended` | `closed` |
//! | remove a member, leave | `not_found` | member_removed, api_key_revoked each | the same | `closed` |
//! | send an invitation | `not_found` | invitation_sent | `suspended` | `closed` |
//! | accept an invitation | `not_found` | invitation_accepted, member_added | `suspended` | `closed` |
//! | revoke an invitation | `not_found` | invitation_revoked | the same | `closed` |
//! | set limits | `not_found` | limits_set | `suspended` | `closed` |
//! | issue a key | `not_found` | api_key_issued | `suspended` | `closed` |
//! | revoke a key | `not_found` | api_key_revoked | the same | `closed` |
//!
//! While it is suspended rights are still taken away: what leaked or who left must not come back with the
//! reinstatement. What is so already makes no event: a name, limits, a role, a member added with the role that
//! he has, an invitation or a key that is there just so, and one that was revoked.
//!
//! An invitation and a key have a life of their own:
//!
//! ```text
//!                 send           accept                          issue         revoke, or its maker goes
//!   invitation: --------> open ----------> accepted     key:   ---------> live --------------------------> revoked
//!                          |   revoke
//!                          +----------> revoked
//! ```
//!
//! | command | unknown | open, in time | open, expired | accepted | revoked |
//! |---|---|---|---|---|---|
//! | send with this id | invitation_sent | nothing, or `invitation_exists` | the same | `invitation_exists` | `invitation_exists` |
//! | accept | `unknown_invitation` | invitation_accepted | `invitation_expired` | `invitation_used` | `invitation_was_revoked` |
//! | revoke | `unknown_invitation` | invitation_revoked | invitation_revoked | `invitation_used` | nothing |
//!
//! | command | unknown | live | revoked |
//! |---|---|---|---|
//! | issue with this id | api_key_issued | nothing, or `api_key_exists` | `api_key_exists` |
//! | revoke | `unknown_api_key` | api_key_revoked | nothing |
//!
//! Invariants: from its first events on it has an owner, for the last one can neither leave nor be removed nor
//! become anything else (`last_owner`); nobody makes, changes or removes what is above himself (`above_asker`);
//! an invitation makes one member, is for one address (`other_address`) and ends in time; a key's maker is a
//! member, and who is a member no longer has no live key; there are never more members than the limit let in
//! (`member_limit`). An expired invitation or key is not told apart here: no event says so, the clock does.
//!
//! Not decided here: who may ask for what at all (permissions), how much a key opens (its maker's rights at that
//! time, at the edge), that a slug is used once and that projects and runs keep to their limits (guards of the
//! append). A closed organization keeps its members and keys in its state; closed, it lets none of them in.

mod api_key;
mod commands;
mod decide;
mod events;
mod evolve;
mod invitation;
mod limits;
mod rejection;
mod role;
mod scope;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use vocabulary::{Name, Reason, Slug, UserId};

pub use self::api_key::{ApiKey, ApiKeyId, KeyGrant, KeyHolder, Revocation};
pub use self::commands::Command;
pub use self::decide::{MAX_INVITATION_DAYS, MAX_KEY_DAYS, MAX_KEYS_OF_MEMBER};
pub use self::events::Event;
pub use self::invitation::{Invitation, InvitationId, Offer};
pub use self::limits::{InvalidLimit, Limit, Limits, MemberLimit, ProjectLimit, RunLimit};
pub use self::rejection::Rejection;
pub use self::role::{InvalidRole, Role};
pub use self::scope::{InvalidScope, InvalidScopes, Scope, Scopes};

/// An organization as its events have made it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Organization {
    /// No event yet.
    #[default]
    Absent,
    /// In use.
    Active(Box<Profile>),
    /// Stopped for a while.
    Suspended {
        /// Why.
        reason: Reason,
        /// As it was.
        profile: Box<Profile>,
    },
    /// Over; its history stays.
    Closed(Box<Profile>),
}

/// What an organization that exists is called, and who is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// What people call it.
    pub name: Name,
    /// Its part of addresses; fixed at creation.
    pub slug: Slug,
    /// Its members and what they are.
    pub members: BTreeMap<UserId, Role>,
    /// Every invitation there was: an id is used once.
    pub invitations: BTreeMap<InvitationId, Invitation>,
    /// Every key there was: an id is used once.
    pub api_keys: BTreeMap<ApiKeyId, ApiKey>,
    /// How much it may have.
    pub limits: Limits,
}

impl Organization {
    /// What is known of it, unless it is absent.
    #[must_use]
    pub const fn profile(&self) -> Option<&Profile> {
        match self {
            Self::Absent => None,
            Self::Active(profile) | Self::Suspended { profile, .. } | Self::Closed(profile) => Some(profile),
        }
    }
}

impl Profile {
    /// What `user` is, if a member at all.
    #[must_use]
    pub fn role_of(&self, user: UserId) -> Option<Role> {
        self.members.get(&user).copied()
    }

    /// Whether it would be nobody's without `user`.
    #[must_use]
    pub fn is_last_owner(&self, user: UserId) -> bool {
        let other = |(member, role): (&UserId, &Role)| *member != user && *role == Role::Owner;
        self.role_of(user) == Some(Role::Owner) && !self.members.iter().any(other)
    }

    /// The keys that `maker` made and nobody revoked, expired ones included.
    pub fn live_keys_of(&self, maker: UserId) -> impl Iterator<Item = ApiKeyId> {
        self.api_keys.iter().filter_map(move |(id, key)| match key {
            ApiKey::Live(grant) if grant.maker == maker => Some(*id),
            ApiKey::Live(_) | ApiKey::Revoked => None,
        })
    }
}

impl kernel::Decider for Organization {
    const TYPE: &'static str = "organization";
    const LOGIC_VERSION: i32 = 1;

    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command) -> Result<Vec<Event>, Rejection> {
        decide::decide(self, command)
    }

    fn evolve(&mut self, event: &Event) {
        evolve::evolve(self, event);
    }
}
