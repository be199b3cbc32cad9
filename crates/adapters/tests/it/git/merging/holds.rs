//! What is in the history of a commit.

use ports::git::{CommitHash, GitError, Merging as _};

use super::{Bench, Desk, at};

#[tokio::test]
async fn a_commit_holds_what_came_before_it() {
    let bench = Bench::with(&[("a", b"0\n")]);
    let (one, two) = (bench.side(&[("b", Some("1\n"))]), bench.side(&[("c", Some("1\n"))]));
    let merge = at(bench.join(one, two).await);
    let holds = async |commit, others: &[CommitHash]| bench.desk.git.holds(&bench.url, commit, others).await;
    assert_eq!(holds(merge, &[one, two, bench.base, merge]).await, Ok(true));
    assert_eq!(holds(merge, &[]).await, Ok(true));
    assert_eq!(holds(one, &[bench.base, two]).await, Ok(false));
    assert_eq!(holds(bench.base, &[one]).await, Ok(false));
}

#[tokio::test]
async fn what_a_person_has_merged_is_fetched() {
    let bench = Bench::with(&[("a", b"0\n")]);
    let (one, two) = (bench.side(&[("b", Some("1\n"))]), bench.side(&[("c", Some("1\n"))]));
    bench.join(one, two).await.unwrap();
    let by_hand = bench.made(one, |repository| {
        repository.git(&["merge", "--quiet", "--no-ff", "--message=by hand", two.as_str()]);
    });
    assert_eq!(bench.desk.git.holds(&bench.url, by_hand, &[one, two]).await, Ok(true));
    let nowhere: CommitHash = "0123456789abcdef0123456789abcdef01234567".parse().unwrap();
    let unknown = bench.desk.git.holds(&bench.url, nowhere, &[one]).await;
    assert_eq!(unknown, Err(GitError::NoSuchCommit { commit: nowhere }));
}

#[tokio::test]
async fn it_is_looked_for_in_the_whole_history() {
    let bench = Bench::with(&[("a", b"0\n")]);
    for _ in 0..120 {
        bench.repository.commit(&[]);
    }
    let head = bench.repository.head();
    let desk = Desk::new();
    assert_eq!(desk.git.holds(&bench.url, head, &[head]).await, Ok(true));
    assert_eq!(super::git(&desk.keep(), &["rev-list", "--count", head.as_str()]), "50");
    assert_eq!(desk.git.holds(&bench.url, head, &[bench.base]).await, Ok(true));
    // Of one whose history is cut itself, only so much is known.
    let home = tempfile::tempdir().unwrap();
    let place = home.path().join("shallow");
    let from = format!("file://{}", bench.repository.path().display());
    bench.repository.git(&["clone", "--quiet", "--depth=60", &from, place.to_str().unwrap()]);
    let (desk, url) = (Desk::new(), super::super::url(place.to_str().unwrap()));
    let recent = bench.repository.said(&["rev-parse", "HEAD~55"]).parse().unwrap();
    assert_eq!(desk.git.holds(&url, head, &[recent]).await, Ok(true));
    assert_eq!(desk.git.holds(&url, recent, &[head]).await, Ok(false));
}
