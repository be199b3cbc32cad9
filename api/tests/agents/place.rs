//! A workshop whose server can be killed and started again on what it has.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::json;
use tempfile::TempDir;
use tokio::process::Command;

use crate::support::workshop::Workshop;
use crate::support::{Api, Up, omoi, signal};

/// The server, its project, and what it is started with.
pub(crate) struct Place {
    pub(crate) workshop: Workshop,
    environment: Vec<(&'static str, String)>,
    /// Kept: what is dropped removes its data.
    gone: Vec<Api>,
    home: TempDir,
}

impl Place {
    /// With so many places for runs.
    pub(crate) async fn open(runs: usize, environment: Vec<(&'static str, String)>) -> Self {
        let home = tempfile::tempdir().expect("a temporary directory");
        let up = Up::start_command(command(&home, &environment)).await;
        let workshop = Workshop::open_at(Api::of(up)).await;
        let settings = format!("/projects/{}/settings", workshop.project);
        workshop.api.done(&settings, &json!({ "max_concurrent_runs": runs })).await;
        Self { workshop, environment, gone: Vec::new(), home }
    }

    /// Work starts by itself from now on.
    pub(crate) async fn begins_by_itself(&self) {
        let autonomy = format!("/projects/{}/autonomy", self.workshop.project);
        self.workshop.api.done(&autonomy, &json!({ "on": true })).await;
    }

    pub(crate) fn server(&self) -> u32 {
        self.workshop.api.up.ready.pid
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.home.path().join("data")
    }

    /// Kills the server, as the kernel does; when that was.
    pub(crate) async fn kill(&mut self) -> Instant {
        signal(self.server(), Signal::KILL);
        let killed = Instant::now();
        // Until it has ended, its directory is in use.
        self.workshop.api.up.ended(Duration::from_secs(10)).await;
        killed
    }

    /// Starts another one on the same data.
    pub(crate) async fn start_again(&mut self) {
        let up = Up::start_command(command(&self.home, &self.environment)).await;
        self.gone.push(std::mem::replace(&mut self.workshop.api, Api::of(up)));
    }
}

/// A ticket of its own, which is completed with its tasks.
pub(crate) async fn ticket(workshop: &Workshop) -> String {
    let ticket = json!({ "title": "Calculate", "phase": "implementation" });
    workshop.api.done(&format!("/projects/{}/tickets", workshop.project), &ticket).await.id().to_owned()
}

fn command(home: &TempDir, environment: &[(&str, String)]) -> Command {
    let mut command = omoi();
    command.args(["up", "--json", "--listen", "127.0.0.1:0", "--data-dir"]).arg(home.path().join("data"));
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    command
}
