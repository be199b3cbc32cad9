//! The state of the workspace, as a commit: made in here, and handed to the host as a bundle.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use bytes::Bytes;
use ports::agent::wire::{Keeping, Kept};
use ports::git::{Ended, Made, ResultCommands};

use crate::host::{Host, Refused};
use crate::locks;

/// Beside the objects that it is made of: `/tmp` is the agent's, and may be full.
const BUNDLE: &str = ".git/omoi-snapshot.bundle";

/// Why nothing was kept.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SnapshotError {
    #[error(transparent)]
    Host(#[from] Refused),
    #[error("the snapshot cannot be made: {0}")]
    Git(#[from] io::Error),
    #[error("the host did not say what it kept")]
    Unclear,
}

/// Keeps what is in the workspace; the commit. What the agent has not committed is committed for it. `last` was kept before, and
/// is not sent again.
pub(crate) async fn take(
    host: &Host,
    workspace: &Path,
    keeping: &Keeping,
    (moment, last): (&str, Option<&str>),
) -> Result<String, SnapshotError> {
    let (workspace, keeping) = (workspace.to_owned(), keeping.clone());
    // Git takes as long as it takes; the heart goes on beating meanwhile.
    let bundle = tokio::task::spawn_blocking(move || bundle(&workspace, &keeping)).await;
    let (commit, bundle) = bundle.map_err(|error| io::Error::other(error.to_string()))??;
    if last == Some(commit.as_str()) {
        return Ok(commit);
    }
    let answer = host.put(&format!("/run/snapshots/{moment}"), bundle).await?;
    answer.json::<Kept>().map(|kept| kept.commit).ok_or(SnapshotError::Unclear)
}

/// The commit, and the bundle that holds it; that is empty when nothing was changed, and the host has all there is.
fn bundle(workspace: &PathBuf, keeping: &Keeping) -> io::Result<(String, Bytes)> {
    // Of an agent, or a worker, that was killed in the middle; nobody else is at work here by now.
    locks::remove_left(&workspace.join(".git"));
    let file = workspace.join(BUNDLE);
    let base = keeping.at.parse().map_err(|_| io::Error::other("the brief names no commit"))?;
    let trailers: Vec<(&str, &str)> =
        keeping.trailers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let result = ResultCommands {
        base,
        message: &keeping.message,
        trailers: &trailers,
        file: file.to_str().ok_or_else(|| io::Error::other("the workspace has no name"))?,
    };
    match result.make(|arguments| git(workspace, arguments))? {
        Made::Nothing => Ok((keeping.at.clone(), Bytes::new())),
        Made::Commit(commit) => {
            let bytes = std::fs::read(&file)?;
            std::fs::remove_file(&file)?;
            Ok((commit.to_string(), Bytes::from(bytes)))
        }
    }
}

fn git(workspace: &PathBuf, arguments: &[String]) -> io::Result<Ended> {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(workspace)
        .env("LC_ALL", "C")
        .env("GIT_TERMINAL_PROMPT", "0")
        .stdin(Stdio::null())
        .output()?;
    let said = if output.status.success() { output.stdout } else { output.stderr };
    Ok((output.status.code().unwrap_or(-1), String::from_utf8_lossy(&said).into_owned()))
}
