//! What a command causes, in each state.

mod api_keys;
mod invitations;
mod members;

use kernel::Timestamp;

pub use self::api_keys::{MAX_KEY_DAYS, MAX_KEYS_OF_MEMBER};
pub use self::invitations::MAX_INVITATION_DAYS;
use super::{Command, Event, Organization, Rejection, Role};

type Decision = Result<Vec<Event>, Rejection>;

pub(super) fn decide(organization: &Organization, command: Command) -> Decision {
    use Command as C;
    use Organization::{Absent, Active, Closed, Suspended};
    match (organization, command) {
        (Absent, C::Create { name, slug, owner }) => {
            Ok(vec![Event::Created { name, slug }, Event::MemberAdded { user: owner, role: Role::Owner }])
        }
        (Active(_) | Suspended { .. } | Closed(_), C::Create { .. }) => Err(Rejection::AlreadyExists),

        (Active(_), C::Suspend { reason }) => Ok(vec![Event::Suspended { reason }]),
        (Active(_), C::Reinstate) => Err(Rejection::NotSuspended),
        (Suspended { .. }, C::Reinstate) => Ok(vec![Event::Reinstated]),
        (Active(_) | Suspended { .. }, C::Close) => Ok(vec![Event::Closed]),

        // What leaked or who left must not come back with the reinstatement.
        (Active(profile) | Suspended { profile, .. }, C::RemoveMember { user, asker }) => {
            members::remove(profile, user, asker)
        }
        (Active(profile) | Suspended { profile, .. }, C::Leave { user }) => members::leave(profile, user),
        (Active(profile) | Suspended { profile, .. }, C::RevokeInvitation { invitation, asker }) => {
            invitations::revoke(profile, invitation, asker)
        }
        (Active(profile) | Suspended { profile, .. }, C::RevokeApiKey { key }) => {
            api_keys::revoke(profile, key)
        }

        (Active(profile), C::Rename { name }) => Ok(unless(profile.name == name, Event::Renamed { name })),
        (Active(profile), C::SetLimits { limits }) => {
            Ok(unless(profile.limits == limits, Event::LimitsSet(limits)))
        }
        (Active(profile), C::AddMember { user, role, asker }) => members::add(profile, user, role, asker),
        (Active(profile), C::ChangeMemberRole { user, role, asker }) => {
            members::change_role(profile, user, role, asker)
        }
        (Active(profile), C::SendInvitation { invitation, offer, email, asker, at }) => {
            within(asker, offer.role)?;
            invitations::send(profile, invitation, offer, email, at)
        }
        (Active(profile), C::AcceptInvitation { invitation, user, address, at }) => {
            invitations::accept(profile, invitation, user, address, at)
        }
        (Active(profile), C::IssueApiKey { key, grant, at }) => api_keys::issue(profile, key, grant, at),

        (
            Absent,
            C::Rename { .. }
            | C::Suspend { .. }
            | C::Reinstate
            | C::Close
            | C::AddMember { .. }
            | C::ChangeMemberRole { .. }
            | C::RemoveMember { .. }
            | C::Leave { .. }
            | C::SendInvitation { .. }
            | C::AcceptInvitation { .. }
            | C::RevokeInvitation { .. }
            | C::SetLimits { .. }
            | C::IssueApiKey { .. }
            | C::RevokeApiKey { .. },
        ) => Err(Rejection::NotFound),
        (
            Suspended { reason, .. },
            C::Rename { .. }
            | C::Suspend { .. }
            | C::AddMember { .. }
            | C::ChangeMemberRole { .. }
            | C::SendInvitation { .. }
            | C::AcceptInvitation { .. }
            | C::SetLimits { .. }
            | C::IssueApiKey { .. },
        ) => Err(Rejection::Suspended { reason: reason.clone() }),
        (
            Closed(_),
            C::Rename { .. }
            | C::Suspend { .. }
            | C::Reinstate
            | C::Close
            | C::AddMember { .. }
            | C::ChangeMemberRole { .. }
            | C::RemoveMember { .. }
            | C::Leave { .. }
            | C::SendInvitation { .. }
            | C::AcceptInvitation { .. }
            | C::RevokeInvitation { .. }
            | C::SetLimits { .. }
            | C::IssueApiKey { .. }
            | C::RevokeApiKey { .. },
        ) => Err(Rejection::Closed),
    }
}

/// What is so already is no news.
fn unless(same: bool, event: Event) -> Vec<Event> {
    if same { Vec::new() } else { vec![event] }
}

/// Nobody has a hand in what is above himself.
fn within(asker: Role, role: Role) -> Result<(), Rejection> {
    if role <= asker { Ok(()) } else { Err(Rejection::AboveAsker { asker, role }) }
}

/// What ends does so after now, and soon enough that nobody has forgotten it.
fn ends_in_time(at: Timestamp, expires_at: Timestamp, max_days: u16) -> Result<(), Rejection> {
    const DAY_US: i64 = 24 * 60 * 60 * 1_000_000;
    let life_us = expires_at.micros().saturating_sub(at.micros());
    if (1..=i64::from(max_days) * DAY_US).contains(&life_us) {
        Ok(())
    } else {
        Err(Rejection::ExpiryOutOfRange { max_days })
    }
}
