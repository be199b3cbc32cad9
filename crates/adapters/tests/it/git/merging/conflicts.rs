//! Files that do not go together, as they are shown to whoever says what becomes of them.

use ports::git::{Conflict, ConflictFile, Fit, Merging as _};

use super::{Bench, at};

#[tokio::test]
async fn each_is_shown_with_what_both_sides_have() {
    let bench = Bench::with(&[("a", b"1\nzero\n2\n"), ("gone", b"0\n"), ("kept", b"0\n"), ("same", b"0\n")]);
    let head = bench.side(&[
        ("a", Some("1\none\n2\n")),
        ("gone", None),
        ("kept", Some("1\n")),
        ("new", Some("1\n")),
    ]);
    let commit = bench.side(&[
        ("a", Some("1\ntwo\n2\n")),
        ("gone", Some("2\n")),
        ("kept", None),
        ("new", Some("2\n")),
        ("same", Some("2\n")),
    ]);
    let some = |text: &str| Some(text.to_owned());
    let file = |path: &str| ConflictFile { path: path.to_owned(), is_text: true, ..ConflictFile::default() };
    let marks =
        |ours: &str, theirs: &str| format!("<<<<<<< {head}\n{ours}\n=======\n{theirs}\n>>>>>>> {commit}\n");
    let conflict = bench.desk.git.conflict(&bench.url, head, commit, 9, 1000).await.unwrap();
    let expected = vec![
        ConflictFile {
            base: some("1\nzero\n2\n"),
            ours: some("1\none\n2\n"),
            theirs: some("1\ntwo\n2\n"),
            marked: Some(format!("1\n{}2\n", marks("one", "two"))),
            ..file("a")
        },
        ConflictFile { base: some("0\n"), theirs: some("2\n"), ..file("gone") },
        ConflictFile { base: some("0\n"), ours: some("1\n"), ..file("kept") },
        ConflictFile { ours: some("1\n"), theirs: some("2\n"), marked: Some(marks("1", "2")), ..file("new") },
    ];
    assert_eq!(conflict, Conflict { files: expected.clone(), cut: false });
    let cut = bench.desk.git.conflict(&bench.url, head, commit, 2, 1000).await.unwrap();
    assert_eq!(cut, Conflict { files: expected[..2].to_vec(), cut: true });

    let fits = bench.desk.git.fits(&bench.url, head, &[commit]).await.unwrap();
    let paths = expected.into_iter().map(|file| file.path).collect();
    assert_eq!(fits, [Fit::Conflict { paths }]);
}

#[tokio::test]
async fn of_what_goes_together_nothing_is_shown() {
    let bench = Bench::with(&[("a", b"0\n")]);
    let (head, commit) = (bench.side(&[("b", Some("1\n"))]), bench.side(&[("c", Some("1\n"))]));
    let merge = at(bench.join(head, commit).await);
    for (head, commit) in [(head, commit), (merge, commit), (bench.base, commit)] {
        let conflict = bench.desk.git.conflict(&bench.url, head, commit, 9, 1000).await;
        assert_eq!(conflict, Ok(Conflict::default()));
    }
}

#[tokio::test]
async fn what_is_too_long_is_named_and_not_shown() {
    let bench = Bench::with(&[("a", b"0\n"), ("b", b"0\n")]);
    let head = bench.side(&[("a", Some("1\n")), ("b", Some("1234567\n"))]);
    let commit = bench.side(&[("a", Some("2\n")), ("b", Some("2\n"))]);
    let conflict = bench.desk.git.conflict(&bench.url, head, commit, 9, 4).await.unwrap();
    let shown = conflict.files.iter().map(|file| {
        (file.path.as_str(), file.base.is_some(), file.ours.is_some(), file.theirs.is_some(), file.is_text)
    });
    let shown: Vec<_> = shown.collect();
    // The marks make the first one longer than that.
    assert_eq!(shown, [("a", true, true, true, false), ("b", true, false, true, false)]);
    let conflict = bench.desk.git.conflict(&bench.url, head, commit, 9, 1000).await.unwrap();
    assert!(conflict.files.iter().all(|file| file.is_text && file.marked.is_some()));
}
