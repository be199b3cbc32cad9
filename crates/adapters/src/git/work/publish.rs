//! A branch that people see.

use ports::git::{Branch, CommitHash, GitError, Published, RepositoryUrl, Transport, WorkError};

use super::keep::Keep;
use super::there::{Push, RECEIVE_PACK, refusal};
use crate::git::run::Call;
use crate::git::{GitCli, failure, local};

/// What the names of all branches of ours begin with.
const OURS: &str = "omoi/";

impl GitCli {
    pub(super) async fn published(
        &self,
        url: &RepositoryUrl,
        branch: &Branch,
        commit: CommitHash,
    ) -> Result<Published, GitError> {
        if !branch.as_str().starts_with(OURS) {
            return Err(WorkError::NotOurs { branch: branch.clone() }.into());
        }
        let keep = self.keep_to_write(url, &[commit]).await?;
        let name = format!("refs/heads/{branch}");
        let before = self.ref_at(&keep.path, &name).await?;
        if let Some(before) = before {
            let mut builds_on = self.builds_on(&keep, commit, before).await?;
            if !builds_on && self.deepen(&keep, url, commit).await? {
                builds_on = self.builds_on(&keep, commit, before).await?;
            }
            if !builds_on {
                return Err(WorkError::Moved { branch: branch.clone() }.into());
            }
        }
        let published = match url.transport() {
            Transport::Path => self.publish_there(&keep, url, branch, &name, commit).await?,
            Transport::Https { .. } | Transport::Ssh { .. } => Published::OnlyHere,
        };
        self.set_refs(&keep, &[&name], commit).await?;
        Ok(published)
    }

    async fn publish_there(
        &self,
        keep: &Keep,
        url: &RepositoryUrl,
        branch: &Branch,
        name: &str,
        commit: CommitHash,
    ) -> Result<Published, GitError> {
        let git_dir = local::git_dir(url).await?;
        let there = self.branch_there(&git_dir, branch).await?;
        if there.commit == Some(commit) {
            return Ok(Published::Unchanged);
        }
        let branch = branch.clone();
        if there.worktree.is_some() {
            return Err(WorkError::CheckedOut { branch }.into());
        }
        let push = Push { commit, to: name, instead_of: there.commit, by: RECEIVE_PACK };
        let answer = self.push(keep, &git_dir, &push).await?;
        if answer.is_good {
            return Ok(if there.commit.is_none() { Published::Created } else { Published::Moved });
        }
        let said = String::from_utf8_lossy(&answer.stdout);
        let has = |words: &&str| said.contains(words);
        Err(if ["non-fast-forward", "stale info", "fetch first"].iter().any(has) {
            WorkError::Moved { branch }.into()
        } else if said.contains("currently checked out") {
            WorkError::CheckedOut { branch }.into()
        } else {
            refusal(&answer)
        })
    }

    async fn builds_on(&self, keep: &Keep, commit: CommitHash, before: CommitHash) -> Result<bool, GitError> {
        let call = Call::new(&keep.path, self.options.local_within);
        let answer =
            self.run(call.args(["merge-base", "--is-ancestor", before.as_str(), commit.as_str()])).await?;
        match answer.code {
            Some(0) => Ok(true),
            Some(1) => Ok(false),
            _ => Err(failure::sort(&answer.stderr)),
        }
    }
}
