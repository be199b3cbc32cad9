//! Whether commits go with a head.

use std::fs::{self, OpenOptions};
use std::time::Duration;

use ports::git::{CommitHash, Fit, GitError, Merging as _, WorkError};
use rustix::fs::{FlockOperation, flock};

use super::{Bench, Desk, Repository, held_in};

fn conflict(paths: &[&str]) -> Fit {
    Fit::Conflict { paths: paths.iter().map(|path| (*path).to_owned()).collect() }
}

#[tokio::test]
async fn each_is_tried_and_answered_in_the_order_asked() {
    let bench = Bench::with(&[("a", b"0\n"), ("b c", b"0\n")]);
    let head = bench.side(&[("a", Some("1\n")), ("new\n\"line", Some("1\n")), ("b c", Some("1\n"))]);
    let clean = bench.side(&[("d", Some("1\n"))]);
    let one = bench.side(&[("a", Some("2\n"))]);
    let three = bench.side(&[("new\n\"line", Some("2\n")), ("a", Some("3\n")), ("b c", None)]);
    let on_top = bench.made(head, |repository| drop(repository.write("e", b"1\n")));
    let stranger = Repository::with(&[("s", b"0")]);
    let other = stranger.head();
    bench.repository.git(&["fetch", "--quiet", stranger.path().to_str().unwrap(), other.as_str()]);
    let nowhere: CommitHash = "0123456789abcdef0123456789abcdef01234567".parse().unwrap();

    let asked = [clean, bench.base, nowhere, three, other, head, one, clean, on_top];
    let fits = bench.desk.git.fits(&bench.url, head, &asked).await.unwrap();
    let unrelated = Fit::Refused { reason: WorkError::Unrelated { head: other }.into() };
    assert_eq!(
        fits,
        [
            Fit::Clean,
            Fit::Holds,
            Fit::Refused { reason: GitError::NoSuchCommit { commit: nowhere } },
            conflict(&["a", "b c", "new\n\"line"]),
            unrelated,
            Fit::Holds,
            conflict(&["a"]),
            Fit::Clean,
            Fit::Clean
        ]
    );
    assert_eq!(bench.desk.git.fits(&bench.url, head, &[]).await, Ok(Vec::new()));
    let no_head = bench.desk.git.fits(&bench.url, nowhere, &[clean]).await;
    assert_eq!(no_head, Err(GitError::NoSuchCommit { commit: nowhere }));
}

#[tokio::test]
async fn nothing_is_kept_of_what_was_only_tried() {
    let bench = Bench::with(&[("a", b"0\n"), ("b", b"0\n")]);
    let head = bench.side(&[("a", Some("1\n"))]);
    let (clean, not) = (bench.side(&[("b", Some("2\n"))]), bench.side(&[("a", Some("2\n"))]));
    assert_eq!(bench.desk.git.holds(&bench.url, head, &[clean, not]).await, Ok(false));
    let before = (held_in(&bench.desk.keep()), held_in(&bench.repository.path().join(".git")));
    let fits = bench.desk.git.fits(&bench.url, head, &[clean, not]).await.unwrap();
    assert_eq!(fits, [Fit::Clean, conflict(&["a"])]);
    let conflict = bench.desk.git.conflict(&bench.url, head, not, 9, 9).await.unwrap();
    assert_eq!(conflict.files.len(), 1);
    assert_eq!((held_in(&bench.desk.keep()), held_in(&bench.repository.path().join(".git"))), before);
    assert!(!bench.desk.keep().join("trial").exists());

    // What one that was killed has left is in nobody's way.
    fs::create_dir_all(bench.desk.keep().join("trial/pack")).unwrap();
    fs::write(bench.desk.keep().join("trial/pack/tmp_pack_1"), "half").unwrap();
    let again = bench.desk.git.fits(&bench.url, head, &[clean]).await;
    assert_eq!(again, Ok(vec![Fit::Clean]));
    assert!(!bench.desk.keep().join("trial").exists());
}

#[tokio::test]
async fn nobody_waits_with_it_for_who_writes() {
    let repository = Repository::with(&[("a", b"0\n")]);
    let bench = Bench {
        desk: Desk::with(|options| options.keep_within = Duration::from_secs(1)),
        ..Bench::of(repository)
    };
    let (head, commit) = (bench.side(&[("b", Some("1\n"))]), bench.side(&[("c", Some("1\n"))]));
    bench.desk.git.holds(&bench.url, head, &[commit]).await.unwrap();
    let lock = bench.desk.keep().with_extension("lock");
    let held = OpenOptions::new().append(true).open(lock).unwrap();
    flock(&held, FlockOperation::LockExclusive).unwrap();
    assert_eq!(bench.desk.git.fits(&bench.url, head, &[commit]).await, Ok(vec![Fit::Clean]));
    // It was the lock of the keep: who writes does wait for it.
    let joined = bench.join(head, commit).await;
    assert_eq!(joined.map_err(|error| error.code()), Err("repository_timeout"));
}

#[tokio::test]
async fn a_history_that_is_too_short_is_made_longer() {
    let bench = Bench::with(&[("a", b"0\n")]);
    let old = bench.repository.commit(&[("old", b"1\n")]);
    let side = bench.made(old, |repository| drop(repository.write("side", b"1\n")));
    for _ in 0..120 {
        bench.repository.commit(&[]);
    }
    let head = bench.repository.head();
    let fits = bench.desk.git.fits(&bench.url, head, &[old, side]).await.unwrap();
    assert_eq!(fits, [Fit::Holds, Fit::Clean]);
    // The first commits come with fifty of what was before them.
    let shallow = Desk::new();
    shallow.git.fits(&bench.url, head, &[head]).await.unwrap();
    assert_eq!(super::git(&shallow.keep(), &["rev-list", "--count", head.as_str()]), "50");
    assert_eq!(shallow.git.fits(&bench.url, head, &[old]).await, Ok(vec![Fit::Holds]));
}

#[tokio::test]
async fn two_hundred_are_tried_at_once() {
    let bench = Bench::with(&[("a", b"0\n"), ("b", b"0\n")]);
    let head = bench.side(&[("a", Some("1\n"))]);
    let tree = |commit: CommitHash| bench.repository.said(&["rev-parse", &format!("{commit}^{{tree}}")]);
    let trees = [tree(bench.side(&[("b", Some("2\n"))])), tree(bench.side(&[("a", Some("2\n"))]))];
    let commits: Vec<CommitHash> = (0..200)
        .map(|n| {
            let message = format!("{n}");
            let commit = ["commit-tree", "-p", bench.base.as_str(), "-m", &message, &trees[n % 2]];
            bench.repository.said(&commit).parse().unwrap()
        })
        .collect();
    bench.repository.git(&["update-ref", "refs/heads/last", commits[199].as_str()]);
    let fits = bench.desk.git.fits(&bench.url, head, &commits).await.unwrap();
    let expected = [Fit::Clean, conflict(&["a"])];
    assert!(fits.iter().enumerate().all(|(n, fit)| *fit == expected[n % 2]), "{fits:?}");
    assert_eq!(fits.len(), 200);
}
