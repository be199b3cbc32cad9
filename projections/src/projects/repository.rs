//! The repository of a project, and whether it can be read.

use execution::repository::Event;
use kernel::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::{BranchName, Reason, RepositoryPlace};

/// The repository of a project.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Repository")]
pub struct RepositoryAnswer {
    /// A path of the server, or an address.
    pub url: RepositoryPlace,
    /// The branch that counts; `null`: the one that the repository itself prefers.
    pub branch: Option<BranchName>,
    /// Whether it can be read: `linked`, or `broken` with the reason.
    #[serde(flatten)]
    pub health: Health,
}

/// Whether a repository can be read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "status", rename_all = "snake_case")]
#[schemars(rename = "RepositoryHealth")]
pub enum Health {
    /// Whoever wanted to read it could, the last time.
    #[default]
    Linked,
    /// The last one could not.
    Broken {
        /// Why, and what to do.
        reason: Reason,
        /// Since when nobody could.
        since: Timestamp,
    },
}

impl Health {
    /// Failures in a row are one state, with the newest reason.
    pub(super) fn note(&mut self, fact: &Event, at: Timestamp) {
        *self = match (&*self, fact) {
            (Self::Broken { since, .. }, Event::SyncFailed { reason }) => {
                Self::Broken { reason: reason.clone(), since: *since }
            }
            (Self::Linked, Event::SyncFailed { reason }) => {
                Self::Broken { reason: reason.clone(), since: at }
            }
            (_, Event::Linked { .. } | Event::Unlinked | Event::Repaired) => Self::Linked,
            (_, Event::BranchCreated { .. } | Event::CommitPushed(_)) => return,
        };
    }
}
