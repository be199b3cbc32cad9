//! The state of the workspace, as a commit: made in here, and handed to the host as a bundle.

use std::path::Path;

use bytes::Bytes;
use ports::agent::wire::{Keeping, Kept};

use crate::git::{GitFailed, git, line};
use crate::host::{Host, Refused};

/// Where the commit is found in the bundle.
const RESULT: &str = "refs/heads/omoi/result";

/// Why nothing was kept.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SnapshotError {
    #[error(transparent)]
    Git(#[from] GitFailed),
    #[error(transparent)]
    Host(#[from] Refused),
    #[error("the snapshot cannot be read: {0}")]
    File(#[from] std::io::Error),
    #[error("the host did not say what it kept")]
    Unclear,
}

/// Keeps what is in the workspace; the commit. What the agent has not committed is committed for it.
pub(crate) async fn take(
    host: &Host,
    workspace: &Path,
    keeping: &Keeping,
    moment: &str,
) -> Result<String, SnapshotError> {
    git(workspace, &["add", "--all"], &[]).await?;
    let differs = git(workspace, &["diff", "--cached", "--quiet"], &[]).await.is_err();
    if differs {
        git(workspace, &["commit", "--quiet", "--no-verify", "--message", &keeping.message], &[]).await?;
    }
    let head = line(workspace, &["rev-parse", "HEAD"], &[]).await?;
    let bundle = if head == keeping.at {
        // It is where it began, and the host has that.
        Bytes::new()
    } else {
        git(workspace, &["update-ref", RESULT, &head], &[]).await?;
        let file = std::env::temp_dir().join("omoi-snapshot.bundle");
        let (path, range) = (file.to_string_lossy(), format!("{}..{RESULT}", keeping.at));
        git(workspace, &["bundle", "create", "--quiet", &path, &range], &[]).await?;
        let bytes = tokio::fs::read(&file).await?;
        tokio::fs::remove_file(&file).await?;
        Bytes::from(bytes)
    };
    let answer = host.put(&format!("/run/snapshots/{moment}"), bundle).await?;
    answer.json::<Kept>().map(|kept| kept.commit).ok_or(SnapshotError::Unclear)
}
