//! A process stands still for one project, is named as such, and goes on when its operator asks for it: what the
//! project missed happens then, once.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection, postgres::PgConnectOptions};

use crate::support::{Answer, Api, answer, eventually, omoi};

const PATIENCE: Duration = Duration::from_secs(20);
/// Nobody knows it.
const NOWHERE: &str = "00000000-0000-0000-0000-00000000000f";

struct Story {
    api: Api,
    project: String,
    ticket: String,
}

impl Story {
    async fn begin() -> Self {
        let api = Api::start().await;
        let project = api.done("/projects", &json!({ "name": "Payments" })).await.id().to_owned();
        let wish = json!({ "title": "Take cards", "phase": "implementation" });
        let ticket = api.done(&format!("/projects/{project}/tickets"), &wish).await.id().to_owned();
        Self { api, project, ticket }
    }

    async fn task(&self, depends_on: &[&str]) -> String {
        let wish = json!({ "title": "A task", "depends_on": depends_on });
        self.api.done(&format!("/tickets/{}/tasks", self.ticket), &wish).await.id().to_owned()
    }

    async fn complete(&self, task: &str) {
        self.api.done(&format!("/tasks/{task}/start"), &json!({})).await;
        let evidence = json!({ "commands": [{ "cmd": "make test", "exit": 0 }] });
        self.api.done(&format!("/tasks/{task}/submit-evidence"), &evidence).await;
    }

    async fn status(&self, task: &str) -> Value {
        answer(self.api.get(&format!("/tasks/{task}"))).await.body["status"].clone()
    }

    /// As if the process had met an event of `root` that an older program could not read, and this one can.
    async fn park(&self, root: &str) -> i64 {
        let position = self.api.last_position().await + 1;
        let url = embedded::inspect::app_url(&self.api.up.ready.data_dir).expect("it runs");
        let options: PgConnectOptions = url.parse().expect("a URL");
        let mut database =
            PgConnection::connect_with(&options.options([("role", "omoi_project")])).await.expect("it runs");
        sqlx::query(
            "insert into es.parked (consumer, log_id, root, position, error, parked_at) \
             values ('process/task_dependencies', 1, $1::uuid, $2, 'planted', omoi_now())",
        )
        .bind(root)
        .bind(position)
        .execute(&mut database)
        .await
        .expect("planted");
        position
    }

    /// The process as the list names it.
    async fn listed(&self) -> Value {
        let listed = answer(self.api.get("/processes")).await;
        assert_eq!(listed.status, 200, "{listed:?}");
        let processes = listed.body["processes"].as_array().expect("a list");
        processes.iter().find(|process| process["name"] == "task_dependencies").expect("it is one").clone()
    }

    async fn unpark(&self, process: &str, body: &Value) -> Answer {
        answer(self.api.post(&format!("/processes/{process}/unpark"), body)).await
    }

    /// Runs `omoi processes`: its exit code, what it printed, and what it said.
    async fn omoi(&self, args: &[&str]) -> (Option<i32>, String, String) {
        let mut command = omoi();
        command.arg("processes").args(args).arg("--data-dir").arg(&self.api.up.ready.data_dir);
        let output = command.output().await.expect("omoi starts");
        let text = |bytes| String::from_utf8(bytes).expect("text");
        (output.status.code(), text(output.stdout), text(output.stderr))
    }
}

#[tokio::test]
async fn a_process_that_stands_still_goes_on_when_it_is_asked_to() {
    let story = Story::begin().await;
    let form = story.task(&[]).await;
    let check = story.task(&[&form]).await;
    eventually(PATIENCE, "everything is heard", async || (story.listed().await["behind"] == 0).then_some(()))
        .await;
    let parked_at = story.park(&story.project).await;
    story.complete(&form).await;

    it_stands_still_and_says_so(&story, &check, parked_at).await;
    what_cannot_be_is_refused(&story).await;
    it_goes_on_over_http(&story, &check).await;
    it_goes_on_from_the_command_line(&story).await;
    who_is_not_the_operator_asks_in_vain(&story).await;
}

async fn it_stands_still_and_says_so(story: &Story, check: &str, parked_at: i64) {
    let listed = eventually(PATIENCE, "the process has come past it", async || {
        let listed = story.listed().await;
        (listed["position"].as_i64() > Some(parked_at) && listed["behind"] == 0).then_some(listed)
    })
    .await;
    let parked = listed["parked"].as_array().expect("a list");
    assert_eq!(parked.len(), 1, "{listed}");
    assert_eq!((&parked[0]["root"], &parked[0]["position"]), (&json!(story.project), &json!(parked_at)));
    assert_eq!(story.status(check).await, "planned", "nobody told it that its prerequisite is done");
    let (code, table, said) = story.omoi(&["list"]).await;
    assert_eq!(code, Some(0), "{said}");
    let line = format!("  parked: {} at {parked_at}, planted", story.project);
    assert!(table.lines().any(|told| told == line), "{table}");
}

async fn what_cannot_be_is_refused(story: &Story) {
    let nobody = story.unpark("task_dependents", &json!({})).await;
    assert_eq!(nobody.problem(), (404, "not_found"), "{nobody:?}");
    let follows = story.unpark("task_dependencies", &json!({ "root": NOWHERE })).await;
    assert_eq!(follows.problem(), (404, "not_found"), "{follows:?}");
    let none = story.unpark("retry_timers", &json!({})).await;
    assert_eq!((none.status, &none.body["roots"]), (200, &json!([])), "{none:?}");
    let (code, _, said) = story.omoi(&["unpark", "task_dependencies", "--root", NOWHERE]).await;
    assert_eq!(code, Some(1));
    assert!(said.contains("is not parked") && said.contains("omoi processes list"), "{said}");
}

async fn it_goes_on_over_http(story: &Story, check: &str) {
    let unparked = story.unpark("task_dependencies", &json!({ "root": story.project })).await;
    assert_eq!((unparked.status, &unparked.body["roots"]), (200, &json!([story.project])), "{unparked:?}");
    eventually(PATIENCE, "what waited becomes ready", async || {
        (story.status(check).await == "ready").then_some(())
    })
    .await;
    let filter = format!("&aggregate_type=task&aggregate_id={check}&type=task.became_ready");
    assert_eq!(story.api.newest(&filter).await.len(), 1, "it acted once");
    assert_eq!(story.listed().await["parked"], json!([]));
}

async fn it_goes_on_from_the_command_line(story: &Story) {
    story.park(NOWHERE).await;
    let (code, unparked, said) = story.omoi(&["unpark", "task_dependencies", "--json"]).await;
    assert_eq!(code, Some(0), "{said}");
    let unparked: Value = serde_json::from_str(&unparked).expect("JSON");
    assert_eq!(unparked["roots"], json!([NOWHERE]));
    assert_eq!(story.listed().await["parked"], json!([]));
}

/// Processes act for every organization.
async fn who_is_not_the_operator_asks_in_vain(story: &Story) {
    for (org, role) in [("rivals", "owner"), ("local", "viewer")] {
        let made = story.api.key(org, role).await;
        let key = made["key"].as_str();
        let unpark = story.api.request_with(key, Method::POST, "/processes/task_dependencies/unpark");
        assert_eq!(answer(unpark).await.problem(), (403, "forbidden"), "{org} {role}");
        let list = answer(story.api.request_with(key, Method::GET, "/processes")).await;
        assert_eq!(list.status, if org == "local" { 200 } else { 403 }, "{org} {role}");
    }
}
