mod agent;

use execution::trajectory::{Command, Event, Outcome, Subject, Tokens, Trajectory};
use kernel::{Decider as _, Usd, Uuid, derived_uuid};
use vocabulary::{Line, Name, SpecId};

use super::super::event::{self, Lane, Registration};
use super::Published;

pub(super) fn events() -> Published {
    let begun = told(start());
    let mut all = vec![
        registered("trajectory.llm_call_started", &[], start()),
        registered("trajectory.llm_call_finished", &begun, finish()),
        registered("trajectory.llm_call_ambiguous", &begun, Command::GiveUpOpenCalls),
        registered("trajectory.usage_recorded", &begun, finish()),
    ];
    let seen = |(event_type, event)| registered(event_type, &[], Command::Report { seen: vec![event] });
    all.extend(agent::seen().into_iter().map(seen));
    event::of::<Trajectory>(all)
}

fn registered(event_type: &'static str, history: &[Event], command: Command) -> Registration<Trajectory> {
    Registration { event_type, history: history.to_vec(), command, lane: Lane::Events }
}

fn told(command: Command) -> Vec<Event> {
    Trajectory::default().decide(command).expect("it is legal")
}

fn call() -> Uuid {
    derived_uuid(&[b"call"])
}

fn start() -> Command {
    let spec = SpecId(derived_uuid(&[b"spec"]));
    Command::StartCall {
        call: call(),
        of: Subject::Planning { spec, phase: Name::new("design").expect("a name"), attempt: 1 },
        provider: Name::new("anthropic").expect("a name"),
        model: Line::new("claude-sonnet-4-5").expect("a line"),
        prompt: Line::new("design.v1").expect("a line"),
        reserved: Usd::from_micros(312_000),
    }
}

fn finish() -> Command {
    Command::FinishCall {
        call: call(),
        outcome: Outcome::Answered,
        tries: 1,
        duration_ms: 41_300,
        tokens: Tokens { input: 9_120, output: 3_410, ..Tokens::default() },
        cost: Usd::from_micros(78_510),
    }
}
