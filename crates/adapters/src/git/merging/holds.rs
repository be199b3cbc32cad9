//! What is in the history of a commit.

use std::collections::HashSet;
use std::path::Path;

use ports::git::{CommitHash, GitError, RepositoryUrl};

use crate::git::GitCli;
use crate::git::run::Call;
use crate::git::work::keep::{good, known};

impl GitCli {
    pub(super) async fn holds_all(
        &self,
        url: &RepositoryUrl,
        commit: CommitHash,
        others: &[CommitHash],
    ) -> Result<bool, GitError> {
        let wanted: Vec<_> = others.iter().copied().chain([commit]).collect();
        let keep = self.keep_with(url, &wanted).await?;
        let all = async || {
            let held = self.held(&keep, commit, others).await?;
            Ok::<_, GitError>(others.iter().all(|other| held.contains(other)))
        };
        if all().await? {
            return Ok(true);
        }
        let keep = self.keep_to_write(url, &wanted).await?;
        Ok(self.deepen(&keep, url, commit).await? && all().await?)
    }

    /// Those of them that `commit` holds, as far as its history is here. All of them are known there.
    pub(super) async fn held(
        &self,
        keep: &Path,
        commit: CommitHash,
        others: &[CommitHash],
    ) -> Result<HashSet<CommitHash>, GitError> {
        if others.is_empty() {
            return Ok(HashSet::new());
        }
        let call = Call::new(keep, self.options.local_within)
            .args(["for-each-ref", "--format=%(objectname)"])
            .args([format!("--merged={commit}"), "--".to_owned()])
            .args(others.iter().map(|other| known(*other)));
        let answer = good(self.run(call).await?)?;
        let said = String::from_utf8_lossy(&answer.stdout);
        Ok(said.lines().filter_map(|line| line.parse().ok()).collect())
    }
}
