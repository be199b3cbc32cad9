//! A merge that is not kept: its objects are written beside those of the keep, and thrown away.

use std::path::{Path, PathBuf};
use std::time::Duration;

use ports::git::{CommitHash, GitError, RepositoryUrl, WorkError};

use super::outcome::Outcome;
use crate::git::GitCli;
use crate::git::run::Call;
use crate::git::work::aside::Aside;
use crate::git::work::lock::Lock;

/// Where in a keep they are written.
const TRIAL: &str = "trial";

/// The right to try, one at a time for each keep. Whoever writes to the keep itself does not wait for it.
#[derive(Debug)]
pub(super) struct Trial {
    aside: Aside,
    _lock: Lock,
}

impl Trial {
    pub(super) fn call(&self, within: Duration) -> Call {
        self.aside.call(within)
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        // The next one would do it too.
        let _ = self.aside.remove();
    }
}

impl GitCli {
    /// A turn, in the keep that has the commits.
    pub(super) async fn trial(&self, keep: &Path) -> Result<Trial, GitError> {
        // Not in the keep: locks in there are removed by whoever may write to it.
        let lock: PathBuf = keep.with_extension("trial.lock");
        let lock = self.lock(&lock).await?;
        Ok(Trial { aside: Aside::of(keep, TRIAL)?, _lock: lock })
    }

    /// What git makes of the two; with the whole history, should the part of it that is here have nothing in common.
    pub(super) async fn tried(
        &self,
        trial: &Trial,
        url: &RepositoryUrl,
        head: CommitHash,
        commit: CommitHash,
    ) -> Result<Outcome, GitError> {
        let within = self.options.local_within;
        match self.merge_tree(trial.call(within), head, commit).await {
            Err(GitError::Work(WorkError::Unrelated { .. })) => {}
            tried => return tried,
        }
        let keep = self.keep_to_write(url, &[head, commit]).await?;
        self.deepen(&keep, url, commit).await?;
        drop(keep);
        self.merge_tree(trial.call(within), head, commit).await
    }
}
