//! The working copy in which a branch is checked out that moves.

use std::fs;
use std::path::Path;
use std::time::Duration;

use ports::git::{CommitHash, Forwarded, GitError, Merging as _, WorkError};

use super::super::url;
use super::{Bench, Desk, Repository, at, branch, executable, git, link, plain};

fn changed() -> Result<Forwarded, GitError> {
    Err(WorkError::WorkingCopyChanged { branch: branch("main") }.into())
}

fn read(repository: &Repository, name: &str) -> Option<String> {
    fs::read_to_string(repository.path().join(name)).ok()
}

fn status(repository: &Repository) -> String {
    repository.said(&["status", "--porcelain"])
}

#[tokio::test]
async fn without_changes_its_files_follow() {
    let bench = Bench::with(&[("a", b"0\n"), ("gone", b"0\n"), ("run", b"0\n")]);
    let commit = bench.made(bench.base, |repository| {
        repository.write("a", b"1\n");
        repository.write("new/b", b"1\n");
        super::remove(repository, "gone");
        executable(&repository.write("run", b"1\n"));
        link(repository, "link", "a");
    });
    let to = at(bench.join(bench.base, commit).await);
    bench.repository.write("mine", b"not added\n");
    // Touched, and the same.
    bench.repository.write("a", b"0\n");
    assert_eq!(bench.forward(bench.base, to).await, Ok(Forwarded::Moved));
    assert_eq!(bench.repository.head(), to);
    assert_eq!(bench.repository.said(&["symbolic-ref", "HEAD"]), "refs/heads/main");
    assert_eq!(status(&bench.repository), "?? mine");
    for (name, content) in [("a", Some("1\n")), ("new/b", Some("1\n")), ("gone", None), ("link", Some("1\n"))]
    {
        assert_eq!(read(&bench.repository, name).as_deref(), content, "{name}");
    }
    assert_eq!(bench.forward(bench.base, to).await, Ok(Forwarded::Unchanged));
}

#[tokio::test]
async fn with_changes_nothing_is_moved() {
    let bench = Bench::with(&[("a", b"0\n"), ("b", b"0\n")]);
    let to = bench.side(&[("a", Some("1\n")), ("new", Some("1\n"))]);
    let repository = &bench.repository;
    let one = |name: &str, content: &str| drop(repository.write(name, content.as_bytes()));
    let changes: [(&str, &dyn Fn()); 6] = [
        ("a file that does not move", &|| one("b", "mine\n")),
        ("a file that moves", &|| one("a", "mine\n")),
        ("added", &|| {
            one("c", "mine\n");
            repository.git(&["add", "c"]);
        }),
        ("removed", &|| fs::remove_file(repository.path().join("b")).unwrap()),
        ("in the way", &|| one("new", "mine\n")),
        ("in a merge", &|| {
            let other = repository.said(&["commit-tree", "-p", "HEAD", "-m", "x", &format!("{to}^{{tree}}")]);
            one("a", "mine\n");
            repository.git(&["commit", "--quiet", "--all", "--message=mine"]);
            let merged = plain(repository.path()).args(["merge", "--quiet", &other]).output().unwrap();
            assert!(!merged.status.success());
            repository.git(&["update-ref", "refs/heads/main", bench.base.as_str()]);
        }),
    ];
    for (what, change) in changes {
        change();
        let before = (status(repository), read(repository, "a"), read(repository, "new"));
        assert_ne!(before.0, "", "{what}");
        assert_eq!(bench.forward(bench.base, to).await, changed(), "{what}");
        assert_eq!((status(repository), read(repository, "a"), read(repository, "new")), before, "{what}");
        assert_eq!(repository.said(&["rev-parse", "main"]), bench.base.as_str(), "{what}");
        repository.git(&["reset", "--quiet", "--hard"]);
        repository.git(&["clean", "--quiet", "--force"]);
    }
    assert_eq!(bench.forward(bench.base, to).await, Ok(Forwarded::Moved));
}

#[tokio::test]
async fn another_working_copy_of_it_follows_alone() {
    let bench = Bench::with(&[("a", b"0\n")]);
    let to = bench.side(&[("a", Some("1\n"))]);
    let next = bench.made(to, |repository| drop(repository.write("a", b"2\n")));
    let home = tempfile::tempdir().unwrap();
    let side = home.path().join("it's a worktree");
    let place = side.to_str().unwrap();
    bench.repository.git(&["checkout", "--quiet", "-b", "mine"]);
    bench.repository.git(&["worktree", "add", "--quiet", place, "main"]);
    fs::write(side.join("a"), "mine\n").unwrap();
    assert_eq!(bench.forward(bench.base, to).await, changed());
    git(&side, &["checkout", "--quiet", "a"]);
    // Linked by the one, or by the other.
    let by_worktree = Bench { desk: Desk::new(), url: url(place), ..bench };
    assert_eq!(by_worktree.forward(by_worktree.base, to).await, Ok(Forwarded::Moved));
    assert_eq!(git(&side, &["status", "--porcelain"]), "");
    assert_eq!(fs::read_to_string(side.join("a")).unwrap(), "1\n");
    assert_eq!(read(&by_worktree.repository, "a").as_deref(), Some("0\n"));
    let by_repository = Bench { url: by_worktree.repository.url(), ..by_worktree };
    assert_eq!(by_repository.forward(to, next).await, Ok(Forwarded::Moved));
    assert_eq!(fs::read_to_string(side.join("a")).unwrap(), "2\n");
}

#[tokio::test]
async fn files_are_written_only_where_the_way_back_leads_here() {
    let bench = Bench::with(&[("a", b"0\n")]);
    let to = bench.side(&[("a", Some("1\n")), ("b", Some("1\n"))]);
    let home = tempfile::tempdir().unwrap();
    let side = home.path().join("side");
    bench.repository.git(&["checkout", "--quiet", "--detach"]);
    bench.repository.git(&["worktree", "add", "--quiet", side.to_str().unwrap(), "main"]);
    let refused = Err(WorkError::CheckedOut { branch: branch("main") }.into());
    // It says that it is where somebody else's is, or nothing.
    let (other, back) =
        (Repository::with(&[("a", b"0\n")]), bench.repository.path().join(".git/worktrees/side/gitdir"));
    fs::write(&back, format!("{}\n", other.path().join(".git").display())).unwrap();
    assert_eq!(bench.forward(bench.base, to).await, refused);
    fs::write(&back, format!("{}\n", home.path().join("none/.git").display())).unwrap();
    assert_eq!(bench.forward(bench.base, to).await, refused);
    assert!(!other.path().join("b").exists() && !home.path().join("none").exists());
    assert_eq!(bench.repository.said(&["rev-parse", "main"]), bench.base.as_str());
}

#[tokio::test]
async fn where_files_pass_through_filters_they_are_left() {
    let filtered = |to: CommitHash| {
        let refused: GitError = WorkError::WorkingCopyFiltered { branch: branch("main"), commit: to }.into();
        assert!(refused.to_string().contains(&format!("`git merge --ff-only {to}`")));
        Err::<Forwarded, _>(refused)
    };
    let lfs = "*.png filter=lfs diff=lfs\n";
    // Set by the commit that comes, by the one that is there, or by nobody else than this repository.
    let bench = Bench::with(&[("a", b"0\n")]);
    let to = bench.side(&[("deep/below/.gitattributes", Some(lfs))]);
    assert_eq!(bench.forward(bench.base, to).await, filtered(to));
    let bench = Bench::with(&[("a", b"0\n"), (".gitattributes", lfs.as_bytes())]);
    let to = bench.side(&[(".gitattributes", None)]);
    assert_eq!(bench.forward(bench.base, to).await, filtered(to));
    let bench = Bench::with(&[("a", b"0\n"), (".gitattributes", b"* text=auto -filter\n# filter=no\n")]);
    let to = bench.side(&[("a", Some("1\n"))]);
    let own = bench.repository.path().join(".git/info/attributes");
    fs::create_dir_all(own.parent().unwrap()).unwrap();
    fs::write(&own, lfs).unwrap();
    assert_eq!(bench.forward(bench.base, to).await, filtered(to));
    fs::remove_file(own).unwrap();
    bench.repository.git(&["config", "filter.lfs.smudge", "cat"]);
    assert_eq!(bench.forward(bench.base, to).await, filtered(to));
    assert_eq!((read(&bench.repository, "a").as_deref(), bench.repository.head()), (Some("0\n"), bench.base));
    // Nothing of that counts where no file follows, or where there are no filters.
    bench.repository.git(&["checkout", "--quiet", "--detach"]);
    assert_eq!(bench.forward(bench.base, to).await, Ok(Forwarded::Moved));
    bench.repository.git(&["checkout", "--quiet", "main"]);
    bench.repository.git(&["config", "--remove-section", "filter.lfs"]);
    let next = bench.made(to, |repository| drop(repository.write("a", b"2\n")));
    assert_eq!(bench.forward(to, next).await, Ok(Forwarded::Moved));
    assert_eq!(read(&bench.repository, "a").as_deref(), Some("2\n"));
}

#[tokio::test]
async fn a_branch_that_did_not_come_after_its_files_is_moved_later() {
    let bench = Bench::with(&[("a", b"0\n")]);
    let to = bench.side(&[("a", Some("1\n")), ("b", Some("1\n"))]);
    // Git brings the files first. Then it finds that somebody else is at the branch.
    let lock = bench.repository.write(".git/refs/heads/main.lock", b"");
    let refused = bench.forward(bench.base, to).await.unwrap_err();
    assert_eq!(refused.code(), "repository_not_written", "{refused}");
    assert_eq!((read(&bench.repository, "a").as_deref(), bench.repository.head()), (Some("1\n"), bench.base));
    fs::remove_file(lock).unwrap();
    // With something else in it, it is left.
    bench.repository.write("b", b"mine\n");
    assert_eq!(bench.forward(bench.base, to).await, changed());
    bench.repository.write("b", b"1\n");
    assert_eq!(bench.forward(bench.base, to).await, Ok(Forwarded::Moved));
    assert_eq!((status(&bench.repository), bench.repository.head()), (String::new(), to));

    let next = bench.made(to, |repository| drop(repository.write("a", b"2\n")));
    let lock = bench.repository.write(".git/index.lock", b"");
    let refused = bench.forward(to, next).await.unwrap_err();
    assert_eq!(refused.code(), "repository_not_written", "{refused}");
    assert!(refused.to_string().contains("index.lock") && lock.exists(), "{refused}");
}

#[tokio::test]
async fn what_nobody_waits_for_any_longer_comes_to_its_end() {
    let files: Vec<_> = (0..1500).map(|n| (format!("{n}"), vec![b'0'; 2000])).collect();
    let files: Vec<_> = files.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect();
    let bench = Bench::with(&files);
    let to = bench.made(bench.base, |repository| {
        for (name, content) in &files {
            repository.write(name, &content.repeat(2));
        }
    });
    bench.desk.git.holds(&bench.url, to, &[bench.base]).await.unwrap();
    let mut at_work = 0;
    for n in 0..40 {
        let within = Duration::from_millis(4 * n);
        if tokio::time::timeout(within, bench.forward(bench.base, to)).await.is_err() {
            let size = fs::metadata(bench.repository.path().join("700")).map_or(0, |about| about.len());
            at_work += usize::from(
                Path::new(&bench.repository.path().join(".git/index.lock")).exists() || size != 2000,
            );
        }
        // Whoever asks next waits for it.
        let next = bench.forward(bench.base, to).await.unwrap();
        assert!(matches!(next, Forwarded::Moved | Forwarded::Unchanged));
        assert_eq!(
            (status(&bench.repository), bench.repository.head()),
            (String::new(), to),
            "after {within:?}"
        );
        bench.repository.git(&["reset", "--quiet", "--hard", bench.base.as_str()]);
        if at_work > 2 {
            return;
        }
    }
    panic!("it was never in the middle of its work");
}
