//! What one task's end means elsewhere: dependants become ready or blocked, failed attempts are tried again, and
//! the ticket goes on when nothing is left to do.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Answer, Api, answer, eventually};

/// A retry waits up to 1.25 s by itself.
const PATIENCE: Duration = Duration::from_secs(20);

struct Story {
    api: Api,
    ticket: String,
}

impl Story {
    async fn begin() -> Self {
        let api = Api::start().await;
        let project = api.done("/projects", &json!({ "name": "Payments" })).await.id().to_owned();
        let wish = json!({ "title": "Take cards", "phase": "implementation" });
        let ticket = api.done(&format!("/projects/{project}/tickets"), &wish).await.id().to_owned();
        Self { api, ticket }
    }

    async fn task(&self, title: &str, depends_on: &[&str]) -> String {
        let wish = json!({ "title": title, "depends_on": depends_on });
        self.api.done(&format!("/tickets/{}/tasks", self.ticket), &wish).await.id().to_owned()
    }

    async fn verb(&self, task: &str, verb: &str, body: Value) -> Answer {
        self.api.done(&format!("/tasks/{task}/{verb}"), &body).await
    }

    /// As of everything that has happened until now.
    async fn show(&self, path: &str) -> Value {
        let position = self.api.last_position().await;
        let shown = answer(self.api.get(path).header("Omoi-Min-Position", position)).await;
        assert_eq!(shown.status, 200, "{shown:?}");
        shown.body
    }

    async fn is(&self, task: &str, status: &str) -> Value {
        let path = format!("/tasks/{task}");
        eventually(PATIENCE, &format!("task {task} is {status}"), async || {
            // What was asked for is in it: a task may have been in this state before.
            let shown = self.show(&path).await;
            (shown["status"] == status).then_some(shown)
        })
        .await
    }

    async fn complete(&self, task: &str) {
        self.verb(task, "start", json!({})).await;
        let evidence = json!({ "commands": [{ "cmd": "make test", "exit": 0 }] });
        assert_eq!(self.verb(task, "submit-evidence", evidence).await.body["status"], "completed");
    }
}

#[tokio::test]
async fn the_end_of_one_task_moves_the_others_and_the_ticket() {
    let story = Story::begin().await;
    let form = story.task("Write the form", &[]).await;
    let check = story.task("Check it", &[&form]).await;
    let launch = story.task("Launch it", &[&form, &check]).await;

    a_failure_is_tried_again_and_then_blocks_who_waits(&story, &form, &check).await;
    a_retry_unblocks_and_success_makes_ready(&story, &form, &check).await;

    story.complete(&check).await;
    story.is(&launch, "ready").await;
    let ticket = story.show(&format!("/tickets/{}", story.ticket)).await;
    assert_eq!(ticket["status"], "implementation", "one task is left");

    story.complete(&launch).await;
    let path = format!("/tickets/{}", story.ticket);
    eventually(PATIENCE, "the ticket is done", async || {
        let ticket = answer(story.api.get(&path)).await.body;
        (ticket["status"] == "done").then_some(())
    })
    .await;
    every_consequence_names_its_cause(&story, &launch).await;
}

async fn a_failure_is_tried_again_and_then_blocks_who_waits(story: &Story, form: &str, check: &str) {
    story.verb(form, "start", json!({})).await;
    let failed = story.verb(form, "fail", json!({ "reason": "no network", "class": "transient" })).await;
    assert_eq!(failed.body["status"], "awaiting_retry");
    assert_eq!(story.is(form, "ready").await["attempt"], 1);

    story.verb(form, "start", json!({})).await;
    let failed = story.verb(form, "fail", json!({ "reason": "no such API", "class": "permanent" })).await;
    assert_eq!(failed.body["status"], "failed");
    let blocked = story.is(check, "blocked").await;
    assert_eq!(blocked["blockers"][0]["reason"], "a task it waits for failed: no such API");
    assert_eq!(blocked["blockers"][0]["by"], json!({ "kind": "dependency", "task": form }));
}

async fn a_retry_unblocks_and_success_makes_ready(story: &Story, form: &str, check: &str) {
    assert_eq!(story.verb(form, "retry", json!({})).await.body["status"], "ready");
    story.is(check, "planned").await;
    story.complete(form).await;
    story.is(check, "ready").await;
}

/// What a process did carries the event that it heard, and the story that this belongs to.
async fn every_consequence_names_its_cause(story: &Story, launch: &str) {
    let of = |kind: &str, id: &str| format!("&aggregate_type={kind}&aggregate_id={id}&type=");
    let filter = of("task", launch) + "task.completed";
    let completed = story.api.newest(&filter).await.remove(0);
    let filter = of("ticket", &story.ticket) + "ticket.task_outcome_noted&limit=1";
    let noted = story.api.newest(&filter).await.remove(0);
    assert_eq!(noted["causation_id"], completed["id"]);
    assert_eq!(noted["correlation_id"], completed["correlation_id"]);
    assert_ne!(noted["actor"], completed["actor"], "a process acts in its own name");
    let filter = of("ticket", &story.ticket) + "ticket.completed";
    let done = story.api.newest(&filter).await;
    assert_eq!(done.len(), 1);
    assert_eq!(done[0]["causation_id"], noted["id"]);
}
