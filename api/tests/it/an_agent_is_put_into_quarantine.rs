//! An agent whose runs fail by its own fault, three in a row, starts nothing by itself any more, until a person releases it or a
//! run of it works. Others go on meanwhile.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::workshop::{MEND, Workshop, sandboxes};
use crate::support::{Api, Up, answer, eventually, omoi};

/// Three attempts, with waits of up to 2.5 s between them, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// Its program says its version, and ends at once when it is to work.
const BROKEN: &str = "#!/bin/sh\n[ \"$1\" = --version ] || exit 1\necho broken 3.2.1\n";

async fn workshop() -> (Workshop, TempDir) {
    let home = tempfile::tempdir().expect("a temporary directory");
    let program = home.path().join("broken");
    // As root the program is asked as somebody else, who has to reach it.
    fs::set_permissions(home.path(), Permissions::from_mode(0o755)).expect("it is open");
    fs::write(&program, BROKEN).expect("written");
    fs::set_permissions(&program, Permissions::from_mode(0o755)).expect("it can be run");
    let profile = format!("[agents.broken]\ndriver = \"acp\"\ncommand = [\"{}\"]\n", program.display());
    fs::write(home.path().join("omoi.toml"), profile).expect("written");
    let mut command = omoi();
    command.env("OMOI_CONFIG", home.path().join("omoi.toml"));
    command.args(["up", "--json", "--listen", "127.0.0.1:0", "--data-dir"]).arg(home.path().join("data"));
    (Workshop::open_at(Api::of(Up::start_command(command).await)).await, home)
}

impl Workshop {
    /// How the agent stands.
    async fn broken(&self) -> Value {
        let shown = answer(self.api.get("/agents")).await.body;
        let agents = shown["agents"].as_array().cloned().unwrap_or_default();
        agents.into_iter().find(|agent| agent["name"] == "broken").unwrap_or_default()
    }

    /// What the server says of a profile.
    async fn profile(&self, name: &str) -> Value {
        let shown = answer(self.api.get("/agents")).await.body;
        let profiles = shown["profiles"].as_array().cloned().unwrap_or_default();
        profiles.into_iter().find(|profile| profile["name"] == name).unwrap_or_default()
    }

    async fn ended_runs(&self) -> usize {
        self.api.newest("&limit=1000&type=run.ended").await.len()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_three_faults_in_a_row() {
    if !sandboxes() {
        return;
    }
    let (workshop, _home) = workshop().await;
    let task = workshop.task_with(json!({ "title": "Mend add", "run": MEND, "agent": "broken" })).await;
    workshop.api.done(&format!("/projects/{}/autonomy", workshop.project), &json!({ "on": true })).await;
    let broken = eventually(PATIENCE, "the agent is in quarantine", async || {
        let broken = workshop.broken().await;
        (broken["health"] == "quarantined").then_some(broken)
    })
    .await;
    assert!(broken["reason"].as_str().is_some_and(|reason| reason.contains("agent_gone")), "{broken}");
    assert_eq!((&broken["failed"], workshop.ended_runs().await), (&json!(3), 3), "{broken}");
    // Its runs have it from the server, which has asked.
    assert_eq!(broken["version"], "3.2.1", "{broken}");
    let profile = workshop.profile("broken").await;
    let said = json!({
        "name": "broken", "driver": "acp", "takes_messages": true, "interrupts": true, "asked": true, "version": "3.2.1", "lack": null,
    });
    assert_eq!(profile, said);
    assert_eq!(workshop.profile("command").await["takes_messages"], false);
    assert_eq!(workshop.profile("gemini").await["lack"]["code"], "key", "nobody had a run with it");
    let events = async |event: &str| workshop.api.newest(&format!("&limit=1000&type={event}")).await.len();
    assert_eq!((events("agent.registered").await, events("agent.degraded").await), (1, 2));

    // The task may be tried again, and is not; another agent's task is done meanwhile, so somebody has looked.
    eventually(PATIENCE, "the task is ready", async || {
        (workshop.shown(&task).await["status"] == "ready").then_some(())
    })
    .await;
    let other = workshop.task(MEND).await;
    eventually(PATIENCE, "the other task is done", async || {
        (workshop.shown(&other).await["status"] == "completed").then_some(())
    })
    .await;
    assert_eq!(workshop.shown(&task).await["status"], "ready");

    // A person may try it all the same; one who releases it lets it start by itself.
    let release = format!("/agents/{}/release", broken["id"].as_str().expect("it has one"));
    let released = workshop.api.done(&release, &json!({})).await;
    assert_eq!(released.body["health"], "fit", "{released:?}");
    eventually(PATIENCE, "the task was tried a fourth time", async || {
        (workshop.shown(&task).await["status"] == "failed").then_some(())
    })
    .await;
    let twice = answer(workshop.api.request(reqwest::Method::POST, &release).json(&json!({}))).await;
    assert_eq!((twice.status, &twice.body["code"]), (422, &json!("not_quarantined")), "{twice:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn by_a_person_and_one_run_that_works_ends_it() {
    if !sandboxes() {
        return;
    }
    let (workshop, _home) = workshop().await;
    // Both at once: a ticket whose tasks are all done takes no more.
    let (first, second) = (workshop.task(MEND).await, workshop.task(MEND).await);
    let run = workshop.start(&first).await;
    assert_eq!(workshop.ended(&run).await["code"], "verified");
    let agent = eventually(PATIENCE, "the agent is known", async || {
        let shown = answer(workshop.api.get("/agents")).await.body;
        (shown["agents"][0]["health"] == "fit"
            && workshop.api.newest("&type=agent.registered").await.len() == 1)
            .then(|| shown["agents"][0]["id"].as_str().unwrap_or_default().to_owned())
    })
    .await;
    let quarantine = format!("/agents/{agent}/quarantine");
    let told = workshop.api.done(&quarantine, &json!({ "reason": "it deletes tests" })).await;
    assert_eq!(
        (&told.body["health"], &told.body["reason"]),
        (&json!("quarantined"), &json!("it deletes tests"))
    );
    // By hand it starts, and works.
    let run = workshop.start(&second).await;
    assert_eq!(workshop.ended(&run).await["outcome"], "succeeded");
    eventually(PATIENCE, "the agent has recovered", async || {
        (workshop.api.newest("&type=agent.recovered").await.len() == 1).then_some(())
    })
    .await;
}
