//! Writing: the places where runs work, what they leave, and how it comes back into a repository.
//!
//! What an agent has made is a stranger's: git is never run on it outside a sandbox. It comes out as a bundle, which is
//! checked as it is taken in. In a repository nothing is written but `refs/heads/omoi/*` and `refs/omoi/*`;
//! the one exception is [`Merging::fast_forward`](super::Merging::fast_forward).

use std::path::Path;

use super::{Branch, CommitHash, GitError, RepositoryUrl};
use crate::BoxFuture;

/// Makes workspaces, and keeps what they come to. Every call may be repeated.
pub trait Workspaces: std::fmt::Debug + Send + Sync {
    /// On what a task stands that waits for others: their heads merged in this order, without a checkout. One head is itself.
    fn base<'a>(
        &'a self,
        url: &'a RepositoryUrl,
        heads: &'a [CommitHash],
    ) -> BoxFuture<'a, Result<Base, GitError>>;

    /// A clone of its own in `directory`, which must not exist: `branch` checked out at `at`, with so much history that it can
    /// be worked with, no remote, no hooks, and the identity that commits are made under.
    fn clone_for_run<'a>(&'a self, clone: &'a RunClone<'a>) -> BoxFuture<'a, Result<(), GitError>>;

    /// Takes in what a run has come to: a bundle that holds `refs/heads/omoi/result` and was made inside of its sandbox. Its
    /// commit is kept as `refs/omoi/runs/<run>/<n>`, here and, when the repository is a directory of this machine, there.
    /// Nothing of a bundle that is broken, too large, or not built on `base` is kept, and a snapshot that is kept never
    /// changes. A run that changed nothing has no bundle ([`Made::Nothing`](super::Made)): its head is `base`.
    fn keep<'a>(&'a self, bundle: &'a Bundle<'a>) -> BoxFuture<'a, Result<CommitHash, GitError>>;

    /// Puts `branch`, one of `omoi/*`, at a kept commit, here and, when the repository is a directory of this machine, there.
    /// One that is checked out there, or holds what the commit does not build on, is left, with an error. It answers what has
    /// become of the branch in the repository itself.
    fn publish<'a>(
        &'a self,
        url: &'a RepositoryUrl,
        branch: &'a Branch,
        commit: CommitHash,
    ) -> BoxFuture<'a, Result<Published, GitError>>;

    /// What `to` changed since `from`, by path, at most `most`.
    fn changes<'a>(
        &'a self,
        url: &'a RepositoryUrl,
        from: CommitHash,
        to: CommitHash,
        most: usize,
    ) -> BoxFuture<'a, Result<Changes, GitError>>;

    /// The files of `commit` in `directory`, which must not exist, with those of `restored` as they are at the commit named
    /// there: a path and all below it; what is not there is not here either, and what stands in their way gives way. No
    /// link, hook or configuration of it acts on the host, and it is no repository.
    fn check_out<'a>(&'a self, checkout: &'a Checkout<'a>) -> BoxFuture<'a, Result<(), GitError>>;
}

/// On what a task stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// On this commit.
    At(CommitHash),
    /// Two of its heads do not go together.
    Conflict {
        /// The place of the first head, in the order given, that does not go with those before it.
        head: usize,
        /// The files in question.
        paths: Vec<String>,
    },
}

/// What has become of a branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Published {
    /// It is new.
    Created,
    /// It was elsewhere before.
    Moved,
    /// It was at this commit already.
    Unchanged,
    /// The repository is on another machine and was not written to: the branch is only here.
    OnlyHere,
}

/// What a clone is to be.
#[derive(Clone, Debug)]
pub struct RunClone<'a> {
    /// Of which repository.
    pub url: &'a RepositoryUrl,
    /// The commit it begins at: one of the repository, or one that was kept.
    pub at: CommitHash,
    /// The branch that is checked out there.
    pub branch: &'a Branch,
    /// Where it is made.
    pub directory: &'a Path,
    /// Name and address that commits are made under.
    pub identity: (&'a str, &'a str),
}

/// What a run has come to.
#[derive(Clone, Debug)]
pub struct Bundle<'a> {
    /// Of which repository.
    pub url: &'a RepositoryUrl,
    /// The file.
    pub file: &'a Path,
    /// What it has to build on.
    pub base: CommitHash,
    /// The run, as refs name it.
    pub run: &'a str,
    /// Which of its snapshots, from 1.
    pub n: u32,
}

/// What was changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// File by file, in git's order.
    pub files: Vec<Change>,
    /// There is more than was asked for.
    pub cut: bool,
}

/// A file that was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Where it is, or was. It may hold whatever a name can: show it with care.
    pub path: String,
    /// How.
    pub kind: ChangeKind,
    /// Lines added; `None` when it is no text, or when too much was changed to be counted.
    pub added: Option<u64>,
    /// Lines removed.
    pub removed: Option<u64>,
}

/// How a file was changed. A file that was moved is one that was removed and one that was added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It holds something else, or is something else.
    Modified,
    /// It is gone.
    Deleted,
}

/// Files to be checked out.
#[derive(Clone, Debug)]
pub struct Checkout<'a> {
    /// Of which repository.
    pub url: &'a RepositoryUrl,
    /// The commit.
    pub commit: CommitHash,
    /// Paths that are taken from another commit instead, also when `commit` has removed them.
    pub restored: Option<(CommitHash, &'a [String])>,
    /// Where they are put.
    pub directory: &'a Path,
}
