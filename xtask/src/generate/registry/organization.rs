use identity::organization::{
    ApiKeyId, Command, Event, InvitationId, KeyGrant, KeyHolder, Limits, Offer, Organization, Role, Scope,
    Scopes,
};
use kernel::{Timestamp, derived_uuid};
use vocabulary::{AddressHash, Name, Reason, Sealed, Slug, UserId};

use super::super::event::{self, Lane, Registration};
use super::Published;

const NOW: Timestamp = Timestamp::from_micros(1_767_225_600_000_000);
const WEEK_US: i64 = 7 * 24 * 3600 * 1_000_000;

pub(super) fn events() -> Published {
    let registered =
        |event_type, history, command| Registration { event_type, history, command, lane: Lane::Events };
    let asker = Role::Owner;
    let reason = || Reason::new("unpaid since March").expect("a literal that is a reason");
    let added = |who, role| Event::MemberAdded { user: user(who), role };
    let suspended = || Event::Suspended { reason: reason() };

    event::of::<Organization>(vec![
        registered(
            "organization.created",
            vec![],
            Command::Create { name: name("Acme"), slug: slug("acme"), owner: user("ada") },
        ),
        registered("organization.renamed", founded(vec![]), Command::Rename { name: name("Acme & Sons") }),
        registered("organization.suspended", founded(vec![]), Command::Suspend { reason: reason() }),
        registered("organization.reinstated", founded(vec![suspended()]), Command::Reinstate),
        registered("organization.closed", founded(vec![]), Command::Close),
        registered(
            "organization.member_added",
            founded(vec![]),
            Command::AddMember { user: user("bob"), role: Role::Member, asker },
        ),
        registered(
            "organization.member_role_changed",
            founded(vec![added("bob", Role::Member)]),
            Command::ChangeMemberRole { user: user("bob"), role: Role::Admin, asker },
        ),
        registered(
            "organization.member_removed",
            founded(vec![added("bob", Role::Member)]),
            Command::RemoveMember { user: user("bob"), asker },
        ),
        registered("organization.invitation_sent", founded(vec![]), invite()),
        registered(
            "organization.invitation_accepted",
            founded(vec![invited()]),
            Command::AcceptInvitation {
                invitation: invitation(),
                user: user("bob"),
                address: address(),
                at: NOW,
            },
        ),
        registered(
            "organization.invitation_revoked",
            founded(vec![invited()]),
            Command::RevokeInvitation { invitation: invitation(), asker },
        ),
        registered(
            "organization.limits_set",
            founded(vec![]),
            Command::SetLimits {
                limits: Limits { members: 25.try_into().expect("within"), ..Limits::default() },
            },
        ),
        registered(
            "organization.api_key_issued",
            founded(vec![]),
            Command::IssueApiKey { key: key(), grant: grant(), at: NOW },
        ),
        registered(
            "organization.api_key_revoked",
            founded(vec![issued()]),
            Command::RevokeApiKey { key: key() },
        ),
    ])
}

/// An organization of Ada's, and what happened then.
fn founded(then: Vec<Event>) -> Vec<Event> {
    let created = Event::Created { name: name("Acme"), slug: slug("acme") };
    let owner = Event::MemberAdded { user: user("ada"), role: Role::Owner };
    [created, owner].into_iter().chain(then).collect()
}

fn invite() -> Command {
    let offer = Offer { address: address(), role: Role::Member, expires_at: in_a_week() };
    Command::SendInvitation { invitation: invitation(), offer, email: sealed(), asker: Role::Owner, at: NOW }
}

fn invited() -> Event {
    Event::InvitationSent {
        invitation: invitation(),
        address: address(),
        email: sealed(),
        role: Role::Member,
        expires_at: in_a_week(),
    }
}

fn grant() -> KeyGrant {
    KeyGrant {
        name: name("CI"),
        holder: KeyHolder::Person,
        scopes: Scopes::new(vec![Scope::ReadProjects, Scope::WriteTickets]).expect("each once"),
        maker: user("ada"),
        expires_at: in_a_week(),
    }
}

fn issued() -> Event {
    let KeyGrant { name, holder, scopes, maker, expires_at } = grant();
    Event::ApiKeyIssued { key: key(), name, holder, scopes, maker, expires_at }
}

fn in_a_week() -> Timestamp {
    Timestamp::from_micros(NOW.micros() + WEEK_US)
}

fn user(name: &str) -> UserId {
    UserId(derived_uuid(&[b"user", name.as_bytes()]))
}

fn invitation() -> InvitationId {
    InvitationId(derived_uuid(&[b"invitation"]))
}

fn key() -> ApiKeyId {
    ApiKeyId(derived_uuid(&[b"key"]))
}

fn address() -> AddressHash {
    AddressHash::new([0x5a; 32])
}

fn sealed() -> Sealed {
    Sealed::new("AUJCQkJCQkJCQkJCQkJCQkJCQkJCQkJC").expect("a literal in Base64")
}

fn name(text: &str) -> Name {
    Name::new(text).expect("a literal that is a name")
}

fn slug(text: &str) -> Slug {
    text.parse().expect("a literal that is a slug")
}
