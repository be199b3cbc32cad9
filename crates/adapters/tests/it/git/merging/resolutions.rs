//! What becomes of files in conflict.

use std::fs;

use ports::git::{CommitHash, GitError, Resolution, Unresolved, WorkError};

use super::{Bench, Desk, MESSAGE, at, executable, text};

fn wrong(path: &str, wrong: Unresolved) -> Result<CommitHash, GitError> {
    Err(WorkError::Unresolved { path: path.to_owned(), wrong }.into())
}

/// Files in conflict of all sorts that are text, and one that goes together.
struct Four {
    bench: Bench,
    head: CommitHash,
    commit: CommitHash,
}

impl Four {
    fn new() -> Self {
        let bench = Bench::with(&[("a", b"0\n"), ("b", b"0\n"), ("c", b"0\n"), ("d", b"0\n"), ("e", b"0\n")]);
        let head = bench.side(&[("a", Some("1\n")), ("b", Some("1\n")), ("c", Some("1\n")), ("d", None)]);
        let commit = bench.side(&[
            ("a", Some("2\n")),
            ("b", Some("2\n")),
            ("c", Some("2\n")),
            ("d", Some("2\n")),
            ("e", Some("2\n")),
        ]);
        Self { bench, head, commit }
    }

    async fn join(&self, files: &[(&str, Resolution)]) -> Result<CommitHash, GitError> {
        self.bench.join_with(self.head, self.commit, files).await
    }
}

#[tokio::test]
async fn each_becomes_what_was_said_of_it() {
    let four = Four::new();
    let said = [
        ("c", Resolution::Theirs),
        ("a", text("three\n")),
        ("d", Resolution::Theirs),
        ("b", Resolution::Ours),
    ];
    let merge = four.join(&said).await.unwrap();
    assert_eq!(
        four.bench.files(merge),
        ["100644 a three", "100644 b 1", "100644 c 2", "100644 d 2", "100644 e 2"]
    );
    let (head, commit) = (four.head, four.commit);
    assert_eq!(
        four.bench.kept(&["log", "-1", "--format=%P|%an|%B", merge.as_str()]),
        format!("{head} {commit}|OmoiOS|{}", MESSAGE.trim_end())
    );
    // Once more, in another order, and where nothing of it is known.
    let mut again = said.clone();
    again.reverse();
    assert_eq!(four.join(&again).await, Ok(merge));
    let elsewhere = Four { bench: Bench { desk: Desk::new(), ..four.bench }, ..four };
    assert_eq!(elsewhere.join(&said).await, Ok(merge));
    elsewhere.bench.kept(&["gc", "--quiet", "--prune=now"]);
    elsewhere.bench.kept(&["fsck", "--strict"]);
    assert_eq!(elsewhere.bench.files(merge).len(), 5);

    let other = [said[0].clone(), ("a", Resolution::Removed), ("d", Resolution::Ours), said[3].clone()];
    let other = elsewhere.join(&other).await.unwrap();
    assert_eq!(elsewhere.bench.files(other), ["100644 b 1", "100644 c 2", "100644 e 2"]);
}

#[tokio::test]
async fn all_of_them_are_named_once_and_no_others() {
    let four = Four::new();
    let all = ["a", "b", "c", "d"].map(|path| (path, Resolution::Ours));
    let with = |more: &'static str| [all.to_vec(), vec![(more, Resolution::Ours)]].concat();
    assert_eq!(four.join(&[]).await, wrong("a", Unresolved::Missing));
    assert_eq!(four.join(&all[..3]).await, wrong("d", Unresolved::Missing));
    assert_eq!(four.join(&with("e")).await, wrong("e", Unresolved::NotInConflict));
    assert_eq!(four.join(&with("../a")).await, wrong("../a", Unresolved::NotInConflict));
    assert_eq!(four.join(&with("b")).await, wrong("b", Unresolved::Twice));
    let said = wrong("\u{1b}[2Ja\n", Unresolved::Missing).unwrap_err().to_string();
    assert!(!said.contains(|c: char| c.is_control()), "{said}");
    four.join(&all).await.unwrap();
}

#[tokio::test]
async fn where_all_goes_together_there_is_nothing_to_be_said() {
    let bench = Bench::with(&[("a", b"0\n")]);
    let (head, commit) = (bench.side(&[("b", Some("1\n"))]), bench.side(&[("c", Some("1\n"))]));
    let merge = at(bench.join(head, commit).await);
    assert_eq!(bench.join_with(head, commit, &[]).await, Ok(merge));
    let files = [("b", Resolution::Ours)];
    assert_eq!(bench.join_with(head, commit, &files).await, wrong("b", Unresolved::NotInConflict));
    assert_eq!(bench.join_with(merge, commit, &files).await, wrong("b", Unresolved::NotInConflict));
}

#[tokio::test]
async fn a_text_with_marks_is_not_finished() {
    let bench = Bench::with(&[("a", b"0\n")]);
    let head = bench.side(&[("a", Some("1\n<<<<<<< an example\n"))]);
    let commit = bench.side(&[("a", Some("2\n>>>>>>> of one\r\n"))]);
    let begin = format!("<<<<<<< {head}\n1\n");
    for unfinished in
        [&begin, "x\n>>>>>>> HEAD\n", "<<<<<<< ", "1\n<<<<<<< another example\n", "1\r\n<<<<<<< ours\r\n"]
    {
        let joined = bench.join_with(head, commit, &[("a", text(unfinished))]).await;
        assert_eq!(joined, wrong("a", Unresolved::Marked), "{unfinished}");
    }
    // What a file itself says of marks is its own, and so is what only looks like one.
    let finished = "1\n<<<<<<< an example\n>>>>>>> of one\n <<<<<<< x\n<<<<<<<x\n=======\n";
    let merge = bench.join_with(head, commit, &[("a", text(finished))]).await.unwrap();
    assert_eq!(bench.files(merge), [format!("100644 a {}", finished.trim_end())]);
    // A side is what it is.
    bench.join_with(head, commit, &[("a", Resolution::Ours)]).await.unwrap();
}

#[tokio::test]
async fn a_file_that_may_be_run_stays_one() {
    let bench = Bench::with(&[("a", b"0\n"), ("b", b"0\n"), ("c", b"0\n")]);
    let head = bench.made(bench.base, |repository| {
        executable(&repository.write("a", b"1\n"));
        repository.write("b", b"1\n");
        super::remove(repository, "c");
    });
    let commit = bench.made(bench.base, |repository| {
        repository.write("a", b"2\n");
        repository.write("b", b"2\n");
        executable(&repository.write("c", b"2\n"));
    });
    let files = ["a", "b", "c"].map(|path| (path, text("3\n")));
    let merge = bench.join_with(head, commit, &files).await.unwrap();
    assert_eq!(bench.files(merge), ["100755 a 3", "100644 b 3", "100755 c 3"]);
}

#[tokio::test]
async fn names_may_hold_whatever_they_hold() {
    let names = ["--help", ":(glob)*", "a\nb/c\td", "$(id)", "a b", "größe", "'\"\\", "x~1"];
    let bench = Bench::with(&[("a", b"0\n")]);
    let sides = ["1\n", "2\n"].map(|content| {
        let files: Vec<_> = names.iter().map(|name| (*name, Some(content))).collect();
        bench.side(&files)
    });
    let files: Vec<_> = names.iter().map(|name| (*name, text(name))).collect();
    let merge = bench.join_with(sides[0], sides[1], &files).await.unwrap();
    for name in names {
        assert_eq!(bench.kept(&["show", &format!("{merge}:{name}")]), name);
    }
    assert_eq!(bench.files(merge).len(), names.len() + 1);
}

#[tokio::test]
async fn what_a_killed_git_has_left_is_in_nobodys_way() {
    let four = Four::new();
    let all = ["a", "b", "c", "d"].map(|path| (path, Resolution::Ours));
    let merge = four.join(&all).await.unwrap();
    let keep = four.bench.desk.keep();
    assert!(!keep.join("joining").exists());
    fs::write(keep.join("joining"), "half").unwrap();
    fs::write(keep.join("joining.lock"), "half").unwrap();
    assert_eq!(four.join(&all).await, Ok(merge));
    assert!(!keep.join("joining").exists() && !keep.join("joining.lock").exists());
}

#[tokio::test]
async fn there_can_be_nothing_left() {
    let bench = Bench::with(&[("a", b"0\n")]);
    let (head, commit) = (bench.side(&[("a", Some("1\n"))]), bench.side(&[("a", None)]));
    let merge = bench.join_with(head, commit, &[("a", Resolution::Removed)]).await.unwrap();
    assert_eq!(bench.files(merge), Vec::<String>::new());
    assert_eq!(bench.join_with(head, commit, &[("a", Resolution::Theirs)]).await, Ok(merge));
}
