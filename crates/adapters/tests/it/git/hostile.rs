//! Repositories that were made to do something to whoever reads them.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::chown;
use std::path::Path;

use adapters::git::FoundGit;
use ports::git::{Content, Git as _, GitError, TreePath};

use super::{Reader, Repository, branch, executable, text};

/// Reads everything there is to read.
async fn read_all(reader: &Reader, repository: &Repository) -> Vec<String> {
    let head = reader.git.resolve(&repository.url(), None).await.unwrap();
    let _ = reader.git.resolve(&repository.url(), Some(&branch("none"))).await;
    let listed = reader.list(&repository.url(), head.commit).await;
    assert_eq!(reader.show(&repository.url(), head.commit, "a.txt").await, text("a\n"));
    listed
}

#[tokio::test]
async fn nothing_that_a_repository_configures_is_run() {
    let repository =
        Repository::with(&[("a.txt", b"a\n"), (".gitattributes", b"*.txt filter=evil diff=evil\n")]);
    let proof = repository.path().join("proof");
    let script = repository
        .write(".git/evil", format!("#!/bin/sh\necho \"$0 $*\" >> {}\n", proof.display()).as_bytes());
    executable(&script);
    let evil = script.to_str().unwrap();
    for hook in
        ["post-checkout", "pre-auto-gc", "reference-transaction", "post-index-change", "fsmonitor-watchman"]
    {
        fs::copy(&script, repository.path().join(".git/hooks").join(hook)).unwrap();
    }
    // Last, so that making the repository does not run it.
    for name in [
        "core.fsmonitor",
        "core.pager",
        "core.editor",
        "core.sshCommand",
        "core.askPass",
        "core.gitProxy",
        "core.alternateRefsCommand",
        "credential.helper",
        "diff.external",
        "diff.evil.textconv",
        "diff.evil.command",
        "filter.evil.smudge",
        "filter.evil.clean",
        "filter.evil.process",
        "gpg.program",
        "pager.ls-tree",
        "pager.cat-file",
        "uploadpack.packObjectsHook",
        "trailer.x.command",
        "interactive.diffFilter",
    ] {
        repository.git(&["config", name, evil]);
    }
    for name in ["ls-tree", "cat-file", "rev-parse", "symbolic-ref"] {
        repository.git(&["config", &format!("alias.{name}"), &format!("!{evil}")]);
    }
    repository.git(&["config", "core.hooksPath", repository.path().join(".git/hooks").to_str().unwrap()]);

    assert_eq!(read_all(&Reader::new(), &repository).await, [".gitattributes file 28", "a.txt file 2"]);
    assert!(!proof.exists(), "{}", fs::read_to_string(&proof).unwrap());

    // The configuration does run where nothing is fenced: what was planted could have been found.
    let status =
        std::process::Command::new("git").arg("status").current_dir(repository.path()).output().unwrap();
    assert!(proof.exists(), "{status:?}");
}

#[tokio::test]
async fn what_is_missing_is_fetched_from_nowhere() {
    let repository = Repository::with(&[("a.txt", b"a\n"), ("gone", b"gone")]);
    let proof = repository.path().join("proof");
    let object = repository.said(&["rev-parse", "HEAD:gone"]);
    fs::remove_file(repository.path().join(".git/objects").join(&object[..2]).join(&object[2..])).unwrap();
    for (name, value) in [
        ("extensions.partialClone", "origin"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.url", &format!("ext::sh -c \"touch {}\"", proof.display())),
        ("protocol.ext.allow", "always"),
        ("core.repositoryFormatVersion", "1"),
    ] {
        repository.git(&["config", name, value]);
    }
    let reader = Reader::new();
    let commit = reader.head(&repository).await;
    let gone = reader.show(&repository.url(), commit, "gone").await;
    if FoundGit::look().await.unwrap().can_leave_files_out() {
        assert_eq!(read_all(&reader, &repository).await, ["a.txt file 2", "gone file -"]);
        assert_eq!(gone, Ok(Content::TooLarge { bytes: None }));
    } else {
        // It tries, and may not.
        assert_eq!(gone.map_err(|error| error.code()), Err("git_failed"));
    }
    assert!(!proof.exists());
}

#[tokio::test]
async fn names_may_hold_whatever_they_hold() {
    let names =
        ["--help", "-rf", ":(glob)*", "a\nb", "a\tb", "*", "$(id)", "a b", "größe", "\u{202e}txt", "'\"\\"];
    let repository = Repository::empty();
    for name in names {
        repository.write(name, name.as_bytes());
    }
    let latin1 = repository.path().join(Path::new(OsStr::from_bytes(b"gr\xf6\xdfe")));
    fs::write(latin1, "x").unwrap();
    let commit = repository.commit(&[]);
    let reader = Reader::new();
    let listing = reader.git.list(&repository.url(), commit, 1000).await.unwrap();
    let mut listed: Vec<_> = listing.entries.iter().map(|entry| entry.path.as_str()).collect();
    listed.sort_unstable();
    let mut made = names.to_vec();
    made.sort_unstable();
    assert_eq!((listed, listing.unnamed, listing.cut), (made, 1, false));
    for name in names {
        assert_eq!(reader.show(&repository.url(), commit, name).await, text(name), "{name:?}");
    }
    let pattern = TreePath::parse(":(glob)**").unwrap();
    let none = reader.git.show(&repository.url(), commit, &pattern, 9).await;
    assert_eq!(none, Err(GitError::NoSuchFile { path: pattern }));
}

#[tokio::test]
async fn a_commit_is_what_its_name_says() {
    let repository = Repository::with(&[("a", b"honest")]);
    let reader = Reader::new();
    let honest = reader.head(&repository).await;
    let other = repository.commit(&[("a", b"other")]);
    repository.git(&["replace", honest.as_str(), other.as_str()]);
    assert_eq!(reader.show(&repository.url(), honest, "a").await, text("honest"));
}

#[tokio::test]
async fn a_repository_of_somebody_else_is_read_as_well() {
    let repository = Repository::with(&[("a.txt", b"a\n")]);
    if rustix::process::geteuid().is_root() {
        let nobody = Some(65_534);
        for path in
            [repository.path(), &repository.path().join(".git"), &repository.path().join(".git/config")]
        {
            chown(path, nobody, nobody).unwrap();
        }
    }
    assert_eq!(read_all(&Reader::new(), &repository).await, ["a.txt file 2"]);
}
