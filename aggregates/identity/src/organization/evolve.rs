//! What an event makes of an organization.

use std::collections::BTreeMap;

use vocabulary::{Name, Slug};

use super::{ApiKey, Event, Invitation, KeyGrant, Limits, Offer, Organization, Profile};

/// Folds one event in. What is about an organization that does not exist changes nothing.
pub(super) fn evolve(organization: &mut Organization, event: &Event) {
    use Organization::{Active, Closed, Suspended};
    match event {
        Event::Created { name, slug } => *organization = Active(Box::new(fresh(name, slug))),
        Event::Suspended { reason } => turn(organization, |before| match before {
            Active(profile) => Suspended { reason: reason.clone(), profile },
            other => other,
        }),
        Event::Reinstated => turn(organization, |before| match before {
            Suspended { profile, .. } => Active(profile),
            other => other,
        }),
        Event::Closed => turn(organization, |before| match before {
            Active(profile) | Suspended { profile, .. } => Closed(profile),
            other => other,
        }),
        // The rest changes what is known of it and leaves the state as it is.
        _ => {
            if let Active(profile) | Suspended { profile, .. } | Closed(profile) = organization {
                change(profile, event);
            }
        }
    }
}

fn turn(organization: &mut Organization, into: impl FnOnce(Organization) -> Organization) {
    *organization = into(std::mem::take(organization));
}

/// As it is created; its first owner is the next event.
fn fresh(name: &Name, slug: &Slug) -> Profile {
    Profile {
        name: name.clone(),
        slug: slug.clone(),
        members: BTreeMap::new(),
        invitations: BTreeMap::new(),
        api_keys: BTreeMap::new(),
        limits: Limits::default(),
    }
}

fn change(profile: &mut Profile, event: &Event) {
    match event {
        Event::Renamed { name } => profile.name = name.clone(),
        Event::MemberAdded { user, role } | Event::MemberRoleChanged { user, role } => {
            profile.members.insert(*user, *role);
        }
        Event::MemberRemoved { user } => {
            profile.members.remove(user);
        }
        Event::InvitationSent { invitation, address, role, expires_at, .. } => {
            let offer = Offer { address: *address, role: *role, expires_at: *expires_at };
            profile.invitations.insert(*invitation, Invitation::Open(offer));
        }
        Event::InvitationAccepted { invitation, user } => {
            profile.invitations.insert(*invitation, Invitation::Accepted { by: *user });
        }
        Event::InvitationRevoked { invitation } => {
            profile.invitations.insert(*invitation, Invitation::Revoked);
        }
        Event::LimitsSet(limits) => profile.limits = *limits,
        Event::ApiKeyIssued { key, name, holder, scopes, maker, expires_at } => {
            let grant = KeyGrant {
                name: name.clone(),
                holder: *holder,
                scopes: scopes.clone(),
                maker: *maker,
                expires_at: *expires_at,
            };
            profile.api_keys.insert(*key, ApiKey::Live(grant));
        }
        Event::ApiKeyRevoked { key, .. } => {
            profile.api_keys.insert(*key, ApiKey::Revoked);
        }
        // These change more than the profile: see `evolve`.
        Event::Created { .. } | Event::Suspended { .. } | Event::Reinstated | Event::Closed => {}
    }
}
