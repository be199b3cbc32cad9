//! A repository in a directory of this machine.

use std::path::{Path, PathBuf};

use ports::git::{Branch, GitError, Head, RepositoryUrl};
use ports::llm::Said;

use super::run::Call;
use super::{GitCli, failure};

/// Where the repository itself is: in `.git` of a working copy, else the directory. No directory above it counts.
pub(super) async fn git_dir(url: &RepositoryUrl) -> Result<PathBuf, GitError> {
    let directory = Path::new(url.as_str());
    let inside = directory.join(".git");
    let is_there = |path: PathBuf| async move { tokio::fs::metadata(path).await.is_ok() };
    if is_there(inside.clone()).await {
        return Ok(inside);
    }
    if is_there(directory.join("HEAD")).await {
        Ok(directory.to_owned())
    } else {
        Err(GitError::NotARepository)
    }
}

impl GitCli {
    pub(super) async fn local_head(
        &self,
        url: &RepositoryUrl,
        branch: Option<&Branch>,
    ) -> Result<Head, GitError> {
        let git_dir = git_dir(url).await?;
        let (branch, none) = match branch {
            Some(branch) => (branch.clone(), GitError::NoSuchBranch { branch: branch.clone() }),
            None => (self.own_branch(&git_dir).await?, GitError::Empty),
        };
        let wanted = format!("refs/heads/{branch}^{{commit}}");
        let said = self.line(&git_dir, &["rev-parse", "--verify", "--quiet", &wanted]).await?;
        match said.and_then(|line| line.parse().ok()) {
            Some(commit) => Ok(Head { branch, commit }),
            None => Err(self.without_commit(&git_dir, &branch, none).await?),
        }
    }

    /// Why a branch has no commit; `none` when there is nothing more to say.
    async fn without_commit(
        &self,
        git_dir: &Path,
        branch: &Branch,
        none: GitError,
    ) -> Result<GitError, GitError> {
        let first = async |below: &str| {
            let one = ["for-each-ref", "--count=1", "--format=%(refname)", below];
            Ok::<_, GitError>(self.line(git_dir, &one).await?.unwrap_or_default())
        };
        let name = format!("refs/heads/{branch}");
        if first(&name).await? == name {
            let said = format!(
                "the commit of its branch {branch} is not there, `git fsck` says what else is missing"
            );
            return Ok(GitError::Failed { said: Said::new(&said) });
        }
        // What is checked out can be a branch that nothing was committed to, while there are others.
        let has_others = none == GitError::Empty && !first("refs/heads/").await?.is_empty();
        Ok(if has_others { GitError::NoBranch } else { none })
    }

    /// The branch that is checked out.
    async fn own_branch(&self, git_dir: &Path) -> Result<Branch, GitError> {
        let said = self.line(git_dir, &["symbolic-ref", "--quiet", "HEAD"]).await?;
        let branch = said.as_deref().and_then(|line| line.strip_prefix("refs/heads/"));
        branch.and_then(|branch| Branch::parse(branch).ok()).ok_or(GitError::NoBranch)
    }

    /// The one line of an answer; `None` when it ends badly without a complaint, which is how these say no.
    pub(super) async fn line(&self, git_dir: &Path, arguments: &[&str]) -> Result<Option<String>, GitError> {
        let answer = self.run(Call::new(git_dir, self.options.local_within).args(arguments)).await?;
        match answer {
            answer if answer.is_good => {
                Ok(Some(String::from_utf8_lossy(&answer.stdout).trim_end().to_owned()))
            }
            answer if answer.stderr.is_empty() => Ok(None),
            answer => Err(failure::sort(&answer.stderr)),
        }
    }
}
