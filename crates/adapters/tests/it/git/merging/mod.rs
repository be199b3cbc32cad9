//! Branches brought together, of repositories as git itself made them.

mod conflicts;
mod files_that_follow;
mod fits;
mod forward;
mod holds;
mod joins;
mod kinds;
mod planted;
mod resolutions;

use std::fs;
use std::os::unix::fs::symlink;

use ports::git::{CommitHash, GitError, Join, Joined, Merging as _, RepositoryUrl, Resolution, Resolved};

use super::work::{Desk, git, plain};
use super::{Repository, branch, executable};

/// What begins and ends the last message of everything that is merged here.
const MESSAGE: &str = "Merge TSK-003: invoices\n\nTask: 0190a3\nRun: 0190a4\n";

/// A repository of several hands, and the adapter that brings them together.
struct Bench {
    repository: Repository,
    desk: Desk,
    url: RepositoryUrl,
    base: CommitHash,
}

impl Bench {
    fn with(files: &[(&str, &[u8])]) -> Self {
        Self::of(Repository::with(files))
    }

    fn of(repository: Repository) -> Self {
        let (url, base) = (repository.url(), repository.head());
        Self { repository, desk: Desk::new(), url, base }
    }

    /// What somebody makes of this commit, on no branch. The branch `main` is checked out again afterwards.
    fn made(&self, on: CommitHash, work: impl FnOnce(&Repository)) -> CommitHash {
        let repository = &self.repository;
        repository.git(&["checkout", "--quiet", "--detach", on.as_str()]);
        work(repository);
        let commit = repository.commit(&[]);
        repository.git(&["checkout", "--quiet", "main"]);
        commit
    }

    /// The same, of the first commit: each file with what it holds, or without it.
    fn side(&self, files: &[(&str, Option<&str>)]) -> CommitHash {
        self.made(self.base, |repository| {
            for (name, content) in files {
                match content {
                    Some(content) => drop(repository.write(name, content.as_bytes())),
                    None => remove(repository, name),
                }
            }
        })
    }

    async fn join(&self, head: CommitHash, commit: CommitHash) -> Result<Joined, GitError> {
        self.desk.git.join(&self.url, &Join { head, commit, message: MESSAGE }).await
    }

    async fn join_with(
        &self,
        head: CommitHash,
        commit: CommitHash,
        files: &[(&str, Resolution)],
    ) -> Result<CommitHash, GitError> {
        let named = |(path, to): &(&str, Resolution)| Resolved { path: (*path).to_owned(), to: to.clone() };
        let files: Vec<_> = files.iter().map(named).collect();
        self.desk.git.join_with(&self.url, &Join { head, commit, message: MESSAGE }, &files).await
    }

    /// What git says of what is kept.
    fn kept(&self, arguments: &[&str]) -> String {
        git(&self.desk.keep(), arguments)
    }

    /// The files of a commit that is kept, `MODE PATH CONTENT` each.
    fn files(&self, commit: CommitHash) -> Vec<String> {
        let listed = self.kept(&["ls-tree", "-r", "-z", commit.as_str()]);
        let rows = listed.split('\0').filter_map(|row| row.split_once('\t'));
        rows.map(|(about, path)| {
            let mut about = about.split(' ');
            let (mode, kind, object) = (about.next().unwrap(), about.next().unwrap(), about.next().unwrap());
            let content =
                if kind == "blob" { self.kept(&["cat-file", "blob", object]) } else { String::new() };
            format!("{mode} {path} {content}").trim_end().to_owned()
        })
        .collect()
    }
}

/// The commit that has come of it.
fn at(joined: Result<Joined, GitError>) -> CommitHash {
    match joined {
        Ok(Joined::At(commit)) => commit,
        other => panic!("{other:?}"),
    }
}

fn text(text: &str) -> Resolution {
    Resolution::Text(text.to_owned())
}

fn remove(repository: &Repository, name: &str) {
    repository.git(&["rm", "-r", "--quiet", "--", name]);
}

fn link(repository: &Repository, name: &str, to: &str) {
    let path = repository.path().join(name);
    let _ = fs::remove_file(&path);
    symlink(to, path).unwrap();
}

/// How many objects there are in this git directory, and which refs.
fn held_in(git_dir: &std::path::Path) -> (String, String) {
    let objects = git(git_dir, &["cat-file", "--batch-all-objects", "--batch-check"]);
    (objects, git(git_dir, &["for-each-ref"]))
}
