//! What is seen of agents.

use execution::content::{BlobHash, Content};
use execution::trajectory::{Event, FileChange, ToolKind};
use kernel::{EventKind as _, Timestamp};
use vocabulary::{FilePattern, Line, Name, Sealed};

/// One event of each type, by its type.
pub(super) fn seen() -> Vec<(&'static str, Event)> {
    let all = [turns(), tools(), changes()];
    all.into_iter().flatten().map(|event| (event.event_type(), event)).collect()
}

fn turns() -> Vec<Event> {
    let (at, turn) = (at(), 1);
    vec![
        Event::TurnStarted { at, turn, prompt: long() },
        Event::TurnEnded { at, turn, stop: name("end_turn") },
        Event::MessageEmitted { at, turn, text: words(), raw: Some(words()) },
        Event::ThoughtEmitted { at, turn, text: words(), raw: None },
        Event::PlanUpdated { at, turn, plan: words() },
        Event::QuestionRaised { at, turn, text: words() },
        Event::Noted { at, code: name("stderr"), text: words() },
    ]
}

fn tools() -> Vec<Event> {
    let (at, turn, call) = (at(), 1, line("toolu_01"));
    let input = words();
    vec![
        Event::ToolCalled {
            at,
            turn,
            call: call.clone(),
            tool: line("Edit"),
            kind: ToolKind::Edit,
            input,
            raw: None,
        },
        Event::ToolReturned { at, turn, call, ok: true, output: Some(words()), raw: None },
        Event::McpCallMade { at, server: name("omoi"), tool: line("ask_a_person"), ok: true },
        Event::EgressAttempted {
            at,
            host: Line::new("registry.example.org:443").expect("a literal that is a line"),
            method: name("CONNECT"),
            allowed: false,
            reason: Some(name("not_allowed")),
            sent: 0,
            received: 0,
        },
        Event::EgressEnded {
            at,
            host: Line::new("registry.example.org:443").expect("a literal that is a line"),
            reason: name("closed"),
            sent: 1_240,
            received: 88_213,
        },
    ]
}

fn changes() -> Vec<Event> {
    let (at, turn) = (at(), 1);
    vec![
        Event::FileChanged {
            at,
            turn,
            path: FilePattern::new("src/header.rs").expect("a literal that is a path"),
            change: FileChange::Modified,
            added: Some(30),
            removed: Some(4),
            diff: Some(long()),
        },
        Event::CommandRan {
            at,
            turn,
            command: words(),
            exit: Some(0),
            duration_ms: 1_200,
            output: Some(words()),
            output_bytes: 512,
        },
    ]
}

fn at() -> Timestamp {
    Timestamp::from_micros(1_795_000_000_000_000)
}

fn words() -> Content {
    Content::Event { sealed: Sealed::new("c2VhbGVkIHdvcmRz").expect("a literal in Base64") }
}

fn long() -> Content {
    Content::Blob { hash: BlobHash::of(&[7; 32]), bytes: 9_000 }
}

fn name(text: &str) -> Name {
    Name::new(text).expect("a literal that is a name")
}

fn line(text: &str) -> Line<200> {
    Line::new(text).expect("a literal that is a line")
}
