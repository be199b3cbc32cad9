//! A repository in a directory of this machine.

use std::os::unix::fs::symlink;
use std::time::Duration;

use adapters::git::Reach;
use ports::git::{Content, EntryKind, Git as _, GitError, TreePath};

use super::{Reader, Repository, branch, executable, text, url};

#[tokio::test]
async fn a_repository_is_read_as_it_is_at_a_commit() {
    let repository = Repository::with(&[("README.md", b"# Billing\n"), ("src/main.rs", b"fn main() {}\n")]);
    let reader = Reader::new();
    let before = reader.head(&repository).await;
    let after = repository.commit(&[("README.md", b"# Payments\n")]);
    repository.write("not committed", b"x");

    let head = reader.git.resolve(&repository.url(), None).await.unwrap();
    assert_eq!((head.branch, head.commit), (branch("main"), after));
    assert_eq!(reader.list(&repository.url(), after).await, ["README.md file 11", "src/main.rs file 13"]);
    assert_eq!(reader.show(&repository.url(), before, "README.md").await, text("# Billing\n"));
    assert_eq!(reader.show(&repository.url(), after, "README.md").await, text("# Payments\n"));
    let missing = reader.show(&repository.url(), after, "not committed").await;
    assert_eq!(missing, Err(GitError::NoSuchFile { path: TreePath::parse("not committed").unwrap() }));
}

#[tokio::test]
async fn what_is_no_file_is_listed_and_never_followed() {
    let other = Repository::with(&[("secret", b"x")]);
    let repository = Repository::empty();
    repository.write("src/lib.rs", b"x");
    executable(&repository.write("run.sh", b"#!/bin/sh\n"));
    symlink("/etc/passwd", repository.path().join("link")).unwrap();
    repository.git(&["submodule", "--quiet", "add", other.path().to_str().unwrap(), "module"]);
    let commit = repository.commit(&[]);

    let reader = Reader::new();
    let listed = reader.list(&repository.url(), commit).await;
    let modules = listed[0].strip_prefix(".gitmodules file ").expect("git made it");
    assert!(modules.parse::<u64>().unwrap() > 0);
    assert_eq!(
        listed[1..],
        ["link symlink 11", "module submodule -", "run.sh executable 10", "src/lib.rs file 1"]
    );
    for (path, kind) in
        [("link", Some(EntryKind::Symlink)), ("module", Some(EntryKind::Submodule)), ("src", None)]
    {
        let refused = reader.show(&repository.url(), commit, path).await;
        assert_eq!(refused, Err(GitError::NotAFile { path: TreePath::parse(path).unwrap(), kind }));
    }
    let inside = reader.show(&repository.url(), commit, "module/secret").await;
    assert_eq!(inside.map_err(|error| error.code()), Err("no_such_file"));
}

#[tokio::test]
async fn text_is_told_from_the_rest_and_sizes_are_kept_to() {
    let large = vec![b'x'; 5_000_000];
    let repository = Repository::with(&[
        ("zero", b""),
        ("umlaut", "größe".as_bytes()),
        ("binary", b"a\0b"),
        ("latin1", b"gr\xf6\xdfe"),
        ("fits", &[b'x'; 1000]),
        ("does not", &[b'x'; 1001]),
        ("large", &large),
    ]);
    let reader = Reader::new();
    let commit = reader.head(&repository).await;
    for (path, content) in [
        ("zero", Content::Text(String::new())),
        ("umlaut", Content::Text("größe".to_owned())),
        ("binary", Content::Binary { bytes: 3 }),
        ("latin1", Content::Binary { bytes: 5 }),
        ("fits", Content::Text("x".repeat(1000))),
        ("does not", Content::TooLarge { bytes: Some(1001) }),
        ("large", Content::TooLarge { bytes: Some(5_000_000) }),
    ] {
        assert_eq!(reader.show(&repository.url(), commit, path).await, Ok(content), "{path}");
    }
}

#[tokio::test]
async fn a_list_says_when_it_was_cut() {
    let names: Vec<String> = (0..30).map(|n| format!("file-{n:02}")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b"x"[..])).collect();
    let repository = Repository::with(&files);
    let reader = Reader::new();
    let commit = reader.head(&repository).await;
    for (most, listed, cut) in [(0, 0, true), (29, 29, true), (30, 30, false), (31, 30, false)] {
        let listing = reader.git.list(&repository.url(), commit, most).await.unwrap();
        assert_eq!((listing.entries.len(), listing.cut), (listed, cut), "{most}");
        assert!(listing.entries.iter().all(|entry| entry.bytes == Some(1)));
    }
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let reader = Reader::new();
    let empty = Repository::empty();
    assert_eq!(reader.git.resolve(&empty.url(), None).await, Err(GitError::Empty));
    let next = branch("next");
    let none = Err(GitError::NoSuchBranch { branch: next.clone() });
    assert_eq!(reader.git.resolve(&empty.url(), Some(&next)).await, none);

    let repository = Repository::with(&[("a", b"a")]);
    assert_eq!(reader.git.resolve(&repository.url(), Some(&next)).await, none);
    repository.git(&["branch", "next"]);
    let found = reader.git.resolve(&repository.url(), Some(&next)).await.unwrap();
    assert_eq!(found.branch, next);
    // The name of a tag is none of a branch.
    repository.git(&["tag", "v1"]);
    let tag = reader.git.resolve(&repository.url(), Some(&branch("v1"))).await;
    assert_eq!(tag, Err(GitError::NoSuchBranch { branch: branch("v1") }));

    let commit = "0123456789abcdef0123456789abcdef01234567".parse().unwrap();
    let unknown = GitError::NoSuchCommit { commit };
    assert_eq!(reader.git.list(&repository.url(), commit, 9).await, Err(unknown.clone()));
    assert_eq!(reader.show(&repository.url(), commit, "a").await, Err(unknown));
    let tree = repository.said(&["rev-parse", "HEAD^{tree}"]).parse().unwrap();
    assert_eq!(
        reader.git.list(&repository.url(), tree, 9).await.map_err(|e| e.code()),
        Err("unknown_commit")
    );

    repository.git(&["checkout", "--quiet", "--detach"]);
    assert_eq!(reader.git.resolve(&repository.url(), None).await, Err(GitError::NoBranch));
}

#[tokio::test]
async fn a_directory_is_a_repository_by_itself_or_not_at_all() {
    let repository = Repository::with(&[("inner/a", b"a")]);
    let reader = Reader::new();
    let inner = url(&format!("{}/inner", repository.path().display()));
    assert_eq!(
        reader.git.resolve(&inner, None).await,
        Err(GitError::NotARepository),
        "no directory above counts"
    );
    for nowhere in ["/nonexistent/repository", "/etc"] {
        assert_eq!(reader.git.resolve(&url(nowhere), None).await, Err(GitError::NotARepository));
    }
    let home = tempfile::tempdir().unwrap();
    let bare = home.path().join("bare.git");
    repository.git(&["clone", "--quiet", "--bare", ".", bare.to_str().unwrap()]);
    let worktree = home.path().join("worktree");
    repository.git(&["worktree", "add", "--quiet", "-b", "side", worktree.to_str().unwrap()]);
    for (place, on) in [(&bare, "main"), (&worktree, "side")] {
        let head = reader.git.resolve(&url(place.to_str().unwrap()), None).await.unwrap();
        assert_eq!(head.branch, branch(on));
        assert_eq!(reader.list(&url(place.to_str().unwrap()), head.commit).await, ["inner/a file 1"]);
    }
}

#[tokio::test]
async fn who_is_served_by_others_reads_no_directory_and_borrows_no_keys() {
    let repository = Repository::with(&[("a", b"a")]);
    let commit = Reader::new().head(&repository).await;
    let reader = Reader::of(Reach::Public, |_| ());
    for place in [
        repository.url(),
        url("git@git.example.org:a/b"),
        url("https://localhost/a"),
        url("https://10.0.0.1/a"),
    ] {
        let refused = reader.git.resolve(&place, None).await;
        assert_eq!(refused.map_err(|error| error.code()), Err("repository_not_allowed"), "{place}");
        let refused = reader.git.list(&place, commit, 9).await;
        assert_eq!(refused.map_err(|error| error.code()), Err("repository_not_allowed"), "{place}");
        let refused = reader.show(&place, commit, "a").await;
        assert_eq!(refused.map_err(|error| error.code()), Err("repository_not_allowed"), "{place}");
    }
}

#[tokio::test]
async fn what_takes_too_long_is_ended() {
    let repository = Repository::with(&[("a", b"a")]);
    let commit = Reader::new().head(&repository).await;
    // Whoever opens it waits for a writer, and there is none.
    let pipe = repository.path().join(".git/objects/info/alternates");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let within = Duration::from_millis(300);
    let reader = Reader::of(Reach::ThisAccount, |options| options.local_within = within);
    let late = reader.git.list(&repository.url(), commit, 9).await;
    assert_eq!(late, Err(GitError::Timeout { within }));
    assert_eq!(running_with(&repository.path().join(".git")), Vec::<String>::new(), "it is not left behind");
}

/// Processes for which this is the git directory.
fn running_with(git_dir: &std::path::Path) -> Vec<String> {
    let wanted = format!("GIT_DIR={}", git_dir.display());
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let is_one = |entry: &std::fs::DirEntry| {
        std::fs::read(entry.path().join("environ"))
            .is_ok_and(|bytes| bytes.split(|byte| *byte == 0).any(|variable| variable == wanted.as_bytes()))
    };
    processes.filter(is_one).map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}
