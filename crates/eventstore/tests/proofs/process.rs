//! The writing process as its proof sees it.

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// However slow the machine, a start or an end takes no longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// How to start it.
#[derive(Clone, Debug)]
pub(crate) struct LogWriter {
    url: String,
    journal: PathBuf,
    arguments: Vec<String>,
    crash_at: Option<String>,
}

impl LogWriter {
    pub(crate) fn new(app_url: String, journal: &Path) -> Self {
        Self { url: app_url, journal: journal.to_owned(), arguments: Vec::new(), crash_at: None }
    }

    pub(crate) fn with(mut self, arguments: &[&str]) -> Self {
        self.arguments.extend(arguments.iter().map(|&argument| argument.to_owned()));
        self
    }

    /// Aborts when it gets to this point.
    pub(crate) fn crashing_at(mut self, point: &str, time: usize) -> Self {
        self.crash_at = Some(format!("{point}:{time}"));
        self
    }

    /// Starts it; `seed` makes its commands.
    pub(crate) fn start(&self, seed: u64) -> Running {
        let mut command = Command::new(env!("CARGO_BIN_EXE_log_writer"));
        command.args(["--url", &self.url, "--seed", &seed.to_string()]).arg("--journal").arg(&self.journal);
        command.args(&self.arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.env_remove("OMOI_CRASH_AT").envs(self.crash_at.iter().map(|at| ("OMOI_CRASH_AT", at)));
        Running(command.kill_on_drop(true).spawn().unwrap())
    }

    /// Starts it, waits until it has settled its journal, and lets it end by itself.
    pub(crate) async fn settle(&self, seed: u64) {
        let ended = self.clone().with(&["--commands", "0"]).start(seed).ended().await;
        assert!(ended.status.success(), "{}", ended.errors);
    }
}

pub(crate) struct Running(Child);

pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) errors: String,
}

impl Running {
    /// Waits until it has settled its journal and begins to write.
    pub(crate) async fn ready(&mut self) {
        let mut lines = BufReader::new(self.0.stdout.as_mut().unwrap()).lines();
        let line = timeout(PATIENCE, lines.next_line()).await.expect("it settles its journal").unwrap();
        assert_eq!(line.as_deref(), Some("ready"), "it ended before it was ready");
    }

    /// Lets it work for a while; it must not end by itself.
    pub(crate) async fn work(&mut self, time: Duration) {
        if let Ok(status) = timeout(time, self.0.wait()).await {
            panic!("the writer ended by itself: {}", status.unwrap());
        }
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.0.id().expect("it runs")).unwrap();
        kill_process(Pid::from_raw(pid).unwrap(), signal).unwrap();
    }

    pub(crate) async fn kill(mut self) {
        self.signal(Signal::KILL);
        self.0.wait().await.unwrap();
    }

    /// Waits for its own end.
    pub(crate) async fn ended(self) -> Ended {
        let output = timeout(PATIENCE, self.0.wait_with_output()).await.expect("it ends").unwrap();
        Ended { status: output.status, errors: String::from_utf8_lossy(&output.stderr).into_owned() }
    }
}
