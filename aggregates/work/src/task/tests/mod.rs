//! The histories and commands that the stories share; one file a story.

mod claims;
mod evidence;
mod failures;
mod obstacles;
mod readiness;
mod revisions;
mod stored;
mod table;

use std::collections::BTreeSet;

use kernel::{ActorId, Timestamp, Uuid, given};
use vocabulary::{
    Bounded, CommandLine, CommitId, FilePattern, Hours, Name, Phase, Priority, Reason, RunId, TaskId,
    TaskNumber, Text, TicketId,
};

use super::*;

const READY: Event = Event::BecameReady { retried: false };
/// The task under test, and two it may wait for.
const ITSELF: TaskId = TaskId(Uuid::from_u128(10));
const FIRST: TaskId = TaskId(Uuid::from_u128(11));
const OTHER: TaskId = TaskId(Uuid::from_u128(12));
const ADA: ActorId = ActorId(Uuid::from_u128(20));
const BOB: ActorId = ActorId(Uuid::from_u128(21));
const RUN: RunId = RunId(Uuid::from_u128(30));
const BY_RUN: Worker = Worker::Run { run: RUN };
const BY_ADA: Worker = Worker::Person { actor: ADA };
const ADA_BLOCKS: Blocker = Blocker::Person { actor: ADA };
const FIRST_BLOCKS: Blocker = Blocker::Dependency { task: FIRST };
const NOON: Timestamp = Timestamp::from_micros(1_000_000);

fn text(text: &str) -> Text {
    Text::new(text).unwrap()
}

fn reason(text: &str) -> Reason {
    Reason::new(text).unwrap()
}

fn cmd(text: &str) -> CommandLine {
    CommandLine::new(text).unwrap()
}

fn tasks(ids: &[TaskId]) -> BTreeSet<TaskId> {
    ids.iter().copied().collect()
}

/// A plan with as little as a plan can have.
fn plan(prerequisites: &[TaskId]) -> Box<Plan> {
    Box::new(Plan {
        ticket: TicketId(Uuid::from_u128(1)),
        number: TaskNumber::new(1).unwrap(),
        title: Name::new("Parse the header").unwrap(),
        description: None,
        phase: Phase::Implementation,
        priority: Priority::Medium,
        estimate: None,
        files: Files::default(),
        work: Work::default(),
        prerequisites: tasks(prerequisites),
        spec: None,
    })
}

/// A plan with all that a plan can have.
fn full_plan() -> Box<Plan> {
    Box::new(Plan {
        description: Some(text("Two lines\nof it")),
        priority: Priority::Critical,
        estimate: Some(Hours::from_minutes(90).unwrap()),
        files: Bounded::new(vec![FilePattern::new("src/header.rs").unwrap()]).unwrap(),
        work: Work {
            mode: Mode::Exploration,
            agent: Some(Name::new("Reader").unwrap()),
            run: Some(cmd("make header")),
            validate: Bounded::new(vec![cmd("make test")]).unwrap(),
            locks: Bounded::new(vec![Name::new("staging-database").unwrap()]).unwrap(),
        },
        ..*plan(&[FIRST])
    })
}

/// Planned after [`FIRST`].
fn planned() -> Event {
    Event::Planned(plan(&[FIRST]))
}

fn claimed(epoch: i64, by: Worker) -> Event {
    Event::Claimed { epoch, by }
}

fn started(epoch: i64, by: Worker) -> Event {
    Event::Started { epoch, by }
}

/// A task that `by` works on with claim 1.
fn running(by: Worker) -> Vec<Event> {
    vec![planned(), READY, claimed(1, by), started(1, by)]
}

fn results(exits: &[i32]) -> CommandResults {
    let results = exits.iter().map(|exit| CommandResult { cmd: cmd("make test"), exit: *exit });
    Bounded::new(results.collect()).unwrap()
}

fn evidence(kind: EvidenceKind, epoch: Option<i64>, exits: &[i32]) -> Evidence {
    Evidence { kind, commands: results(exits), commit: None, epoch, await_validation: false }
}

fn verified(epoch: i64, exits: &[i32]) -> Evidence {
    evidence(EvidenceKind::Verified, Some(epoch), exits)
}

fn submitted(iteration: u32, kind: EvidenceKind, exits: &[i32]) -> Event {
    Event::EvidenceSubmitted { iteration, kind, commands: results(exits), commit: None }
}

fn failure(class: FailureClass, epoch: Option<i64>) -> Failure {
    let retry = RetryPolicy::default();
    Failure { reason: reason("no disk left"), class, epoch, now: NOON, jitter: 0, retry, commit: None }
}

fn attempt_failed(attempt: u32, class: FailureClass) -> Event {
    Event::AttemptFailed { attempt, reason: reason("no disk left"), class, commit: None }
}

fn blocked(by: Blocker) -> Event {
    Event::Blocked { by, reason: text("the licence is unclear") }
}

fn block(by: Blocker) -> Command {
    Command::Block { by, reason: text("the licence is unclear") }
}

fn task(history: &[Event]) -> Details {
    given::<Task>(history).state().details().unwrap().clone()
}

/// `history` and then `more`.
fn then(history: &[Event], more: &[Event]) -> Vec<Event> {
    [history, more].concat()
}
