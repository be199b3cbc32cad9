//! What is to come together: the verified work of one task, and how it stands.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::{CommitId, Name, Reason, RunId, TaskId, TaskNumber};

/// The work of a task that is completed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Finished {
    /// The task.
    pub task: TaskId,
    /// What people call it.
    pub number: TaskNumber,
    /// What it was about.
    pub title: Name,
    /// The run that did it, where one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// The verified end of its branch.
    pub commit: CommitId,
}

/// A candidate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The work.
    pub finished: Finished,
    /// How it stands.
    pub standing: Standing,
    /// How often a resolver has tried since a person last wanted something of it.
    pub tries: u32,
    /// Why the last try came to nothing.
    pub missed: Option<Reason>,
    /// A commit that holds it and the head of then, in which what did not go together was resolved.
    pub resolved: Option<Resolved>,
}

/// What a resolver has made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolved {
    /// The commit.
    pub commit: CommitId,
    /// Who.
    pub by: Resolver,
}

/// How a candidate stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "standing", rename_all = "snake_case")]
pub enum Standing {
    /// It is to be tried.
    Waiting,
    /// It does not go with the head of then, in these many files.
    Conflicted {
        /// The head.
        head: CommitId,
        /// How many files.
        files: u32,
    },
    /// Somebody resolves that.
    Resolving {
        /// Who.
        by: Resolver,
    },
    /// It waits for a person.
    Parked {
        /// Why, for programs.
        code: Name,
        /// Why, for people.
        reason: Reason,
        /// The candidate with which it does not go together, where one was found.
        with: Option<TaskId>,
    },
    /// It is in the head.
    Merged,
    /// Somebody decided to go on without it.
    LeftOut,
}

impl Standing {
    /// Whether the platform has something to do about it.
    #[must_use]
    pub const fn is_for_us(&self) -> bool {
        matches!(self, Self::Waiting | Self::Conflicted { .. } | Self::Resolving { .. })
    }

    /// Whether nothing more happens to it.
    #[must_use]
    pub const fn is_settled(&self) -> bool {
        matches!(self, Self::Merged | Self::LeftOut)
    }
}

/// Who resolves what does not go together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(rename = "MergeResolver")]
pub enum Resolver {
    /// A model, asked file by file.
    Model {
        /// Whose.
        provider: Name,
    },
    /// A run of the agent that did the task.
    Run {
        /// Which one.
        run: RunId,
    },
    /// A person.
    Person {
        /// Who.
        actor: kernel::ActorId,
    },
}
