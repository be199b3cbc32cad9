//! How many commits go with one head.

use std::collections::HashMap;

use ports::git::{CommitHash, Fit, GitError, RepositoryUrl, WorkError};

use super::outcome::Outcome;
use super::trial::Trial;
use crate::git::GitCli;
use crate::git::work::MAX_MEMORY_BYTES;

impl GitCli {
    pub(super) async fn fits_of(
        &self,
        url: &RepositoryUrl,
        head: CommitHash,
        commits: &[CommitHash],
    ) -> Result<Vec<Fit>, GitError> {
        let mut fits: HashMap<CommitHash, Fit> = HashMap::new();
        // One that is nowhere does not keep the others from being tried.
        let keep = loop {
            let wanted: Vec<_> = open(commits, &fits).chain([head]).collect();
            match self.keep_with(url, &wanted).await {
                Err(reason @ GitError::NoSuchCommit { commit }) if commit != head => {
                    fits.insert(commit, Fit::Refused { reason });
                }
                found => break found?,
            }
        };
        let wanted: Vec<_> = open(commits, &fits).collect();
        let held = self.held(&keep, head, &wanted).await?;
        fits.extend(held.into_iter().map(|commit| (commit, Fit::Holds)));

        let mut rest: Vec<_> = open(commits, &fits).collect();
        rest.sort_unstable_by_key(|commit| commit.to_string());
        rest.dedup();
        if !rest.is_empty() {
            let trial = self.trial(&keep).await?;
            let mut at_once = true;
            while !rest.is_empty() {
                let outcomes = match self.tried_at_once(&trial, head, &rest, at_once).await {
                    Err(GitError::Timeout { .. }) => {
                        at_once = false;
                        Vec::new()
                    }
                    outcomes => outcomes?,
                };
                let alone = rest.split_off(outcomes.len());
                fits.extend(rest.into_iter().zip(outcomes.iter().map(fit)));
                rest = alone;
                // It came to an end before this one, which may be why. What is wrong with it is found out alone.
                if let Some(commit) = (!rest.is_empty()).then(|| rest.remove(0)) {
                    fits.insert(commit, self.fit_alone(&trial, url, head, commit).await?);
                }
            }
        }
        Ok(commits.iter().filter_map(|commit| fits.get(commit).cloned()).collect())
    }

    /// What git makes of each with `head`, in order, as far as it comes: one that it does not take ends it. Before 2.39 it
    /// takes none so.
    async fn tried_at_once(
        &self,
        trial: &Trial,
        head: CommitHash,
        commits: &[CommitHash],
        at_once: bool,
    ) -> Result<Vec<Outcome>, GitError> {
        if !at_once || commits.len() < 2 {
            return Ok(Vec::new());
        }
        let asked: String = commits.iter().map(|commit| format!("{head} {commit}\n")).collect();
        let call = trial
            .call(self.options.local_within)
            .holding_at_most(MAX_MEMORY_BYTES)
            .args(["merge-tree", "--write-tree", "--stdin", "--no-messages"])
            .stdin(asked.into_bytes());
        let answer = self.run(call).await?;
        Ok(answers(&answer.stdout)
            .into_iter()
            .zip(commits)
            .map_while(|((is_clean, said), commit)| Outcome::of(said, is_clean, head, *commit))
            .collect())
    }

    async fn fit_alone(
        &self,
        trial: &Trial,
        url: &RepositoryUrl,
        head: CommitHash,
        commit: CommitHash,
    ) -> Result<Fit, GitError> {
        match self.tried(trial, url, head, commit).await {
            // More of the history may be known by now.
            Ok(outcome) if outcome.is_clean => {
                let held = self.held(&self.keep_path(url), head, &[commit]).await?;
                Ok(if held.is_empty() { Fit::Clean } else { Fit::Holds })
            }
            Ok(outcome) => Ok(fit(&outcome)),
            Err(reason @ (GitError::Timeout { .. } | GitError::Failed { .. })) => Ok(Fit::Refused { reason }),
            Err(reason @ GitError::Work(WorkError::Unrelated { .. })) => Ok(Fit::Refused { reason }),
            Err(error) => Err(error),
        }
    }
}

/// Those of them that nothing is known of yet.
fn open(commits: &[CommitHash], fits: &HashMap<CommitHash, Fit>) -> impl Iterator<Item = CommitHash> {
    commits.iter().copied().filter(|commit| !fits.contains_key(commit))
}

fn fit(outcome: &Outcome) -> Fit {
    if outcome.is_clean { Fit::Clean } else { Fit::Conflict { paths: outcome.paths() } }
}

/// `1` or `0`, the tree, the files in conflict, each ended by NUL, and another NUL after each merge. One that is cut off
/// is none.
fn answers(said: &[u8]) -> Vec<(bool, &[u8])> {
    let (mut answers, mut begin, mut at) = (Vec::new(), 0, 0);
    while let Some(end) = said[at..].iter().position(|byte| *byte == 0) {
        if end == 0 && at > begin {
            match &said[begin..at] {
                [b'1', 0, rest @ ..] => answers.push((true, rest)),
                [b'0', 0, rest @ ..] => answers.push((false, rest)),
                _ => break,
            }
            begin = at + 1;
        }
        at += end + 1;
    }
    answers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_as_far_as_they_are_whole() {
        let said = b"1\0aa\0\x000\0bb\x001 2 3\tx\0\x001\0cc\0";
        assert_eq!(answers(said), [(true, &b"aa\0"[..]), (false, b"bb\x001 2 3\tx\0")]);
        assert_eq!(answers(b""), []);
        assert_eq!(answers(b"usage: git\0\0"), []);
    }
}
