//! On what a task stands that waits for several.

use ports::git::{Base, CommitHash, GitError, WorkError, Workspaces as _};

use super::{Desk, Repository};

fn at(base: Result<Base, GitError>) -> CommitHash {
    match base {
        Ok(Base::At(commit)) => commit,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_same_heads_come_to_the_same_commit() {
    let repository = Repository::with(&[("shared", b"0\n")]);
    let url = repository.url();
    let head = repository.head();
    let desk = Desk::new();
    let one = desk.run(&url, head, "one", &[("one", "1")]).await;
    let two = desk.run(&url, head, "two", &[("two", "2")]).await;
    let three = desk.run(&url, head, "three", &[("three", "3"), ("shared", "3\n")]).await;

    let merged = at(desk.git.base(&url, &[one, two, three]).await);
    let files = desk.check_out(&url, merged, None, "merged").await.unwrap();
    for (name, content) in [("one", "1"), ("two", "2"), ("three", "3"), ("shared", "3\n")] {
        assert_eq!(std::fs::read_to_string(files.join(name)).unwrap(), content);
    }
    assert_eq!(at(desk.git.base(&url, &[one, two, three]).await), merged);
    // Also for another server, on another day: what it knows is in the repository.
    assert_eq!(at(Desk::new().git.base(&url, &[one, two, three]).await), merged);
    assert_ne!(at(desk.git.base(&url, &[two, one, three]).await), merged, "the order counts");

    let workspace = desk.clone(&url, merged, "on-top").await;
    let parents = workspace.git(&["log", "-1", "--format=%P|%an|%s"]);
    assert!(parents.ends_with(&format!(" {three}|OmoiOS|Merge {three}")), "{parents}");
    assert_eq!(
        workspace.git(&["log", "-1", "--format=%ct"]),
        workspace.git(&["log", "-1", "--format=%ct", "HEAD^2"])
    );
}

#[tokio::test]
async fn heads_that_hold_each_other_need_no_merge() {
    let repository = Repository::with(&[("a", b"0")]);
    let (desk, url, head) = (Desk::new(), repository.url(), repository.head());
    let first = desk.run(&url, head, "first", &[("b", "1")]).await;
    let second = desk.run(&url, first, "second", &[("c", "2")]).await;
    for heads in [vec![second], vec![first, second], vec![second, first, head], vec![second, second]] {
        assert_eq!(at(desk.git.base(&url, &heads).await), second, "{heads:?}");
    }
    assert_eq!(desk.git.base(&url, &[]).await, Err(WorkError::NoHeads.into()));
}

#[tokio::test]
async fn a_conflict_names_the_head_and_its_files() {
    let repository = Repository::with(&[("a b", b"0\n"), ("größe", b"0\n"), ("same", b"0\n")]);
    let (desk, url, head) = (Desk::new(), repository.url(), repository.head());
    let one = desk.run(&url, head, "one", &[("a b", "1\n"), ("größe", "1\n"), ("new\nline", "1\n")]).await;
    let two = desk.run(&url, head, "two", &[("same", "2\n")]).await;
    let three =
        desk.run(&url, head, "three", &[("a b", "3\n"), ("größe", "3\n"), ("new\nline", "3\n")]).await;
    let conflict = desk.git.base(&url, &[one, two, three]).await;
    let paths = ["a b", "größe", "new\nline"].map(str::to_owned).to_vec();
    assert_eq!(conflict, Ok(Base::Conflict { head: 2, paths }));
}

#[tokio::test]
async fn a_history_that_is_too_short_for_a_merge_is_made_longer() {
    let repository = Repository::with(&[("a", b"0\n")]);
    let (desk, url) = (Desk::new(), repository.url());
    repository.git(&["checkout", "--quiet", "-b", "side"]);
    let side = repository.commit(&[("side", b"1")]);
    repository.git(&["checkout", "--quiet", "main"]);
    for _ in 0..120 {
        repository.commit(&[]);
    }
    let main = repository.commit(&[("main", b"1")]);
    let workspace = desk.clone(&url, main, "main").await;
    assert_eq!(workspace.git(&["rev-list", "--count", "HEAD"]), "50");
    let merged = at(desk.git.base(&url, &[main, side]).await);
    let workspace = desk.clone(&url, merged, "merged").await;
    assert_eq!((workspace.read("main"), workspace.read("side")), ("1".to_owned(), "1".to_owned()));

    let stranger = Repository::with(&[("b", b"0")]);
    let other = stranger.head();
    repository.git(&["fetch", "--quiet", stranger.path().to_str().unwrap(), other.as_str()]);
    let unrelated = desk.git.base(&url, &[main, other]).await;
    assert_eq!(unrelated, Err(WorkError::Unrelated { head: other }.into()));
}
