//! `omoi up` in a directory of its own: killed and started again at will.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Child;
use tokio::time::timeout;

use crate::client::Client;
use crate::database::Database;
use crate::door::Door;
use crate::support::{omoi, remove_home, signal};

/// However slow the machine, a start or an end takes no longer.
const PATIENCE: Duration = Duration::from_secs(120);

/// The product on this machine.
pub(crate) struct Site {
    pub(crate) door: Arc<Door>,
    data_dir: PathBuf,
    /// What else it is told.
    variables: Vec<(&'static str, String)>,
    child: Child,
    _directory: TempDir,
}

impl Site {
    /// Starts it in a new directory, where somebody has made a project.
    pub(crate) async fn start() -> Self {
        Self::start_with(Vec::new()).await
    }

    /// The same, with these variables in its environment.
    pub(crate) async fn start_with(variables: Vec<(&'static str, String)>) -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let data_dir = directory.path().join("data");
        let (child, url) = begin(&data_dir, &variables).await;
        let key = std::fs::read_to_string(data_dir.join("operator.key")).expect("omoi up made the key");
        let door = Arc::new(Door::new(&url, key.trim()));
        let site = Self { door, data_dir, variables, child, _directory: directory };
        introduce(&site.door, &site.database()).await;
        site
    }

    pub(crate) fn database(&self) -> Database {
        Database::of_data_dir(&self.data_dir)
    }

    pub(crate) fn client(&self, name: &str) -> Client {
        Client::new(self.door.clone(), name)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// SIGKILL, and nothing is left of the process.
    pub(crate) async fn kill(&mut self) {
        signal(self.pid(), Signal::KILL);
        timeout(PATIENCE, self.child.wait()).await.expect("it ends").expect("it is our child");
    }

    /// Starts it again over the same data; clients find it.
    pub(crate) async fn start_again(&mut self) {
        let (child, url) = begin(&self.data_dir, &self.variables).await;
        self.child = child;
        self.door.move_to(vec![url]);
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.start_kill();
        remove_home(&self.data_dir);
    }
}

/// Lets the key act for the first time, so that it is known who it is.
pub(crate) async fn introduce(door: &Arc<Door>, database: &Database) {
    let url = format!("{}/api/v1/projects", door.url(0));
    let request = reqwest::Client::new().post(url).bearer_auth(door.key()).json(&json!({ "name": "Ground" }));
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), 201);
    let (org, actor) = database.first_actor().await;
    door.introduce(org, actor);
}

async fn begin(data_dir: &std::path::Path, variables: &[(&str, String)]) -> (Child, String) {
    let mut command = omoi();
    command.envs(variables.iter().map(|(name, value)| (name, value)));
    command.args(["up", "--json", "--listen", "127.0.0.1:0", "--data-dir"]).arg(data_dir);
    // A program that is killed a hundred times says much on stderr; its end is judged, not its words.
    command.env("OMOI_LOG", "error").stdout(Stdio::piped());
    let mut child = command.spawn().expect("omoi starts");
    let mut lines = BufReader::new(child.stdout.take().expect("stdout is piped")).lines();
    let line = timeout(PATIENCE, lines.next_line()).await.expect("ready in time").expect("stdout is open");
    let ready: Value =
        serde_json::from_str(&line.expect("it does not end before")).expect("one line of JSON");
    (child, ready["url"].as_str().expect("a URL").to_owned())
}
