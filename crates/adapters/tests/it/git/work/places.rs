//! Wherever a repository is, and whatever kind it is.

use std::os::unix::fs::chown;
use std::path::Path;

use adapters::git::Reach;
use ports::git::{
    Base, CommitHash, GitError, Published, RepositoryUrl, Transport, WorkError, Workspaces as _,
};

use super::super::elsewhere::Host;
use super::super::url;
use super::{Desk, Repository, branch};

/// A run from its clone to its branch.
async fn walk(desk: &Desk, url: &RepositoryUrl, head: CommitHash) -> CommitHash {
    assert_eq!(desk.git.base(url, &[head]).await, Ok(Base::At(head)));
    let kept = desk.run(url, head, "run", &[("by the run", "1\n")]).await;
    let published = desk.git.publish(url, &branch("omoi/x"), kept).await;
    let is_there = matches!(url.transport(), Transport::Path);
    assert_eq!(published, Ok(if is_there { Published::Created } else { Published::OnlyHere }));
    let files = desk.check_out(url, kept, None, "files").await.unwrap();
    assert_eq!(std::fs::read_to_string(files.join("by the run")).unwrap(), "1\n");
    if is_there {
        let place = Path::new(url.as_str());
        for name in ["refs/omoi/runs/run/1", "refs/heads/omoi/x"] {
            assert_eq!(super::git(place, &["-c", "safe.directory=*", "rev-parse", name]), kept.as_str());
        }
    }
    kept
}

#[tokio::test]
async fn a_bare_repository_a_worktree_and_a_shallow_clone_are_worked_on() {
    let repository = Repository::with(&[("a", b"0")]);
    let before = repository.commit(&[("a", b"1")]);
    let head = repository.commit(&[("a", b"2")]);
    let home = tempfile::tempdir().unwrap();
    let place = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    let from = format!("file://{}", repository.path().display());
    repository.git(&["clone", "--quiet", "--bare", &from, &place("bare")]);
    repository.git(&["clone", "--quiet", "--depth=2", &from, &place("shallow")]);
    walk(&Desk::new(), &url(&place("bare")), head).await;
    let desk = Desk::new();
    let kept = walk(&desk, &url(&place("shallow")), head).await;
    assert_eq!(super::git(&desk.keep(), &["rev-list", kept.as_str()]), format!("{kept}\n{head}\n{before}"));
    // Its own history is cut again, elsewhere.
    let shallow = Path::new(&place("shallow")).to_owned();
    repository.commit(&[]);
    let later = repository.commit(&[("a", b"3")]);
    super::git(
        &shallow,
        &["-c", "protocol.file.allow=always", "fetch", "--quiet", "--depth=1", "origin", "main"],
    );
    let kept = desk.run(&url(&place("shallow")), later, "later", &[("b", "1")]).await;
    assert_eq!(super::git(&desk.keep(), &["rev-list", kept.as_str()]), format!("{kept}\n{later}"));

    repository.git(&["worktree", "add", "--quiet", "-b", "side", &place("it's a worktree")]);
    walk(&Desk::new(), &url(&place("it's a worktree")), head).await;
}

#[tokio::test]
async fn a_long_history_costs_little() {
    let repository = Repository::with(&[("a", b"0")]);
    for _ in 0..80 {
        repository.commit(&[]);
    }
    let (desk, first) = (Desk::new(), repository.head());
    walk(&desk, &repository.url(), first).await;
    let count = |commit: CommitHash| super::git(&desk.keep(), &["rev-list", "--count", commit.as_str()]);
    assert_eq!(count(first), "50");
    // What comes later reaches down to what is here, and cuts nothing off.
    for _ in 0..80 {
        repository.commit(&[]);
    }
    let later = repository.head();
    let kept = desk.run(&repository.url(), later, "later", &[("b", "1")]).await;
    assert_eq!((count(first), count(kept)), ("50".to_owned(), "131".to_owned()));
}

#[tokio::test]
async fn an_empty_repository_has_no_commit_to_begin_at() {
    let repository = Repository::empty();
    let unknown = "0123456789abcdef0123456789abcdef01234567".parse().unwrap();
    let (desk, none) = (Desk::new(), GitError::NoSuchCommit { commit: unknown });
    assert_eq!(desk.git.base(&repository.url(), &[unknown]).await, Err(none.clone()));
    let refused = desk.try_clone(&repository.url(), unknown, "run").await;
    assert_eq!(refused.map(|_| ()), Err(none));
    assert!(!desk.home.path().join("run").exists());
    walk(&desk, &repository.url(), repository.commit(&[("a", b"0")])).await;

    let nowhere = desk.git.base(&url("/nonexistent/repository"), &[unknown]).await;
    assert_eq!(nowhere, Err(GitError::NotARepository));
}

#[tokio::test]
async fn a_repository_of_sha_256_is_worked_on() {
    let repository = Repository::empty();
    std::fs::remove_dir_all(repository.path().join(".git")).unwrap();
    repository.git(&["init", "--quiet", "--initial-branch=main", "--object-format=sha256", "."]);
    let head = repository.commit(&[("a", b"0")]);
    assert_eq!(walk(&Desk::new(), &repository.url(), head).await.as_str().len(), 64);
}

#[tokio::test]
async fn a_repository_of_somebody_else_is_worked_on() {
    let repository = Repository::with(&[("a", b"0")]);
    let head = repository.head();
    if rustix::process::geteuid().is_root() {
        let nobody = Some(65_534);
        let git_dir = repository.path().join(".git");
        for path in [repository.path(), &git_dir, &git_dir.join("config")] {
            chown(path, nobody, nobody).unwrap();
        }
    }
    walk(&Desk::new(), &repository.url(), head).await;
}

#[tokio::test]
async fn a_repository_elsewhere_is_worked_on_here() {
    let repository = Repository::with(&[("a", b"0")]);
    for _ in 0..60 {
        repository.commit(&[]);
    }
    let host = Host::of(&repository).await;
    let desk = Desk::with(|options| options.ca_file = Some(host.ca_file.clone()));
    let head = repository.head();
    let kept = walk(&desk, &host.url(), head).await;
    let beside = desk.run(&host.url(), head, "beside", &[("b", "1")]).await;
    let moved = desk.git.publish(&host.url(), &branch("omoi/x"), beside).await;
    assert_eq!(moved, Err(WorkError::Moved { branch: branch("omoi/x") }.into()));
    let another =
        desk.keep_result(&host.url(), head, &desk.home.path().join("beside.bundle"), "run", 1).await;
    assert_eq!(another, Err(WorkError::AnotherIsKept { n: 1, commit: kept }.into()));
    // Nothing goes back there, and what was kept is where the next run begins.
    assert_eq!(repository.said(&["for-each-ref", "refs/omoi", "refs/heads/omoi"]), "");
    let side = repository.said(&["commit-tree", "-p", "HEAD~59", "-m", "x", "HEAD^{tree}"]);
    repository.git(&["update-ref", "refs/heads/side", &side]);
    let side: CommitHash = side.parse().unwrap();
    let merged = desk.git.base(&host.url(), &[kept, side]).await;
    assert!(matches!(merged, Ok(Base::At(_))), "{merged:?}");
    let on_top = desk.clone(&host.url(), kept, "next").await;
    assert_eq!(on_top.read("by the run"), "1\n");
}

#[tokio::test]
async fn who_is_served_by_others_works_on_no_directory() {
    let repository = Repository::with(&[("a", b"0")]);
    let home = tempfile::tempdir().unwrap();
    let options = adapters::git::GitOptions::new(home.path().join("git"), Reach::Public);
    let git = adapters::git::GitCli::new(options);
    let refused = git.base(&repository.url(), &[repository.head()]).await;
    assert_eq!(refused.map_err(|error| error.code()), Err("repository_not_allowed"));
    let refused = git.publish(&repository.url(), &branch("omoi/x"), repository.head()).await;
    assert_eq!(refused.map_err(|error| error.code()), Err("repository_not_allowed"));
}
