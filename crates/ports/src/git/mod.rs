//! Reading a repository as it is at one commit ([`Git`]): which files it has, and what is in them. Nothing is checked out, and
//! nothing is ever written to it. What runs of agents need beyond that is in `work.rs` ([`Workspaces`]), and how what they made is
//! brought together in `merging.rs` ([`Merging`]).

mod branch;
mod error;
mod merging;
mod result;
mod tree_path;
mod url;
mod work;
mod work_error;

use std::fmt;
use std::str::FromStr;

pub use self::branch::{Branch, InvalidBranch};
pub use self::error::{GitError, NotAllowed};
pub use self::merging::{
    Conflict, ConflictFile, Fit, Forwarded, Join, Joined, Merging, Resolution, Resolved, Unresolved,
};
pub use self::result::{Ended, Made, RESULT_REF, ResultCommands};
pub use self::tree_path::{DubiousPath, TreePath};
pub use self::url::{InvalidRepositoryUrl, RepositoryUrl, Transport};
pub use self::work::{Base, Bundle, Change, ChangeKind, Changes, Checkout, Published, RunClone, Workspaces};
pub use self::work_error::WorkError;

use crate::BoxFuture;

/// Reads repositories. Every call may be repeated: it changes nothing but a cache.
pub trait Git: fmt::Debug + Send + Sync {
    /// The newest commit of `branch`, without one that of the branch which the repository itself prefers. Says so, with
    /// the reason, when the repository cannot be read.
    fn resolve<'a>(
        &'a self,
        url: &'a RepositoryUrl,
        branch: Option<&'a Branch>,
    ) -> BoxFuture<'a, Result<Head, GitError>>;

    /// What the repository holds at `commit`, by path, at most `most` entries.
    fn list<'a>(
        &'a self,
        url: &'a RepositoryUrl,
        commit: CommitHash,
        most: usize,
    ) -> BoxFuture<'a, Result<Listing, GitError>>;

    /// What the file at `path` holds at `commit`, unless it has more than `max_bytes`.
    fn show<'a>(
        &'a self,
        url: &'a RepositoryUrl,
        commit: CommitHash,
        path: &'a TreePath,
        max_bytes: u64,
    ) -> BoxFuture<'a, Result<Content, GitError>>;
}

/// The end of a branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The branch.
    pub branch: Branch,
    /// Its newest commit.
    pub commit: CommitHash,
}

/// What a repository holds at a commit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// Everything but directories, in git's order: by the bytes of the path.
    pub entries: Vec<Entry>,
    /// There is more than was asked for.
    pub cut: bool,
    /// How many were left out because their names are not UTF-8.
    pub unnamed: usize,
}

/// One of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where it is, from the top. It may hold line breaks and whatever else a name can: show it with care.
    pub path: String,
    /// What it is.
    pub kind: EntryKind,
    /// How large it is; `None` where the repository does not hold the content itself, as of a submodule or of a file that
    /// was too large to be fetched.
    pub bytes: Option<u64>,
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A file.
    File,
    /// A file that may be run.
    Executable,
    /// A link; where it points to is never followed.
    Symlink,
    /// A commit of another repository, which is not read.
    Submodule,
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Text, in UTF-8.
    Text(String),
    /// Something else.
    Binary {
        /// Its size.
        bytes: u64,
    },
    /// More than was asked for.
    TooLarge {
        /// Its size, where it is known.
        bytes: Option<u64>,
    },
}

/// The name of a commit: 40 hexadecimal digits, 64 in a repository of SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CommitHash {
    digits: [u8; Self::LONGEST],
    len: usize,
}

/// A text is no [`CommitHash`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a commit is 40 or 64 hexadecimal digits in lower case: give its whole name")]
pub struct InvalidCommitHash;

impl CommitHash {
    const LONGEST: usize = 64;

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.digits[..self.len]).expect("hexadecimal digits are ASCII")
    }
}

impl FromStr for CommitHash {
    type Err = InvalidCommitHash;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_hex = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if !is_hex || !matches!(text.len(), 40 | Self::LONGEST) {
            return Err(InvalidCommitHash);
        }
        let mut digits = [0; Self::LONGEST];
        digits[..text.len()].copy_from_slice(text.as_bytes());
        Ok(Self { digits, len: text.len() })
    }
}

impl fmt::Display for CommitHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for CommitHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl EntryKind {
    /// What people call it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Executable => "executable",
            Self::Symlink => "symlink",
            Self::Submodule => "submodule",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_is_named_in_full() {
        for digits in ["0123456789abcdef0123456789abcdef01234567", &"a0".repeat(32)] {
            assert_eq!(digits.parse::<CommitHash>().map(|hash| hash.to_string()).as_deref(), Ok(digits));
        }
        for wrong in
            ["", "HEAD", "0123456", &"A0".repeat(20), &"a0".repeat(21), &"--".repeat(20), &"ä".repeat(20)]
        {
            assert_eq!(wrong.parse::<CommitHash>(), Err(InvalidCommitHash), "{wrong}");
        }
    }
}
