//! Why a merge refuses a command: what is so.

use vocabulary::{CommitId, TaskId};

/// Why a merge refuses a command.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// No such merge.
    #[error("the merge does not exist")]
    NotFound,
    /// It was given up.
    #[error(
        "the merge was abandoned: what was merged stays on its branch, and every branch of its tasks stays too"
    )]
    Abandoned,
    /// It is another one's work.
    #[error("the task {task} is no candidate of this merge")]
    UnknownCandidate {
        /// Which one.
        task: TaskId,
    },
    /// There is nothing to be done about it.
    #[error("the work of this task is merged already")]
    AlreadyMerged,
    /// It is not its turn.
    #[error("the work of this task does not wait to be tried")]
    NotWaiting,
    /// There is nothing to resolve.
    #[error("the work of this task goes with the rest, as far as is known")]
    NotConflicted,
    /// Nobody has begun to.
    #[error("nobody resolves the conflict of this task at the moment")]
    NotResolving,
    /// One at a time.
    #[error("a step of the merge goes on: wait until it is over")]
    InStep,
    /// There is none.
    #[error("no step of the merge goes on")]
    NoStep,
    /// It is not known whether it holds.
    #[error("what the step would merge was not verified")]
    NotVerified,
    /// It was decided on something that is not so any more.
    #[error("the merge stands at {head} by now: look at it again")]
    HeadMoved {
        /// Where it is.
        head: CommitId,
    },
    /// Nothing waits for a person.
    #[error("nothing is parked here")]
    NothingParked,
    /// It is not whole.
    #[error(
        "the merge is {status}, not ready: it can be approved once every task is done and merged or left out"
    )]
    NotReady {
        /// How it is.
        status: &'static str,
    },
    /// The default branch has it.
    #[error("the default branch has this head already")]
    AlreadyLanded,
    /// Nobody wants it there.
    #[error("nobody has approved of this head")]
    NotApproved,
}

impl kernel::Rejection for Rejection {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::Abandoned => "abandoned",
            Self::UnknownCandidate { .. } => "unknown_candidate",
            Self::AlreadyMerged => "already_merged",
            Self::NotWaiting => "not_waiting",
            Self::NotConflicted => "not_conflicted",
            Self::NotResolving => "not_resolving",
            Self::InStep => "in_step",
            Self::NoStep => "no_step",
            Self::NotVerified => "not_verified",
            Self::HeadMoved { .. } => "head_moved",
            Self::NothingParked => "nothing_parked",
            Self::NotReady { .. } => "not_whole",
            Self::AlreadyLanded => "already_landed",
            Self::NotApproved => "not_approved",
        }
    }
}
