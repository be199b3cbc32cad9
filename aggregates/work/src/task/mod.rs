//! A task: the atomic unit of work, done by a person or by a run of an agent.
//!
//! ```text
//!         plan          become ready        claim           start         submit evidence
//! absent -----> planned ------------> ready -------> claimed -----> running --------------> validating
//!                  ^                  | ^ ^             |              |                     |     |
//!                  +------------------+ | +-------------+--------------+---------------------+     | pass
//!                   dependency added    |    claim expired              revision requested         v
//!                                       |                                                      completed
//!                                       | retry, retry due
//!                                       +------------------ awaiting_retry or failed
//!                                                             ^
//!                         claimed, running, validating -------+ fail
//!
//! planned, ready and awaiting_retry with a blocker show as `blocked`; anything unfinished can be cancelled.
//! ```
//!
//! What each command causes. `-` is a success without an event, `!code` a rejection, `→` the status after
//! it; `blocked` covers planned, ready or awaiting_retry. What changes nothing is `-` where the command is
//! legal: a dependency, a blocker or a priority that is there already, a dependency or its blocker that is
//! not.
//!
//! | command | planned | ready | blocked | claimed | running | validating | awaiting_retry | failed |
//! |---|---|---|---|---|---|---|---|---|
//! | `AddDependency` | dependency_added | → planned | as below it | !claimed_already | !claimed_already | !claimed_already | → planned | !already_failed |
//! | `RemoveDependency` | dependency_removed, the last one → ready | dependency_removed | as below it | !claimed_already | !claimed_already | !claimed_already | dependency_removed | !already_failed |
//! | `BecomeReady` | → ready, !unsatisfied | - | !blocked over planned, else as below it | !not_planned | !not_planned | !not_planned | !not_planned | !already_failed |
//! | `Claim`, `StartByPerson` | !not_ready | → claimed (and running) | !blocked | !claimed_already | !claimed_already | !claimed_already | !not_ready | !already_failed |
//! | `Start` | !not_claimed | !not_claimed | !not_claimed | → running | !already_running | !not_claimed | !not_claimed | !already_failed |
//! | `ExpireClaim` | !not_claimed | !not_claimed | !not_claimed | → ready | → ready; !held_by_person | !not_claimed | !not_claimed | !already_failed |
//! | `LoseClaim` | !not_claimed | !not_claimed | !not_claimed | → awaiting_retry, after too many failed | the same; !held_by_person | !not_claimed | !not_claimed | !already_failed |
//! | `Fail` | !not_running | !not_running | !not_running | → awaiting_retry or failed | the same | the same | !not_running | !already_failed |
//! | `RetryDue` | - | - | as below it | - | - | - | → ready | - |
//! | `Retry` | !not_failed | !not_failed | !blocked over awaiting_retry | !not_failed | !not_failed | !not_failed | → ready | → ready |
//! | `SubmitEvidence` | !not_running | !not_running | !not_running | !not_running | → completed, ready, validating or failed | !not_running | !not_running | !already_failed |
//! | `PassValidation` | !not_validating | !not_validating | !not_validating | !not_validating | !not_validating | → completed | !not_validating | !already_failed |
//! | `RequestRevision` | !not_validating | !not_validating | !not_validating | !not_validating | !not_validating | → ready or failed | !not_validating | !already_failed |
//! | `Block` | blocked | blocked | blocked | !claimed_already | !claimed_already | !claimed_already | blocked | !already_failed |
//! | `Unblock` | !not_blocked | !not_blocked | unblocked, !not_blocked | !not_blocked | !not_blocked | !not_blocked | !not_blocked | !already_failed |
//! | `Revise` | revised | the same | the same | the same | the same | the same | the same | the same |
//! | `Withdraw` | → cancelled | the same | the same, if never taken | !claimed_already | !claimed_already | !claimed_already | !claimed_already | !already_failed |
//! | `Prioritise` | priority_changed | the same | the same | the same | the same | the same | the same | the same |
//! | `Cancel` | → cancelled | the same | the same | the same | the same | the same | the same | the same |
//!
//! An absent task takes only `Plan` and `Import` (!not_found); one that exists refuses them (!already_exists). A completed
//! or cancelled task refuses everything (!already_completed, !already_cancelled).
//!
//! Invariants: a task becomes ready only when every prerequisite is in a set it was shown, or was shown
//! before it ran; a claim takes the next epoch, so what an older claim reports is refused (!fenced); work is
//! completed by evidence only, a run's is verified and a person's attested or imported; after
//! [`MAX_ITERATIONS`] rejected validations the task has failed. That the prerequisites close no cycle is the
//! work graph's rule.
//!
//! A timer that is due on a blocked task makes it ready underneath: the task stays blocked, and is ready when
//! the blocker goes; so does the removal of its last prerequisite. [`Command::BecomeReady`] is refused while
//! blocked, so whoever watches readiness asks again after the unblocking.
//!
//! `Revise` says what the plan it comes from says now. Another ticket is for tasks that nobody ever took, other
//! prerequisites are for those that nobody holds (!claimed_already, !already_failed); a task that was taken once
//! is not withdrawn.

mod commands;
mod decide;
mod events;
mod evidence;
mod evolve;
mod plan;
mod possible;
mod rejection;
mod retry;
mod revision;
#[cfg(test)]
mod tests;

use kernel::{ActorId, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
pub use vocabulary::Mode;
use vocabulary::{CommitId, Reason, RunId, TaskId, Text};

pub use self::commands::{Command, Evidence, Failure};
pub use self::decide::MAX_ITERATIONS;
pub use self::events::Event;
pub use self::evidence::{CommandResult, CommandResults, EvidenceKind, Feedback};
pub use self::plan::{Files, FromSpec, Locks, Plan, Validation, Work};
pub use self::rejection::{Fact, Rejection, Standing};
pub use self::retry::{FailureClass, RetryPolicy};
pub use self::revision::{Revision, Waits};

/// A task as its events have made it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Task {
    /// No event yet.
    #[default]
    Absent,
    /// It was planned once.
    Present(Box<Details>),
}

/// What a task that exists knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// What it is: as planned, with the priority and the prerequisites of today.
    pub plan: Plan,
    /// How far it is, blockers left aside.
    pub status: Status,
    /// What keeps it from being worked on; counts while it waits ([`Task::status_name`]).
    pub blockers: Vec<Block>,
    /// Failed attempts so far; a retry of a failed task starts over.
    pub attempt: u32,
    /// Evidence submitted so far; a retry of a failed task starts over.
    pub iteration: u32,
    /// Claims so far; the next claim has the next number, from 1.
    pub epoch: i64,
    /// Runs in a row that went down with their nodes.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub lost: u32,
    /// What the last validation missed.
    pub feedback: Option<Feedback>,
    /// What work on it has come to: what the next run goes on from and, when it is completed, what others build on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<CommitId>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
const fn is_zero(count: &u32) -> bool {
    *count == 0
}

/// How far a task is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "status", rename_all = "snake_case")]
#[schemars(rename = "TaskProgress")]
pub enum Status {
    /// It waits for its prerequisites.
    Planned,
    /// It can be taken.
    Ready,
    /// Somebody took it and has not begun.
    Claimed {
        /// Which claim it is.
        epoch: i64,
        /// Who took it.
        by: Worker,
    },
    /// It is being worked on.
    Running {
        /// Which claim it is.
        epoch: i64,
        /// Who works on it.
        by: Worker,
    },
    /// Evidence is there and waits for a verdict.
    Validating {
        /// Which evidence it is.
        iteration: u32,
        /// What the evidence rests on.
        kind: EvidenceKind,
    },
    /// Done, with evidence.
    Completed {
        /// What the evidence rests on.
        kind: EvidenceKind,
    },
    /// It failed and will be tried again.
    AwaitingRetry {
        /// Which attempt failed.
        attempt: u32,
        /// When the next one may begin.
        at: Timestamp,
    },
    /// It failed for good, unless a person retries it.
    Failed {
        /// Why.
        reason: Reason,
    },
    /// Nobody wants it any more.
    Cancelled,
}

/// Who holds a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(inline)]
pub enum Worker {
    /// A person: no lease, no expiry.
    Person {
        /// Who.
        actor: ActorId,
    },
    /// A run of an agent.
    Run {
        /// Which one.
        run: RunId,
    },
}

/// What keeps a task from being worked on, by its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(inline)]
pub enum Blocker {
    /// A person says so.
    Person {
        /// Who.
        actor: ActorId,
    },
    /// A prerequisite has failed.
    Dependency {
        /// Which one.
        task: TaskId,
    },
}

/// A blocker with its reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "TaskBlock")]
pub struct Block {
    /// Its source; a source blocks once.
    pub by: Blocker,
    /// Why.
    pub reason: Text,
}

impl Task {
    /// The task that exists.
    #[must_use]
    pub fn details(&self) -> Option<&Details> {
        match self {
            Self::Absent => None,
            Self::Present(details) => Some(details),
        }
    }
}

impl kernel::Decider for Task {
    const TYPE: &'static str = "task";
    const LOGIC_VERSION: i32 = 3;

    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command) -> Result<Vec<Event>, Rejection> {
        decide::decide(self, command)
    }

    fn evolve(&mut self, event: &Event) {
        evolve::evolve(self, event);
    }
}
