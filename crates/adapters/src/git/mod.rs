//! Repositories by the command line of git, whose behaviour is the reference.
//!
//! What is read was written by strangers, so each call of git is fenced ([`run`]): nothing of a repository's
//! configuration runs, nothing asks, nothing is fetched that was not asked for, and whatever takes too long or too much is
//! ended. A directory of this machine is read where it is. Of an address, the one commit that is wanted is fetched into a
//! bare repository below the cache ([`mirror`]), which can be removed at any time. What is written, for runs and of them,
//! is in [`work`], and how it is brought together in [`merging`].

mod failure;
mod fence;
mod local;
mod merging;
mod mirror;
mod program;
mod read;
mod remote;
mod run;
mod work;

use std::path::PathBuf;
use std::time::Duration;

use ports::BoxFuture;
use ports::git::{
    Branch, CommitHash, Content, Git, GitError, Head, Listing, NotAllowed, RepositoryUrl, Transport, TreePath,
};

use self::mirror::Turns;
use self::program::Program;
pub use self::program::{FoundGit, OLDEST};

/// Nobody reads more names than that, and a listing of them is 10 MB.
const MOST_ENTRIES: usize = 100_000;

/// What an installation reads, and within which bounds.
#[derive(Clone, Debug)]
pub struct GitOptions {
    /// Where what was fetched is kept.
    pub cache: PathBuf,
    /// Where is kept what exists nowhere else: what runs have come to.
    pub keep: PathBuf,
    /// Which places are read.
    pub reach: Reach,
    /// Certificates that are trusted instead of those of the operating system.
    pub ca_file: Option<PathBuf>,
    /// Longest time for a call that reads what is on this machine.
    pub local_within: Duration,
    /// Longest time to ask for the end of a branch.
    pub ask_within: Duration,
    /// Longest time to fetch a commit.
    pub fetch_within: Duration,
    /// Most bytes that a commit may have when it is fetched, packed.
    pub max_fetched_bytes: u64,
    /// Files with more bytes are not fetched, where git can leave them out.
    pub max_file_bytes: u64,
    /// Longest time to bring commits of a repository into its keep, or to take in what a run left, or to make its files.
    pub keep_within: Duration,
    /// Most bytes that a run may leave, packed.
    pub max_result_bytes: u64,
    /// Most bytes that the files of a commit may have.
    pub max_files_bytes: u64,
}

impl GitOptions {
    /// Usual bounds, and what is kept beside the cache.
    #[must_use]
    pub fn new(cache: PathBuf, reach: Reach) -> Self {
        Self {
            keep: cache.with_file_name("keep"),
            cache,
            reach,
            ca_file: None,
            local_within: Duration::from_secs(20),
            // A request has 30 s.
            ask_within: Duration::from_secs(20),
            fetch_within: Duration::from_secs(180),
            max_fetched_bytes: 1 << 30,
            max_file_bytes: 1 << 20,
            keep_within: Duration::from_secs(600),
            max_result_bytes: 512 << 20,
            max_files_bytes: 4 << 30,
        }
    }
}

/// Which places are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Whatever the account can read that runs the server: its directories, what its keys of ssh open, hosts of its
    /// network. For who serves oneself.
    ThisAccount,
    /// Public hosts by https. For who serves others: they would read with the rights of the server.
    Public,
}

/// [`Git`] by the command line.
#[derive(Debug)]
pub struct GitCli {
    options: GitOptions,
    program: Program,
    mirrors: Turns,
    keeps: Turns,
}

impl GitCli {
    /// Nothing is started or made yet.
    #[must_use]
    pub fn new(options: GitOptions) -> Self {
        Self { program: Program::default(), mirrors: Turns::default(), keeps: Turns::default(), options }
    }

    /// Refuses what this installation does not read.
    fn may_reach(&self, url: &RepositoryUrl) -> Result<(), GitError> {
        match (self.options.reach, url.transport()) {
            (Reach::ThisAccount, _) | (Reach::Public, Transport::Https { .. }) => Ok(()),
            (Reach::Public, Transport::Path) => Err(GitError::NotAllowed(NotAllowed::Path)),
            (Reach::Public, Transport::Ssh { .. }) => Err(GitError::NotAllowed(NotAllowed::Ssh)),
        }
    }

    /// The git directory in which `commit` is.
    async fn holding(&self, url: &RepositoryUrl, commit: CommitHash) -> Result<PathBuf, GitError> {
        self.may_reach(url)?;
        match url.transport() {
            Transport::Path => local::git_dir(url).await,
            Transport::Https { .. } | Transport::Ssh { .. } => self.fetched(url, commit).await,
        }
    }
}

impl Git for GitCli {
    fn resolve<'a>(
        &'a self,
        url: &'a RepositoryUrl,
        branch: Option<&'a Branch>,
    ) -> BoxFuture<'a, Result<Head, GitError>> {
        Box::pin(async move {
            self.may_reach(url)?;
            match url.transport() {
                Transport::Path => self.local_head(url, branch).await,
                Transport::Https { .. } | Transport::Ssh { .. } => self.remote_head(url, branch).await,
            }
        })
    }

    fn list<'a>(
        &'a self,
        url: &'a RepositoryUrl,
        commit: CommitHash,
        most: usize,
    ) -> BoxFuture<'a, Result<Listing, GitError>> {
        Box::pin(async move {
            let git_dir = self.holding(url, commit).await?;
            self.entries(&git_dir, commit, most.min(MOST_ENTRIES)).await
        })
    }

    fn show<'a>(
        &'a self,
        url: &'a RepositoryUrl,
        commit: CommitHash,
        path: &'a TreePath,
        max_bytes: u64,
    ) -> BoxFuture<'a, Result<Content, GitError>> {
        Box::pin(async move {
            let git_dir = self.holding(url, commit).await?;
            self.content(&git_dir, commit, path, max_bytes).await
        })
    }
}
