//! What may be asked of a task.

use std::collections::BTreeSet;

use kernel::{ActorId, Timestamp};
use vocabulary::{CommitId, Priority, Reason, RunId, TaskId, Text};

use super::{Blocker, CommandResults, EvidenceKind, FailureClass, Plan, RetryPolicy, Revision, Waits};

/// An order to a task. Which task is the stream's id; who asks stands in the envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Brings it into being; ready at once when it has no prerequisites.
    Plan(Box<Plan>),
    /// Brings it into being as done already: the plan that it comes from says so, and it is recorded as that.
    Import(Box<Plan>),
    /// Lets it wait for another task; what was ready must become ready anew.
    AddDependency {
        /// The task itself, which cannot wait for itself.
        task: TaskId,
        /// The other task.
        on: TaskId,
    },
    /// Lets it no longer wait for another task; what that task blocked goes with it.
    RemoveDependency {
        /// The other task.
        on: TaskId,
    },
    /// The claim of a process that its prerequisites are completed.
    BecomeReady {
        /// The tasks that are.
        satisfied: BTreeSet<TaskId>,
    },
    /// Takes it for a run.
    Claim {
        /// The run.
        run: RunId,
        /// The number of this claim: one more than the last.
        epoch: i64,
    },
    /// The run that took it begins.
    Start {
        /// Its claim.
        epoch: i64,
    },
    /// A person takes it and begins.
    StartByPerson {
        /// Who.
        actor: ActorId,
    },
    /// The run that took it was not heard of in time.
    ExpireClaim {
        /// Its claim.
        epoch: i64,
        /// What it had come to, where that is kept.
        commit: Option<CommitId>,
    },
    /// The run that took it went down with its node, which it may have been the cause of.
    LoseClaim {
        /// Its claim.
        epoch: i64,
        /// What it had come to, where that is kept.
        commit: Option<CommitId>,
        /// When that was found out.
        now: Timestamp,
    },
    /// Gives the attempt up.
    Fail(Failure),
    /// The wait after a failed attempt is over; a timer says so, maybe late and maybe twice.
    RetryDue {
        /// The attempt that failed.
        attempt: u32,
    },
    /// A person wants another attempt now.
    Retry,
    /// Shows that the work is done.
    SubmitEvidence(Evidence),
    /// Whoever validates is content.
    PassValidation {
        /// The evidence that was judged.
        iteration: u32,
    },
    /// Whoever validates is not.
    RequestRevision {
        /// The evidence that was judged.
        iteration: u32,
        /// What is missing.
        feedback: Text,
    },
    /// Keeps it from being worked on.
    Block {
        /// The source.
        by: Blocker,
        /// Why.
        reason: Text,
    },
    /// Takes back one blocker.
    Unblock {
        /// The source that blocked it.
        by: Blocker,
    },
    /// Says what the plan that it comes from says of it now; what is so already is no news.
    Revise {
        /// What is another thing.
        revision: Box<Revision>,
        /// What it waits for and for what no longer.
        waits: Waits,
    },
    /// Gives it up because its plan no longer has it, while nobody has ever taken it.
    Withdraw {
        /// Why.
        reason: Text,
    },
    /// Makes it matter more or less.
    Prioritise {
        /// How much.
        priority: Priority,
    },
    /// Gives it up for good.
    Cancel {
        /// Why.
        reason: Option<Text>,
    },
}

/// How an attempt failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Why.
    pub reason: Reason,
    /// Whether another attempt can help.
    pub class: FailureClass,
    /// The claim of the run that reports it; none when a person gives up, whoever holds the task.
    pub epoch: Option<i64>,
    /// The time of the decision.
    pub now: Timestamp,
    /// By how many percent the wait is moved, -25 to 25; drawn by the caller.
    pub jitter: i8,
    /// The project's rule.
    pub retry: RetryPolicy,
    /// What the run had come to, where that is kept.
    pub commit: Option<CommitId>,
}

/// What shows that the work is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// What it rests on.
    pub kind: EvidenceKind,
    /// The commands that were run.
    pub commands: CommandResults,
    /// The state of the repository they were run on.
    pub commit: Option<CommitId>,
    /// The claim of the run that submits it; `verified` evidence always has one.
    pub epoch: Option<i64>,
    /// Somebody else says whether it is enough. A command that failed is sent back at once all the same.
    pub await_validation: bool,
}
