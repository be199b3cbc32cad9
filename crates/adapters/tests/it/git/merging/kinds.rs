//! Conflicts of what is no text, and of what cannot be at one place.

use ports::git::{CommitHash, Merging as _, Resolution, Resolution::*, Unresolved, WorkError};

use super::{Bench, Repository, link, remove, text};

impl Bench {
    /// `PATH` of each file in conflict, with a letter for each side that is shown: base, ours, theirs, marked; `!` if it is
    /// all text.
    async fn shown(&self, head: CommitHash, commit: CommitHash) -> Vec<String> {
        let conflict = self.desk.git.conflict(&self.url, head, commit, 99, 1000).await.unwrap();
        let row = |file: &ports::git::ConflictFile| {
            let sides = [(&file.base, 'b'), (&file.ours, 'o'), (&file.theirs, 't'), (&file.marked, 'm')];
            let shown: String = sides.iter().filter(|(text, _)| text.is_some()).map(|(_, c)| c).collect();
            format!("{} {shown}{}", file.path, if file.is_text { "!" } else { "" })
        };
        conflict.files.iter().map(row).collect()
    }

    async fn refused(
        &self,
        head: CommitHash,
        commit: CommitHash,
        files: &[(&str, Resolution)],
    ) -> (String, Unresolved) {
        match self.join_with(head, commit, files).await {
            Err(ports::git::GitError::Work(WorkError::Unresolved { path, wrong })) => (path, wrong),
            other => panic!("{other:?}"),
        }
    }

    async fn settled(
        &self,
        head: CommitHash,
        commit: CommitHash,
        files: &[(&str, Resolution)],
    ) -> Vec<String> {
        self.files(self.join_with(head, commit, files).await.unwrap())
    }
}

#[tokio::test]
async fn of_what_is_no_text_a_side_is_taken() {
    let bench = Bench::with(&[("bin", b"0\0"), ("link", b"0\n"), ("large", b"0\n")]);
    link(&bench.repository, "link", "zero");
    let base = bench.repository.commit(&[]);
    let side = |digit: &str| {
        bench.made(base, |repository| {
            repository.write("bin", format!("{digit}\0").as_bytes());
            link(repository, "link", digit);
        })
    };
    let (head, commit) = (side("1"), side("2"));
    assert_eq!(bench.shown(head, commit).await, ["bin ", "link "]);
    let files = [("bin", Theirs), ("link", Ours)];
    let settled = bench.settled(head, commit, &files).await;
    assert_eq!(settled, ["100644 bin 2\0", "100644 large 0", "120000 link 1"]);
    for (path, files) in
        [("bin", [("bin", text("3\n")), ("link", Ours)]), ("link", [("bin", Theirs), ("link", text("3"))])]
    {
        let refused = bench.refused(head, commit, &files).await;
        assert_eq!(refused, (path.to_owned(), Unresolved::NotText));
    }
    let removed = bench.settled(head, commit, &[("bin", Removed), ("link", Removed)]).await;
    assert_eq!(removed, ["100644 large 0"]);
}

#[tokio::test]
async fn of_a_submodule_a_side_is_taken() {
    let commits = ["1", "2", "3"].map(|digit| digit.repeat(40));
    let bench = Bench::of(Repository::with(&[("a", b"0\n")]));
    let at = |commit: &str| format!("160000,{commit},sub");
    bench.repository.git(&["update-index", "--add", "--cacheinfo", &at(&commits[0])]);
    bench.repository.git(&["commit", "--quiet", "--message=sub"]);
    let base = bench.repository.head();
    let sides = [&commits[1], &commits[2]].map(|commit| -> CommitHash {
        bench.repository.git(&["update-index", "--cacheinfo", &at(commit)]);
        let tree = bench.repository.said(&["write-tree"]);
        let side = bench.repository.said(&["commit-tree", "-p", base.as_str(), "-m", commit, &tree]);
        side.parse().unwrap()
    });
    bench.repository.git(&["read-tree", "HEAD"]);
    let [head, commit] = sides;
    assert_eq!(bench.shown(head, commit).await, ["sub "]);
    let merge = bench.join_with(head, commit, &[("sub", Theirs)]).await.unwrap();
    let listed = bench.kept(&["ls-tree", merge.as_str(), "sub"]);
    assert_eq!(listed, format!("160000 commit {}\tsub", commits[2]));
    assert_eq!(bench.refused(head, commit, &[("sub", text("x"))]).await.1, Unresolved::NotText);
    assert_eq!(bench.settled(head, commit, &[("sub", Removed)]).await, ["100644 a 0"]);
}

#[tokio::test]
async fn a_link_and_a_file_are_two_sides_of_one_place() {
    let bench = Bench::with(&[("a", b"0\n"), ("b", b"0\n")]);
    let head = bench.made(bench.base, |repository| {
        link(repository, "a", "b");
        link(repository, "new", "b");
    });
    let commit = bench.side(&[("a", Some("2\n")), ("new", Some("2\n"))]);
    assert_eq!(bench.shown(head, commit).await, ["a bt", "new t"]);
    let settled = bench.settled(head, commit, &[("a", Ours), ("new", Theirs)]).await;
    assert_eq!(settled, ["120000 a b", "100644 b 0", "100644 new 2"]);
    let settled = bench.settled(head, commit, &[("a", text("3\n")), ("new", Removed)]).await;
    assert_eq!(settled, ["100644 a 3", "100644 b 0"]);
    // The other way round.
    assert_eq!(bench.shown(commit, head).await, ["a bo", "new o"]);
    let settled = bench.settled(commit, head, &[("a", Ours), ("new", Theirs)]).await;
    assert_eq!(settled, ["100644 a 2", "100644 b 0", "120000 new b"]);
}

#[tokio::test]
async fn where_one_has_a_directory_and_the_other_a_file_one_of_both_stays() {
    let bench = Bench::with(&[("a", b"0\n")]);
    let head = bench.side(&[("d", Some("1\n"))]);
    let commit = bench.side(&[("d/x", Some("2\n")), ("d/y/z", Some("2\n")), ("d-e", Some("2\n"))]);
    let file = ["100644 a 0", "100644 d 1", "100644 d-e 2"];
    let directory = ["100644 a 0", "100644 d-e 2", "100644 d/x 2", "100644 d/y/z 2"];
    assert_eq!(bench.shown(head, commit).await, ["d o"]);
    assert_eq!(bench.settled(head, commit, &[("d", Ours)]).await, file);
    assert_eq!(bench.settled(head, commit, &[("d", Theirs)]).await, directory);
    assert_eq!(bench.settled(head, commit, &[("d", Removed)]).await, directory);
    let refused = bench.refused(head, commit, &[("d", text("3\n"))]).await;
    assert_eq!(refused, ("d".to_owned(), Unresolved::Directory));

    assert_eq!(bench.shown(commit, head).await, ["d t"]);
    assert_eq!(bench.settled(commit, head, &[("d", Theirs)]).await, file);
    assert_eq!(bench.settled(commit, head, &[("d", Ours)]).await, directory);
    assert_eq!(bench.join(commit, head).await, bench.join(commit, head).await);
    let fits = bench.desk.git.fits(&bench.url, commit, &[head]).await.unwrap();
    assert_eq!(fits, [ports::git::Fit::Conflict { paths: vec!["d".to_owned()] }]);
}

#[tokio::test]
async fn a_file_does_not_take_the_place_of_a_directory_that_is_kept() {
    let bench = Bench::with(&[("d/x", b"0\n"), ("d/y", b"0\n")]);
    let head = bench.side(&[("d/x", Some("1\n"))]);
    let commit = bench.side(&[("d/x", None), ("d/y", None), ("d", Some("2\n"))]);
    assert_eq!(bench.shown(head, commit).await, ["d t", "d/x bo!"]);
    assert_eq!(bench.settled(head, commit, &[("d", Ours), ("d/x", Ours)]).await, ["100644 d/x 1"]);
    assert_eq!(bench.settled(head, commit, &[("d", Theirs), ("d/x", Theirs)]).await, ["100644 d 2"]);
    for kept in [Ours, text("3\n")] {
        let refused = bench.refused(head, commit, &[("d", Theirs), ("d/x", kept)]).await;
        assert_eq!(refused, ("d".to_owned(), Unresolved::Directory));
    }
}

#[tokio::test]
async fn a_file_that_was_moved_is_found_where_it_is() {
    let long = |line: &str| format!("{}{line}\n", "the same\n".repeat(20));
    let zero = long("zero");
    let bench = Bench::with(&[("a", zero.as_bytes()), ("b", b"0\n")]);
    let moved = |to: &str, content: &str| {
        bench.made(bench.base, |repository| {
            remove(repository, "a");
            repository.write(to, content.as_bytes());
        })
    };
    // Moved by one, changed by both.
    let (head, commit) = (moved("c", &long("one")), bench.side(&[("a", Some(&long("two")))]));
    assert_eq!(bench.shown(head, commit).await, ["c botm!"]);
    let settled = bench.settled(head, commit, &[("c", text("3\n"))]).await;
    assert_eq!(settled, ["100644 b 0", "100644 c 3"]);
    // Moved by both, to two places.
    let (head, commit) = (moved("c", &zero), moved("d", &zero));
    assert_eq!(bench.shown(head, commit).await, ["a b!", "c o!", "d t!"]);
    let settled = bench.settled(head, commit, &[("a", Ours), ("c", Ours), ("d", Ours)]).await;
    assert_eq!(settled, ["100644 b 0".to_owned(), format!("100644 c {}", zero.trim_end())]);
    // Moved by one, removed by the other.
    let (head, commit) = (moved("c", &zero), bench.side(&[("a", None)]));
    assert_eq!(bench.shown(head, commit).await, ["c bo!"]);
    assert_eq!(bench.settled(head, commit, &[("c", Theirs)]).await, ["100644 b 0"]);
    // Moved to where the other has made a directory, and changed by both.
    let head = moved("d", &long("one"));
    let commit = bench.side(&[("a", Some(&long("two"))), ("d/x", Some("2\n"))]);
    assert_eq!(bench.shown(head, commit).await, ["d botm"]);
    let one = format!("100644 d {}", long("one").trim_end());
    assert_eq!(bench.settled(head, commit, &[("d", Ours)]).await, ["100644 b 0", &one]);
    assert_eq!(bench.settled(head, commit, &[("d", Removed)]).await, ["100644 b 0", "100644 d/x 2"]);
}
