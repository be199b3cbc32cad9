//! From a repository to a workspace and back.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use ports::git::{Base, Change, ChangeKind, Changes, Made, Workspaces as _};

use super::{Desk, Repository, branch};

fn change(path: &str, kind: ChangeKind, added: u64, removed: u64) -> Change {
    Change { path: path.to_owned(), kind, added: Some(added), removed: Some(removed) }
}

#[tokio::test]
async fn a_run_leaves_a_commit_that_is_kept_shown_and_published() {
    let repository = Repository::with(&[("README.md", b"# Billing\n"), ("old.txt", b"1\n2\n")]);
    let (desk, url) = (Desk::new(), repository.url());
    let head = repository.head();
    let base = desk.git.base(&url, &[head]).await.unwrap();
    assert_eq!(base, Base::At(head));

    let workspace = desk.clone(&url, head, "first").await;
    assert_eq!(workspace.read("README.md"), "# Billing\n");
    assert_eq!(workspace.git(&["status", "--porcelain"]), "");
    assert_eq!(workspace.git(&["symbolic-ref", "HEAD"]), "refs/heads/omoi/work");
    assert_eq!(workspace.git(&["remote"]), "");
    assert_eq!(workspace.git(&["config", "user.name"]), "Omoi \"Agent\" \\ #1");
    assert_eq!(fs::read_dir(workspace.directory.join(".git/hooks")).unwrap().count(), 0);
    let keep = desk.home.path().join("keep");
    let told =
        walk(&workspace.directory).into_iter().filter(|content| content.contains(keep.to_str().unwrap()));
    assert_eq!(told.count(), 0, "a workspace does not say where it comes from");

    workspace.write("src/invoice.rs", "fn invoice() {}\n");
    workspace.git(&["rm", "--quiet", "old.txt"]);
    workspace.git(&["commit", "--quiet", "--message=halfway"]);
    workspace.write("README.md", "# Billing\n\nWith invoices.\n");
    let (made, file) = workspace.result();
    let kept = desk.keep_result(&url, head, &file, "0190a3", 1).await.unwrap();
    assert_eq!(made, Made::Commit(kept));
    assert_eq!(
        workspace.git(&["log", "-1", "--format=%an <%ae>%n%B"]),
        "Omoi \"Agent\" \\ #1 <agent@omoi.example>\nAdd an invoice\n\nRun: 0190a3\nTask: 7"
    );
    assert_eq!(repository.said(&["rev-parse", "refs/omoi/runs/0190a3/1"]), kept.as_str());

    let changes = desk.git.changes(&url, head, kept, 10).await.unwrap();
    let files = vec![
        change("README.md", ChangeKind::Modified, 2, 0),
        change("old.txt", ChangeKind::Deleted, 0, 2),
        change("src/invoice.rs", ChangeKind::Added, 1, 0),
    ];
    assert_eq!(changes, Changes { files: files.clone(), cut: false });
    let cut = desk.git.changes(&url, head, kept, 2).await.unwrap();
    assert_eq!(cut, Changes { files: files[..2].to_vec(), cut: true });

    desk.git.publish(&url, &branch("omoi/invoices"), kept).await.unwrap();
    assert_eq!(repository.said(&["rev-parse", "refs/heads/omoi/invoices"]), kept.as_str());
    assert_eq!(repository.said(&["status", "--porcelain"]), "", "nothing of it is in the working copy");
    assert_eq!(repository.said(&["rev-parse", "HEAD"]), head.as_str());

    let files = desk.check_out(&url, kept, None, "evidence").await.unwrap();
    assert_eq!(fs::read_to_string(files.join("README.md")).unwrap(), "# Billing\n\nWith invoices.\n");
    assert!(!files.join(".git").exists() && !files.join("old.txt").exists());
    let kept_with = fs::metadata(desk.home.path().join("keep")).unwrap().permissions().mode();
    assert_eq!(kept_with & 0o777, 0o700, "others have no business there");

    let next = desk.clone(&url, kept, "second").await;
    assert_eq!(next.read("src/invoice.rs"), "fn invoice() {}\n");
    assert_eq!(next.git(&["rev-list", "--count", "HEAD"]), "3");
}

/// What all files below it hold.
fn walk(directory: &std::path::Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            found.extend(walk(&entry));
        } else {
            found.push(String::from_utf8_lossy(&fs::read(&entry).unwrap()).into_owned());
        }
    }
    found
}

#[tokio::test]
async fn a_run_that_changed_nothing_leaves_no_bundle() {
    let repository = Repository::with(&[("a", b"a")]);
    let (desk, url) = (Desk::new(), repository.url());
    let head = repository.head();
    let workspace = desk.clone(&url, head, "first").await;
    let (made, file) = workspace.result();
    assert_eq!((made, file.exists()), (Made::Nothing, false));
}
