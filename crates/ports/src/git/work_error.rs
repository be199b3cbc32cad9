//! Why a workspace was not made, or what a run left was not taken in.

use super::{Branch, CommitHash, Unresolved};
use crate::llm::Said;

/// Why something was not written. Nothing has changed then, but for what can be done again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WorkError {
    /// A run is named by letters, digits, `-` and `_`, its snapshots from 1 on.
    #[error("refs cannot name this run: give its id, and count its snapshots from 1")]
    NoRun,
    /// It is no file of its own, no bundle, or one that git does not take in.
    #[error("what the run left cannot be taken in, let it make its result again: {said}")]
    Broken {
        /// What is wrong with it.
        said: Said,
    },
    /// More than a run may leave.
    #[error("what the run left is larger than {max_bytes} bytes: let it leave out what can be built again")]
    ResultTooLarge {
        /// The limit.
        max_bytes: u64,
    },
    /// It begins elsewhere.
    #[error(
        "what the run left does not build on {base}: let it put its work on the commit that it was given"
    )]
    NotBuiltOn {
        /// What it was given.
        base: CommitHash,
    },
    /// A snapshot never changes.
    #[error("snapshot {n} of this run is already {commit}: count on")]
    AnotherIsKept {
        /// Which one.
        n: u32,
        /// What is kept as it.
        commit: CommitHash,
    },
    /// It belongs to others.
    #[error("the branch {branch} is not written to: name one that begins with omoi/")]
    NotOurs {
        /// What was asked for.
        branch: Branch,
    },
    /// Files would no longer be what their branch says.
    #[error(
        "the branch {branch} is checked out in a working copy: check out another there, or run `git worktree prune` if it is gone"
    )]
    CheckedOut {
        /// What was asked for.
        branch: Branch,
    },
    /// Somebody has put something else there.
    #[error(
        "the branch {branch} holds what this does not build on: merge that first, or name another branch"
    )]
    Moved {
        /// What was asked for.
        branch: Branch,
    },
    /// The repository does not let us write.
    #[error("the repository is not written to, see to it that the server may write to its directory: {said}")]
    NotWritten {
        /// Its words.
        said: Said,
    },
    /// There is nothing to be merged.
    #[error("commits of this repository are to be merged, and none was named: name one at least")]
    NoHeads,
    /// They have not even their beginning in common.
    #[error("{head} has no history in common with what it is to be merged with: merge it by hand")]
    Unrelated {
        /// The one that does not go with those before it.
        head: CommitHash,
    },
    /// What was said of files in conflict does not make a merge.
    #[error("{path:?} {wrong}")]
    Unresolved {
        /// The file. It may hold whatever a name can: it is quoted where it is shown.
        path: String,
        /// What is wrong.
        wrong: Unresolved,
    },
    /// Others have gone on with it.
    #[error("the branch {branch} is no longer at {commit}: merge with where it is now")]
    NotAt {
        /// What was asked for.
        branch: Branch,
        /// Where it was to be.
        commit: CommitHash,
    },
    /// Somebody's work is in the way.
    #[error(
        "the branch {branch} is checked out in a working copy with changes of its own, or with files in the way: commit, stash or move them there first"
    )]
    WorkingCopyChanged {
        /// What was asked for.
        branch: Branch,
    },
    /// Programs would have to be run on what is written there.
    #[error(
        "the branch {branch} is checked out in a working copy whose files pass through filters, which are not run from here: run `git merge --ff-only {commit}` there"
    )]
    WorkingCopyFiltered {
        /// What was asked for.
        branch: Branch,
        /// Where it was to go.
        commit: CommitHash,
    },
    /// Nothing is written to other machines.
    #[error(
        "the repository is on another machine and is not written to from here: whoever may do so runs `{command}` in the data directory of this server"
    )]
    NotHere {
        /// What was asked for.
        branch: Branch,
        /// What moves it.
        command: String,
    },
    /// Files would fill the disk.
    #[error(
        "{commit} has more than {max_files} files or {max_bytes} bytes in them: let the run leave out what can be built again"
    )]
    FilesTooLarge {
        /// What was to be checked out.
        commit: CommitHash,
        /// The limit of their number.
        max_files: usize,
        /// The limit.
        max_bytes: u64,
    },
    /// Something is there already.
    #[error("there is something at the place for these files already: name a directory that is not there")]
    PlaceTaken,
    /// No room, or no rights.
    #[error("the server cannot write where it keeps what runs leave, see to its disk: {said}")]
    Disk {
        /// The words of the system.
        said: Said,
    },
}

impl WorkError {
    /// A stable name of it, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoRun => "invalid_run",
            Self::Broken { .. } => "result_broken",
            Self::ResultTooLarge { .. } => "result_too_large",
            Self::NotBuiltOn { .. } => "result_not_built_on_base",
            Self::AnotherIsKept { .. } => "another_result_kept",
            Self::NotOurs { .. } => "branch_not_ours",
            Self::CheckedOut { .. } => "branch_checked_out",
            Self::Moved { .. } => "branch_moved",
            Self::NotWritten { .. } => "repository_not_written",
            Self::NoHeads => "no_heads",
            Self::Unrelated { .. } => "unrelated_histories",
            Self::Unresolved { .. } => "conflict_unresolved",
            Self::NotAt { .. } => "branch_moved",
            Self::WorkingCopyChanged { .. } => "working_copy_changed",
            Self::WorkingCopyFiltered { .. } => "working_copy_filtered",
            Self::NotHere { .. } => "repository_not_here",
            Self::FilesTooLarge { .. } => "files_too_large",
            Self::PlaceTaken => "place_taken",
            Self::Disk { .. } => "disk_failed",
        }
    }
}
