//! A project with a repository, whose tasks are done by commands in real sandboxes.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Api, answer, eventually, git};

/// A run takes a second; on a machine that builds something, many.
const PATIENCE: Duration = Duration::from_secs(90);

/// What the repository begins with: a function that is wrong, and a check that says so.
const FILES: &[(&str, &str)] = &[
    ("calc.sh", "add() { echo $(($1 - $2)); }\n"),
    ("tests/calc_test.sh", ". ./calc.sh\ntest \"$(add 2 3)\" = 5\n"),
    ("check.sh", "set -e\nsh tests/calc_test.sh\n"),
    ("README.md", "# Calc\n"),
];
/// What mends it.
pub(crate) const MEND: &str = "sed -i 's/-/+/' calc.sh";
/// What says whether it is.
pub(crate) const CHECK: &str = "sh check.sh";

/// A server, a project and its repository.
#[derive(Debug)]
pub(crate) struct Workshop {
    pub(crate) api: Api,
    pub(crate) project: String,
    ticket: String,
    pub(crate) repository: PathBuf,
    _home: TempDir,
}

impl Workshop {
    /// With an agent that runs commands and a check that decides.
    pub(crate) async fn open() -> Self {
        Self::open_at(Api::start().await).await
    }

    /// At a server that was started.
    pub(crate) async fn open_at(api: Api) -> Self {
        Self::open_with(api, FILES).await
    }

    /// With other files in its repository.
    pub(crate) async fn open_with(api: Api, files: &[(&str, &str)]) -> Self {
        let home = tempfile::tempdir().expect("a temporary directory");
        let repository = home.path().canonicalize().expect("it is there");
        for (path, content) in files {
            let file = repository.join(path);
            std::fs::create_dir_all(file.parent().expect("it is in a directory")).expect("made");
            std::fs::write(file, content).expect("written");
        }
        for arguments in [
            &["init", "--quiet", "--initial-branch=main", "."][..],
            &["add", "--all"],
            &["commit", "--quiet", "--message=Begin"],
        ] {
            git(&repository, arguments).await;
        }
        let project = api.done("/projects", &json!({ "name": "Calc" })).await.id().to_owned();
        let linked = json!({ "url": repository });
        let request = api.request(reqwest::Method::PUT, &format!("/projects/{project}/repository"));
        let linked = answer(request.json(&linked)).await;
        assert_eq!(linked.status, 200, "{linked:?}");
        let settings = json!({ "agent": { "kind": "profile", "name": "command" }, "verify": [CHECK] });
        api.done(&format!("/projects/{project}/settings"), &settings).await;
        let ticket = json!({ "title": "Calculate", "phase": "implementation" });
        let ticket = api.done(&format!("/projects/{project}/tickets"), &ticket).await.id().to_owned();
        Self { api, project, ticket, repository, _home: home }
    }

    /// A task that `run` does; its id.
    pub(crate) async fn task(&self, run: &str) -> String {
        self.task_with(json!({ "title": "Mend add", "run": run })).await
    }

    /// A task; its id.
    pub(crate) async fn task_with(&self, body: Value) -> String {
        self.api.done(&format!("/tickets/{}/tasks", self.ticket), &body).await.id().to_owned()
    }

    /// Starts a run of a task; its id.
    pub(crate) async fn start(&self, task: &str) -> String {
        self.api.done(&format!("/tasks/{task}/runs"), &json!({})).await.id().to_owned()
    }

    /// The task as it is now.
    pub(crate) async fn shown(&self, task: &str) -> Value {
        let position = self.api.last_position().await;
        answer(self.api.get(&format!("/tasks/{task}")).header("Omoi-Min-Position", position)).await.body
    }

    /// Waits for the end of a run; the payload of the event that says it.
    pub(crate) async fn ended(&self, run: &str) -> Value {
        self.waits_for(run, "run.ended").await["payload"].clone()
    }

    /// Waits for an event of a run.
    pub(crate) async fn waits_for(&self, run: &str, event: &str) -> Value {
        eventually(PATIENCE, &format!("{event} of {run}"), async || {
            let events = self.events(run, event).await;
            events.into_iter().next()
        })
        .await
    }

    /// The events of this type that a run, or its trajectory, has had, the newest first.
    pub(crate) async fn events(&self, run: &str, event: &str) -> Vec<Value> {
        let events = self.api.newest(&format!("&limit=1000&type={event}")).await;
        events.into_iter().filter(|event| event["aggregate_id"] == run).collect()
    }

    /// Does a task in one run; how that ended.
    pub(crate) async fn does(&self, run: &str) -> Value {
        let task = self.task(run).await;
        let run = self.start(&task).await;
        let mut ended = self.ended(&run).await;
        ended["task"] = task.into();
        ended["run"] = run.into();
        ended
    }

    /// What git says in the repository.
    pub(crate) async fn git(&self, arguments: &[&str]) -> String {
        String::from_utf8_lossy(&git(&self.repository, arguments).await.stdout).trim().to_owned()
    }
}

/// Whether sandboxes can be had here; a test without them says so aloud, and fails where they are required.
pub(crate) fn sandboxes() -> bool {
    let there = std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|directory| directory.join("bwrap").is_file()));
    let required = std::env::var("REQUIRE_SANDBOX").is_ok_and(|value| value == "1");
    assert!(
        there || !required,
        "REQUIRE_SANDBOX is set, and there is no bubblewrap: run scripts/check-machine"
    );
    if !there {
        eprintln!("SKIPPED: there is no bubblewrap on this machine, so no run was tried");
    }
    there
}
