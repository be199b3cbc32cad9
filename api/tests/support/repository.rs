//! A repository for projects of tests.

use std::path::Path;
use std::process::Output;

use tempfile::TempDir;
use tokio::process::Command;

/// A working copy with one commit on `main` and one on `next`.
pub(crate) async fn repository() -> (TempDir, String) {
    let home = tempfile::tempdir().expect("a temporary directory");
    std::fs::write(home.path().join("README.md"), "# Billing\n").expect("written");
    for arguments in [
        &["init", "--quiet", "--initial-branch=main", "."][..],
        &["add", "--all"],
        &["commit", "--quiet", "--message=Begin"],
        &["branch", "next"],
    ] {
        git(home.path(), arguments).await;
    }
    let path = home.path().canonicalize().expect("it is there");
    let path = path.to_str().expect("text").to_owned();
    (home, path)
}

/// Git at work in a directory, with a person who may commit and no settings of this machine.
pub(crate) async fn git(directory: &Path, arguments: &[&str]) -> Output {
    let output = Command::new("git")
        .args(["-c", "user.name=Ada", "-c", "user.email=ada@example.org"])
        .args(arguments)
        .current_dir(directory)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .await
        .expect("git starts");
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    output
}
