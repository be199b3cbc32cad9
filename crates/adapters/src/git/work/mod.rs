//! Workspaces of runs, and what comes of them.
//!
//! For each repository there is a keep ([`keep`]): a bare repository that holds the commits runs begin at and what they have
//! come to. Everything is made from it and goes through it; the repository itself is only asked for commits, and given the
//! refs of [`publish`] and [`take_in`] ([`there`]). What strangers made is read from objects that were checked, never from
//! a working copy of theirs.

pub(super) mod aside;
mod base;
mod bundle;
mod changes;
mod check_out;
mod clone;
pub(super) mod disk;
pub(super) mod files;
pub(super) mod keep;
pub(super) mod lock;
mod publish;
mod take_in;
pub(super) mod there;

use ports::BoxFuture;
use ports::git::{
    Base, Branch, Bundle, Changes, Checkout, CommitHash, GitError, Published, RepositoryUrl, RunClone,
    Workspaces,
};

use super::GitCli;

/// What a call may hold that reads what a stranger made: it can be small, and say that it is large.
pub(super) const MAX_MEMORY_BYTES: u64 = 2 << 30;

impl Workspaces for GitCli {
    fn base<'a>(
        &'a self,
        url: &'a RepositoryUrl,
        heads: &'a [CommitHash],
    ) -> BoxFuture<'a, Result<Base, GitError>> {
        Box::pin(self.merged(url, heads))
    }

    fn clone_for_run<'a>(&'a self, clone: &'a RunClone<'a>) -> BoxFuture<'a, Result<(), GitError>> {
        Box::pin(self.cloned(clone))
    }

    fn keep<'a>(&'a self, bundle: &'a Bundle<'a>) -> BoxFuture<'a, Result<CommitHash, GitError>> {
        Box::pin(self.taken_in(bundle))
    }

    fn publish<'a>(
        &'a self,
        url: &'a RepositoryUrl,
        branch: &'a Branch,
        commit: CommitHash,
    ) -> BoxFuture<'a, Result<Published, GitError>> {
        Box::pin(self.published(url, branch, commit))
    }

    fn changes<'a>(
        &'a self,
        url: &'a RepositoryUrl,
        from: CommitHash,
        to: CommitHash,
        most: usize,
    ) -> BoxFuture<'a, Result<Changes, GitError>> {
        Box::pin(self.changed(url, from, to, most))
    }

    fn check_out<'a>(&'a self, checkout: &'a Checkout<'a>) -> BoxFuture<'a, Result<(), GitError>> {
        Box::pin(self.checked_out(checkout))
    }
}
