//! Whatever is asked in whatever order, the rules hold.

use std::collections::BTreeMap;

use kernel::Decider as _;
use proptest::prelude::*;

use super::*;

fn users() -> impl Strategy<Value = UserId> {
    prop::sample::select(vec![ADA, BOB, CYD, DAN])
}

fn roles() -> impl Strategy<Value = Role> {
    prop::sample::select(Role::ALL.to_vec())
}

fn times() -> impl Strategy<Value = Timestamp> {
    (0_i64..20).prop_map(day)
}

fn offers() -> impl Strategy<Value = Offer> {
    (0_u8..3, roles(), times()).prop_map(|(to, role, expires_at)| Offer {
        address: address(to),
        role,
        expires_at,
    })
}

fn grants() -> impl Strategy<Value = KeyGrant> {
    (users(), times()).prop_map(|(maker, expires_at)| KeyGrant { expires_at, ..grant(maker) })
}

/// An order of any kind to an organization of four people; that it exists may still be refused.
fn commands() -> impl Strategy<Value = Command> {
    let about_members = prop_oneof![
        3 => (users(), roles(), roles())
            .prop_map(|(user, role, asker)| Command::AddMember { user, role, asker }),
        3 => (users(), roles(), roles())
            .prop_map(|(user, role, asker)| Command::ChangeMemberRole { user, role, asker }),
        2 => (users(), roles()).prop_map(|(user, asker)| Command::RemoveMember { user, asker }),
        2 => users().prop_map(|user| Command::Leave { user }),
    ];
    let about_invitations = prop_oneof![
        (1_u16..5, offers(), roles(), times()).prop_map(|(number, offer, asker, at)| {
            Command::SendInvitation { invitation: invitation(number), offer, email: email(), asker, at }
        }),
        (1_u16..5, users(), 0_u8..3, times()).prop_map(|(number, user, of, at)| {
            Command::AcceptInvitation { invitation: invitation(number), user, address: address(of), at }
        }),
        (1_u16..5, roles())
            .prop_map(|(number, asker)| Command::RevokeInvitation { invitation: invitation(number), asker }),
    ];
    let about_keys = prop_oneof![
        (1_u16..6, grants(), times()).prop_map(|(number, grant, at)| Command::IssueApiKey {
            key: key(number),
            grant,
            at
        }),
        (1_u16..6).prop_map(|number| Command::RevokeApiKey { key: key(number) }),
    ];
    let about_itself = prop_oneof![
        4 => (1_u32..6).prop_map(|members| Command::SetLimits { limits: limits(members) }),
        2 => Just(Command::Suspend { reason: reason() }),
        4 => Just(Command::Reinstate),
        1 => Just(create()),
        1 => Just(Command::Rename { name: name("Engines") }),
    ];
    prop_oneof![8 => about_members, 4 => about_invitations, 4 => about_keys, 2 => about_itself]
}

fn asker(command: &Command) -> Option<Role> {
    match command {
        Command::AddMember { asker, .. }
        | Command::ChangeMemberRole { asker, .. }
        | Command::RemoveMember { asker, .. } => Some(*asker),
        _ => None,
    }
}

/// The greatest role that somebody had before or has after, of those whose role is another.
fn touched(before: &BTreeMap<UserId, Role>, after: &BTreeMap<UserId, Role>) -> Option<Role> {
    let users = before.keys().chain(after.keys());
    let differing = users.filter(|user| before.get(*user) != after.get(*user));
    differing.filter_map(|user| before.get(user).max(after.get(user)).copied()).max()
}

/// Who is a member and who made a live key, as the rules want them.
fn keeps_the_rules(state: &Organization) -> Result<(), TestCaseError> {
    let profile = state.profile().unwrap();
    prop_assert!(profile.members.values().any(|role| *role == Role::Owner), "nobody owns {profile:?}");
    for api_key in profile.api_keys.values() {
        if let ApiKey::Live(grant) = api_key {
            prop_assert!(profile.role_of(grant.maker).is_some(), "a key without its maker in {profile:?}");
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn it_has_an_owner_and_nobody_acts_above_himself_whatever_is_asked(asked in prop::collection::vec(commands(), 0..80)) {
        let mut state = organization(&founded());
        for command in asked {
            let before = state.profile().cloned().unwrap();
            let Ok(events) = state.decide(command.clone()) else { continue };
            events.iter().for_each(|event| state.evolve(event));
            keeps_the_rules(&state)?;

            let after = state.profile().unwrap();
            if let (Some(asker), Some(role)) = (asker(&command), touched(&before.members, &after.members)) {
                prop_assert!(role <= asker, "{asker} had a hand in {role} by {command:?}");
            }
            if after.members.len() > before.members.len() {
                prop_assert!(after.members.len() <= after.limits.members.get() as usize, "{command:?}");
            }
            prop_assert!(events.is_empty() || *after != before || matches!(
                command,
                Command::Suspend { .. } | Command::Reinstate
            ), "{command:?} made events that changed nothing");
        }
    }

    #[test]
    fn an_invitation_makes_one_member_at_most(asked in prop::collection::vec(commands(), 0..80)) {
        let mut state = organization(&founded());
        let mut used = BTreeMap::new();
        for command in asked {
            let Ok(events) = state.decide(command.clone()) else { continue };
            for event in &events {
                state.evolve(event);
                if let Event::InvitationAccepted { invitation, user } = event {
                    prop_assert_eq!(used.insert(*invitation, *user), None, "accepted twice");
                }
            }
            // What is decided twice decides alike or is refused: nothing happens twice.
            if matches!(command, Command::AcceptInvitation { .. }) && !events.is_empty() {
                prop_assert_eq!(state.decide(command), Err(Rejection::InvitationUsed));
            }
        }
    }
}
