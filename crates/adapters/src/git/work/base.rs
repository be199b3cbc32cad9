//! On what a task stands that waits for several: their heads merged, without a checkout.

use ports::git::{Base, CommitHash, GitError, RepositoryUrl, WorkError};
use ports::llm::Said;

use super::MAX_MEMORY_BYTES;
use super::keep::{Keep, good, known};
use crate::git::run::Call;
use crate::git::{GitCli, failure};

/// Who merges here: the same whoever asks, so that the same heads come to the same commit.
const NAME: &str = "OmoiOS";
const EMAIL: &str = "omoi@localhost";

/// By itself git does not wait until single objects are on the disk, and their ref is.
const DURABLE: &str = "core.fsync=committed,reference";

/// How two commits stand to each other.
enum Pair {
    /// One holds the other, and is this.
    Is(CommitHash),
    Apart,
    /// As far as is known, they have nothing in common.
    Strangers,
}

impl GitCli {
    pub(super) async fn merged(&self, url: &RepositoryUrl, heads: &[CommitHash]) -> Result<Base, GitError> {
        let (first, others) = heads.split_first().ok_or(WorkError::NoHeads)?;
        if others.is_empty() {
            self.keep_with(url, heads).await?;
            return Ok(Base::At(*first));
        }
        let keep = self.keep_to_write(url, heads).await?;
        let mut base = *first;
        for (at, head) in others.iter().enumerate() {
            let mut pair = self.pair(&keep, base, *head).await?;
            if matches!(pair, Pair::Strangers) && self.deepen(&keep, url, *head).await? {
                pair = self.pair(&keep, base, *head).await?;
            }
            base = match pair {
                Pair::Is(commit) => commit,
                Pair::Strangers => return Err(WorkError::Unrelated { head: *head }.into()),
                Pair::Apart => match self.merge(&keep, base, *head).await? {
                    Ok(commit) => commit,
                    Err(paths) => return Ok(Base::Conflict { head: at + 1, paths }),
                },
            };
        }
        self.set_refs(&keep, &[&known(base)], base).await?;
        Ok(Base::At(base))
    }

    async fn pair(&self, keep: &Keep, one: CommitHash, other: CommitHash) -> Result<Pair, GitError> {
        let call = Call::new(&keep.path, self.options.local_within);
        let answer = self.run(call.args(["merge-base", one.as_str(), other.as_str()])).await?;
        match answer.code {
            Some(0) => {
                let said = String::from_utf8_lossy(&answer.stdout);
                Ok(match said.trim() {
                    common if common == one.as_str() => Pair::Is(other),
                    common if common == other.as_str() => Pair::Is(one),
                    _ => Pair::Apart,
                })
            }
            Some(1) => Ok(Pair::Strangers),
            _ => Err(failure::sort(&answer.stderr)),
        }
    }

    /// The merge, or the files that do not go together.
    async fn merge(
        &self,
        keep: &Keep,
        one: CommitHash,
        other: CommitHash,
    ) -> Result<Result<CommitHash, Vec<String>>, GitError> {
        let within = self.options.local_within;
        let call = Call::new(&keep.path, within).args(["merge-tree", "--write-tree", "-z", "--name-only"]);
        let call = call.args(["--no-messages", one.as_str(), other.as_str()]);
        let call = call.config(DURABLE).holding_at_most(MAX_MEMORY_BYTES);
        let answer = self.run(call).await?;
        if !matches!(answer.code, Some(0 | 1)) {
            return Err(failure::sort(&answer.stderr));
        }
        let said = answer.stdout.split(|byte| *byte == 0).filter(|record| !record.is_empty());
        let mut said = said.map(|record| String::from_utf8_lossy(record).into_owned());
        let tree = said.next().unwrap_or_default();
        if answer.code == Some(1) {
            return Ok(Err(said.collect()));
        }
        let date = self.newest(keep, one, other).await?;
        let call = Call::new(&keep.path, within)
            .env("GIT_AUTHOR_NAME", NAME)
            .env("GIT_AUTHOR_EMAIL", EMAIL)
            .env("GIT_AUTHOR_DATE", &date)
            .env("GIT_COMMITTER_NAME", NAME)
            .env("GIT_COMMITTER_EMAIL", EMAIL)
            .env("GIT_COMMITTER_DATE", &date)
            .config("commit.gpgSign=false")
            .config(DURABLE)
            .args(["commit-tree", "-p", one.as_str(), "-p", other.as_str()])
            .args(["-m", &format!("Merge {other}"), tree.as_str()]);
        commit(&good(self.run(call).await?)?.stdout).map(Ok)
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

/// The commit that git names.
fn commit(said: &[u8]) -> Result<CommitHash, GitError> {
    let said = String::from_utf8_lossy(said);
    said.trim().parse().map_err(|_| GitError::Failed { said: Said::new("it named no commit") })
}
