//! Events of a run, as one that goes well has them.

use execution::run::{Event, Limits, Outcome, Place, Started};
use execution::trajectory::{self, Subject, Tokens};
use kernel::{Usd, Uuid};
use vocabulary::{Bounded, BranchName, CommitId, Line, Mode, Name, Reason, RunId, TaskId};

pub(crate) fn started(task: u128) -> Event {
    Event::Started(Box::new(Started {
        task: TaskId(Uuid::from_u128(task)),
        epoch: 1,
        agent: name("builder"),
        driver: name("command"),
        mode: Mode::Implementation,
        by: None,
        locks: Bounded::default(),
        limits: Limits::default(),
    }))
}

pub(crate) fn sandbox_requested() -> Event {
    let commit = || CommitId::new(&"a".repeat(40)).unwrap();
    Event::SandboxRequested(Box::new(Place {
        provider: name("local"),
        node: Line::new("node-1").unwrap(),
        branch: BranchName::new("omoi/TSK-001-parse").unwrap(),
        base: commit(),
        at: commit(),
        on: Bounded::default(),
    }))
}

pub(crate) fn sandbox_ready() -> Event {
    Event::SandboxReady { level: name("full"), version: Some(Line::new("1.2.3").unwrap()) }
}

pub(crate) fn ended(outcome: Outcome) -> Event {
    Event::Ended { outcome, code: name("of_a_test"), reason: Reason::new("it is over").unwrap() }
}

/// A call to a model for the run was paid for.
pub(crate) fn paid(run: u128, micros: i64) -> trajectory::Event {
    trajectory::Event::UsageRecorded {
        call: Uuid::from_u128(7),
        of: Subject::Run { run: RunId(Uuid::from_u128(run)) },
        tokens: Tokens { input: 10, output: 2, ..Tokens::default() },
        cost: Usd::from_micros(micros),
    }
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}
