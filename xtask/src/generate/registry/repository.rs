use execution::repository::{Command, Event, Pushed, Repository};
use kernel::derived_uuid;
use vocabulary::{BranchName, CommitId, Reason, RepositoryPlace, RunId};

use super::super::event::{self, Lane, Registration};
use super::Published;

pub(super) fn events() -> Published {
    let registered = |event_type, history: Vec<Event>, command| Registration {
        event_type,
        history,
        command,
        lane: Lane::Events,
    };
    event::of::<Repository>(vec![
        registered("repository.linked", vec![], link()),
        registered("repository.unlinked", vec![linked()], Command::Unlink),
        registered("repository.branch_created", vec![linked()], push()),
        registered("repository.commit_pushed", vec![linked()], push()),
        registered("repository.sync_failed", vec![linked()], Command::NoteFailure { reason: reason() }),
        registered(
            "repository.repaired",
            vec![linked(), Event::SyncFailed { reason: reason() }],
            Command::NoteRead,
        ),
    ])
}

fn link() -> Command {
    Command::Link { place: place(), branch: Some(branch("main")) }
}

fn linked() -> Event {
    Event::Linked { place: place(), branch: Some(branch("main")) }
}

fn push() -> Command {
    let branch = branch("omoi/TSK-001-parse-the-header");
    let pushed = Pushed { branch, run: RunId(derived_uuid(&[b"run"])), commit: commit("b") };
    Command::NotePush { pushed, base: Some(commit("a")) }
}

fn place() -> RepositoryPlace {
    RepositoryPlace::new("https://git.example.org/acme/billing.git").expect("a literal that is a place")
}

fn branch(name: &str) -> BranchName {
    BranchName::new(name).expect("a literal that is a branch")
}

fn commit(digit: &str) -> CommitId {
    CommitId::new(&digit.repeat(40)).expect("forty digits")
}

fn reason() -> Reason {
    Reason::new("there is no git repository at this place: check it").expect("a literal with words")
}
