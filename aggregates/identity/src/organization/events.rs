//! What may have happened to an organization. These names and fields are for ever.

use kernel::{EventKind, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::{AddressHash, Name, Reason, Sealed, Slug, UserId};

use super::{ApiKeyId, InvitationId, KeyHolder, Limits, Revocation, Role, Scopes};

/// A fact about an organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "$type")]
pub enum Event {
    /// The organization came into being; its first owner is the next event.
    #[serde(rename = "organization.created")]
    Created {
        /// What people call it.
        name: Name,
        /// Its part of addresses.
        slug: Slug,
    },
    /// The organization is called something else; its slug stays.
    #[serde(rename = "organization.renamed")]
    Renamed {
        /// The other name.
        name: Name,
    },
    /// The organization was stopped: until it is reinstated, nobody works in it.
    #[serde(rename = "organization.suspended")]
    Suspended {
        /// Why.
        reason: Reason,
    },
    /// The organization goes on.
    #[serde(rename = "organization.reinstated")]
    Reinstated,
    /// The organization ended for good.
    #[serde(rename = "organization.closed")]
    Closed,
    /// Somebody became a member.
    #[serde(rename = "organization.member_added")]
    MemberAdded {
        /// Who.
        user: UserId,
        /// What the member is.
        role: Role,
    },
    /// A member became something else.
    #[serde(rename = "organization.member_role_changed")]
    MemberRoleChanged {
        /// Which member.
        user: UserId,
        /// What the member is from now on.
        role: Role,
    },
    /// A member left or was put out. The keys that this member had made are revoked by the next events.
    #[serde(rename = "organization.member_removed")]
    MemberRemoved {
        /// Who.
        user: UserId,
    },
    /// Whoever reads mail at an address was invited.
    #[serde(rename = "organization.invitation_sent")]
    InvitationSent {
        /// Names this invitation.
        invitation: InvitationId,
        /// Stands for the address.
        address: AddressHash,
        /// The address.
        email: Sealed,
        /// What the new member will be.
        role: Role,
        /// From then on it cannot be accepted.
        expires_at: Timestamp,
    },
    /// An invitation was used; the member whom it made is the next event.
    #[serde(rename = "organization.invitation_accepted")]
    InvitationAccepted {
        /// Which invitation.
        invitation: InvitationId,
        /// Who accepted it.
        user: UserId,
    },
    /// An invitation was taken back.
    #[serde(rename = "organization.invitation_revoked")]
    InvitationRevoked {
        /// Which invitation.
        invitation: InvitationId,
    },
    /// The organization may have as much as this from now on.
    #[serde(rename = "organization.limits_set")]
    LimitsSet(Limits),
    /// A key was made.
    #[serde(rename = "organization.api_key_issued")]
    ApiKeyIssued {
        /// Names this key.
        key: ApiKeyId,
        /// What people call it.
        name: Name,
        /// Who uses it.
        holder: KeyHolder,
        /// What it is for.
        scopes: Scopes,
        /// The member who made it.
        maker: UserId,
        /// From then on it opens nothing.
        expires_at: Timestamp,
    },
    /// A key opens nothing any more.
    #[serde(rename = "organization.api_key_revoked")]
    ApiKeyRevoked {
        /// Which key.
        key: ApiKeyId,
        /// Why.
        reason: Revocation,
    },
}

impl EventKind for Event {
    const TYPES: &'static [(&'static str, i32)] = &[
        ("organization.created", 1),
        ("organization.renamed", 1),
        ("organization.suspended", 1),
        ("organization.reinstated", 1),
        ("organization.closed", 1),
        ("organization.member_added", 1),
        ("organization.member_role_changed", 1),
        ("organization.member_removed", 1),
        ("organization.invitation_sent", 1),
        ("organization.invitation_accepted", 1),
        ("organization.invitation_revoked", 1),
        ("organization.limits_set", 1),
        ("organization.api_key_issued", 1),
        ("organization.api_key_revoked", 1),
    ];

    fn event_type(&self) -> &'static str {
        match self {
            Self::Created { .. } => "organization.created",
            Self::Renamed { .. } => "organization.renamed",
            Self::Suspended { .. } => "organization.suspended",
            Self::Reinstated => "organization.reinstated",
            Self::Closed => "organization.closed",
            Self::MemberAdded { .. } => "organization.member_added",
            Self::MemberRoleChanged { .. } => "organization.member_role_changed",
            Self::MemberRemoved { .. } => "organization.member_removed",
            Self::InvitationSent { .. } => "organization.invitation_sent",
            Self::InvitationAccepted { .. } => "organization.invitation_accepted",
            Self::InvitationRevoked { .. } => "organization.invitation_revoked",
            Self::LimitsSet(_) => "organization.limits_set",
            Self::ApiKeyIssued { .. } => "organization.api_key_issued",
            Self::ApiKeyRevoked { .. } => "organization.api_key_revoked",
        }
    }
}
