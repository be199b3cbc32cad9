//! Git in the workspace. It is the agent's: nothing of its configuration is trusted to be what we made it, so every call says
//! for itself what must hold, and runs in here, never on the host.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Stdio;

use tokio::process::Command;

/// Nothing that a repository can configure to be run runs.
const CONFIG: &[&str] = &[
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.attributesFile=/dev/null",
    "commit.gpgSign=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "core.quotePath=false",
];

/// A call of git that failed.
#[derive(Clone, Debug, thiserror::Error)]
#[error("git {what} failed: {said}")]
pub(crate) struct GitFailed {
    what: String,
    said: String,
}

/// Calls git in the workspace; what it wrote.
pub(crate) async fn git(
    workspace: &Path,
    arguments: &[impl AsRef<OsStr>],
    environment: &[(&str, &str)],
) -> Result<Vec<u8>, GitFailed> {
    let mut command = Command::new("git");
    command.arg("--no-pager");
    for setting in CONFIG {
        command.args(["-c", setting]);
    }
    command.args(arguments).current_dir(workspace).stdin(Stdio::null()).kill_on_drop(true);
    command.env("GIT_TERMINAL_PROMPT", "0").env("GIT_OPTIONAL_LOCKS", "0").env("LC_ALL", "C");
    command.envs(environment.iter().copied());
    let what = arguments.first().map(|what| what.as_ref().to_string_lossy().into_owned()).unwrap_or_default();
    let output =
        command.output().await.map_err(|error| GitFailed { what: what.clone(), said: error.to_string() })?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        let said = String::from_utf8_lossy(&output.stderr).trim().chars().take(500).collect();
        Err(GitFailed { what, said })
    }
}

/// The one line that a call answers.
pub(crate) async fn line(
    workspace: &Path,
    arguments: &[&str],
    environment: &[(&str, &str)],
) -> Result<String, GitFailed> {
    let answer = git(workspace, arguments, environment).await?;
    Ok(String::from_utf8_lossy(&answer).trim().to_owned())
}
