//! The branch that people work on, moved forward in their own repository.

use ports::git::{Branch, CommitHash, Forwarded, GitError, RepositoryUrl, Transport, WorkError};

use crate::git::run::Answer;
use crate::git::work::there::{Push, RECEIVE_PACK, RECEIVE_PACK_AND_FILES, quoted, refusal};
use crate::git::{GitCli, local};

/// What is moved, from where, and where to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step<'a> {
    pub(super) branch: &'a Branch,
    pub(super) from: CommitHash,
    pub(super) to: CommitHash,
}

impl GitCli {
    pub(super) async fn forwarded(
        &self,
        url: &RepositoryUrl,
        branch: &Branch,
        from: CommitHash,
        to: CommitHash,
    ) -> Result<Forwarded, GitError> {
        self.may_reach(url)?;
        let step = Step { branch, from, to };
        if !matches!(url.transport(), Transport::Path) {
            return Err(self.elsewhere(url, step).into());
        }
        let git_dir = local::git_dir(url).await?;
        let there = self.branch_there(&git_dir, branch).await?;
        match there.commit {
            Some(commit) if commit == to => return Ok(Forwarded::Unchanged),
            Some(commit) if commit == from => {}
            Some(_) => return Err(step.not_at().into()),
            None => return Err(GitError::NoSuchBranch { branch: branch.clone() }),
        }
        let keep = self.keep_to_write(url, &[from, to]).await?;
        let copy = match &there.worktree {
            Some(place) => self.working_copy(&git_dir, place, step).await?,
            None => None,
        };
        if let Some(copy) = &copy {
            self.may_follow(&keep, copy, step).await?;
        }
        let by = if copy.is_some() { RECEIVE_PACK_AND_FILES } else { RECEIVE_PACK };
        let name = format!("refs/heads/{branch}");
        let push = Push { commit: to, to: &name, instead_of: Some(from), by };
        // Files of people that were written by half are worse than an answer that comes late.
        let call = self.pushing(&keep, &git_dir, &push).await?.unbroken();
        let answer = self.healed(&keep, call).await?;
        if answer.is_good {
            return Ok(Forwarded::Moved);
        }
        match (copy, step.refused(&answer)) {
            (Some(copy), refused @ GitError::Work(WorkError::WorkingCopyChanged { .. })) => {
                // The files follow before the branch does. It may not have come to that, the last time.
                if self.follows(&copy, to).await? {
                    return self.move_there(&git_dir, &name, step).await.map(|()| Forwarded::Moved);
                }
                Err(self.locked(&copy).await?.unwrap_or(refused))
            }
            (_, refused) => Err(refused),
        }
    }

    /// How it is moved there by hand.
    fn elsewhere(&self, url: &RepositoryUrl, step: Step<'_>) -> WorkError {
        let keep = self.keep_path(url);
        let names = [&self.options.keep, &keep].map(|path| path.file_name().unwrap_or_default());
        let [directory, keep] = names.map(|name| name.to_string_lossy());
        let (url, refs) = (url.to_string(), format!("{}:refs/heads/{}", step.to, step.branch));
        let words = [&format!("--git-dir={directory}/{keep}"), "push", &url, &refs].map(word);
        WorkError::NotHere { branch: step.branch.clone(), command: format!("git {}", words.join(" ")) }
    }
}

impl Step<'_> {
    pub(super) fn not_at(self) -> WorkError {
        WorkError::NotAt { branch: self.branch.clone(), commit: self.from }
    }

    /// Why it was not moved.
    fn refused(self, answer: &Answer) -> GitError {
        let branch = self.branch.clone();
        let said = String::from_utf8_lossy(&answer.stdout);
        let has = |words: &[&str]| words.iter().any(|words| said.contains(words));
        if has(&["stale info", "fetch first"]) {
            return self.not_at().into();
        }
        if has(&["non-fast-forward"]) {
            return WorkError::Moved { branch }.into();
        }
        if has(&["currently checked out"]) {
            return WorkError::CheckedOut { branch }.into();
        }
        let is_changed = has(&["unstaged changes", "staged changes", "Up-to-date check failed"])
            || ["would be overwritten", "would lose untracked"].iter().any(|w| answer.stderr.contains(w));
        if is_changed {
            return WorkError::WorkingCopyChanged { branch }.into();
        }
        refusal(answer)
    }
}

/// As a word of a shell, for whoever copies it.
fn word(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_=./:@".contains(c);
    if word.chars().all(is_plain) {
        word.to_owned()
    } else {
        quoted(word.as_ref()).to_string_lossy().into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_copied_into_a_shell_is_one_word() {
        assert_eq!(word("https://git.example.org:8443/a/b-c.git"), "https://git.example.org:8443/a/b-c.git");
        assert_eq!(word("refs/heads/a;id"), "'refs/heads/a;id'");
        assert_eq!(word("$(it's)"), r"'$(it'\''s)'");
    }
}
