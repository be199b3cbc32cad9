//! Branches that people see.

use std::fs;

use ports::git::{Published, WorkError, Workspaces as _};

use super::{Desk, Repository, branch};

#[tokio::test]
async fn only_branches_of_ours_are_written_to() {
    let repository = Repository::with(&[("a", b"0")]);
    let (desk, url, head) = (Desk::new(), repository.url(), repository.head());
    let kept = desk.run(&url, head, "run", &[("b", "1")]).await;
    for name in ["main", "omoi", "omoi2/x", "feature/omoi/x", "Omoi/x", "refs/heads/omoi/x"] {
        let refused = desk.git.publish(&url, &branch(name), kept).await;
        assert_eq!(refused, Err(WorkError::NotOurs { branch: branch(name) }.into()));
    }
    assert_eq!(repository.said(&["for-each-ref", "--format=%(refname)", "refs/heads"]), "refs/heads/main");
}

#[tokio::test]
async fn a_branch_goes_forward_and_never_over_what_others_put_there() {
    let repository = Repository::with(&[("a", b"0")]);
    let (desk, url, head) = (Desk::new(), repository.url(), repository.head());
    let (first, ours) = (desk.run(&url, head, "first", &[("b", "1")]).await, branch("omoi/x"));
    let second = desk.run(&url, first, "second", &[("b", "2")]).await;
    let beside = desk.run(&url, head, "beside", &[("b", "3")]).await;
    let end = || repository.said(&["rev-parse", "refs/heads/omoi/x"]);

    for (commit, became) in
        [(first, Published::Created), (first, Published::Unchanged), (second, Published::Moved)]
    {
        assert_eq!(desk.git.publish(&url, &ours, commit).await, Ok(became));
    }
    assert_eq!(end(), second.as_str());
    let moved = Err(WorkError::Moved { branch: ours.clone() }.into());
    for other in [beside, first] {
        assert_eq!(desk.git.publish(&url, &ours, other).await, moved);
    }
    // A person goes on with it, and only the repository knows.
    let tree = format!("{second}^{{tree}}");
    let person = repository.said(&["commit-tree", "-p", second.as_str(), "-m", "by hand", &tree]);
    repository.git(&["update-ref", "refs/heads/omoi/x", &person]);
    let third = desk.run(&url, second, "third", &[("b", "4")]).await;
    assert_eq!(desk.git.publish(&url, &ours, third).await, moved);
    assert_eq!(end(), person);
    let fourth = desk.run(&url, person.parse().unwrap(), "fourth", &[("b", "5")]).await;
    desk.git.publish(&url, &ours, fourth).await.unwrap();
    assert_eq!(end(), fourth.as_str());
}

#[tokio::test]
async fn what_somebody_else_is_writing_there_is_left_to_them() {
    let repository = Repository::with(&[("a", b"0")]);
    let (desk, url, head) = (Desk::new(), repository.url(), repository.head());
    let kept = desk.run(&url, head, "run", &[("b", "1")]).await;
    let lock = repository.write(".git/refs/heads/omoi/x.lock", b"");
    let refused = desk.git.publish(&url, &branch("omoi/x"), kept).await.unwrap_err();
    assert_eq!(refused.code(), "repository_not_written", "{refused}");
    assert!(refused.to_string().contains("omoi/x"), "{refused}");
    assert!(lock.exists());
    fs::remove_file(lock).unwrap();
    desk.git.publish(&url, &branch("omoi/x"), kept).await.unwrap();
}

#[tokio::test]
async fn a_branch_that_is_checked_out_anywhere_is_left() {
    let repository = Repository::with(&[("a", b"0")]);
    let (desk, url, head) = (Desk::new(), repository.url(), repository.head());
    let kept = desk.run(&url, head, "run", &[("a", "1")]).await;
    let home = tempfile::tempdir().unwrap();
    let worktree = home.path().join("side");
    repository.git(&["worktree", "add", "--quiet", "-b", "omoi/side", worktree.to_str().unwrap()]);
    repository.git(&["checkout", "--quiet", "-b", "omoi/here"]);
    for name in ["omoi/here", "omoi/side"] {
        let refused = desk.git.publish(&url, &branch(name), kept).await;
        assert_eq!(refused, Err(WorkError::CheckedOut { branch: branch(name) }.into()));
    }
    // One that does not exist yet can be checked out as well.
    repository.git(&["checkout", "--quiet", "--orphan", "omoi/unborn"]);
    let refused = desk.git.publish(&url, &branch("omoi/unborn"), kept).await;
    assert_eq!(refused, Err(WorkError::CheckedOut { branch: branch("omoi/unborn") }.into()));
    for place in [repository.path(), &worktree] {
        assert_eq!(fs::read_to_string(place.join("a")).unwrap(), "0");
    }
    // It is there already: nothing would change.
    desk.git.publish(&url, &branch("omoi/side"), head).await.unwrap();
}
