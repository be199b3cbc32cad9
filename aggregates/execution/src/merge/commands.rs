//! What may be asked of a merge.

use kernel::ActorId;
use serde::{Deserialize, Serialize};
use vocabulary::{Bounded, BranchName, CommitId, FilePattern, Name, Reason, TaskId};

use super::{Finished, Fit, Joined, Of, Resolver, Trial};
use crate::checked::Checked;

/// An order to a merge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// The work of a task is to come in; a merge that does not exist begins with it.
    Add {
        /// Whose work it is.
        of: Of,
        /// What people call that.
        title: Name,
        /// The branch, when the merge begins.
        branch: BranchName,
        /// The work.
        finished: Finished,
    },
    /// Every task of it is done.
    NoteWorkCompleted,
    /// There is more to come after all.
    NoteWorkExtended,
    /// Says on what it stands.
    TakeBase {
        /// The branch that people work on.
        target: BranchName,
        /// Its newest commit.
        commit: CommitId,
    },
    /// Says how the waiting candidates go with the head.
    Score {
        /// The head.
        head: CommitId,
        /// Each of them, the easiest first.
        fits: Vec<Fit>,
    },
    /// Tries candidates together.
    BeginStep {
        /// On what.
        head: CommitId,
        /// The commit of the default branch, when that is what is taken in.
        follows: Option<CommitId>,
        /// What is tried.
        joined: Bounded<Joined, 1, 64>,
    },
    /// Says what came of a trial.
    Judge {
        /// Of which.
        trial: Trial,
        /// Whether every command ended with 0.
        passed: bool,
        /// The commands.
        commands: Bounded<Checked, 0, 50>,
    },
    /// Says what came of the step.
    FinishStep(Verdict),
    /// Says that a candidate does not go with the head.
    FindConflict {
        /// Which one.
        task: TaskId,
        /// The head.
        head: CommitId,
        /// How many files.
        files: u32,
        /// Some of them.
        paths: Bounded<FilePattern, 0, 200>,
    },
    /// Somebody begins to resolve that.
    StartResolution {
        /// Of which candidate.
        task: TaskId,
        /// Who.
        by: Resolver,
    },
    /// Somebody has resolved it; it is tried like any other.
    Propose {
        /// Of which candidate.
        task: TaskId,
        /// The commit that holds it and the head.
        commit: CommitId,
    },
    /// Somebody could not resolve it.
    GiveUpResolution {
        /// Of which candidate.
        task: TaskId,
        /// Why.
        reason: Reason,
    },
    /// Leaves a candidate to people.
    Park {
        /// Which one.
        task: TaskId,
        /// Why, for programs.
        code: Name,
        /// Why, for people, with what to do.
        reason: Reason,
        /// With which other candidate it does not go together.
        with: Option<TaskId>,
    },
    /// A person wants what is parked to be tried again.
    Retry {
        /// Which one; all without one.
        task: Option<TaskId>,
        /// Who.
        by: ActorId,
    },
    /// A person has resolved something by hand.
    ResolveByHand {
        /// Of which candidate; without one, of the default branch with the head.
        task: Option<TaskId>,
        /// The commit.
        commit: CommitId,
        /// Who.
        by: ActorId,
    },
    /// A person decides to go on without a candidate.
    LeaveOut {
        /// Which one.
        task: TaskId,
        /// Why.
        reason: Reason,
        /// Who.
        by: ActorId,
    },
    /// A person wants the default branch to have the head.
    Approve {
        /// The head that they have seen.
        head: CommitId,
        /// Who.
        by: ActorId,
    },
    /// Says why the default branch does not have it.
    RefuseLanding {
        /// For programs.
        code: Name,
        /// For people, with what to do.
        reason: Reason,
    },
    /// Says that the default branch has it.
    NoteLanded {
        /// Where the branch was before.
        from: CommitId,
    },
    /// Nobody wants it any more.
    Abandon {
        /// Why.
        reason: Option<Reason>,
        /// Who.
        by: ActorId,
    },
}

/// What came of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// All of it holds.
    Green,
    /// The first so many hold; the next one does not.
    Red {
        /// How many hold.
        green: usize,
        /// The candidate with which the next one does not hold, where it holds without it.
        with: Option<TaskId>,
        /// What was seen, for people.
        reason: Reason,
    },
}
