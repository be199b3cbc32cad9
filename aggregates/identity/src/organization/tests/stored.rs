//! What the log keeps, byte for byte.

use kernel::{Decider as _, EventKind as _};
use serde_json::{Value, json};

use super::*;

const ID: &str = "00000000-0000-0000-0000-000000000";

/// Every event with its stored payload, in the order of `TYPES`.
pub(super) fn stored() -> Vec<(Event, Value)> {
    let (ada, dan, one) = (format!("{ID}ada"), format!("{ID}da2"), format!("{ID}001"));
    vec![
        (
            Event::Created { name: name("Local"), slug: slug("local") },
            json!({"$type": "organization.created", "name": "Local", "slug": "local"}),
        ),
        (
            Event::Renamed { name: name("Engines") },
            json!({"$type": "organization.renamed", "name": "Engines"}),
        ),
        (suspended(), json!({"$type": "organization.suspended", "reason": "the bill is open"})),
        (Event::Reinstated, json!({"$type": "organization.reinstated"})),
        (Event::Closed, json!({"$type": "organization.closed"})),
        (
            added(ADA, Role::Owner),
            json!({"$type": "organization.member_added", "user": ada, "role": "owner"}),
        ),
        (
            changed(ADA, Role::Viewer),
            json!({"$type": "organization.member_role_changed", "user": ada, "role": "viewer"}),
        ),
        (removed(ADA), json!({"$type": "organization.member_removed", "user": ada})),
        (
            sent(1, offer(address(4))),
            json!({"$type": "organization.invitation_sent", "invitation": one, "address": "04".repeat(32),
                   "email": "c2VhbGVk", "role": "member", "expires_at": "1970-01-08T00:00:00.000000Z"}),
        ),
        (
            accepted(1, DAN),
            json!({"$type": "organization.invitation_accepted", "invitation": one, "user": dan}),
        ),
        (taken_back(1), json!({"$type": "organization.invitation_revoked", "invitation": one})),
        (
            Event::LimitsSet(limits(5)),
            json!({"$type": "organization.limits_set", "members": 5, "projects": 100, "concurrent_runs": 10}),
        ),
        (
            issued(1, grant(ADA)),
            json!({"$type": "organization.api_key_issued", "key": one, "name": "laptop",
                   "holder": {"kind": "person"}, "scopes": ["projects:read", "tickets:write"], "maker": ada,
                   "expires_at": "1970-04-01T00:00:00.000000Z"}),
        ),
        (
            revoked(1, Revocation::Requested),
            json!({"$type": "organization.api_key_revoked", "key": one, "reason": "requested"}),
        ),
    ]
}

/// The other forms of what has several.
fn others() -> Vec<(Event, Value)> {
    let (ada, one, project) = (format!("{ID}ada"), format!("{ID}001"), format!("{ID}09a"));
    vec![
        (
            issued(1, KeyGrant { holder: KeyHolder::Project { project: PROJECT }, ..grant(ADA) }),
            json!({"$type": "organization.api_key_issued", "key": one, "name": "laptop",
                   "holder": {"kind": "project", "project": project},
                   "scopes": ["projects:read", "tickets:write"], "maker": ada,
                   "expires_at": "1970-04-01T00:00:00.000000Z"}),
        ),
        (
            revoked(1, Revocation::MakerRemoved),
            json!({"$type": "organization.api_key_revoked", "key": one, "reason": "maker_removed"}),
        ),
    ]
}

#[test]
fn the_stored_payload_is_the_fields_and_the_type() {
    let stored = stored();
    for (event, payload) in stored.iter().chain(&others()) {
        assert_eq!(serde_json::to_value(event).unwrap(), *payload);
        assert_eq!(serde_json::from_value::<Event>(payload.clone()).unwrap(), *event);
        assert_eq!(payload["$type"], event.event_type());
        assert_eq!(event.schema_version(), 1);
    }
    let types: Vec<_> =
        stored.iter().map(|(event, _)| (event.event_type(), event.schema_version())).collect();
    assert_eq!(types, Event::TYPES);
}

#[test]
fn a_hostile_payload_is_not_an_event() {
    let (ada, one) = (format!("{ID}ada"), format!("{ID}001"));
    let sent = stored().swap_remove(8).1;
    let with = |field: &str, value: Value| {
        let mut hostile = sent.clone();
        hostile[field] = value;
        hostile
    };
    for payload in [
        with("address", json!("ada@example.org")),
        with("email", json!("ada@example.org")),
        with("role", json!("auditor")),
        with("expires_at", json!("soon")),
        json!({"$type": "organization.member_added", "user": ada, "role": "root"}),
        json!({"$type": "organization.member_added", "user": "ada", "role": "owner"}),
        json!({"$type": "organization.renamed", "name": "a\u{0}b"}),
        json!({"$type": "organization.limits_set", "members": 0, "projects": 1, "concurrent_runs": 1}),
        json!({"$type": "organization.api_key_revoked", "key": one, "reason": "whim"}),
        json!({"$type": "organization.exploded"}),
    ] {
        assert!(serde_json::from_value::<Event>(payload.clone()).is_err(), "{payload}");
    }
}

#[test]
fn nothing_that_is_printed_shows_an_address() {
    for printed in [format!("{:?}", send(1, offer(address(4)))), format!("{:?}", sent(1, offer(address(4))))]
    {
        assert!(printed.contains("email: [sealed]"), "{printed}");
    }
}

#[test]
fn every_type_belongs_to_the_aggregate() {
    for (event_type, _) in Event::TYPES {
        assert_eq!(event_type.split('.').next(), Some(Organization::TYPE));
    }
}
