//! On what a task stands that waits for several: their heads merged, without a checkout.

use ports::git::{Base, CommitHash, GitError, RepositoryUrl, WorkError};

use super::keep::known;
use crate::git::GitCli;
use crate::git::merging::three_way::Pair;

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
            if let Pair::Is(commit) = self.pair(&keep, url, base, *head).await? {
                base = commit;
                continue;
            }
            let outcome = self.merge_here(&keep, base, *head).await?;
            if !outcome.is_clean {
                return Ok(Base::Conflict { head: at + 1, paths: outcome.paths() });
            }
            let message = format!("Merge {head}");
            base = self.merge_commit(&keep, (base, *head), &outcome.tree, &message).await?;
        }
        self.set_refs(&keep, &[&known(base)], base).await?;
        Ok(Base::At(base))
    }
}
