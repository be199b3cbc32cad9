use std::collections::BTreeSet;

use kernel::{ActorId, Timestamp, Uuid};
use vocabulary::{
    Bounded, CommandLine, CommitId, FilePattern, Hours, Name, Phase, Priority, Reason, RunId, TaskId,
    TaskNumber, Text, TicketId,
};
use work::task::{
    Blocker, Command, CommandResult, CommandResults, Event, Evidence, EvidenceKind, Failure, FailureClass,
    Mode, Plan, RetryPolicy, Revision, Task, Waits, Work, Worker,
};

use super::super::event::{self, Lane, Registration};
use super::Published;

const RUN: RunId = RunId(Uuid::from_u128(0x30));
const PERSON: ActorId = ActorId(Uuid::from_u128(0x20));
const PREREQUISITE: TaskId = TaskId(Uuid::from_u128(0x11));
const ITSELF: TaskId = TaskId(Uuid::from_u128(0x10));
const READY: Event = Event::BecameReady { retried: false };

pub(super) fn events() -> Published {
    let all = [waiting(), held(), judged(), failing(), steered()];
    event::of::<Task>(all.into_iter().flatten().collect())
}

fn waiting() -> Vec<Registration<Task>> {
    let add = Command::AddDependency { task: ITSELF, on: PREREQUISITE };
    let satisfied = BTreeSet::from([PREREQUISITE]);
    vec![
        registration("task.planned", vec![], Command::Plan(plan())),
        registration("task.dependency_added", ready_at_once(), add),
        registration(
            "task.dependency_removed",
            vec![planned()],
            Command::RemoveDependency { on: PREREQUISITE },
        ),
        registration("task.became_ready", vec![planned()], Command::BecomeReady { satisfied }),
    ]
}

fn held() -> Vec<Registration<Task>> {
    vec![
        registration("task.claimed", vec![planned(), READY], Command::Claim { run: RUN, epoch: 1 }),
        registration("task.claim_expired", claimed(), Command::ExpireClaim { epoch: 1, commit: None }),
        registration("task.started", claimed(), Command::Start { epoch: 1 }),
    ]
}

fn judged() -> Vec<Registration<Task>> {
    let pass = || Command::SubmitEvidence(evidence(0));
    vec![
        registration("task.evidence_submitted", running(), pass()),
        registration("task.validation_passed", running(), pass()),
        registration("task.revision_requested", running(), Command::SubmitEvidence(evidence(1))),
        registration("task.completed", running(), pass()),
    ]
}

fn failing() -> Vec<Registration<Task>> {
    let fail = |class| Command::Fail(failure(class));
    vec![
        registration("task.attempt_failed", running(), fail(FailureClass::Transient)),
        registration("task.retry_scheduled", running(), fail(FailureClass::Transient)),
        registration("task.failed", running(), fail(FailureClass::Permanent)),
    ]
}

fn steered() -> Vec<Registration<Task>> {
    let by = Blocker::Person { actor: PERSON };
    let reason = || text("The licence of the parser is unclear.");
    let blocked = Event::Blocked { by, reason: reason() };
    let cancel = Command::Cancel { reason: Some(text("The header is gone from the format.")) };
    vec![
        registration("task.blocked", vec![planned()], Command::Block { by, reason: reason() }),
        registration("task.unblocked", vec![planned(), blocked], Command::Unblock { by }),
        registration("task.revised", vec![planned()], revise()),
        registration(
            "task.priority_changed",
            vec![planned()],
            Command::Prioritise { priority: Priority::Critical },
        ),
        registration("task.cancelled", vec![planned()], cancel),
    ]
}

fn revise() -> Command {
    let revision = Revision {
        title: Some(name("Parse the header and the trailer")),
        description: Some(None),
        estimate: Some(Some(Hours::from_minutes(120).expect("more than zero"))),
        ..Revision::default()
    };
    Command::Revise { revision: Box::new(revision), waits: Waits::default() }
}

fn registration(event_type: &'static str, history: Vec<Event>, command: Command) -> Registration<Task> {
    Registration { event_type, history, command, lane: Lane::Events }
}

fn ready_at_once() -> Vec<Event> {
    vec![Event::Planned(Box::new(Plan { prerequisites: BTreeSet::new(), ..*plan() })), READY]
}

fn planned() -> Event {
    Event::Planned(plan())
}

fn claimed() -> Vec<Event> {
    vec![planned(), READY, Event::Claimed { epoch: 1, by: Worker::Run { run: RUN } }]
}

fn running() -> Vec<Event> {
    let started = Event::Started { epoch: 1, by: Worker::Run { run: RUN } };
    claimed().into_iter().chain([started]).collect()
}

fn plan() -> Box<Plan> {
    let files = FilePattern::new("src/header.rs").expect("a literal that is a line");
    Box::new(Plan {
        ticket: TicketId(Uuid::from_u128(1)),
        number: TaskNumber::new(1).expect("not zero"),
        title: name("Parse the header"),
        description: Some(text("The header is eight bytes.\nA shorter one is an error.")),
        phase: Phase::Implementation,
        priority: Priority::High,
        estimate: Some(Hours::from_minutes(90).expect("more than zero")),
        files: Bounded::new(vec![files]).expect("one file"),
        work: Work {
            mode: Mode::Implementation,
            agent: Some(name("Builder")),
            run: Some(command("make header")),
            validate: Bounded::new(vec![command("make test")]).expect("one command"),
            locks: Bounded::new(vec![name("staging-database")]).expect("one lock"),
        },
        prerequisites: BTreeSet::from([PREREQUISITE]),
        spec: None,
    })
}

fn evidence(exit: i32) -> Evidence {
    let result = CommandResult { cmd: command("make test"), exit };
    Evidence {
        kind: EvidenceKind::Verified,
        commands: CommandResults::new(vec![result]).expect("one command"),
        commit: Some(CommitId::new("0c1d2e3f").expect("a literal that is a hash")),
        epoch: Some(1),
        await_validation: false,
    }
}

fn failure(class: FailureClass) -> Failure {
    Failure {
        reason: Reason::new("the disk is full").expect("a literal that is a line"),
        class,
        epoch: Some(1),
        now: Timestamp::from_micros(1_795_000_000_000_000),
        jitter: 0,
        retry: RetryPolicy::default(),
        commit: None,
    }
}

fn name(text: &str) -> Name {
    Name::new(text).expect("a literal that is a name")
}

fn text(text: &str) -> Text {
    Text::new(text).expect("a literal that is a text")
}

fn command(text: &str) -> CommandLine {
    CommandLine::new(text).expect("a literal that is a line")
}
