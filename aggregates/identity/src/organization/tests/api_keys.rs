//! Keys: by members, for a while, until somebody revokes them.

use super::*;

fn with_key() -> Vec<Event> {
    then(&founded(), &[issued(1, grant(ADA))])
}

#[test]
fn a_key_is_issued_to_a_person_or_for_a_project_or_a_run() {
    let run = RunId(Uuid::from_u128(0x9b));
    for (holder, project) in [
        (KeyHolder::Person, None),
        (KeyHolder::Project { project: PROJECT }, Some(PROJECT)),
        (KeyHolder::Run { project: PROJECT, run }, Some(PROJECT)),
    ] {
        assert_eq!(holder.project(), project);
        let grant = KeyGrant { holder, ..grant(ADA) };
        given::<Organization>(&founded()).when(issue(1, grant.clone())).then(&[issued(1, grant.clone())]);
        let after = profile(&then(&founded(), &[issued(1, grant.clone())]));
        assert_eq!(after.api_keys, [(key(1), ApiKey::Live(grant))].into());
        assert!(after.live_keys_of(ADA).eq([key(1)]));
    }
}

#[test]
fn whoever_makes_a_key_is_a_member() {
    given::<Organization>(&founded()).when(issue(1, grant(BOB))).then_rejected("not_a_member");
    let left = then(&with_bob(Role::Admin), &[removed(BOB)]);
    given::<Organization>(&left).when(issue(1, grant(BOB))).then_rejected("not_a_member");
}

#[test]
fn a_key_is_revoked_once_and_its_id_is_used_up() {
    let revoke = || Command::RevokeApiKey { key: key(1) };
    let gone = revoked(1, Revocation::Requested);
    given::<Organization>(&with_key()).when(revoke()).then(std::slice::from_ref(&gone));
    let history = then(&with_key(), &[gone]);
    given::<Organization>(&history).when(revoke()).then(&[]);
    given::<Organization>(&history).when(issue(1, grant(ADA))).then_rejected("api_key_exists");
    given::<Organization>(&founded()).when(revoke()).then_rejected("unknown_api_key");
}

#[test]
fn an_id_names_one_key() {
    given::<Organization>(&with_key()).when(issue(1, grant(ADA))).then(&[]);
    let others = [
        KeyGrant { name: name("desk"), ..grant(ADA) },
        KeyGrant { holder: KeyHolder::Project { project: PROJECT }, ..grant(ADA) },
        KeyGrant { scopes: Scopes::new(vec![Scope::Auditor]).unwrap(), ..grant(ADA) },
        KeyGrant { expires_at: day(91), ..grant(ADA) },
    ];
    for other in others {
        given::<Organization>(&with_key()).when(issue(1, other)).then_rejected("api_key_exists");
    }
}

#[test]
fn a_key_ends_within_a_year() {
    let ending = |expires_at| KeyGrant { expires_at, ..grant(ADA) };
    let year = ending(day(365));
    given::<Organization>(&founded()).when(issue(1, year.clone())).then(&[issued(1, year)]);
    for end in [day(0), day(-1), Timestamp::from_micros(day(365).micros() + 1)] {
        given::<Organization>(&founded()).when(issue(1, ending(end))).then_rejected("expiry_out_of_range");
    }
}

#[test]
fn a_member_has_so_many_keys_and_no_more() {
    let most = u16::try_from(MAX_KEYS_OF_MEMBER).unwrap();
    let many: Vec<_> = (1..=most).map(|number| issued(number, grant(BOB))).collect();
    let history = then(&with_bob(Role::Member), &many);
    given::<Organization>(&history).when(issue(most + 1, grant(BOB))).then_rejected("too_many_api_keys");
    given::<Organization>(&history).when(issue(most + 1, grant(ADA))).then(&[issued(most + 1, grant(ADA))]);
    let room = then(&history, &[revoked(7, Revocation::Requested)]);
    given::<Organization>(&room).when(issue(most + 1, grant(BOB))).then(&[issued(most + 1, grant(BOB))]);
}
