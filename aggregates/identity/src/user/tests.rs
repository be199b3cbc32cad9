use kernel::{Decider as _, EventKind as _, given};
use serde_json::json;

use super::*;

fn name(text: &str) -> Sealed {
    Sealed::new(text).unwrap()
}

/// "first" and "other", as if they were sealed.
const FIRST: &str = "Zmlyc3Q=";
const OTHER: &str = "b3RoZXI=";

fn address(of: u8) -> AddressHash {
    AddressHash::new([of; 32])
}

fn account(of: u8) -> AccountHash {
    AccountHash::new([of; 32])
}

fn github() -> Slug {
    Slug::new("github").unwrap()
}

fn register() -> Command {
    Command::Register { display_name: name(FIRST), email: name(FIRST), address: address(1) }
}

fn registered() -> Event {
    Event::Registered { display_name: name(FIRST), email: name(FIRST), address: address(1) }
}

fn verify(of: u8) -> Command {
    Command::VerifyEmail { address: address(of), email: name(OTHER) }
}

fn verified(of: u8) -> Event {
    Event::EmailVerified { address: address(of), email: name(OTHER) }
}

fn rename(to: &str) -> Command {
    Command::ChangeProfile { display_name: name(to) }
}

fn renamed(to: &str) -> Event {
    Event::ProfileChanged { display_name: name(to) }
}

fn link(provider: Slug, of: u8) -> Command {
    Command::LinkOauth { provider, account: account(of) }
}

fn linked(provider: Slug, of: u8) -> Event {
    Event::OauthLinked { provider, account: account(of) }
}

/// What changes a user who is enabled, with the event that it causes.
fn change_requests() -> [(Command, Event); 4] {
    [
        (verify(2), verified(2)),
        (Command::ChangePassword, Event::PasswordChanged),
        (rename(OTHER), renamed(OTHER)),
        (link(github(), 1), linked(github(), 1)),
    ]
}

/// Every state by a history that leads there.
fn states() -> [(&'static str, Vec<Event>); 6] {
    [
        ("absent", vec![]),
        ("unverified", vec![registered()]),
        ("active", vec![registered(), verified(1)]),
        ("disabled_unverified", vec![registered(), Event::Disabled]),
        ("disabled_active", vec![registered(), verified(1), Event::Disabled]),
        ("erased", vec![registered(), verified(1), Event::Erased]),
    ]
}

fn history(state: &str) -> Vec<Event> {
    states().into_iter().find(|(name, _)| *name == state).unwrap().1
}

fn user(history: &[Event]) -> User {
    given::<User>(history).state().clone()
}

/// A history that goes on with `more`.
fn then(history: &[Event], more: &[Event]) -> Vec<Event> {
    [history, more].concat()
}

#[test]
fn a_user_registers_and_is_unverified() {
    given::<User>(&[]).when(register()).then(&[registered()]);
    let User::Unverified(account) = user(&[registered()]) else { panic!("verified by nobody") };
    assert_eq!((account.display_name, account.email), (name(FIRST), name(FIRST)));
    assert_eq!((account.address, account.oauth), (address(1), BTreeMap::new()));
}

#[test]
fn who_proves_to_read_mail_is_active() {
    let history = [registered()];
    given::<User>(&history).when(verify(1)).then(&[verified(1)]);
    assert!(matches!(user(&history_with(&history, verified(1))), User::Active(_)));
}

fn history_with(history: &[Event], event: Event) -> Vec<Event> {
    then(history, &[event])
}

#[test]
fn another_address_takes_the_place_of_the_first_when_it_is_verified() {
    for state in ["unverified", "active"] {
        let history = history(state);
        given::<User>(&history).when(verify(2)).then(&[verified(2)]);
        let User::Active(account) = user(&history_with(&history, verified(2))) else { panic!("{state}") };
        assert_eq!((account.address, account.email), (address(2), name(OTHER)));
    }
    // Verified again, the address is what it was.
    given::<User>(&history("active")).when(verify(1)).then(&[]);
}

#[test]
fn an_enabled_user_is_changed_in_each_respect() {
    for state in ["unverified", "active"] {
        for (command, event) in change_requests() {
            given::<User>(&history(state)).when(command).then(&[event]);
        }
    }
    let changed: Vec<_> = change_requests().into_iter().map(|(_, event)| event).collect();
    let expected = Account {
        display_name: name(OTHER),
        email: name(OTHER),
        address: address(2),
        oauth: [(github(), account(1))].into(),
    };
    assert_eq!(user(&then(&history("active"), &changed)), User::Active(expected));
}

#[test]
fn what_is_so_already_changes_nothing() {
    given::<User>(&history("active")).when(rename(FIRST)).then(&[]);
    let history = then(&history("active"), &[linked(github(), 1), renamed(OTHER)]);
    given::<User>(&history).when(link(github(), 1)).then(&[]);
    given::<User>(&history).when(rename(OTHER)).then(&[]);
    // Which password it is, only the vault knows.
    let history = then(&history, &[Event::PasswordChanged]);
    given::<User>(&history).when(Command::ChangePassword).then(&[Event::PasswordChanged]);
}

#[test]
fn a_provider_lets_in_by_one_account() {
    let google = Slug::new("google").unwrap();
    let history = then(&history("active"), &[linked(github(), 1)]);
    given::<User>(&history).when(link(google.clone(), 1)).then(&[linked(google.clone(), 1)]);
    given::<User>(&history).when(link(github(), 2)).then(&[linked(github(), 2)]);
    let user = user(&then(&history, &[linked(google.clone(), 1), linked(github(), 2)]));
    let oauth = &user.account().unwrap().oauth;
    assert_eq!(*oauth, [(github(), account(2)), (google, account(1))].into());
}

#[test]
fn an_enabled_user_is_what_was_disabled() {
    for state in ["unverified", "active"] {
        let before = history(state);
        given::<User>(&before).when(Command::Disable).then(&[Event::Disabled]);
        let disabled = then(&before, &[Event::Disabled]);
        assert!(matches!(user(&disabled), User::Disabled { .. }));
        given::<User>(&disabled).when(Command::Enable).then(&[Event::Enabled]);
        assert_eq!(user(&then(&disabled, &[Event::Enabled])), user(&before));
    }
}

#[test]
fn of_an_erased_user_nothing_is_left() {
    for state in ["unverified", "active", "disabled_unverified", "disabled_active"] {
        given::<User>(&history(state)).when(Command::Erase).then(&[Event::Erased]);
        let erased = user(&then(&history(state), &[Event::Erased]));
        assert_eq!((erased.account(), &erased), (None, &User::Erased));
        assert_eq!(serde_json::to_value(&erased).unwrap(), json!({"state": "erased"}));
    }
    given::<User>(&history("erased")).when(Command::Erase).then(&[]);
}

#[test]
fn nothing_follows_an_erasure() {
    let erased = history("erased");
    for (event, _) in stored() {
        assert_eq!(user(&history_with(&erased, event.clone())), User::Erased, "{event:?}");
    }
}

#[test]
fn every_illegal_pair_of_state_and_command_is_refused_for_what_is_so() {
    const HAVE: &str = "already_exists";
    const OFF: &str = "disabled";
    const GONE: &str = "erased";
    const NOT: &str = "not_disabled";
    let mut commands = vec![register()];
    commands.extend(change_requests().map(|(command, _)| command));
    commands.extend([Command::Disable, Command::Enable, Command::Erase]);
    // In the order of `states`; nothing where the command is legal.
    let codes = [
        ["", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found", "not_found"],
        [HAVE, "", "", "", "", "", NOT, ""],
        [HAVE, "", "", "", "", "", NOT, ""],
        [HAVE, OFF, OFF, OFF, OFF, OFF, "", ""],
        [HAVE, OFF, OFF, OFF, OFF, OFF, "", ""],
        [GONE, GONE, GONE, GONE, GONE, GONE, GONE, ""],
    ];
    let (mut legal, mut illegal) = (0, 0);
    for ((state, history), codes) in states().into_iter().zip(codes) {
        for (command, code) in commands.iter().zip(codes) {
            if code.is_empty() {
                assert!(user(&history).decide(command.clone()).is_ok(), "{command:?} while {state}");
                legal += 1;
            } else {
                given::<User>(&history).when(command.clone()).then_rejected(code);
                illegal += 1;
            }
        }
    }
    // Absent takes 1 command, unverified and active 6 each, disabled 2 of either kind, erased 1.
    assert_eq!(legal, 1 + 6 + 6 + 2 + 2 + 1);
    assert_eq!(illegal, 6 * commands.len() - legal);
}

#[test]
fn any_event_may_follow_any_other() {
    let events: Vec<_> = stored().into_iter().map(|(event, _)| event).collect();
    let mut histories: Vec<Vec<Event>> = vec![Vec::new()];
    for _ in 0..4 {
        histories = histories
            .iter()
            .flat_map(|history| events.iter().map(|event| history_with(history, event.clone())))
            .collect();
    }
    assert_eq!(histories.len(), 8 * 8 * 8 * 8);
    for history in histories {
        let born = history.iter().position(|event| *event == registered());
        let erased = born.is_some_and(|born| history[born..].contains(&Event::Erased));
        let user = user(&history);
        assert_eq!(user == User::Erased, erased, "{history:?}");
        assert_eq!(user == User::Absent, born.is_none(), "{history:?}");
    }
}

#[test]
fn a_snapshot_reads_back_as_the_same_state() {
    let full = then(&history("active"), &[linked(github(), 1)]);
    let histories = states().into_iter().map(|(_, history)| history).chain([full]);
    for history in histories {
        let state = user(&history);
        let snapshot = serde_json::to_string(&state).unwrap();
        assert_eq!(serde_json::from_str::<User>(&snapshot).unwrap(), state, "{snapshot}");
    }
}

/// Every event with its stored payload, in the order of `TYPES`.
fn stored() -> Vec<(Event, serde_json::Value)> {
    let (one, two) = ("01".repeat(32), "02".repeat(32));
    vec![
        (
            registered(),
            json!({"$type": "user.registered", "display_name": FIRST, "email": FIRST, "address": one}),
        ),
        (verified(2), json!({"$type": "user.email_verified", "address": two, "email": OTHER})),
        (Event::PasswordChanged, json!({"$type": "user.password_changed"})),
        (renamed(OTHER), json!({"$type": "user.profile_changed", "display_name": OTHER})),
        (linked(github(), 1), json!({"$type": "user.oauth_linked", "provider": "github", "account": one})),
        (Event::Disabled, json!({"$type": "user.disabled"})),
        (Event::Enabled, json!({"$type": "user.enabled"})),
        (Event::Erased, json!({"$type": "user.erased"})),
    ]
}

#[test]
fn the_stored_payload_is_the_fields_and_the_type() {
    let stored = stored();
    for (event, payload) in &stored {
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
fn a_payload_with_personal_data_in_plain_is_not_an_event() {
    let one = "01".repeat(32);
    for payload in [
        json!({"$type": "user.profile_changed", "display_name": "Ada Lovelace"}),
        json!({"$type": "user.email_verified", "address": one, "email": "ada@example.org"}),
        json!({"$type": "user.email_verified", "address": "ada@example.org", "email": FIRST}),
        json!({"$type": "user.oauth_linked", "provider": "github", "account": "ada"}),
        json!({"$type": "user.oauth_linked", "provider": "https://github.com", "account": one}),
        json!({"$type": "user.exploded"}),
    ] {
        assert!(serde_json::from_value::<Event>(payload.clone()).is_err(), "{payload}");
    }
}

#[test]
fn nothing_that_is_printed_shows_who_it_is() {
    for printed in
        [format!("{:?}", register()), format!("{:?}", registered()), format!("{:?}", user(&[registered()]))]
    {
        assert!(printed.contains("display_name: [sealed], email: [sealed]"), "{printed}");
        assert!(!printed.contains(FIRST), "{printed}");
    }
}

#[test]
fn every_type_belongs_to_the_aggregate() {
    for (event_type, _) in Event::TYPES {
        assert_eq!(event_type.split('.').next(), Some(User::TYPE));
    }
}
