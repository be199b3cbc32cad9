//! Who is in, as what, and who may say so.

use kernel::Decider as _;

use super::*;

#[test]
fn a_member_is_added_changed_and_removed() {
    given::<Organization>(&founded()).when(add(BOB, Role::Viewer)).then(&[added(BOB, Role::Viewer)]);
    let history = with_bob(Role::Viewer);
    given::<Organization>(&history).when(change(BOB, Role::Admin)).then(&[changed(BOB, Role::Admin)]);
    assert_eq!(profile(&then(&history, &[changed(BOB, Role::Admin)])).role_of(BOB), Some(Role::Admin));
    given::<Organization>(&history).when(remove(BOB)).then(&[removed(BOB)]);
    given::<Organization>(&history).when(Command::Leave { user: BOB }).then(&[removed(BOB)]);
    assert_eq!(profile(&then(&history, &[removed(BOB)])), profile(&founded()));
}

#[test]
fn what_a_member_is_already_changes_nothing() {
    let history = with_bob(Role::Member);
    given::<Organization>(&history).when(add(BOB, Role::Member)).then(&[]);
    given::<Organization>(&history).when(change(BOB, Role::Member)).then(&[]);
    // Also the last owner may be told to stay one.
    given::<Organization>(&founded()).when(change(ADA, Role::Owner)).then(&[]);
}

#[test]
fn whoever_is_a_member_is_not_added_as_something_else() {
    given::<Organization>(&with_bob(Role::Member))
        .when(add(BOB, Role::Admin))
        .then_rejected("already_member");
}

#[test]
fn whoever_is_no_member_is_neither_changed_nor_removed() {
    for command in [change(BOB, Role::Admin), remove(BOB), Command::Leave { user: BOB }] {
        given::<Organization>(&founded()).when(command.clone()).then_rejected("not_a_member");
        let gone = then(&with_bob(Role::Member), &[removed(BOB)]);
        given::<Organization>(&gone).when(command).then_rejected("not_a_member");
    }
}

#[test]
fn the_last_owner_neither_leaves_nor_is_removed_nor_demoted() {
    for history in [founded(), with_bob(Role::Admin)] {
        given::<Organization>(&history).when(Command::Leave { user: ADA }).then_rejected("last_owner");
        given::<Organization>(&history).when(remove(ADA)).then_rejected("last_owner");
        for role in [Role::Admin, Role::Member, Role::Viewer] {
            given::<Organization>(&history).when(change(ADA, role)).then_rejected("last_owner");
        }
    }
}

#[test]
fn one_of_two_owners_may_go_and_the_other_is_the_last() {
    let two = with_bob(Role::Owner);
    given::<Organization>(&two).when(Command::Leave { user: ADA }).then(&[removed(ADA)]);
    given::<Organization>(&two).when(remove(ADA)).then(&[removed(ADA)]);
    given::<Organization>(&two).when(change(ADA, Role::Viewer)).then(&[changed(ADA, Role::Viewer)]);
    for gone in [removed(ADA), changed(ADA, Role::Viewer)] {
        let history = then(&two, &[gone]);
        assert!(profile(&history).is_last_owner(BOB) && !profile(&history).is_last_owner(ADA));
        given::<Organization>(&history).when(remove(BOB)).then_rejected("last_owner");
    }
}

/// Every role that asks, with every role that is touched.
fn askers() -> impl Iterator<Item = (Role, Role)> {
    Role::ALL.into_iter().flat_map(|asker| Role::ALL.map(|role| (asker, role)))
}

#[test]
fn nobody_makes_changes_or_removes_what_is_above_himself() {
    for (asker, role) in askers() {
        // With another owner about, the last one is not what is in question.
        let member = with_bob(role);
        let another = if role == Role::Viewer { Role::Member } else { Role::Viewer };
        let offer = Offer { role, ..offer(address(4)) };
        let orders = [
            (founded(), Command::AddMember { user: BOB, role, asker }),
            (member.clone(), Command::RemoveMember { user: BOB, asker }),
            (
                founded(),
                Command::SendInvitation {
                    invitation: invitation(1),
                    offer,
                    email: email(),
                    asker,
                    at: day(0),
                },
            ),
            (
                then(&founded(), &[sent(1, offer)]),
                Command::RevokeInvitation { invitation: invitation(1), asker },
            ),
        ];
        for (history, order) in orders {
            match organization(&history).decide(order) {
                Err(Rejection::AboveAsker { .. }) => assert!(role > asker, "{role} by {asker}"),
                other => assert!(role <= asker && other.is_ok(), "{role} by {asker}: {other:?}"),
            }
        }
        let change = Command::ChangeMemberRole { user: BOB, role: another, asker };
        let decision = given::<Organization>(&member).when(change);
        if role.max(another) > asker {
            decision.then_rejected("above_asker");
        } else {
            decision.then(&[changed(BOB, another)]);
        }
    }
}

#[test]
fn nobody_raises_himself() {
    for (asker, role) in askers().filter(|(asker, role)| role > asker && *asker != Role::Owner) {
        given::<Organization>(&with_bob(asker))
            .when(Command::ChangeMemberRole { user: BOB, role, asker })
            .then_rejected("above_asker");
    }
}

#[test]
fn an_order_that_is_not_the_askers_is_refused_even_if_it_changes_nothing() {
    let asker = Role::Admin;
    for command in [
        Command::AddMember { user: ADA, role: Role::Owner, asker },
        Command::ChangeMemberRole { user: ADA, role: Role::Owner, asker },
        Command::RemoveMember { user: ADA, asker },
    ] {
        given::<Organization>(&founded()).when(command).then_rejected("above_asker");
    }
}

#[test]
fn a_member_leaves_with_all_keys_that_he_made_and_nobody_elses() {
    let history = [
        issued(1, grant(BOB)),
        issued(2, grant(ADA)),
        issued(3, KeyGrant { holder: KeyHolder::Project { project: PROJECT }, ..grant(BOB) }),
        issued(4, grant(BOB)),
        revoked(4, Revocation::Requested),
    ];
    let history = then(&with_bob(Role::Member), &history);
    let gone = [removed(BOB), revoked(1, Revocation::MakerRemoved), revoked(3, Revocation::MakerRemoved)];
    given::<Organization>(&history).when(remove(BOB)).then(&gone);
    given::<Organization>(&history).when(Command::Leave { user: BOB }).then(&gone);

    // Who comes back finds no key that still opens something.
    let back = profile(&then(&then(&history, &gone), &[added(BOB, Role::Member)]));
    assert_eq!(back.live_keys_of(BOB).count(), 0);
    assert!(back.live_keys_of(ADA).eq([key(2)]));
}

#[test]
fn a_demoted_member_keeps_the_keys() {
    let history = then(&with_bob(Role::Admin), &[issued(1, grant(BOB))]);
    given::<Organization>(&history).when(change(BOB, Role::Viewer)).then(&[changed(BOB, Role::Viewer)]);
}

#[test]
fn the_limit_lets_no_more_members_in_and_puts_none_out() {
    let history = then(&with_bob(Role::Member), &[Event::LimitsSet(limits(2))]);
    given::<Organization>(&history).when(add(CYD, Role::Member)).then_rejected("member_limit");
    given::<Organization>(&history).when(add(BOB, Role::Member)).then(&[]);
    given::<Organization>(&history).when(change(BOB, Role::Admin)).then(&[changed(BOB, Role::Admin)]);
    let freed = then(&history, &[removed(BOB)]);
    given::<Organization>(&freed).when(add(CYD, Role::Member)).then(&[added(CYD, Role::Member)]);

    let below = then(&history, &[Event::LimitsSet(limits(1))]);
    assert_eq!(profile(&below).members.len(), 2);
    given::<Organization>(&below).when(add(CYD, Role::Member)).then_rejected("member_limit");
}
