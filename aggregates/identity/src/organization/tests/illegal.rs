//! The total table: every state with every command.

use kernel::Decider as _;

use super::*;

/// One of each command; on an active organization with Bob, an open invitation and a key of his all but `Create`
/// and `Reinstate` are legal.
fn commands() -> Vec<Command> {
    vec![
        create(),
        Command::Rename { name: name("Engines") },
        Command::Suspend { reason: reason() },
        Command::Reinstate,
        Command::Close,
        add(CYD, Role::Viewer),
        change(BOB, Role::Admin),
        remove(BOB),
        Command::Leave { user: BOB },
        send(2, offer(address(3))),
        accept(1, DAN),
        take_back(1),
        Command::SetLimits { limits: limits(5) },
        issue(2, grant(BOB)),
        Command::RevokeApiKey { key: key(1) },
    ]
}

/// A state and the codes of [`commands`] in their order; nothing where a command is legal.
type Row = (Vec<Event>, [&'static str; 15]);

#[rustfmt::skip]
fn table() -> [Row; 4] {
    let active = then(&with_bob(Role::Member), &[sent(1, offer(address(4))), issued(1, grant(BOB))]);
    let stopped = then(&active, &[suspended()]);
    let closed = then(&active, &[Event::Closed]);
    const NONE: &str = "not_found";
    const HAVE: &str = "already_exists";
    const STOP: &str = "suspended";
    const OVER: &str = "closed";
    [
        (vec![], ["", NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE]),
        (active, [HAVE, "", "", "not_suspended", "", "", "", "", "", "", "", "", "", "", ""]),
        (stopped, [HAVE, STOP, STOP, "", "", STOP, STOP, "", "", STOP, STOP, "", STOP, STOP, ""]),
        (closed, [HAVE, OVER, OVER, OVER, OVER, OVER, OVER, OVER, OVER, OVER, OVER, OVER, OVER, OVER, OVER]),
    ]
}

#[test]
fn every_illegal_pair_of_state_and_command_is_refused_for_what_is_so() {
    let (mut legal, mut illegal) = (0, 0);
    for (history, codes) in table() {
        for (command, code) in commands().into_iter().zip(codes) {
            if code.is_empty() {
                let decision = organization(&history).decide(command.clone());
                assert!(decision.is_ok_and(|events| !events.is_empty()), "{command:?} after {history:?}");
                legal += 1;
            } else {
                given::<Organization>(&history).when(command).then_rejected(code);
                illegal += 1;
            }
        }
    }
    // Absent takes 1 command, active 13, suspended 6, closed none.
    assert_eq!(legal, 1 + 13 + 6);
    assert_eq!(illegal, 4 * commands().len() - legal);
}

#[test]
fn that_it_would_change_nothing_is_no_excuse() {
    let stopped = then(&founded(), &[suspended()]);
    given::<Organization>(&stopped).when(Command::Rename { name: name("Local") }).then_rejected("suspended");
    given::<Organization>(&stopped).when(Command::Suspend { reason: reason() }).then_rejected("suspended");
    let closed = then(&founded(), &[Event::Closed]);
    given::<Organization>(&closed).when(Command::Close).then_rejected("closed");
}

#[test]
fn a_refusal_says_what_is_so_and_what_to_do() {
    let refusals = [
        (Rejection::Suspended { reason: reason() }, "suspended: the bill is open; reinstate it first"),
        (Rejection::LastOwner { user: ADA }, "0ada is the last owner of the organization; make another"),
        (Rejection::AboveAsker { asker: Role::Admin, role: Role::Owner }, "owner, which is above"),
        (Rejection::MemberLimit { limit: 2 }, "2 members or open invitations"),
        (Rejection::ExpiryOutOfRange { max_days: 30 }, "by 30 days at most"),
        (Rejection::AlreadyMember { user: BOB, role: Role::Admin }, "as admin; change the role instead"),
    ];
    for (refusal, hint) in refusals {
        assert!(refusal.to_string().contains(hint), "{refusal}");
    }
}
