//! Created, renamed, suspended, closed.

use super::*;

#[test]
fn an_organization_is_created_with_its_first_owner() {
    given::<Organization>(&[]).when(create()).then(&founded());
    let created = profile(&founded());
    assert_eq!((created.name, created.slug), (name("Local"), slug("local")));
    assert_eq!(created.members, [(ADA, Role::Owner)].into());
    assert_eq!(created.limits, Limits::default());
    assert!(created.invitations.is_empty() && created.api_keys.is_empty());
}

#[test]
fn an_organization_is_renamed_and_keeps_its_slug() {
    let renamed = Event::Renamed { name: name("Analytical Engines") };
    given::<Organization>(&founded())
        .when(Command::Rename { name: name("Analytical Engines") })
        .then(std::slice::from_ref(&renamed));
    let profile = profile(&then(&founded(), &[renamed]));
    assert_eq!((profile.name, profile.slug), (name("Analytical Engines"), slug("local")));
    given::<Organization>(&founded()).when(Command::Rename { name: name(" Local ") }).then(&[]);
}

#[test]
fn a_suspended_organization_is_reinstated_as_it_was() {
    given::<Organization>(&founded()).when(Command::Suspend { reason: reason() }).then(&[suspended()]);
    let stopped = then(&founded(), &[suspended()]);
    let refusal = organization(&stopped);
    let Organization::Suspended { reason: why, profile } = &refusal else { panic!("{refusal:?}") };
    assert_eq!((why, &**profile), (&reason(), organization(&founded()).profile().unwrap()));

    given::<Organization>(&stopped).when(Command::Reinstate).then(&[Event::Reinstated]);
    assert_eq!(organization(&then(&stopped, &[Event::Reinstated])), organization(&founded()));
}

#[test]
fn an_organization_is_closed_for_good_also_while_it_is_suspended() {
    for history in [founded(), then(&founded(), &[suspended()])] {
        given::<Organization>(&history).when(Command::Close).then(&[Event::Closed]);
        let closed = organization(&then(&history, &[Event::Closed]));
        assert!(matches!(closed, Organization::Closed(_)));
        assert_eq!(closed.profile(), organization(&founded()).profile());
    }
}

#[test]
fn limits_are_set_together() {
    let more = Limits { concurrent_runs: RunLimit::new(50).unwrap(), ..limits(5) };
    given::<Organization>(&founded())
        .when(Command::SetLimits { limits: more })
        .then(&[Event::LimitsSet(more)]);
    let history = then(&founded(), &[Event::LimitsSet(more)]);
    assert_eq!(profile(&history).limits, more);
    given::<Organization>(&history).when(Command::SetLimits { limits: more }).then(&[]);
    given::<Organization>(&founded()).when(Command::SetLimits { limits: Limits::default() }).then(&[]);
}

#[test]
fn rights_are_taken_away_while_it_is_suspended() {
    let history = [added(BOB, Role::Member), issued(1, grant(BOB)), issued(2, grant(ADA))];
    let history = then(&founded(), &history);
    let history = then(&history, &[sent(1, offer(address(4))), suspended()]);
    let gone = [removed(BOB), revoked(1, Revocation::MakerRemoved)];
    given::<Organization>(&history).when(remove(BOB)).then(&gone);
    given::<Organization>(&history).when(Command::Leave { user: BOB }).then(&gone);
    given::<Organization>(&history).when(take_back(1)).then(&[taken_back(1)]);
    given::<Organization>(&history)
        .when(Command::RevokeApiKey { key: key(2) })
        .then(&[revoked(2, Revocation::Requested)]);
    given::<Organization>(&history).when(remove(ADA)).then_rejected("last_owner");

    let again = profile(&then(&then(&history, &gone), &[Event::Reinstated]));
    assert_eq!(again.role_of(BOB), None);
    assert_eq!(again.api_keys[&key(1)], ApiKey::Revoked);
}
