//! From a mailed invitation to a member.

use kernel::Timestamp;
use vocabulary::{AddressHash, Sealed, UserId};

use super::members::has_place;
use super::{Decision, ends_in_time, within};
use crate::organization::{Event, Invitation, InvitationId, Offer, Profile, Rejection, Role};

/// How long an invitation may stay open. After a month who sent it no longer thinks of it.
pub const MAX_INVITATION_DAYS: u16 = 30;

pub(super) fn send(
    profile: &Profile,
    invitation: InvitationId,
    offer: Offer,
    email: Sealed,
    at: Timestamp,
) -> Decision {
    match profile.invitations.get(&invitation) {
        Some(Invitation::Open(known)) if *known == offer => return Ok(Vec::new()),
        Some(_) => return Err(Rejection::InvitationExists { invitation }),
        None => {}
    }
    ends_in_time(at, offer.expires_at, MAX_INVITATION_DAYS)?;
    let same_address = open_at(profile, at).find(|(_, open)| open.address == offer.address);
    if let Some((invitation, _)) = same_address {
        return Err(Rejection::AlreadyInvited { invitation });
    }
    has_place(profile, open_at(profile, at).count())?;
    let Offer { address, role, expires_at } = offer;
    Ok(vec![Event::InvitationSent { invitation, address, email, role, expires_at }])
}

pub(super) fn accept(
    profile: &Profile,
    invitation: InvitationId,
    user: UserId,
    address: AddressHash,
    at: Timestamp,
) -> Decision {
    let offer = match known(profile, invitation)? {
        Invitation::Open(offer) => offer,
        Invitation::Accepted { .. } => return Err(Rejection::InvitationUsed),
        Invitation::Revoked => return Err(Rejection::InvitationWasRevoked),
    };
    if !offer.is_open_at(at) {
        return Err(Rejection::InvitationExpired);
    }
    if offer.address != address {
        return Err(Rejection::OtherAddress);
    }
    if let Some(role) = profile.role_of(user) {
        return Err(Rejection::AlreadyMember { user, role });
    }
    // Its place may have gone to somebody who was added, or with a lower limit.
    has_place(profile, 0)?;
    Ok(vec![Event::InvitationAccepted { invitation, user }, Event::MemberAdded { user, role: offer.role }])
}

pub(super) fn revoke(profile: &Profile, invitation: InvitationId, asker: Role) -> Decision {
    match known(profile, invitation)? {
        Invitation::Open(offer) => {
            within(asker, offer.role)?;
            Ok(vec![Event::InvitationRevoked { invitation }])
        }
        Invitation::Accepted { .. } => Err(Rejection::InvitationUsed),
        Invitation::Revoked => Ok(Vec::new()),
    }
}

fn known(profile: &Profile, invitation: InvitationId) -> Result<&Invitation, Rejection> {
    profile.invitations.get(&invitation).ok_or(Rejection::UnknownInvitation { invitation })
}

/// The invitations that could still be accepted.
fn open_at(profile: &Profile, at: Timestamp) -> impl Iterator<Item = (InvitationId, &Offer)> {
    profile.invitations.iter().filter_map(move |(id, invitation)| match invitation {
        Invitation::Open(offer) if offer.is_open_at(at) => Some((*id, offer)),
        Invitation::Open(_) | Invitation::Accepted { .. } | Invitation::Revoked => None,
    })
}
