//! Each command in each state, and the stories that a table does not tell.

use kernel::{ActorId, Decider as _, EventKind as _, Rejection as _, Uuid, given};
use vocabulary::{Bounded, CommandLine, Sealed};

use super::*;

const STEER: SteerId = SteerId(Uuid::from_u128(9));
const ADA: ActorId = ActorId(Uuid::from_u128(20));

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn reason(text: &str) -> Reason {
    Reason::new(text).unwrap()
}

fn commit(digit: char) -> CommitId {
    CommitId::new(&digit.to_string().repeat(40)).unwrap()
}

fn start() -> Command {
    Command::Start(Box::new(Started {
        task: TaskId(Uuid::from_u128(1)),
        epoch: 1,
        agent: name("command"),
        driver: name("command"),
        mode: Mode::Implementation,
        by: Some(ADA),
        locks: Bounded::default(),
        limits: Limits::default(),
    }))
}

fn request() -> Command {
    Command::RequestSandbox(Box::new(Place {
        provider: name("local"),
        node: Line::new("node-1").unwrap(),
        branch: BranchName::new("omoi/TSK-001-parse").unwrap(),
        base: commit('a'),
        at: commit('a'),
        on: Bounded::new(vec![Prerequisite { task: TaskId(Uuid::from_u128(2)), commit: commit('b') }])
            .unwrap(),
    }))
}

fn ready() -> Command {
    Command::SandboxReady { level: name("full"), version: Some(Line::new("1.2.3").unwrap()) }
}

fn lose() -> Command {
    Command::LoseSandbox { reason: reason("its parent was killed") }
}

fn words() -> Content {
    Content::Event { sealed: Sealed::new("c2VhbGVk").unwrap() }
}

fn steer() -> Command {
    Command::RequestSteer { steer: STEER, text: words(), by: ADA }
}

fn advance(state: SteerState) -> Command {
    Command::AdvanceSteer { steer: STEER, state }
}

fn written() -> SteerState {
    SteerState::Written { mechanism: name("hook") }
}

fn stop() -> Command {
    Command::RequestStop { reason: reason("enough"), by: Some(ADA) }
}

fn interrupt() -> Command {
    Command::RequestInterrupt { by: ADA }
}

fn settle() -> Command {
    Command::SettleInterrupt { turn: 1, stop: name("cancelled") }
}

fn snapshot() -> Command {
    Command::TakeSnapshot { commit: commit('c'), at: Moment::TurnEnd }
}

fn evidence() -> Command {
    Command::GatherEvidence(Box::new(Evidence {
        commit: commit('c'),
        base: commit('a'),
        changed: Bounded::new(vec![FilePattern::new("src/lib.rs").unwrap()]).unwrap(),
        files: 1,
        added: 3,
        removed: 1,
        restored: Bounded::default(),
        commands: Bounded::new(vec![Checked {
            cmd: CommandLine::new("make test").unwrap(),
            exit: 0,
            duration_ms: 1_200,
            output: Some(Content::Blob { hash: crate::content::BlobHash::of(&[7; 32]), bytes: 9_000 }),
        }])
        .unwrap(),
        report: None,
    }))
}

fn publish() -> Command {
    Command::NotePublished { commit: commit('c'), created: true }
}

fn end() -> Command {
    Command::End(End { outcome: Outcome::Succeeded, code: name("verified"), reason: reason("all is well") })
}

fn late() -> Command {
    Command::RefuseLateInput { source: name("worker") }
}

fn after(commands: &[Command]) -> Vec<Event> {
    let mut run = Run::default();
    let mut events = Vec::new();
    for command in commands {
        let more = run.decide(command.clone()).unwrap();
        more.iter().for_each(|event| run.evolve(event));
        events.extend(more);
    }
    events
}

/// What the last command causes: event names, or the rejection.
fn then(history: &[Command], last: Command) -> String {
    match given::<Run>(&after(history)).state().decide(last) {
        Ok(events) => {
            events.iter().map(|event| &event.event_type()["run.".len()..]).collect::<Vec<_>>().join(" ")
        }
        Err(rejection) => format!("!{}", rejection.code()),
    }
}

#[test]
fn the_table() {
    let states: [&[Command]; 6] = [
        &[],
        &[start()],
        &[start(), request(), ready()],
        &[start(), request(), ready(), stop()],
        &[start(), request(), ready(), end()],
        &[start(), request(), ready(), end(), Command::ReleaseSandbox],
    ];
    let rows: [(Command, [&str; 6]); 15] = [
        (
            start(),
            [
                "started",
                "!already_exists",
                "!already_exists",
                "!already_exists",
                "!already_exists",
                "!already_exists",
            ],
        ),
        (
            request(),
            [
                "!not_found",
                "sandbox_requested",
                "!not_starting",
                "!stopping",
                "!already_ended",
                "!already_ended",
            ],
        ),
        (ready(), ["!not_found", "!no_sandbox", "!not_starting", "", "!already_ended", "!already_ended"]),
        (
            lose(),
            [
                "!not_found",
                "sandbox_lost",
                "sandbox_lost",
                "sandbox_lost",
                "!already_ended",
                "!already_ended",
            ],
        ),
        (
            steer(),
            [
                "!not_found",
                "steer_requested",
                "steer_requested",
                "!stopping",
                "!already_ended",
                "!already_ended",
            ],
        ),
        (
            advance(written()),
            [
                "!not_found",
                "!unknown_steer",
                "!unknown_steer",
                "!unknown_steer",
                "!already_ended",
                "!already_ended",
            ],
        ),
        (
            interrupt(),
            [
                "!not_found",
                "!not_active",
                "interrupt_requested",
                "!stopping",
                "!already_ended",
                "!already_ended",
            ],
        ),
        (settle(), ["!not_found", "", "", "", "!already_ended", "!already_ended"]),
        (stop(), ["!not_found", "stop_requested", "stop_requested", "", "!already_ended", "!already_ended"]),
        (
            snapshot(),
            ["!not_found", "!no_sandbox", "snapshot_taken", "snapshot_taken", "snapshot_taken", "!released"],
        ),
        (
            evidence(),
            [
                "!not_found",
                "!no_sandbox",
                "evidence_gathered",
                "!stopping",
                "!already_ended",
                "!already_ended",
            ],
        ),
        (
            publish(),
            [
                "!not_found",
                "!no_sandbox",
                "work_published",
                "work_published",
                "!already_ended",
                "!already_ended",
            ],
        ),
        (end(), ["!not_found", "ended", "ended", "ended", "!already_ended", "!already_ended"]),
        (
            Command::ReleaseSandbox,
            ["!not_found", "!not_ended", "!not_ended", "!not_ended", "sandbox_released", ""],
        ),
        (
            late(),
            [
                "!not_found",
                "!not_ended",
                "!not_ended",
                "!not_ended",
                "late_input_refused",
                "late_input_refused",
            ],
        ),
    ];
    for (command, expected) in rows {
        let got = states.map(|history| then(history, command.clone()));
        assert_eq!(got, expected.map(str::to_owned), "{command:?}");
    }
}

#[test]
fn a_sandbox_is_requested_once_so_that_two_nodes_never_work_in_it() {
    assert_eq!(then(&[start(), request()], request()), "!not_starting");
    assert_eq!(then(&[start(), request(), stop()], ready()), "", "it was told to stop while it was made");
    assert_eq!(then(&[start(), request(), ready(), lose()], lose()), "");
}

#[test]
fn snapshots_are_numbered() {
    let events = after(&[start(), request(), ready(), snapshot(), snapshot(), end(), snapshot()]);
    let numbers: Vec<u32> = events
        .iter()
        .filter_map(|event| match event {
            Event::SnapshotTaken(snapshot) => Some(snapshot.n),
            _ => None,
        })
        .collect();
    assert_eq!(numbers, [1, 2, 3]);
}

#[test]
fn what_is_published_is_told_once_with_its_branch() {
    let history = [start(), request(), ready(), publish()];
    assert_eq!(then(&history, publish()), "");
    let further = Command::NotePublished { commit: commit('d'), created: false };
    assert_eq!(then(&history, further), "work_published");
    let events = after(&history);
    let Some(Event::WorkPublished { branch, commit: at, base, created: true }) = events.last() else {
        panic!("{events:?}")
    };
    assert_eq!((branch.as_str(), at, base), ("omoi/TSK-001-parse", &commit('c'), &commit('a')));
}

#[test]
fn one_steer_is_open_at_a_time() {
    let history = [start(), request(), ready(), steer()];
    assert_eq!(then(&history, steer()), "", "the same words again");
    let other = Command::RequestSteer { steer: SteerId(Uuid::from_u128(10)), text: words(), by: ADA };
    assert_eq!(then(&history, other.clone()), "!steer_open");
    let folded =
        [start(), request(), ready(), steer(), advance(written()), advance(SteerState::Folded { turn: 1 })];
    assert_eq!(then(&folded, other), "steer_requested");
    assert_eq!(then(&folded, advance(SteerState::Accepted)), "!unknown_steer", "it is settled");
}

#[test]
fn the_states_of_a_steer_have_an_order() {
    let reason = || reason("the pipe broke");
    let requested = [start(), request(), ready(), steer()];
    let with_written = [start(), request(), ready(), steer(), advance(written())];
    let with_accepted =
        [start(), request(), ready(), steer(), advance(written()), advance(SteerState::Accepted)];
    let states = [
        (SteerState::Requested, ["", "!steer_order", "!steer_order"]),
        (written(), ["steer_written", "", "!steer_order"]),
        (SteerState::Accepted, ["!steer_order", "steer_accepted", ""]),
        (SteerState::Folded { turn: 2 }, ["!steer_order", "steer_folded", "steer_folded"]),
        (SteerState::Deferred { turn: 2 }, ["!steer_order", "steer_deferred", "steer_deferred"]),
        (SteerState::Degraded { reason: reason() }, ["steer_degraded", "!steer_order", "!steer_order"]),
        (SteerState::Ambiguous { reason: reason() }, ["!steer_order", "steer_ambiguous", "steer_ambiguous"]),
    ];
    for (state, expected) in states {
        let got = [&requested[..], &with_written, &with_accepted]
            .map(|history| then(history, advance(state.clone())));
        assert_eq!(got, expected.map(str::to_owned), "{state:?}");
    }
}

#[test]
fn a_steer_does_not_stay_open_when_the_run_ends() {
    assert_eq!(then(&[start(), request(), ready(), steer()], end()), "steer_degraded ended");
    let written = [start(), request(), ready(), steer(), advance(written())];
    assert_eq!(then(&written, end()), "steer_ambiguous ended");
}

#[test]
fn a_turn_is_interrupted_once_and_so_is_the_next_one() {
    let open = [start(), request(), ready(), interrupt()];
    assert_eq!(then(&open, interrupt()), "", "it is on its way");
    assert_eq!(then(&open, settle()), "interrupt_settled");
    let settled = [start(), request(), ready(), interrupt(), settle()];
    assert_eq!(then(&settled, settle()), "", "the next turn ended by itself");
    assert_eq!(then(&settled, interrupt()), "interrupt_requested");
    let stopping = [start(), request(), ready(), interrupt(), stop()];
    assert_eq!(then(&stopping, settle()), "interrupt_settled", "the turn ends all the same");
    let again = after(&[start(), request(), ready(), interrupt(), settle(), interrupt(), end()]);
    let run = given::<Run>(&again).state().clone();
    let details = run.details().unwrap();
    assert_eq!((details.interrupts, details.interrupt), (2, None), "nobody waits for it after the end");
}

#[test]
fn what_comes_late_is_noted_once() {
    let ended = [start(), request(), ready(), end(), late()];
    assert_eq!(then(&ended, late()), "");
}

#[test]
fn it_is_stored_and_read_back() {
    let history = after(&[
        start(),
        request(),
        ready(),
        steer(),
        advance(written()),
        advance(SteerState::Accepted),
        advance(SteerState::Ambiguous { reason: reason("nobody knows") }),
        snapshot(),
        evidence(),
        lose(),
        interrupt(),
        settle(),
        stop(),
        publish(),
        end(),
        Command::ReleaseSandbox,
        late(),
    ]);
    for event in &history {
        let text = serde_json::to_string(event).unwrap();
        assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), *event);
        assert!(text.contains(event.event_type()), "{text}");
    }
    let run = given::<Run>(&history).state().clone();
    let details = run.details().unwrap();
    assert_eq!(details.status_name(), "ended");
    assert!(details.released && details.sandbox_lost && details.late && details.steer.is_none());
    let text = serde_json::to_string(&run).unwrap();
    assert_eq!(serde_json::from_str::<Run>(&text).unwrap(), run);
}
