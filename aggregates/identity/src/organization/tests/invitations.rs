//! From a mailed invitation to a member: for one address, once, in time.

use kernel::Decider as _;

use super::*;

fn dans() -> AddressHash {
    address(4)
}

fn invited() -> Vec<Event> {
    then(&founded(), &[sent(1, offer(dans()))])
}

fn at(at: Timestamp, command: Command) -> Command {
    match command {
        Command::SendInvitation { invitation, offer, email, asker, .. } => {
            Command::SendInvitation { invitation, offer, email, asker, at }
        }
        Command::AcceptInvitation { invitation, user, address, .. } => {
            Command::AcceptInvitation { invitation, user, address, at }
        }
        other => other,
    }
}

#[test]
fn an_invitation_makes_a_member() {
    given::<Organization>(&founded()).when(send(1, offer(dans()))).then(&[sent(1, offer(dans()))]);
    let joined = [accepted(1, DAN), added(DAN, Role::Member)];
    given::<Organization>(&invited()).when(accept(1, DAN)).then(&joined);
    let after = profile(&then(&invited(), &joined));
    assert_eq!(after.role_of(DAN), Some(Role::Member));
    assert_eq!(after.invitations[&invitation(1)], Invitation::Accepted { by: DAN });
}

#[test]
fn an_invitation_is_accepted_once_also_by_the_same_user() {
    let joined = then(&invited(), &[accepted(1, DAN), added(DAN, Role::Member)]);
    given::<Organization>(&joined).when(accept(1, DAN)).then_rejected("invitation_used");
    given::<Organization>(&joined).when(accept(1, CYD)).then_rejected("invitation_used");
    let left = then(&joined, &[removed(DAN)]);
    given::<Organization>(&left).when(accept(1, DAN)).then_rejected("invitation_used");
}

/// Commands of one stream are appended one after another; who lost the race decides again on what is so then.
#[test]
fn a_hundred_who_accept_at_once_make_one_member() {
    let mut state = organization(&invited());
    let mut made = Vec::new();
    for number in 0..100 {
        match state.decide(accept(1, UserId(Uuid::from_u128(0x1000 + number)))) {
            Ok(events) => {
                events.iter().for_each(|event| state.evolve(event));
                made.extend(events);
            }
            Err(rejection) => assert_eq!(rejection, Rejection::InvitationUsed),
        }
    }
    let first = UserId(Uuid::from_u128(0x1000));
    assert_eq!(made, [accepted(1, first), added(first, Role::Member)]);
    assert_eq!(state.profile().unwrap().members.len(), 2);
}

#[test]
fn an_invitation_is_for_one_address() {
    let other =
        Command::AcceptInvitation { invitation: invitation(1), user: CYD, address: address(3), at: day(1) };
    given::<Organization>(&invited()).when(other).then_rejected("other_address");
}

#[test]
fn an_invitation_ends_to_the_microsecond() {
    let last = Timestamp::from_micros(day(7).micros() - 1);
    let joined = [accepted(1, DAN), added(DAN, Role::Member)];
    given::<Organization>(&invited()).when(at(last, accept(1, DAN))).then(&joined);
    given::<Organization>(&invited()).when(at(day(7), accept(1, DAN))).then_rejected("invitation_expired");
}

#[test]
fn what_never_was_sent_is_not_accepted() {
    given::<Organization>(&invited()).when(accept(2, DAN)).then_rejected("unknown_invitation");
    given::<Organization>(&invited()).when(take_back(2)).then_rejected("unknown_invitation");
}

#[test]
fn an_invitation_is_taken_back_before_it_is_accepted() {
    given::<Organization>(&invited()).when(take_back(1)).then(&[taken_back(1)]);
    let gone = then(&invited(), &[taken_back(1)]);
    given::<Organization>(&gone).when(accept(1, DAN)).then_rejected("invitation_was_revoked");
    given::<Organization>(&gone).when(take_back(1)).then(&[]);

    let joined = then(&invited(), &[accepted(1, DAN), added(DAN, Role::Member)]);
    given::<Organization>(&joined).when(take_back(1)).then_rejected("invitation_used");
}

#[test]
fn a_member_needs_no_invitation() {
    let history = then(&invited(), &[added(DAN, Role::Viewer)]);
    given::<Organization>(&history).when(accept(1, DAN)).then_rejected("already_member");
}

#[test]
fn an_id_names_one_invitation() {
    given::<Organization>(&invited()).when(send(1, offer(dans()))).then(&[]);
    let others = [
        offer(address(5)),
        Offer { role: Role::Viewer, ..offer(dans()) },
        Offer { expires_at: day(8), ..offer(dans()) },
    ];
    for other in others {
        given::<Organization>(&invited()).when(send(1, other)).then_rejected("invitation_exists");
    }
    for over in [taken_back(1), accepted(1, DAN)] {
        let history = then(&invited(), &[over]);
        given::<Organization>(&history).when(send(1, offer(dans()))).then_rejected("invitation_exists");
    }
}

#[test]
fn an_address_is_invited_again_when_the_first_invitation_is_over() {
    let again = Offer { expires_at: day(14), ..offer(dans()) };
    given::<Organization>(&invited()).when(send(2, again)).then_rejected("already_invited");
    given::<Organization>(&invited()).when(at(day(7), send(2, again))).then(&[sent(2, again)]);
    let gone = then(&invited(), &[taken_back(1)]);
    given::<Organization>(&gone).when(send(2, again)).then(&[sent(2, again)]);
}

#[test]
fn an_invitation_ends_within_a_month() {
    let ending = |expires_at| Offer { expires_at, ..offer(dans()) };
    let month = ending(day(30));
    given::<Organization>(&founded()).when(send(1, month)).then(&[sent(1, month)]);
    let moment = ending(Timestamp::from_micros(1));
    given::<Organization>(&founded()).when(send(1, moment)).then(&[sent(1, moment)]);
    let never = [
        day(0),
        day(-1),
        Timestamp::from_micros(day(30).micros() + 1),
        Timestamp::from_micros(i64::MAX),
        Timestamp::from_micros(i64::MIN),
    ];
    for end in never {
        given::<Organization>(&founded()).when(send(1, ending(end))).then_rejected("expiry_out_of_range");
    }
}

#[test]
fn an_open_invitation_keeps_a_place() {
    let history = then(&invited(), &[Event::LimitsSet(limits(2))]);
    let cyds = Offer { expires_at: day(20), ..offer(address(3)) };
    given::<Organization>(&history).when(send(2, cyds)).then_rejected("member_limit");
    // It has expired, so its place is free.
    given::<Organization>(&history).when(at(day(7), send(2, cyds))).then(&[sent(2, cyds)]);
    let joined = [accepted(1, DAN), added(DAN, Role::Member)];
    given::<Organization>(&history).when(accept(1, DAN)).then(&joined);
    // Who is added directly may take it.
    let full = then(&history, &[added(BOB, Role::Member)]);
    given::<Organization>(&full).when(accept(1, DAN)).then_rejected("member_limit");
}
