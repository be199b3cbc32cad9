//! Bringing branches together, and moving the one that people work on.
//!
//! Of the two that are merged, `head` is the end of the branch that grows: it is "ours". `commit` comes to it, and is "theirs".
//! Branches of ours (`omoi/*`) are moved by [`Workspaces::publish`](super::Workspaces::publish); any other is written to by
//! [`Merging::fast_forward`] alone.

use std::fmt;

use super::{Branch, CommitHash, GitError, RepositoryUrl};
use crate::BoxFuture;

/// Brings branches together without a checkout. Every call may be repeated, and comes to the same commits.
pub trait Merging: fmt::Debug + Send + Sync {
    /// How each of these goes with `head`, in the order given. Nothing is kept of it, so many can be tried for each new head.
    fn fits<'a>(
        &'a self,
        url: &'a RepositoryUrl,
        head: CommitHash,
        commits: &'a [CommitHash],
    ) -> BoxFuture<'a, Result<Vec<Fit>, GitError>>;

    /// The merge of the two, kept: its parents are `head` and `commit`, its date is the later of theirs. One that builds on
    /// `head` gets a merge of its own as well, so that the message is in the history; one that `head` holds gets none.
    fn join<'a>(
        &'a self,
        url: &'a RepositoryUrl,
        join: &'a Join<'a>,
    ) -> BoxFuture<'a, Result<Joined, GitError>>;

    /// The same, with what becomes of the files in conflict. Each of them is named once, and no other; see
    /// [`Unresolved`] for what is refused.
    fn join_with<'a>(
        &'a self,
        url: &'a RepositoryUrl,
        join: &'a Join<'a>,
        files: &'a [Resolved],
    ) -> BoxFuture<'a, Result<CommitHash, GitError>>;

    /// The files in conflict, with what each side has there: at most `most` of them, texts of at most `max_bytes`. None, if
    /// the two go together.
    fn conflict<'a>(
        &'a self,
        url: &'a RepositoryUrl,
        head: CommitHash,
        commit: CommitHash,
        most: usize,
        max_bytes: u64,
    ) -> BoxFuture<'a, Result<Conflict, GitError>>;

    /// Whether all of `others` are in the history of `commit`. What is not known yet is fetched from the repository.
    fn holds<'a>(
        &'a self,
        url: &'a RepositoryUrl,
        commit: CommitHash,
        others: &'a [CommitHash],
    ) -> BoxFuture<'a, Result<bool, GitError>>;

    /// Moves `branch`, one that people work on, from `from` to `to`, in a repository that is a directory of this machine:
    /// forward only, and only from there. If it is checked out in a working copy without changes, the files there follow.
    fn fast_forward<'a>(
        &'a self,
        url: &'a RepositoryUrl,
        branch: &'a Branch,
        from: CommitHash,
        to: CommitHash,
    ) -> BoxFuture<'a, Result<Forwarded, GitError>>;
}

/// How a commit goes with the end of a branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fit {
    /// The branch has it already.
    Holds,
    /// They go together.
    Clean,
    /// They do not.
    Conflict {
        /// The files in question. Seldom there are none: two ways in which a directory was renamed are in the way of each
        /// other, and no file is.
        paths: Vec<String>,
    },
    /// It cannot be tried, and the others were: it is nowhere, has another history, or takes too much time or memory.
    Refused {
        /// Why.
        reason: GitError,
    },
}

/// Two commits, and what is said of their merge.
#[derive(Clone, Copy, Debug)]
pub struct Join<'a> {
    /// The end of the branch.
    pub head: CommitHash,
    /// What comes to it.
    pub commit: CommitHash,
    /// The message, whole, with its trailers.
    pub message: &'a str,
}

/// What has come of two commits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Joined {
    /// This commit holds both: their merge, or `head` when it did already.
    At(CommitHash),
    /// They do not go together.
    Conflict {
        /// The files in question, as in [`Fit::Conflict`].
        paths: Vec<String>,
    },
}

/// What becomes of a file in conflict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// Where it is, as [`ConflictFile::path`] says it.
    pub path: String,
    /// What.
    pub to: Resolution,
}

/// See [`Resolved`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// It holds this text. Whether it may be run stays as it is in ours, else as in theirs.
    Text(String),
    /// It is what `head` has there: also a link, a submodule, a directory, or nothing.
    Ours,
    /// It is what `commit` has there.
    Theirs,
    /// There is no such file. Where the other side has a directory, that stays.
    Removed,
}

/// Files that do not go together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conflict {
    /// One by one, by path.
    pub files: Vec<ConflictFile>,
    /// There are more than was asked for.
    pub cut: bool,
}

/// One of them. A text is `None` where that side has no such file, and where it is no text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConflictFile {
    /// Where it is. It may hold whatever a name can: show it with care.
    pub path: String,
    /// What the two began with.
    pub base: Option<String>,
    /// What `head` has.
    pub ours: Option<String>,
    /// What `commit` has.
    pub theirs: Option<String>,
    /// What git has made of both, with its marks around what is in conflict.
    pub marked: Option<String>,
    /// All that is there is text, and no longer than was asked for: `None` means that there is no such file. Otherwise it is
    /// a link, a submodule, something binary or large, or a directory is in its way; then ours or theirs is taken, or none.
    pub is_text: bool,
}

/// What has become of a branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forwarded {
    /// It was moved.
    Moved,
    /// It was there already.
    Unchanged,
}

/// Why what was said of a file in conflict does not make a merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unresolved {
    /// It was left out.
    #[error("is in conflict, and nothing is said of it: say what becomes of each file that is")]
    Missing,
    /// There is no conflict there, or not any longer.
    #[error("is not in conflict: speak only of the files that are")]
    NotInConflict,
    /// Nobody knows which counts.
    #[error("is named more than once: say one thing of it")]
    Twice,
    /// The text is not finished.
    #[error("still holds marks of the conflict: remove the lines that begin with <<<<<<< and >>>>>>>")]
    Marked,
    /// A link, a submodule, or something binary.
    #[error("is no text: take ours or theirs, or remove it")]
    NotText,
    /// A file cannot be where other files are below it.
    #[error(
        "would be a file, and there are files below it: take the side that has the directory, or remove those"
    )]
    Directory,
}
