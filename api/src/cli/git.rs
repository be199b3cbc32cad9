//! What commands ask of the git of this machine, in a repository of whoever calls them. The server has its own git.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

use super::client::Failure;

/// A repository here.
#[derive(Debug)]
pub(super) struct Git {
    place: PathBuf,
    /// Who makes commits, where it is not whoever calls.
    author: Option<(&'static str, &'static str)>,
}

impl Git {
    /// The repository at or above this directory.
    pub(super) fn at(place: &Path) -> Self {
        Self { place: place.to_owned(), author: None }
    }

    /// The same, with the commits of somebody else and the settings of nobody.
    pub(super) fn by(self, name: &'static str, email: &'static str) -> Self {
        Self { author: Some((name, email)), ..self }
    }

    /// What git prints, without the space around it.
    ///
    /// # Errors
    /// What git says instead.
    pub(super) async fn says(&self, arguments: &[&str]) -> Result<String, Failure> {
        let mut command = Command::new("git");
        command.arg("-C").arg(&self.place).args(arguments);
        // It answers in the language that is read here, and asks nobody.
        command.env("LC_ALL", "C").env("GIT_TERMINAL_PROMPT", "0").stdin(Stdio::null()).kill_on_drop(true);
        if let Some((name, email)) = self.author {
            command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
            for who in ["AUTHOR", "COMMITTER"] {
                command.env(format!("GIT_{who}_NAME"), name).env(format!("GIT_{who}_EMAIL"), email);
            }
        }
        let output = command.output().await.map_err(|error| {
            Failure::local(
                "git_missing",
                format!("git cannot be started ({error}); install git 2.38 or later"),
            )
        })?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said.lines().next().unwrap_or("it says nothing").trim_start_matches("fatal: ").to_owned();
        Err(Failure::local("git_failed", format!("git in {}: {said}", self.place.display())))
    }

    /// The whole name of the commit that `rev` means.
    ///
    /// # Errors
    /// When it means none here.
    pub(super) async fn commit(&self, rev: &str) -> Result<String, Failure> {
        let whole = format!("{rev}^{{commit}}");
        let found = self.says(&["rev-parse", "--verify", "--quiet", "--end-of-options", &whole]).await;
        found.map_err(|failure| match failure {
            Failure::Local { code: "git_failed", .. } => {
                let place = self.place.display();
                let detail = format!(
                    "{rev:?} is no commit in {place}; name another one, or another place with --repo"
                );
                Failure::invalid("unknown_commit", detail)
            }
            other => other,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_revision_is_the_commit_that_it_means() {
        let home = tempfile::tempdir().unwrap();
        let git = Git::at(home.path()).by("Ada", "ada@example.org");
        git.says(&["init", "--quiet", "--initial-branch=main"]).await.unwrap();
        git.says(&["commit", "--quiet", "--allow-empty", "--message=Begin"]).await.unwrap();
        let head = git.commit("main").await.unwrap();
        assert_eq!(head, git.says(&["rev-parse", "HEAD"]).await.unwrap());
        assert_eq!(git.says(&["log", "--format=%an %ce"]).await.unwrap(), "Ada ada@example.org");
        for wrong in ["mian", "--help", ""] {
            let failure = git.commit(wrong).await.unwrap_err();
            assert!(failure.detail().contains("is no commit in"), "{failure:?}");
        }
    }

    #[tokio::test]
    async fn what_git_says_is_passed_on() {
        let home = tempfile::tempdir().unwrap();
        let failure = Git::at(home.path()).says(&["status"]).await.unwrap_err();
        assert!(failure.detail().contains("not a git repository"), "{failure:?}");
    }
}
