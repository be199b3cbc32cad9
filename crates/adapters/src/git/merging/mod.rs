//! Branches brought together.
//!
//! All of it is done in the keep of a repository ([`super::work`]), on objects: nothing is checked out. Whether commits go
//! together ([`fits`], [`conflict`]) is tried beside the objects of the keep, and thrown away ([`trial`]); merges ([`joins`])
//! are written into it. Only [`forward`] touches the repository itself, and the working copy that people have of it.

mod conflict;
mod fits;
mod forward;
mod holds;
mod joins;
mod outcome;
mod resolve;
mod texts;
pub(super) mod three_way;
mod trial;
mod working_copy;

use ports::BoxFuture;
use ports::git::{
    Branch, CommitHash, Conflict, Fit, Forwarded, GitError, Join, Joined, Merging, RepositoryUrl, Resolved,
};

use super::GitCli;

impl Merging for GitCli {
    fn fits<'a>(
        &'a self,
        url: &'a RepositoryUrl,
        head: CommitHash,
        commits: &'a [CommitHash],
    ) -> BoxFuture<'a, Result<Vec<Fit>, GitError>> {
        Box::pin(self.fits_of(url, head, commits))
    }

    fn join<'a>(
        &'a self,
        url: &'a RepositoryUrl,
        join: &'a Join<'a>,
    ) -> BoxFuture<'a, Result<Joined, GitError>> {
        Box::pin(self.joined(url, join))
    }

    fn join_with<'a>(
        &'a self,
        url: &'a RepositoryUrl,
        join: &'a Join<'a>,
        files: &'a [Resolved],
    ) -> BoxFuture<'a, Result<CommitHash, GitError>> {
        Box::pin(self.joined_with(url, join, files))
    }

    fn conflict<'a>(
        &'a self,
        url: &'a RepositoryUrl,
        head: CommitHash,
        commit: CommitHash,
        most: usize,
        max_bytes: u64,
    ) -> BoxFuture<'a, Result<Conflict, GitError>> {
        Box::pin(self.conflict_of(url, head, commit, most, max_bytes))
    }

    fn holds<'a>(
        &'a self,
        url: &'a RepositoryUrl,
        commit: CommitHash,
        others: &'a [CommitHash],
    ) -> BoxFuture<'a, Result<bool, GitError>> {
        Box::pin(self.holds_all(url, commit, others))
    }

    fn fast_forward<'a>(
        &'a self,
        url: &'a RepositoryUrl,
        branch: &'a Branch,
        from: CommitHash,
        to: CommitHash,
    ) -> BoxFuture<'a, Result<Forwarded, GitError>> {
        Box::pin(self.forwarded(url, branch, from, to))
    }
}
