//! Two commits: how they stand to each other, what git makes of both, and the commit of that.

use std::path::Path;

use ports::git::{CommitHash, GitError, RepositoryUrl, WorkError};
use ports::llm::Said;

use super::outcome::Outcome;
use crate::git::run::Call;
use crate::git::work::MAX_MEMORY_BYTES;
use crate::git::work::keep::{Keep, good};
use crate::git::{GitCli, failure};

/// Who merges here: the same whoever asks, so that the same commits come to the same commit.
const NAME: &str = "OmoiOS";
const EMAIL: &str = "omoi@localhost";

/// By itself git does not wait until single objects are on the disk, and their ref is.
pub(super) const DURABLE: &str = "core.fsync=committed,reference";

/// How two commits stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::git) enum Pair {
    /// One holds the other, and is this.
    Is(CommitHash),
    /// Each has what the other has not.
    Apart,
}

impl GitCli {
    /// How they stand to each other; with the whole history, should the part of it that is here have nothing in common.
    pub(in crate::git) async fn pair(
        &self,
        keep: &Keep,
        url: &RepositoryUrl,
        one: CommitHash,
        other: CommitHash,
    ) -> Result<Pair, GitError> {
        if let Some(pair) = self.pair_here(&keep.path, one, other).await? {
            return Ok(pair);
        }
        let pair = match self.deepen(keep, url, other).await? {
            true => self.pair_here(&keep.path, one, other).await?,
            false => None,
        };
        pair.ok_or_else(|| WorkError::Unrelated { head: other }.into())
    }

    /// `None` when, as far as is known, they have nothing in common.
    async fn pair_here(
        &self,
        keep: &Path,
        one: CommitHash,
        other: CommitHash,
    ) -> Result<Option<Pair>, GitError> {
        let call = Call::new(keep, self.options.local_within);
        let answer = self.run(call.args(["merge-base", one.as_str(), other.as_str()])).await?;
        match answer.code {
            Some(0) => {
                let said = String::from_utf8_lossy(&answer.stdout);
                Ok(Some(match said.trim() {
                    common if common == one.as_str() => Pair::Is(other),
                    common if common == other.as_str() => Pair::Is(one),
                    _ => Pair::Apart,
                }))
            }
            Some(1) => Ok(None),
            _ => Err(failure::sort(&answer.stderr)),
        }
    }

    /// What git makes of the two. The call says where the objects of it are written.
    pub(super) async fn merge_tree(
        &self,
        call: Call,
        one: CommitHash,
        other: CommitHash,
    ) -> Result<Outcome, GitError> {
        let call = call.holding_at_most(MAX_MEMORY_BYTES).args([
            "merge-tree",
            "--write-tree",
            "-z",
            "--no-messages",
            one.as_str(),
            other.as_str(),
        ]);
        let answer = self.run(call).await?;
        if !matches!(answer.code, Some(0 | 1)) {
            let is_stranger = answer.stderr.contains("unrelated histories");
            return Err(if is_stranger {
                WorkError::Unrelated { head: other }.into()
            } else {
                failure::sort(&answer.stderr)
            });
        }
        let outcome = Outcome::of(&answer.stdout, answer.code == Some(0), one, other);
        outcome.ok_or_else(|| GitError::Failed { said: Said::new("it named no tree") })
    }

    /// The same, written into the keep to stay.
    pub(in crate::git) async fn merge_here(
        &self,
        keep: &Keep,
        one: CommitHash,
        other: CommitHash,
    ) -> Result<Outcome, GitError> {
        let call = Call::new(&keep.path, self.options.local_within).config(DURABLE);
        self.merge_tree(call, one, other).await
    }

    /// The commit of a merge, which is the same whenever and wherever it is made.
    pub(in crate::git) async fn merge_commit(
        &self,
        keep: &Keep,
        parents: (CommitHash, CommitHash),
        tree: &str,
        message: &str,
    ) -> Result<CommitHash, GitError> {
        let (one, other) = parents;
        let date = self.newest(keep, one, other).await?;
        let message = if message.ends_with('\n') { message.to_owned() } else { format!("{message}\n") };
        let call = Call::new(&keep.path, self.options.local_within)
            .env("GIT_AUTHOR_NAME", NAME)
            .env("GIT_AUTHOR_EMAIL", EMAIL)
            .env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_NAME", NAME)
            .env("GIT_COMMITTER_EMAIL", EMAIL)
            .env("GIT_COMMITTER_DATE", &date)
            .config("commit.gpgSign=false")
            .config(DURABLE)
            .args(["commit-tree", "-p", one.as_str(), "-p", other.as_str(), "-F", "-", tree])
            .stdin(message.into_bytes());
        named(&good(self.run(call).await?)?.stdout)
    }

    /// The later date of the two: it repeats, and no commit is older than what it stands on, which git relies on.
    async fn newest(&self, keep: &Keep, one: CommitHash, other: CommitHash) -> Result<String, GitError> {
        let call = Call::new(&keep.path, self.options.local_within)
            .args(["rev-list", "--no-walk=unsorted", "--no-commit-header", "--format=%ct"])
            .args([one.as_str(), other.as_str(), "--"]);
        let answer = good(self.run(call).await?)?;
        let said = String::from_utf8_lossy(&answer.stdout);
        let newest = said.lines().filter_map(|line| line.parse::<u64>().ok()).max().unwrap_or_default();
        Ok(format!("@{newest} +0000"))
    }
}

/// The object that git names.
pub(super) fn named(said: &[u8]) -> Result<CommitHash, GitError> {
    let said = String::from_utf8_lossy(said);
    said.trim().parse().map_err(|_| GitError::Failed { said: Said::new("it named no object") })
}
