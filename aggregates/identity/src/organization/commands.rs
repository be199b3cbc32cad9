//! What may be asked of an organization.

use kernel::Timestamp;
use vocabulary::{AddressHash, Name, Reason, Sealed, Slug, UserId};

use super::{ApiKeyId, InvitationId, KeyGrant, Limits, Offer, Role};

/// An order to an organization. Which organization is the stream's id; who asks stands in the envelope. Where it
/// matters what the asker is, the order carries the role; a process of the product asks as an owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Brings it into being, with its first owner.
    Create {
        /// What people call it.
        name: Name,
        /// Its part of addresses.
        slug: Slug,
        /// Whose it is.
        owner: UserId,
    },
    /// Calls it something else; the slug stays.
    Rename {
        /// The other name.
        name: Name,
    },
    /// Stops it until it is reinstated.
    Suspend {
        /// Why; no word about a person, for it is stored in plain.
        reason: Reason,
    },
    /// Lets it go on.
    Reinstate,
    /// Ends it for good.
    Close,
    /// Makes somebody a member without an invitation.
    AddMember {
        /// Whom.
        user: UserId,
        /// What the new member will be.
        role: Role,
        /// What the asker is.
        asker: Role,
    },
    /// Makes a member something else.
    ChangeMemberRole {
        /// Which member.
        user: UserId,
        /// The other role.
        role: Role,
        /// What the asker is.
        asker: Role,
    },
    /// Puts a member out.
    RemoveMember {
        /// Which member.
        user: UserId,
        /// What the asker is.
        asker: Role,
    },
    /// Goes by oneself; every member may.
    Leave {
        /// Who goes: the asker.
        user: UserId,
    },
    /// Invites whoever reads mail at an address.
    SendInvitation {
        /// Names this invitation.
        invitation: InvitationId,
        /// To what.
        offer: Offer,
        /// The address, for who mails the invitation and who shows it.
        email: Sealed,
        /// What the asker is.
        asker: Role,
        /// Now.
        at: Timestamp,
    },
    /// Makes somebody a member who was invited.
    AcceptInvitation {
        /// Which invitation.
        invitation: InvitationId,
        /// Whom.
        user: UserId,
        /// The verified address of that user.
        address: AddressHash,
        /// Now.
        at: Timestamp,
    },
    /// Takes an invitation back.
    RevokeInvitation {
        /// Which invitation.
        invitation: InvitationId,
        /// What the asker is.
        asker: Role,
    },
    /// Says how much it may have.
    SetLimits {
        /// All limits.
        limits: Limits,
    },
    /// Says that a key was made.
    IssueApiKey {
        /// Names this key.
        key: ApiKeyId,
        /// What it is for.
        grant: KeyGrant,
        /// Now.
        at: Timestamp,
    },
    /// Ends a key.
    RevokeApiKey {
        /// Which key.
        key: ApiKeyId,
    },
}
