//! Projects, runs and plans, and what their repositories are told of it.

use execution::repository::{Command, Pushed, of_place};
use execution::run::{self, Limits, Outcome, Place, Started};
use kernel::{EventId, ProjectId, Recorded, Timestamp, Uuid, recorded};
use plan::{ContentHash, Phase};
use planning::spec::{self, Failure};
use vocabulary::{
    Bounded, BranchName, CommitId, Line, Mode, Name, Reason, RepositoryPlace, RunId, TaskId, Text,
};
use work::project;

use super::tests::heard;
use super::{Act, Heard, Repositories};

const PROJECT: ProjectId = ProjectId(Uuid::from_u128(2));
const RUN: RunId = RunId(Uuid::from_u128(7));
const SPEC: Uuid = Uuid::from_u128(9);
const GONE: &str = "there is nothing: put it back";

/// What is asked for at the last of these, and of which repository.
fn after(history: &[Heard]) -> Vec<(Uuid, Command)> {
    let history = history.iter().zip(1..).map(|(event, place)| at(place, event.clone()));
    let told = heard::<Repositories>(history).into_iter().map(|action| match action.body {
        Act::TellRepository { project, repository, command } => {
            assert_eq!((project, action.target), (PROJECT, format!("repository/{repository}")));
            (repository, command)
        }
        other => panic!("{other:?}"),
    });
    told.collect()
}

fn at(place: i64, event: Heard) -> Recorded<Heard> {
    let (aggregate, id) = match &event {
        Heard::Project(_) => ("project", PROJECT.0),
        Heard::Run(_) => ("run", RUN.0),
        _ => ("spec", SPEC),
    };
    let mut event = recorded(aggregate, id, event);
    event.envelope.project_id = Some(PROJECT);
    event.envelope.position = place;
    event.envelope.event_id = EventId(Uuid::from_u128(place.unsigned_abs().into()));
    event
}

fn place(path: &str) -> RepositoryPlace {
    RepositoryPlace::new(path).unwrap()
}

fn repository(path: &str) -> Uuid {
    of_place(PROJECT, &place(path))
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn branch() -> BranchName {
    BranchName::new("omoi/TSK-001-parse").unwrap()
}

fn commit(digit: &str) -> CommitId {
    CommitId::new(&digit.repeat(40)).unwrap()
}

fn linked(path: &str) -> Heard {
    Heard::Project(project::Event::RepositoryLinked { place: place(path), branch: None })
}

fn unlinked() -> Heard {
    Heard::Project(project::Event::RepositoryUnlinked)
}

fn started() -> Heard {
    Heard::Run(run::Event::Started(Box::new(Started {
        task: TaskId(Uuid::from_u128(1)),
        epoch: 1,
        agent: name("command"),
        driver: name("command"),
        mode: Mode::Implementation,
        by: None,
        locks: Bounded::default(),
        limits: Limits::default(),
    })))
}

fn placed() -> Heard {
    Heard::Run(run::Event::SandboxRequested(Box::new(Place {
        provider: name("local"),
        node: Line::new("node-1").unwrap(),
        branch: branch(),
        base: commit("a"),
        at: commit("a"),
        on: Bounded::default(),
    })))
}

fn ready() -> Heard {
    Heard::Run(run::Event::SandboxReady { level: name("full"), version: None })
}

fn published(created: bool) -> Heard {
    let (commit, base) = (commit("b"), commit("a"));
    Heard::Run(run::Event::WorkPublished { branch: branch(), commit, base, created })
}

fn ended(code: &str) -> Heard {
    let reason = Reason::new(GONE).unwrap();
    Heard::Run(run::Event::Ended { outcome: Outcome::Failed, code: name(code), reason })
}

fn fails(path: &str) -> (Uuid, Command) {
    (repository(path), Command::NoteFailure { reason: Reason::new(GONE).unwrap() })
}

fn link(path: &str) -> (Uuid, Command) {
    (repository(path), Command::Link { place: place(path), branch: None })
}

#[test]
fn a_repository_is_told_that_it_is_linked_and_the_one_before_that_it_is_not() {
    assert_eq!(after(&[linked("/a")]), [link("/a")]);
    assert_eq!(after(&[linked("/a"), linked("/a")]), [link("/a")], "with another branch");
    assert_eq!(after(&[linked("/a"), linked("/b")]), [(repository("/a"), Command::Unlink), link("/b")]);
    assert_eq!(after(&[linked("/a"), unlinked()]), [(repository("/a"), Command::Unlink)]);
    assert_eq!(after(&[unlinked()]), []);
}

#[test]
fn a_run_that_cannot_read_it_says_so_and_the_next_one_that_can_repairs_it() {
    let broken = [linked("/a"), started(), ended("not_a_repository")];
    assert_eq!(after(&broken), [fails("/a")]);
    // Its place was decided, and the clone failed.
    assert_eq!(after(&[linked("/a"), started(), placed(), ended("repository_timeout")]), [fails("/a")]);
    let again = [&broken[..], &[started(), placed(), ready()]].concat();
    assert_eq!(after(&again), [(repository("/a"), Command::NoteRead)]);
    let once = [&again[..], &[ended("verified"), started(), placed(), ready()]].concat();
    assert_eq!(after(&once), [], "it is repaired once");
    assert_eq!(after(&[linked("/a"), started(), placed(), ready()]), [], "nothing was broken");
    let relinked = [&broken[..], &[linked("/a"), started(), placed(), ready()]].concat();
    assert_eq!(after(&relinked), [], "it was read as it was linked");
}

#[test]
fn what_is_not_the_matter_of_the_repository_is_not_told_to_it() {
    for code in ["git_missing", "conflict", "disk", "node_lost", "unknown_agent", "verified"] {
        assert_eq!(after(&[linked("/a"), started(), ended(code)]), [], "{code}");
    }
    // It had its clone: whatever git says now is said of something else.
    assert_eq!(after(&[linked("/a"), started(), placed(), ready(), ended("git_failed")]), []);
    assert_eq!(after(&[started(), ended("not_a_repository")]), [], "none is linked");
}

#[test]
fn nothing_is_told_to_a_repository_that_a_run_may_not_have_read() {
    assert_eq!(after(&[linked("/a"), started(), linked("/b"), ended("not_a_repository")]), []);
    assert_eq!(after(&[linked("/a"), started(), linked("/b"), placed(), published(true)]), []);
    let broken = [linked("/a"), started(), ended("not_a_repository")];
    let other = [&broken[..], &[started(), linked("/a"), placed(), ready()]].concat();
    assert_eq!(after(&other), []);
}

#[test]
fn what_a_run_has_pushed_is_told_to_the_repository_that_it_works_on() {
    let push = |base| {
        let pushed = Pushed { branch: branch(), run: RUN, commit: commit("b") };
        vec![(repository("/a"), Command::NotePush { pushed, base })]
    };
    let at_work = [linked("/a"), started(), placed(), ready()];
    assert_eq!(after(&[&at_work[..], &[published(true)]].concat()), push(Some(commit("a"))));
    assert_eq!(after(&[&at_work[..], &[published(false)]].concat()), push(None));
    // It is where it is, whatever the project has linked since.
    assert_eq!(after(&[&at_work[..], &[linked("/b"), published(false)]].concat()), push(None));
}

#[test]
fn a_plan_that_cannot_read_it_says_so_as_well() {
    let of_spec = |fact| Heard::Spec(fact);
    let begins = |phase| of_spec(spec::Event::PhaseStarted { phase, attempt: 1 });
    let failed = |code: Option<&str>| {
        let reason = Failure::Error { message: Text::new(GONE).unwrap(), code: code.map(name) };
        let at = Timestamp::default();
        of_spec(spec::Event::PhaseRetryScheduled { phase: Phase::Explore, attempt: 1, reason, at })
    };
    let written = of_spec(spec::Event::PhaseOutputSubmitted {
        phase: Phase::Explore,
        attempt: 1,
        content_hash: ContentHash::of(b"x").unwrap(),
    });
    let broken = [linked("/a"), begins(Phase::Explore), failed(Some("not_a_repository"))];
    assert_eq!(after(&broken), [fails("/a")]);
    assert_eq!(after(&[linked("/a"), begins(Phase::Explore), failed(None)]), []);
    let read = [&broken[..], &[begins(Phase::Explore), written.clone()]].concat();
    assert_eq!(after(&read), [(repository("/a"), Command::NoteRead)]);
    assert_eq!(after(&[&broken[..], &[begins(Phase::Prd), written]].concat()), [], "this phase reads none");
}
