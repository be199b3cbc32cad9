use kernel::{Decider as _, EventKind as _, Usd, Uuid, given};
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

#[test]
fn it_is_stored_and_read_back() {
    let mut commands = vec![start(CALL), finish(CALL)];
    commands.push(start(Uuid::from_u128(8)));
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
