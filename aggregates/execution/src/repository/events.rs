//! What may have happened to a repository. These names and fields are for ever.

use kernel::EventKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::{BranchName, CommitId, Reason, RepositoryPlace, RunId};

use super::Pushed;

/// A fact about a repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "$type")]
pub enum Event {
    /// It was read, and is that of its project from now on.
    #[serde(rename = "repository.linked")]
    Linked {
        /// Where it is.
        place: RepositoryPlace,
        /// The branch that counts; without one that which the repository itself prefers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        branch: Option<BranchName>,
    },
    /// Its project has another one, or none.
    #[serde(rename = "repository.unlinked")]
    Unlinked,
    /// A run has made a branch in it.
    #[serde(rename = "repository.branch_created")]
    BranchCreated {
        /// The branch.
        branch: BranchName,
        /// Which run.
        run: RunId,
        /// The commit that the work on it is measured from.
        base: CommitId,
    },
    /// A run has put a branch of it at a commit.
    #[serde(rename = "repository.commit_pushed")]
    CommitPushed(Pushed),
    /// It could not be read by whoever wanted to work on it.
    #[serde(rename = "repository.sync_failed")]
    SyncFailed {
        /// Why, and what to do.
        reason: Reason,
    },
    /// It could be read again.
    #[serde(rename = "repository.repaired")]
    Repaired,
}

impl EventKind for Event {
    const TYPES: &'static [(&'static str, i32)] = &[
        ("repository.linked", 1),
        ("repository.unlinked", 1),
        ("repository.branch_created", 1),
        ("repository.commit_pushed", 1),
        ("repository.sync_failed", 1),
        ("repository.repaired", 1),
    ];

    fn event_type(&self) -> &'static str {
        match self {
            Self::Linked { .. } => "repository.linked",
            Self::Unlinked => "repository.unlinked",
            Self::BranchCreated { .. } => "repository.branch_created",
            Self::CommitPushed(_) => "repository.commit_pushed",
            Self::SyncFailed { .. } => "repository.sync_failed",
            Self::Repaired => "repository.repaired",
        }
    }
}
