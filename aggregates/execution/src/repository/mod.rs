//! A repository of a project: whether it can be read, and what our runs have put into it.
//!
//! ```text
//!           link               fail
//!   absent ------> linked ------------> broken{reason}
//!                   ^  ^                  |  |
//!                   |  +-- read, link ----+  |
//!                   | link                   | unlink
//!                   +------- unlinked <------+
//! ```
//!
//! | command | absent | linked | broken | unlinked |
//! |---|---|---|---|---|
//! | `Link` | linked | -, linked when the branch is another | linked | linked |
//! | `Unlink` | `!not_found` | unlinked | unlinked | - |
//! | `NotePush` | `!not_found` | branch_created if it is new, commit_pushed, once | the same | the same |
//! | `NoteFailure` | `!not_found` | sync_failed | sync_failed when the reason is another | - |
//! | `NoteRead` | `!not_found` | - | repaired | - |
//!
//! Invariants: a project and a place have one stream, so that whoever links the same place again goes on with it; failures in a row
//! are one state, with the newest reason; what is so already makes no event. It decides nothing about the world: the process
//! `repositories` tells it what projects, runs and plans came to know. A push that was under way is told also after the unlinking:
//! it happened.
//!
//! Pull requests, checks, reviews and webhooks have no events: nobody here opens or hears of any, so there is nothing that could be
//! told truthfully. They come with the hosts that have them.

mod decide;
mod events;
#[cfg(test)]
mod tests;

use kernel::{ProjectId, Uuid, derived_uuid};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::{BranchName, CommitId, Reason, RepositoryPlace, RunId};

pub use self::decide::Rejection;
pub use self::events::Event;

/// A repository as its events have made it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Repository {
    /// It was never linked.
    #[default]
    Absent,
    /// It was.
    Known {
        /// The branch that counts, when one was named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        branch: Option<BranchName>,
        /// How it is.
        status: Status,
        /// What was pushed last.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pushed: Option<Pushed>,
    },
}

/// How a repository is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Status {
    /// It could be read the last time.
    Linked,
    /// It could not.
    Broken {
        /// Why, and what to do.
        reason: Reason,
    },
    /// The project has another one, or none.
    Unlinked,
}

/// What a run has put into it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Pushed {
    /// The branch.
    pub branch: BranchName,
    /// Which run.
    pub run: RunId,
    /// The commit at which the branch is since.
    pub commit: CommitId,
}

/// An order to a repository. It is stored as what a process asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// It is that of the project from now on; it was read before.
    Link {
        /// Where it is.
        place: RepositoryPlace,
        /// The branch that counts; without one that which the repository itself prefers.
        branch: Option<BranchName>,
    },
    /// The project has another one, or none.
    Unlink,
    /// A run has moved a branch of it.
    NotePush {
        /// What it has put there.
        pushed: Pushed,
        /// When the branch was not there before: the commit that its work is measured from.
        base: Option<CommitId>,
    },
    /// It could not be read.
    NoteFailure {
        /// Why, and what to do.
        reason: Reason,
    },
    /// It could be read.
    NoteRead,
}

/// The repository at a place, as that of a project: the id follows from the two.
#[must_use]
pub fn of_place(project: ProjectId, place: &RepositoryPlace) -> Uuid {
    derived_uuid(&[b"repository", project.0.as_bytes(), place.to_string().as_bytes()])
}

impl kernel::Decider for Repository {
    const TYPE: &'static str = "repository";
    const LOGIC_VERSION: i32 = 1;

    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command) -> Result<Vec<Event>, Rejection> {
        decide::decide(self, command)
    }

    fn evolve(&mut self, event: &Event) {
        match (&mut *self, event) {
            (repository, Event::Linked { branch, .. }) => repository.link(branch.clone()),
            (Self::Absent, _) => {}
            (Self::Known { status, .. }, Event::Unlinked) => *status = Status::Unlinked,
            (Self::Known { status, .. }, Event::SyncFailed { reason }) => {
                *status = Status::Broken { reason: reason.clone() };
            }
            (Self::Known { status, .. }, Event::Repaired) => *status = Status::Linked,
            (Self::Known { pushed, .. }, Event::CommitPushed(newest)) => *pushed = Some(newest.clone()),
            // The commit that was pushed with it says what is there.
            (Self::Known { .. }, Event::BranchCreated { .. }) => {}
        }
    }
}

impl Repository {
    fn link(&mut self, branch: Option<BranchName>) {
        let pushed = match self {
            Self::Known { pushed, .. } => pushed.take(),
            Self::Absent => None,
        };
        *self = Self::Known { branch, status: Status::Linked, pushed };
    }
}
