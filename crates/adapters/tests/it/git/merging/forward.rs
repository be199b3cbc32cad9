//! The branch that people work on, in their own repository.

use std::fs;
use std::path::Path;

use adapters::git::{GitCli, GitOptions, Reach};
use ports::git::{CommitHash, Forwarded, GitError, Merging as _, RepositoryUrl, WorkError};

use super::super::elsewhere::Host;
use super::super::url;
use super::{Bench, Desk, at, branch, git};

impl Bench {
    pub(super) async fn forward(&self, from: CommitHash, to: CommitHash) -> Result<Forwarded, GitError> {
        forward(&self.desk, &self.url, from, to).await
    }
}

async fn forward(
    desk: &Desk,
    url: &RepositoryUrl,
    from: CommitHash,
    to: CommitHash,
) -> Result<Forwarded, GitError> {
    desk.git.fast_forward(url, &branch("main"), from, to).await
}

#[tokio::test]
async fn a_branch_that_is_not_checked_out_moves_alone() {
    let bench = Bench::with(&[("a", b"0\n")]);
    let to = at(bench.join(bench.base, bench.side(&[("a", Some("1\n"))])).await);
    bench.repository.git(&["checkout", "--quiet", "-b", "mine"]);
    bench.repository.write("a", b"mine\n");
    assert_eq!(bench.forward(bench.base, to).await, Ok(Forwarded::Moved));
    assert_eq!(bench.repository.said(&["rev-parse", "main"]), to.as_str());
    assert_eq!(bench.repository.said(&["rev-parse", "mine"]), bench.base.as_str());
    assert_eq!(fs::read_to_string(bench.repository.path().join("a")).unwrap(), "mine\n");
    for from in [bench.base, to] {
        assert_eq!(bench.forward(from, to).await, Ok(Forwarded::Unchanged));
    }
    // Where HEAD is no branch, nothing is checked out either.
    bench.repository.git(&["checkout", "--quiet", "--force", "--detach", "main"]);
    let next = at(bench.join(to, bench.side(&[("b", Some("1\n"))])).await);
    bench.repository.git(&["checkout", "--quiet", "--detach", to.as_str()]);
    assert_eq!(bench.forward(to, next).await, Ok(Forwarded::Moved));
    assert_eq!(bench.repository.head(), to);
    bench.repository.git(&["fsck", "--strict"]);
}

#[tokio::test]
async fn a_bare_repository_has_no_working_copy_that_could_follow() {
    let bench = Bench::with(&[("a", b"0\n")]);
    let to = bench.side(&[("a", Some("1\n"))]);
    let home = tempfile::tempdir().unwrap();
    let place = home.path().join("bare");
    let place = place.to_str().unwrap();
    bench.repository.git(&["clone", "--quiet", "--bare", bench.repository.path().to_str().unwrap(), place]);
    bench.repository.git(&["push", "--quiet", place, &format!("{to}:refs/heads/side")]);
    // What it says of filters is of no matter.
    git(Path::new(place), &["config", "filter.lfs.smudge", "/bin/false"]);
    assert_eq!(forward(&Desk::new(), &url(place), bench.base, to).await, Ok(Forwarded::Moved));
    assert_eq!(git(Path::new(place), &["rev-parse", "main"]), to.as_str());
    assert!(!Path::new(place).join("a").exists() && !Path::new(place).join("index").exists());
}

#[tokio::test]
async fn it_moves_only_from_where_it_was_and_only_forward() {
    let bench = Bench::with(&[("a", b"0\n")]);
    let (one, two) = (bench.side(&[("b", Some("1\n"))]), bench.side(&[("c", Some("1\n"))]));
    let both = at(bench.join(one, two).await);
    bench.repository.git(&["checkout", "--quiet", "--detach"]);
    bench.repository.git(&["update-ref", "refs/heads/main", one.as_str()]);
    let main = || bench.repository.said(&["rev-parse", "main"]);
    let not_at = Err(WorkError::NotAt { branch: branch("main"), commit: bench.base }.into());
    // Not even to what holds it: nobody has approved that.
    for to in [two, both] {
        assert_eq!(bench.forward(bench.base, to).await, not_at);
    }
    for to in [two, bench.base] {
        let moved = Err(WorkError::Moved { branch: branch("main") }.into());
        assert_eq!(bench.forward(one, to).await, moved);
    }
    assert_eq!(main(), one.as_str());
    let none = bench.desk.git.fast_forward(&bench.url, &branch("none"), one, both).await;
    assert_eq!(none, Err(GitError::NoSuchBranch { branch: branch("none") }));
    let nowhere: CommitHash = "0123456789abcdef0123456789abcdef01234567".parse().unwrap();
    assert_eq!(bench.forward(one, nowhere).await, Err(GitError::NoSuchCommit { commit: nowhere }));
    assert_eq!(bench.forward(one, both).await, Ok(Forwarded::Moved));
    assert_eq!(main(), both.as_str());
}

#[tokio::test]
async fn what_somebody_else_is_writing_is_left_to_them() {
    let bench = Bench::with(&[("a", b"0\n")]);
    let to = bench.side(&[("a", Some("1\n"))]);
    bench.repository.git(&["checkout", "--quiet", "--detach"]);
    let lock = bench.repository.write(".git/refs/heads/main.lock", b"");
    let refused = bench.forward(bench.base, to).await.unwrap_err();
    assert_eq!(refused.code(), "repository_not_written", "{refused}");
    assert!(refused.to_string().contains("main.lock"), "{refused}");
    assert!(lock.exists());
    fs::remove_file(lock).unwrap();
    assert_eq!(bench.forward(bench.base, to).await, Ok(Forwarded::Moved));
}

#[tokio::test]
async fn a_repository_elsewhere_is_left_to_whoever_may_write_to_it() {
    let bench = Bench::with(&[("a", b"0\n")]);
    let host = Host::of(&bench.repository).await;
    let desk = Desk::with(|options| options.ca_file = Some(host.ca_file.clone()));
    let side = bench.side(&[("a", Some("1\n"))]);
    let join = ports::git::Join { head: bench.base, commit: side, message: super::MESSAGE };
    let to = at(desk.git.join(&host.url(), &join).await);
    let refused = forward(&desk, &host.url(), bench.base, to).await;
    let Err(GitError::Work(WorkError::NotHere { branch: of, command })) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(of, branch("main"));
    assert_eq!(bench.repository.said(&["rev-parse", "main"]), bench.base.as_str());
    // It does so, with another address here.
    let place = bench.repository.path().to_str().unwrap();
    let arguments = command.replace(host.url().as_str(), place);
    bench.repository.git(&["checkout", "--quiet", "--detach"]);
    let arguments: Vec<_> = arguments.strip_prefix("git ").unwrap().split(' ').collect();
    git(desk.home.path(), &arguments);
    assert_eq!(bench.repository.said(&["rev-parse", "main"]), to.as_str());

    let home = tempfile::tempdir().unwrap();
    let public = GitCli::new(GitOptions::new(home.path().join("git"), Reach::Public));
    let refused = public.fast_forward(&bench.url, &branch("main"), bench.base, to).await;
    assert_eq!(refused.map_err(|error| error.code()), Err("repository_not_allowed"));
}
