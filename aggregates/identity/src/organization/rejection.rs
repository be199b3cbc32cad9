//! Why an organization refuses a command: what is so, and what to do about it.

use vocabulary::{Reason, UserId};

use super::{ApiKeyId, InvitationId, Role};

/// Why an organization refuses a command.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// No such organization.
    #[error("the organization does not exist")]
    NotFound,
    /// It was created before.
    #[error("the organization already exists")]
    AlreadyExists,
    /// It is stopped.
    #[error("the organization is suspended: {reason}; reinstate it first")]
    Suspended {
        /// Why.
        reason: Reason,
    },
    /// There is nothing to reinstate.
    #[error("the organization is not suspended")]
    NotSuspended,
    /// It is over.
    #[error("the organization is closed for good")]
    Closed,
    /// The user is no member.
    #[error("{user} is not a member of the organization")]
    NotAMember {
        /// The user.
        user: UserId,
    },
    /// The user is a member, as something else.
    #[error("{user} is a member already, as {role}; change the role instead")]
    AlreadyMember {
        /// The user.
        user: UserId,
        /// What the member is.
        role: Role,
    },
    /// Nobody else owns it.
    #[error("{user} is the last owner of the organization; make another member owner first")]
    LastOwner {
        /// The owner.
        user: UserId,
    },
    /// A role above that of the asker would be given, changed or taken.
    #[error("this is about the role {role}, which is above that of the asker, {asker}")]
    AboveAsker {
        /// What the asker is.
        asker: Role,
        /// The role that is above it.
        role: Role,
    },
    /// Every place is taken.
    #[error("the organization has {limit} members or open invitations, as many as it may; remove one first")]
    MemberLimit {
        /// How many it may have.
        limit: u32,
    },
    /// No such invitation.
    #[error("the organization has sent no invitation {invitation}")]
    UnknownInvitation {
        /// The invitation.
        invitation: InvitationId,
    },
    /// The id names another invitation, or one that is over.
    #[error("an invitation {invitation} was sent before; choose another id")]
    InvitationExists {
        /// The invitation.
        invitation: InvitationId,
    },
    /// Another invitation to the same address is open.
    #[error("the address is invited already, by the invitation {invitation}; revoke that first")]
    AlreadyInvited {
        /// That invitation.
        invitation: InvitationId,
    },
    /// It made somebody a member before.
    #[error("the invitation was accepted before; it is good for one member")]
    InvitationUsed,
    /// It was taken back.
    #[error("the invitation was revoked; ask for another")]
    InvitationWasRevoked,
    /// Its time is over.
    #[error("the invitation has expired; ask for another")]
    InvitationExpired,
    /// It is for somebody else.
    #[error("the invitation is for another e-mail address; sign in as the user with that address")]
    OtherAddress,
    /// The end is not ahead, or too far.
    #[error("the end is to lie ahead, by {max_days} days at most")]
    ExpiryOutOfRange {
        /// How far ahead it may be.
        max_days: u16,
    },
    /// No such key.
    #[error("the organization has issued no key {key}")]
    UnknownApiKey {
        /// The key.
        key: ApiKeyId,
    },
    /// The id names another key, or one that was revoked.
    #[error("a key {key} was issued before; choose another id")]
    ApiKeyExists {
        /// The key.
        key: ApiKeyId,
    },
    /// The maker has as many keys as a member may.
    #[error("{maker} has {max} keys, as many as a member may; revoke one first")]
    TooManyApiKeys {
        /// The member.
        maker: UserId,
        /// How many a member may have.
        max: usize,
    },
}

impl kernel::Rejection for Rejection {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::AlreadyExists => "already_exists",
            Self::Suspended { .. } => "suspended",
            Self::NotSuspended => "not_suspended",
            Self::Closed => "closed",
            Self::NotAMember { .. } => "not_a_member",
            Self::AlreadyMember { .. } => "already_member",
            Self::LastOwner { .. } => "last_owner",
            Self::AboveAsker { .. } => "above_asker",
            Self::MemberLimit { .. } => "member_limit",
            Self::UnknownInvitation { .. } => "unknown_invitation",
            Self::InvitationExists { .. } => "invitation_exists",
            Self::AlreadyInvited { .. } => "already_invited",
            Self::InvitationUsed => "invitation_used",
            Self::InvitationWasRevoked => "invitation_was_revoked",
            Self::InvitationExpired => "invitation_expired",
            Self::OtherAddress => "other_address",
            Self::ExpiryOutOfRange { .. } => "expiry_out_of_range",
            Self::UnknownApiKey { .. } => "unknown_api_key",
            Self::ApiKeyExists { .. } => "api_key_exists",
            Self::TooManyApiKeys { .. } => "too_many_api_keys",
        }
    }
}
