//! Who is in the organization, and as what.

use vocabulary::UserId;

use super::{Decision, within};
use crate::organization::{Event, Profile, Rejection, Revocation, Role};

pub(super) fn add(profile: &Profile, user: UserId, role: Role, asker: Role) -> Decision {
    within(asker, role)?;
    match profile.role_of(user) {
        Some(held) if held == role => Ok(Vec::new()),
        Some(held) => Err(Rejection::AlreadyMember { user, role: held }),
        None => {
            has_place(profile, 0)?;
            Ok(vec![Event::MemberAdded { user, role }])
        }
    }
}

pub(super) fn change_role(profile: &Profile, user: UserId, role: Role, asker: Role) -> Decision {
    let held = role_of(profile, user)?;
    within(asker, held)?;
    within(asker, role)?;
    if held == role {
        return Ok(Vec::new());
    }
    is_not_the_last_owner(profile, user)?;
    Ok(vec![Event::MemberRoleChanged { user, role }])
}

pub(super) fn remove(profile: &Profile, user: UserId, asker: Role) -> Decision {
    within(asker, role_of(profile, user)?)?;
    go(profile, user)
}

/// Needs no role: it takes rights from nobody but the asker.
pub(super) fn leave(profile: &Profile, user: UserId) -> Decision {
    role_of(profile, user)?;
    go(profile, user)
}

/// In one decision with the keys: not for a moment does a key outlive what its rights come from.
fn go(profile: &Profile, user: UserId) -> Decision {
    is_not_the_last_owner(profile, user)?;
    let revoked = |key| Event::ApiKeyRevoked { key, reason: Revocation::MakerRemoved };
    let keys = profile.live_keys_of(user).map(revoked);
    Ok(std::iter::once(Event::MemberRemoved { user }).chain(keys).collect())
}

/// What the member is.
pub(super) fn role_of(profile: &Profile, user: UserId) -> Result<Role, Rejection> {
    profile.role_of(user).ok_or(Rejection::NotAMember { user })
}

/// Whether one more may join the members and `others`.
pub(super) fn has_place(profile: &Profile, others: usize) -> Result<(), Rejection> {
    let limit = profile.limits.members;
    if limit.has_room_beside(profile.members.len() + others) {
        Ok(())
    } else {
        Err(Rejection::MemberLimit { limit: limit.get() })
    }
}

fn is_not_the_last_owner(profile: &Profile, user: UserId) -> Result<(), Rejection> {
    if profile.is_last_owner(user) { Err(Rejection::LastOwner { user }) } else { Ok(()) }
}
