use execution::content::{BlobHash, Content};
use execution::run::{
    Checked, Command, End, Event, Evidence, Limits, Moment, Outcome, Place, Prerequisite, Run, Started,
    SteerId, SteerState,
};
use kernel::{ActorId, Decider as _, Uuid, derived_uuid};
use vocabulary::{
    Bounded, BranchName, CommandLine, CommitId, FilePattern, Line, Mode, Name, Reason, Sealed, TaskId,
};

use super::super::event::{self, Lane, Registration};
use super::Published;

const PERSON: ActorId = ActorId(Uuid::from_u128(0x20));

pub(super) fn events() -> Published {
    let all = [at_work(), said(), over()];
    event::of::<Run>(all.into_iter().flatten().collect())
}

fn at_work() -> Vec<Registration<Run>> {
    vec![
        registration("run.started", &[], start()),
        registration("run.sandbox_requested", &[start()], request()),
        registration("run.sandbox_ready", &[start(), request()], ready()),
        registration("run.sandbox_lost", &active(), lose()),
        registration("run.snapshot_taken", &active(), snapshot()),
        registration("run.evidence_gathered", &active(), evidence()),
        registration(
            "run.work_published",
            &active(),
            Command::NotePublished { commit: commit("c"), created: true },
        ),
    ]
}

fn said() -> Vec<Registration<Run>> {
    let requested = then(&active(), &[steer()]);
    let written = then(&requested, &[advance(SteerState::Written { mechanism: name("hook") })]);
    vec![
        registration("run.steer_requested", &active(), steer()),
        registration(
            "run.steer_written",
            &requested,
            advance(SteerState::Written { mechanism: name("hook") }),
        ),
        registration("run.steer_accepted", &written, advance(SteerState::Accepted)),
        registration("run.steer_folded", &written, advance(SteerState::Folded { turn: 2 })),
        registration("run.steer_deferred", &written, advance(SteerState::Deferred { turn: 3 })),
        registration(
            "run.steer_degraded",
            &requested,
            advance(SteerState::Degraded { reason: reason("the agent takes no messages") }),
        ),
        registration(
            "run.steer_ambiguous",
            &written,
            advance(SteerState::Ambiguous { reason: reason("the agent ended before it answered") }),
        ),
    ]
}

fn over() -> Vec<Registration<Run>> {
    let ended = then(&active(), &[end()]);
    let interrupted = then(&active(), &[interrupt()]);
    let settle = Command::SettleInterrupt { turn: 1, stop: name("cancelled") };
    vec![
        registration("run.interrupt_requested", &active(), interrupt()),
        registration("run.interrupt_settled", &interrupted, settle),
        registration("run.stop_requested", &active(), stop()),
        registration("run.ended", &active(), end()),
        registration("run.sandbox_released", &ended, Command::ReleaseSandbox),
        registration("run.late_input_refused", &ended, Command::RefuseLateInput { source: name("worker") }),
    ]
}

fn registration(event_type: &'static str, history: &[Command], command: Command) -> Registration<Run> {
    Registration { event_type, history: told(history), command, lane: Lane::Events }
}

/// What these commands, one after the other, cause.
fn told(commands: &[Command]) -> Vec<Event> {
    let mut run = Run::default();
    let mut events = Vec::new();
    for command in commands {
        let more = run.decide(command.clone()).expect("it is legal");
        more.iter().for_each(|event| run.evolve(event));
        events.extend(more);
    }
    events
}

fn active() -> Vec<Command> {
    vec![start(), request(), ready()]
}

fn then(history: &[Command], more: &[Command]) -> Vec<Command> {
    history.iter().chain(more).cloned().collect()
}

fn start() -> Command {
    Command::Start(Box::new(Started {
        task: TaskId(derived_uuid(&[b"task"])),
        epoch: 1,
        agent: name("builder"),
        driver: name("command"),
        mode: Mode::Implementation,
        by: Some(PERSON),
        locks: Bounded::new(vec![name("staging-database")]).expect("one lock"),
        limits: Limits::default(),
    }))
}

fn request() -> Command {
    let on = Prerequisite { task: TaskId(derived_uuid(&[b"prerequisite"])), commit: commit("b") };
    Command::RequestSandbox(Box::new(Place {
        provider: name("local"),
        node: Line::new("node-1").expect("a literal that is a line"),
        branch: BranchName::new("omoi/TSK-001-parse-the-header").expect("a literal that is a branch"),
        base: commit("a"),
        at: commit("a"),
        on: Bounded::new(vec![on]).expect("one task"),
    }))
}

fn ready() -> Command {
    let version = Some(Line::new("command 1.0.0").expect("a literal that is a line"));
    Command::SandboxReady { level: name("full"), version }
}

fn lose() -> Command {
    Command::LoseSandbox { reason: reason("the sandbox was killed from outside") }
}

fn steer() -> Command {
    Command::RequestSteer { steer: STEER, text: sealed(), by: PERSON }
}

const STEER: SteerId = SteerId(Uuid::from_u128(0x40));

fn advance(state: SteerState) -> Command {
    Command::AdvanceSteer { steer: STEER, state }
}

fn interrupt() -> Command {
    Command::RequestInterrupt { by: PERSON }
}

fn stop() -> Command {
    Command::RequestStop { reason: reason("the header is gone from the format"), by: Some(PERSON) }
}

fn snapshot() -> Command {
    Command::TakeSnapshot { commit: commit("c"), at: Moment::TurnEnd }
}

fn evidence() -> Command {
    let file = |path| FilePattern::new(path).expect("a literal that is a path");
    let output = Content::Blob { hash: BlobHash::of(&[7; 32]), bytes: 9_000 };
    let checked = Checked {
        cmd: CommandLine::new("make test").expect("a literal that is a line"),
        exit: 0,
        duration_ms: 1_200,
        output: Some(output),
    };
    Command::GatherEvidence(Box::new(Evidence {
        commit: commit("c"),
        base: commit("a"),
        changed: Bounded::new(vec![file("src/header.rs")]).expect("one file"),
        files: 1,
        added: 30,
        removed: 4,
        restored: Bounded::new(vec![file("tests/header.rs")]).expect("one file"),
        commands: Bounded::new(vec![checked]).expect("one command"),
        report: None,
    }))
}

fn end() -> Command {
    let (code, reason) = (name("verified"), reason("every command ended with 0"));
    Command::End(End { outcome: Outcome::Succeeded, code, reason })
}

fn sealed() -> Content {
    Content::Event { sealed: Sealed::new("c2VhbGVkIHdvcmRz").expect("a literal in Base64") }
}

fn commit(digit: &str) -> CommitId {
    CommitId::new(&digit.repeat(40)).expect("forty digits")
}

fn name(text: &str) -> Name {
    Name::new(text).expect("a literal that is a name")
}

fn reason(text: &str) -> Reason {
    Reason::new(text).expect("a literal that is a line")
}
