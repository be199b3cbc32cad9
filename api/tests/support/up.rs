//! A running `omoi up --json` of one's own.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use serde::Deserialize;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    process::{Child, ChildStdout, Command},
    time::timeout,
};

/// Fetching and initialising included, on a slow machine.
const READY_WITHIN: Duration = Duration::from_secs(120);

/// Of servers with a database of their own.
pub(crate) const MASTER_KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

/// The line of `omoi up --json`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ready {
    pub(crate) ready: bool,
    pub(crate) url: String,
    pub(crate) login_url: String,
    pub(crate) nats_url: String,
    pub(crate) pid: u32,
    pub(crate) data_dir: PathBuf,
}

impl Ready {
    /// Of a server that says nothing when it is ready: what is known of it.
    pub(crate) fn of(url: String, data_dir: &Path) -> Self {
        let data_dir = data_dir.to_owned();
        Self { ready: true, login_url: url.clone(), url, nats_url: String::new(), pid: 0, data_dir }
    }
}

/// The process, killed on drop, and its data directory, removed on drop.
#[derive(Debug)]
pub(crate) struct Up {
    pub(crate) ready: Ready,
    pub(crate) child: Child,
    stdout: BufReader<ChildStdout>,
    _directory: Option<TempDir>,
}

impl Up {
    /// Starts one in a new data directory, on a free port.
    pub(crate) async fn start() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let mut up = Self::start_in(&directory.path().join("data")).await;
        up._directory = Some(directory);
        up
    }

    /// Starts one in this data directory; what root keeps outside it is removed on drop.
    pub(crate) async fn start_in(data_dir: &Path) -> Self {
        let mut command = omoi();
        command.args(["up", "--json", "--listen", "127.0.0.1:0", "--data-dir"]).arg(data_dir);
        Self::start_command(command).await
    }

    /// Starts a prepared `up --json`.
    pub(crate) async fn start_command(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("omoi starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
        let mut line = String::new();
        let read = timeout(READY_WITHIN, stdout.read_line(&mut line)).await;
        read.expect("ready in time").expect("stdout is open");
        let ready = serde_json::from_str(&line).unwrap_or_else(|e| panic!("not the line: {line:?} ({e})"));
        Self { ready, child, stdout, _directory: None }
    }

    /// One that was started otherwise, with its output piped.
    pub(crate) fn of(mut child: Child, ready: Ready) -> Self {
        let stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
        Self { ready, child, stdout, _directory: None }
    }

    /// The status of a path, when there is an answer at all.
    pub(crate) async fn status_of(&self, path: &str) -> Option<u16> {
        let answer = reqwest::get(format!("{}{path}", self.ready.url)).await.ok()?;
        Some(answer.status().as_u16())
    }

    /// Waits for its end; what else it printed on stdout.
    pub(crate) async fn ended(&mut self, within: Duration) -> (ExitStatus, String) {
        let status =
            timeout(within, self.child.wait()).await.expect("it ends in time").expect("it is our child");
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).await.expect("stdout is text");
        (status, rest)
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.start_kill();
        remove_home(&self.ready.data_dir);
    }
}

/// The real binary, with nothing of the caller's settings.
pub(crate) fn omoi() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_omoi"));
    let kept = ["OMOI_CACHE_DIR"];
    for (name, _) in std::env::vars() {
        let setting = ["OMOI_", "DATABASE_", "NATS_", "ANTHROPIC_", "OPENAI_"]
            .iter()
            .any(|start| name.starts_with(start));
        if setting && !kept.contains(&name.as_str()) {
            command.env_remove(name);
        }
    }
    command.kill_on_drop(true).stdin(Stdio::null());
    command
}

/// Removes what root's children keep outside the data directory.
pub(crate) fn remove_home(data_dir: &Path) {
    if let Ok(home) = fs::read_to_string(data_dir.join("home")) {
        // A killed server may still write while it is removed; what is left is a few files of a test.
        let _ = fs::remove_dir_all(home.trim());
        let _ = fs::remove_dir_all(format!("{}-runs", home.trim()));
    }
}
