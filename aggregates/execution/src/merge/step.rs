//! A step: candidates that are tried together, and halved when they do not hold.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::{Bounded, CommandLine, CommitId, TaskId};

/// A step that goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Which one, from 1.
    pub number: u32,
    /// On what it stands.
    pub head: CommitId,
    /// The commit of the default branch that it takes in, when it is about that and about no candidates.
    pub follows: Option<CommitId>,
    /// What is tried, one after the other on the head.
    pub joined: Vec<Joined>,
    /// What was found out so far.
    pub judged: Vec<Judged>,
}

/// What was found out of a trial.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// Which one.
    pub trial: Trial,
    /// Whether every command ended with 0.
    pub passed: bool,
    /// The command that did not, and its exit code.
    pub failed: Option<(CommandLine, i32)>,
}

/// A candidate of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Joined {
    /// The task; none when it is the default branch that is taken in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
    /// The commit that holds the head, the candidates before it, and it.
    pub commit: CommitId,
}

/// Some candidates of a step, on its head, in this order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Trial {
    /// Their tasks; nobody when it is the default branch that is taken in.
    #[serde(default, skip_serializing_if = "Bounded::is_empty")]
    pub tasks: Bounded<TaskId, 0, 64>,
    /// What was verified.
    pub commit: CommitId,
}

impl Step {
    /// What is known of these tasks on the head, in this order.
    #[must_use]
    pub fn known(&self, tasks: &[TaskId]) -> Option<bool> {
        self.judged(tasks).map(|judged| judged.passed)
    }

    /// The same, whole.
    #[must_use]
    pub fn judged(&self, tasks: &[TaskId]) -> Option<&Judged> {
        self.judged.iter().find(|judged| *judged.trial.tasks == *tasks)
    }

    /// Whether the first so many hold: they were verified, or bring nothing that the head has not.
    #[must_use]
    pub fn holds(&self, first: usize) -> bool {
        let Some(last) = first.checked_sub(1).and_then(|last| self.joined.get(last)) else { return true };
        let tasks: Vec<TaskId> = self.joined[..first].iter().filter_map(|one| one.task).collect();
        last.commit == self.head || self.known(&tasks) == Some(true)
    }

    /// Its tasks, in the order in which they are joined.
    #[must_use]
    pub fn tasks(&self) -> Vec<TaskId> {
        self.joined.iter().filter_map(|one| one.task).collect()
    }
}
