//! Files with names, and of kinds, that were made to do something to whoever writes them; and those that are restored.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use ports::git::{Change, ChangeKind, GitError, WorkError, Workspaces as _};

use super::super::executable;
use super::{Desk, Repository};

const NAMES: &[&str] = &[
    "--help",
    "-rf",
    ":(glob)*",
    "a\nb",
    "a\tb",
    "*",
    "$(id)",
    "a b",
    "größe",
    "\u{202e}txt",
    "'\"\\",
    "\u{1b}[2J",
];

fn content(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

#[tokio::test]
async fn names_survive_whatever_they_hold() {
    let repository = Repository::empty();
    for name in NAMES {
        repository.write(name, name.as_bytes());
    }
    let head = repository.commit(&[]);
    let (desk, url) = (Desk::new(), repository.url());
    let workspace = desk.clone(&url, head, "--help\nrun").await;
    for name in NAMES {
        assert_eq!(workspace.read(name), *name);
        workspace.write(name, "changed\n");
        workspace.write(&format!("{name}2"), "new\n");
    }
    assert_eq!(workspace.git(&["rev-parse", "HEAD"]), head.as_str());
    let (_, file) = workspace.result();
    let kept = desk.keep_result(&url, head, &file, "run", 1).await.unwrap();
    let changes = desk.git.changes(&url, head, kept, 1000).await.unwrap();
    let mut expected: Vec<Change> = NAMES
        .iter()
        .flat_map(|name| {
            let change =
                |path: String, kind, removed| Change { path, kind, added: Some(1), removed: Some(removed) };
            [
                change((*name).to_owned(), ChangeKind::Modified, 1 + name.matches('\n').count() as u64),
                change(format!("{name}2"), ChangeKind::Added, 0),
            ]
        })
        .collect();
    expected.sort_by(|one, other| one.path.cmp(&other.path));
    assert_eq!(changes.files, expected);
    let restored: Vec<String> = NAMES.iter().map(|name| (*name).to_owned()).collect();
    let files = desk.check_out(&url, kept, Some((head, &restored)), "files").await.unwrap();
    for name in NAMES {
        assert_eq!(content(&files.join(name)), *name);
        assert_eq!(content(&files.join(format!("{name}2"))), "new\n");
    }
}

#[tokio::test]
async fn links_modules_and_pointers_are_what_they_are() {
    let secret = tempfile::tempdir().unwrap();
    fs::write(secret.path().join("secret"), "secret").unwrap();
    let module = Repository::with(&[("secret", b"x")]);
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 12345\n";
    let repository = Repository::with(&[("large.bin", pointer.as_bytes())]);
    repository.write(".gitattributes", b"*.bin filter=lfs diff=lfs merge=lfs -text\n*.id ident\n");
    repository.git(&["submodule", "--quiet", "add", module.path().to_str().unwrap(), "module"]);
    symlink(secret.path(), repository.path().join("out")).unwrap();
    symlink("../../..", repository.path().join("up")).unwrap();
    executable(&repository.write("run.sh", b"#!/bin/sh\n"));
    let head = repository.commit(&[]);

    let (desk, url) = (Desk::new(), repository.url());
    let workspace = desk.clone(&url, head, "run").await;
    assert_eq!(workspace.git(&["status", "--porcelain"]), "");
    // The agent puts a file where the link leads.
    fs::remove_file(workspace.directory.join("out")).unwrap();
    workspace.write("out/secret", "mine");
    let (_, file) = workspace.result();
    let kept = desk.keep_result(&url, head, &file, "run", 1).await.unwrap();
    let unchanged = desk.check_out(&url, head, None, "unchanged").await.unwrap();
    for files in [&workspace.directory.with_file_name("unchanged"), &unchanged] {
        assert_eq!(fs::read_link(files.join("out")).unwrap(), secret.path());
        assert_eq!(fs::read_link(files.join("up")).unwrap(), Path::new("../../.."));
    }
    for files in [&workspace.directory, &unchanged] {
        assert_eq!(content(&files.join("large.bin")), pointer);
        assert!(fs::read_dir(files.join("module")).unwrap().next().is_none(), "it was not fetched");
        assert_eq!(fs::metadata(files.join("run.sh")).unwrap().permissions().mode() & 0o111, 0o111);
    }
    // The link wins over the directory in its place, and the directory over the link: nothing is written through it.
    let out = ["out".to_owned()];
    let files = desk.check_out(&url, kept, Some((head, &out)), "link").await.unwrap();
    assert_eq!(fs::read_link(files.join("out")).unwrap(), secret.path());
    let inside = ["out/secret".to_owned()];
    for (name, paths) in [("directory", &out), ("file", &inside)] {
        let files = desk.check_out(&url, head, Some((kept, paths)), name).await.unwrap();
        assert!(files.join("out").symlink_metadata().unwrap().is_dir());
        assert_eq!(content(&files.join("out/secret")), "mine");
    }
    assert_eq!(content(&secret.path().join("secret")), "secret");
}

#[tokio::test]
async fn restored_paths_are_as_they_were() {
    let repository = Repository::with(&[
        ("src/lib.rs", b"old"),
        ("tests/a.rs", b"a"),
        ("tests/deep/b.rs", b"b"),
        ("tests.rs", b"c"),
        ("gone", b"gone"),
    ]);
    let (desk, url, head) = (Desk::new(), repository.url(), repository.head());
    let workspace = desk.clone(&url, head, "run").await;
    workspace.write("src/lib.rs", "new");
    workspace.write("tests/a.rs", "weaker");
    workspace.write("tests/added.rs", "always green");
    workspace.write("tests.rs", "weaker");
    fs::remove_dir_all(workspace.directory.join("tests/deep")).unwrap();
    workspace.write("tests/deep", "in the way");
    fs::remove_file(workspace.directory.join("gone")).unwrap();
    workspace.write("gone/below", "in the way");
    let (_, file) = workspace.result();
    let kept = desk.keep_result(&url, head, &file, "run", 1).await.unwrap();

    let restored = ["tests", "gone", "never/was"].map(str::to_owned);
    let files = desk.check_out(&url, kept, Some((head, &restored)), "files").await.unwrap();
    for (name, expected) in [
        ("src/lib.rs", "new"),
        ("tests/a.rs", "a"),
        ("tests/deep/b.rs", "b"),
        ("tests.rs", "weaker"),
        ("gone", "gone"),
    ] {
        assert_eq!(content(&files.join(name)), expected, "{name}");
    }
    assert!(!files.join("tests/added.rs").exists(), "it was not there then");
    assert!(!files.join("never").exists());
    let again = desk.check_out(&url, kept, None, "files").await;
    assert_eq!(again, Err(WorkError::PlaceTaken.into()));
    assert_eq!(content(&files.join("src/lib.rs")), "new");

    // What a path may not be is no path of the repository either.
    for strange in ["", "/", "..", "../..", ".git", "/etc/passwd"] {
        let name = format!("strange-{}", strange.len());
        let files = desk.check_out(&url, kept, Some((head, &[strange.to_owned()])), &name).await.unwrap();
        assert_eq!(content(&files.join("tests/a.rs")), "weaker", "{strange:?}");
        fs::remove_dir_all(files).unwrap();
    }
    let unknown = "0123456789abcdef0123456789abcdef01234567".parse().unwrap();
    let none = desk.check_out(&url, kept, Some((unknown, &restored)), "none").await;
    assert_eq!(none, Err(GitError::NoSuchCommit { commit: unknown }));
}

#[tokio::test]
async fn what_is_no_text_has_no_lines() {
    let repository = Repository::with(&[("image", b"a\0b"), ("mode", b"x\n")]);
    let (desk, url, head) = (Desk::new(), repository.url(), repository.head());
    let workspace = desk.clone(&url, head, "run").await;
    workspace.write("image", "a\0c");
    executable(&workspace.directory.join("mode"));
    symlink("elsewhere", workspace.directory.join("link")).unwrap();
    let (_, file) = workspace.result();
    let kept = desk.keep_result(&url, head, &file, "run", 1).await.unwrap();
    let changes = desk.git.changes(&url, head, kept, 9).await.unwrap();
    let told: Vec<_> =
        changes.files.iter().map(|file| (file.path.as_str(), file.kind, file.added, file.removed)).collect();
    assert_eq!(
        told,
        [
            ("image", ChangeKind::Modified, None, None),
            ("link", ChangeKind::Added, Some(1), Some(0)),
            ("mode", ChangeKind::Modified, Some(0), Some(0)),
        ]
    );
    assert!(desk.git.changes(&url, head, head, 9).await.unwrap().files.is_empty());
    assert!(desk.git.changes(&url, head, kept, 0).await.unwrap().cut);
}
