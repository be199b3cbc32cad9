use kernel::{Decider as _, EventKind as _, Timestamp, Usd, Uuid, given};
use vocabulary::{Line, Name, SpecId, Text};

use super::*;

const CALL: Uuid = Uuid::from_u128(7);

fn of() -> Subject {
    let phase = Name::new("design").unwrap();
    Subject::Planning { spec: SpecId(Uuid::from_u128(5)), phase, attempt: 1 }
}

fn start(call: Uuid) -> Command {
    Command::StartCall {
        call,
        of: of(),
        provider: Name::new("anthropic").unwrap(),
        model: Line::new("claude-sonnet").unwrap(),
        prompt: Line::new("design.v1").unwrap(),
        reserved: Usd::from_micros(90_000),
    }
}

fn finish(call: Uuid) -> Command {
    let tokens = Tokens { input: 1_000, output: 200, ..Tokens::default() };
    let cost = Usd::from_micros(6_000);
    Command::FinishCall { call, outcome: Outcome::Answered, tries: 1, duration_ms: 1_200, tokens, cost }
}

fn after(commands: &[Command]) -> Vec<Event> {
    let mut trajectory = Trajectory::default();
    let mut events = Vec::new();
    for command in commands {
        let more = trajectory.decide(command.clone()).unwrap();
        more.iter().for_each(|event| trajectory.evolve(event));
        events.extend(more);
    }
    events
}

fn names(commands: &[Command], last: Command) -> String {
    let history = after(commands);
    let events = given::<Trajectory>(&history).state().decide(last).unwrap();
    events.iter().map(|event| &event.event_type()["trajectory.".len()..]).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_call_is_announced_and_ends_once() {
    assert_eq!(names(&[], start(CALL)), "llm_call_started");
    assert_eq!(names(&[start(CALL)], start(CALL)), "");
    assert_eq!(names(&[start(CALL)], finish(CALL)), "llm_call_finished usage_recorded");
    assert_eq!(names(&[start(CALL), finish(CALL)], finish(CALL)), "");
    given::<Trajectory>(&[]).when(finish(CALL)).then_rejected("unknown_call");
    given::<Trajectory>(&after(&[start(CALL), finish(CALL)])).when(start(CALL)).then_rejected("call_over");
}

#[test]
fn a_call_of_unknown_end_counts_with_what_was_reserved() {
    let other = Uuid::from_u128(8);
    let history = after(&[start(CALL), finish(CALL), start(other), Command::GiveUpOpenCalls]);
    let state = given::<Trajectory>(&history).state().clone();
    assert_eq!(state.spent, Usd::from_micros(96_000));
    assert!(state.open.is_empty());
    assert_eq!(names(&[start(CALL), Command::GiveUpOpenCalls], finish(CALL)), "", "it comes too late");
    assert_eq!(names(&[], Command::GiveUpOpenCalls), "");
}

const AT: Timestamp = Timestamp::from_micros(9);

fn attempted(host: &str, allowed: bool) -> Event {
    let (host, method) = (Line::new(host).unwrap(), Name::new("CONNECT").unwrap());
    Event::EgressAttempted { at: AT, host, method, allowed, reason: None, sent: 0, received: 0 }
}

fn ended(host: &str, reason: &str) -> Event {
    let (host, reason) = (Line::new(host).unwrap(), Name::new(reason).unwrap());
    Event::EgressEnded { at: AT, host, reason, sent: 0, received: 0 }
}

#[test]
fn ways_whose_end_nobody_told_end_with_whoever_carried_them() {
    let history = [
        attempted("a:443", true),
        attempted("a:443", true),
        attempted("a:443", true),
        attempted("b:443", true),
        attempted("c:443", false),
        ended("a:443", "closed"),
        ended("b:443", "closed"),
        ended("b:443", "closed"),
    ];
    let lost = [ended("a:443", "node_lost"), ended("a:443", "node_lost")];
    given::<Trajectory>(&history).when(Command::CloseWays { at: AT }).then(&lost);
    let all: Vec<Event> = history.into_iter().chain(lost).collect();
    given::<Trajectory>(&all).when(Command::CloseWays { at: AT }).then(&[]);
    assert!(given::<Trajectory>(&all).state().ways.is_empty());
}

#[test]
fn it_is_stored_and_read_back() {
    let mut commands = vec![start(CALL), finish(CALL)];
    commands.push(start(Uuid::from_u128(8)));
    commands.push(Command::Report { seen: vec![attempted("a:443", true)] });
    for event in after(&commands) {
        let text = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event);
    }
    let state = given::<Trajectory>(&after(&commands)).state().clone();
    let text = serde_json::to_string(&state).unwrap();
    assert_eq!(serde_json::from_str::<Trajectory>(&text).unwrap(), state);
    let unfit = Outcome::Unfit { message: Text::new("no JSON").unwrap() };
    assert!(serde_json::to_string(&unfit).unwrap().contains("unfit"));
}
