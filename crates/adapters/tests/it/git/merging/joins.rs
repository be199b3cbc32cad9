//! Two commits that go together.

use std::process::Command;

use ports::git::{CommitHash, GitError, Joined, Merging as _, WorkError, Workspaces as _};

use super::{Bench, Desk, MESSAGE, Repository, at, branch, held_in};

#[tokio::test]
async fn the_same_two_come_to_the_same_commit_wherever_they_are_joined() {
    let bench = Bench::with(&[("a", b"1\n2\n3\n4\n5\n"), ("b", b"0\n")]);
    let head = bench.side(&[("a", Some("one\n2\n3\n4\n5\n"))]);
    let commit = bench.side(&[("a", Some("1\n2\n3\n4\nfive\n")), ("c", Some("1\n"))]);
    let merge = at(bench.join(head, commit).await);
    assert_eq!(bench.files(merge), ["100644 a one\n2\n3\n4\nfive", "100644 b 0", "100644 c 1"]);
    assert_eq!(
        bench.kept(&["log", "-1", "--format=%P|%an <%ae>|%cn <%ce>|%B", merge.as_str()]),
        format!("{head} {commit}|OmoiOS <omoi@localhost>|OmoiOS <omoi@localhost>|{}", MESSAGE.trim_end())
    );
    let trailers = bench.kept(&["log", "-1", "--format=%(trailers:key=Task,valueonly)", merge.as_str()]);
    assert_eq!(trailers, "0190a3");

    assert_eq!(at(bench.join(head, commit).await), merge);
    let elsewhere = Bench { desk: Desk::new(), ..bench };
    assert_eq!(at(elsewhere.join(head, commit).await), merge);
    assert_ne!(at(elsewhere.join(commit, head).await), merge, "the order counts");
    // Without them that hold it, as a server does that lost what it kept.
    assert_ne!(elsewhere.repository.head(), merge);
}

#[tokio::test]
async fn it_is_as_old_as_the_later_of_the_two() {
    let bench = Bench::with(&[("a", b"0\n")]);
    let dated = |seconds: u64, message: &str| -> CommitHash {
        let output = Command::new("git")
            .args(["commit-tree", "-p", bench.base.as_str(), "-m", message, "HEAD^{tree}"])
            .current_dir(bench.repository.path())
            .envs([("GIT_AUTHOR_NAME", "Ada"), ("GIT_AUTHOR_EMAIL", "ada@example.org")])
            .envs([("GIT_COMMITTER_NAME", "Ada"), ("GIT_COMMITTER_EMAIL", "ada@example.org")])
            .env("GIT_COMMITTER_DATE", format!("@{seconds} +0200"))
            .output()
            .unwrap();
        let commit = String::from_utf8(output.stdout).unwrap().trim().parse().unwrap();
        bench.repository.git(&["update-ref", &format!("refs/heads/{message}"), &format!("{commit}")]);
        commit
    };
    let (early, late) = (dated(1_900_000_000, "early"), dated(1_900_000_007, "late"));
    for (head, commit) in [(early, late), (late, early)] {
        let merge = at(bench.join(head, commit).await);
        let dates = bench.kept(&["log", "-1", "--format=%at %ct %ai", merge.as_str()]);
        assert_eq!(dates, "1900000007 1900000007 2030-03-17 17:46:47 +0000");
    }
}

#[tokio::test]
async fn what_builds_on_the_head_has_a_merge_of_its_own_and_what_it_holds_has_none() {
    let bench = Bench::with(&[("a", b"0\n")]);
    let commit = bench.side(&[("a", Some("1\n"))]);
    let merge = at(bench.join(bench.base, commit).await);
    let parents = bench.kept(&["log", "-1", "--format=%P|%s", merge.as_str()]);
    assert_eq!(parents, format!("{} {commit}|Merge TSK-003: invoices", bench.base));
    assert_eq!(bench.files(merge), bench.files(commit));
    let before = held_in(&bench.desk.keep());
    for held in [commit, bench.base, merge] {
        assert_eq!(bench.join(merge, held).await, Ok(Joined::At(merge)), "{held}");
        assert_eq!(bench.join_with(merge, held, &[]).await, Ok(merge), "{held}");
    }
    assert_eq!(held_in(&bench.desk.keep()), before);
}

#[tokio::test]
async fn a_merge_is_what_the_next_one_builds_on() {
    let bench = Bench::with(&[("a", b"0\n")]);
    let sides = ["b", "c", "d"].map(|name| bench.side(&[(name, Some("1\n"))]));
    let mut head = bench.base;
    for side in sides {
        head = at(bench.join(head, side).await);
    }
    assert_eq!(bench.files(head), ["100644 a 0", "100644 b 1", "100644 c 1", "100644 d 1"]);
    // Nothing that is not named by a ref would be here after a while.
    bench.kept(&["gc", "--quiet", "--prune=now"]);
    bench.desk.git.publish(&bench.url, &branch("omoi/spec-invoices"), head).await.unwrap();
    assert_eq!(bench.repository.said(&["rev-parse", "omoi/spec-invoices"]), head.as_str());
    assert_eq!(bench.repository.said(&["rev-list", "--count", "--merges", head.as_str()]), "3");
    bench.repository.git(&["fsck", "--strict"]);
}

#[tokio::test]
async fn what_does_not_go_together_is_named_and_not_kept() {
    let bench = Bench::with(&[("a", b"0\n"), ("b", b"0\n")]);
    let head = bench.side(&[("a", Some("1\n")), ("b", Some("1\n"))]);
    let commit = bench.side(&[("a", Some("2\n")), ("b", None)]);
    let paths = vec!["a".to_owned(), "b".to_owned()];
    assert_eq!(bench.join(head, commit).await, Ok(Joined::Conflict { paths }));
    let commits = bench.kept(&["cat-file", "--batch-all-objects", "--batch-check=%(objecttype)"]);
    assert_eq!(commits.lines().filter(|kind| *kind == "commit").count(), 3);

    let stranger = Repository::with(&[("s", b"0")]);
    let other = stranger.head();
    bench.repository.git(&["fetch", "--quiet", stranger.path().to_str().unwrap(), other.as_str()]);
    let unrelated = Err::<(), GitError>(WorkError::Unrelated { head: other }.into());
    assert_eq!(bench.join(head, other).await.map(|_| ()), unrelated);
    assert_eq!(bench.join_with(head, other, &[]).await.map(|_| ()), unrelated);
    assert_eq!(bench.desk.git.conflict(&bench.url, head, other, 9, 9).await.map(|_| ()), unrelated);
    let nowhere: CommitHash = "0123456789abcdef0123456789abcdef01234567".parse().unwrap();
    let unknown = Err(GitError::NoSuchCommit { commit: nowhere });
    assert_eq!(bench.join(head, nowhere).await, unknown);
}
