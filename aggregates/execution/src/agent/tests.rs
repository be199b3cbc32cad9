use kernel::{Decider as _, EventKind as _, given};

use super::*;

const RUN: RunId = RunId(Uuid::from_u128(7));
const ADA: ActorId = ActorId(Uuid::from_u128(1));

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn identity(driver: &str) -> Identity {
    Identity { profile: name("opencode"), driver: name(driver) }
}

fn ended(fault: Option<&str>) -> Command {
    ended_as(RUN, fault)
}

fn ended_as(run: RunId, fault: Option<&str>) -> Command {
    Command::NoteRun { run, identity: identity("acp"), fault: fault.map(name) }
}

fn registered() -> Event {
    Event::Registered { identity: identity("acp") }
}

/// By one run after another.
fn degraded(faults: u32) -> Event {
    Event::Degraded { run: nth(faults), code: name("agent_gone"), faults }
}

fn nth(faults: u32) -> RunId {
    RunId(Uuid::from_u128(100 + u128::from(faults)))
}

fn distrusted() -> Event {
    Event::Quarantined { reason: Reason::new("it deletes tests").unwrap(), by: Some(ADA) }
}

#[test]
fn an_agent_is_known_from_the_end_of_its_first_run() {
    given::<Agent>(&[]).when(ended(None)).then(&[registered()]);
    given::<Agent>(&[]).when(ended_as(nth(1), Some("agent_gone"))).then(&[registered(), degraded(1)]);
    given::<Agent>(&[registered()]).when(ended(None)).then(&[]);
    let other = Command::NoteRun { run: RUN, identity: identity("claude"), fault: None };
    given::<Agent>(&[registered()])
        .when(other)
        .then(&[Event::CapabilitiesChanged { driver: name("claude") }]);
    for command in
        [Command::Release { by: ADA }, Command::Quarantine { reason: Reason::new("x").unwrap(), by: ADA }]
    {
        given::<Agent>(&[]).when(command).then_rejected("not_found");
    }
}

#[test]
fn the_third_fault_in_a_row_puts_it_into_quarantine() {
    let twice = [registered(), degraded(1), degraded(2)];
    given::<Agent>(&twice[..2]).when(ended_as(nth(2), Some("agent_gone"))).then(&[degraded(2)]);
    let third = given::<Agent>(&twice).state().decide(ended(Some("agent_missing"))).unwrap();
    let [Event::Quarantined { reason, by: None }] = &third[..] else { panic!("{third:?}") };
    assert!(
        reason.as_str().contains("3 runs in a row") && reason.as_str().contains("agent_missing"),
        "{reason}"
    );
    // One that works in between makes the count anew.
    let recovered = [registered(), degraded(1), degraded(2), Event::Recovered { run: RUN }];
    given::<Agent>(&twice).when(ended(None)).then(&[Event::Recovered { run: RUN }]);
    let again = Event::Degraded { run: RUN, code: name("agent_gone"), faults: 1 };
    given::<Agent>(&recovered).when(ended(Some("agent_gone"))).then(&[again]);
}

#[test]
fn a_fault_that_is_told_twice_counts_once() {
    let twice = [registered(), degraded(1), degraded(2)];
    for told in [nth(1), nth(2)] {
        given::<Agent>(&twice).when(ended_as(told, Some("agent_gone"))).then(&[]);
    }
    let recovered = [registered(), degraded(1), Event::Recovered { run: RUN }];
    given::<Agent>(&recovered).when(ended_as(nth(1), Some("agent_gone"))).then(&[]);
    // What is remembered has an end.
    let mut long = vec![registered()];
    for n in 0..=REMEMBERED {
        long.extend([degraded(u32::try_from(n).unwrap()), Event::Recovered { run: RUN }]);
    }
    let Agent::Known { counted, .. } = given::<Agent>(&long).state().clone() else { panic!("it is known") };
    assert_eq!((counted.len(), counted[0]), (REMEMBERED, nth(1)));
}

#[test]
fn quarantine_ends_by_a_run_that_works_or_by_a_person() {
    let history = [registered(), distrusted()];
    assert!(given::<Agent>(&history).state().quarantined().is_some());
    given::<Agent>(&history).when(ended(Some("agent_gone"))).then(&[]);
    given::<Agent>(&history).when(ended(None)).then(&[Event::Recovered { run: RUN }]);
    given::<Agent>(&history).when(Command::Release { by: ADA }).then(&[Event::Released { by: ADA }]);
    let again = Command::Quarantine { reason: Reason::new("again").unwrap(), by: ADA };
    given::<Agent>(&history).when(again).then(&[]);
    let released = [registered(), distrusted(), Event::Released { by: ADA }];
    assert!(given::<Agent>(&released).state().quarantined().is_none());
    given::<Agent>(&released).when(Command::Release { by: ADA }).then_rejected("not_quarantined");
    given::<Agent>(&[registered(), degraded(1)])
        .when(Command::Release { by: ADA })
        .then_rejected("not_quarantined");
}

#[test]
fn the_state_survives_json_and_every_type_has_its_name() {
    let history =
        [registered(), degraded(1), distrusted(), Event::Released { by: ADA }, Event::Recovered { run: RUN }];
    for until in 0..=history.len() {
        let state = given::<Agent>(&history[..until]).state().clone();
        let text = serde_json::to_string(&state).unwrap();
        assert_eq!(serde_json::from_str::<Agent>(&text).unwrap(), state);
    }
    for event in &history {
        let json = serde_json::to_value(event).unwrap();
        assert_eq!(json["$type"], event.event_type());
        assert_eq!(&serde_json::from_value::<Event>(json).unwrap(), event);
    }
}
