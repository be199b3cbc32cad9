//! Why a repository was not read, sorted by what the caller can do.

use std::time::Duration;

use super::{Branch, CommitHash, EntryKind, TreePath, WorkError};
use crate::llm::Said;

/// Why a repository was not read. No variant holds a secret, and none more than a line of somebody else's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GitError {
    /// There is something else, or nothing.
    #[error(
        "there is no git repository at this place: check it; a private one may look like this, and is reached by ssh"
    )]
    NotARepository,
    /// It exists, and is not shown to us.
    #[error(
        "the repository is not open to this server, or there is none: link a private one by ssh with a key that may read it"
    )]
    Refused,
    /// It may be there later.
    #[error("the repository cannot be reached, check its address or try again later: {said}")]
    Unreachable {
        /// What is in the way.
        said: Said,
    },
    /// The installation does not read such places.
    #[error("{0}")]
    NotAllowed(NotAllowed),
    /// It has no such branch.
    #[error("the repository has no branch {branch}: name one that it has")]
    NoSuchBranch {
        /// What was asked for.
        branch: Branch,
    },
    /// Nobody said which branch, and the repository does not either.
    #[error("the repository itself has no branch checked out: name the branch")]
    NoBranch,
    /// Nothing was ever committed.
    #[error("the repository is empty: commit something to it first")]
    Empty,
    /// It has no such commit, or no longer.
    #[error("the repository has no commit {commit}: read it again from the end of its branch")]
    NoSuchCommit {
        /// What was asked for.
        commit: CommitHash,
    },
    /// There is nothing at this path.
    #[error("there is no file {path} at this commit: choose one from the list")]
    NoSuchFile {
        /// What was asked for.
        path: TreePath,
    },
    /// A directory, or something that is not followed.
    #[error("{path} is no file that can be read ({}): choose another from the list", kind.map_or("directory", EntryKind::as_str))]
    NotAFile {
        /// What was asked for.
        path: TreePath,
        /// What it is; `None` for a directory.
        kind: Option<EntryKind>,
    },
    /// More than a cache may hold.
    #[error("the repository at this commit is larger than {max_bytes} bytes: link it by a path")]
    TooLarge {
        /// The limit.
        max_bytes: u64,
    },
    /// Nothing came for too long.
    #[error("the repository was not read within {} s: try again, or link it by a path", within.as_secs())]
    Timeout {
        /// The limit.
        within: Duration,
    },
    /// The program is not there.
    #[error("the server has no git: install git 2.38 or later on it, or set PATH so that it is found")]
    GitMissing,
    /// The program lacks what makes it safe to read what others wrote.
    #[error("the server has git {found}: install git 2.38 or later on it")]
    GitTooOld {
        /// Its version.
        found: Said,
    },
    /// Something was not written.
    #[error(transparent)]
    Work(#[from] WorkError),
    /// Something else.
    #[error("git cannot read the repository, try the same with git on the server: {said}")]
    Failed {
        /// Its words.
        said: Said,
    },
}

/// Which places an installation does not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAllowed {
    /// A directory of the server.
    #[error(
        "this server reads no repositories of its own disk: link one by https, or let its operator set local_repositories"
    )]
    Path,
    /// SSH would use the keys of the server, whoever asks.
    #[error(
        "this server lends nobody its keys for ssh: link the repository by https, or let its operator set local_repositories"
    )]
    Ssh,
    /// A machine that only the server can reach.
    #[error(
        "the host is in a private network, and this server reads public ones only: let its operator set local_repositories"
    )]
    PrivateHost,
}

impl GitError {
    /// A stable name of it, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotARepository => "not_a_repository",
            Self::Refused => "repository_refused",
            Self::Unreachable { .. } => "repository_unreachable",
            Self::NotAllowed(_) => "repository_not_allowed",
            Self::NoSuchBranch { .. } | Self::NoBranch => "unknown_branch",
            Self::Empty => "repository_empty",
            Self::NoSuchCommit { .. } => "unknown_commit",
            Self::NoSuchFile { .. } | Self::NotAFile { .. } => "no_such_file",
            Self::TooLarge { .. } => "repository_too_large",
            Self::Timeout { .. } => "repository_timeout",
            Self::GitMissing | Self::GitTooOld { .. } => "git_missing",
            Self::Work(error) => error.code(),
            Self::Failed { .. } => "git_failed",
        }
    }

    /// Whether the same call may succeed later without anybody changing anything here. A disk has room again when other runs end.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        let disk = matches!(self, Self::Work(WorkError::Disk { .. }));
        disk || matches!(self, Self::Unreachable { .. } | Self::Timeout { .. })
    }
}
