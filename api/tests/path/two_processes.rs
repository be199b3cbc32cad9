//! Two processes hear of the same event and both act, once each; what the domain refuses them is over, and asked for
//! again when its time has come. (A process that is added later does not act on the past: every process of the product
//! begins at the origin of the log, so that is shown with a process of their own by the tests of `workers`.)

use std::time::Duration;

use serde_json::{Value, json};

use crate::client::Client;
use crate::database::Database;
use crate::judge::{assert_finds_planted_defects, assert_whole, at_rest};
use crate::proof::Proof;
use crate::site::Site;
use crate::support::eventually;

const STORIES: usize = 50;
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes() {
    let mut proof = Proof::new("two_processes", STORIES);
    let site = Site::start().await;
    let database = site.database();
    let store = database.store();
    let mut client = site.client("client");
    let project = client.done("/projects", &json!({ "name": "Payments" })).await.id();
    while proof.next_case() {
        let story = Story::begin(&mut client, &project).await;
        story.complete_the_first(&mut client).await;
        at_rest(&store).await;
        story.both_acted_once(&database).await;
        story.the_blocked_one_waits(&client).await;
        client.done(&format!("/tasks/{}/unblock", story.blocked), &json!({})).await;
        is(&client, &story.blocked, "ready").await;
    }
    let clients = [client];
    proof.figure("judged", assert_whole(&database, &clients).await.figures());
    assert_finds_planted_defects(&database, &clients).await;
    proof.holds();
}

/// A task, one that waits for it, and one that waits and that a person blocks as well.
struct Story {
    ticket: String,
    first: String,
    second: String,
    blocked: String,
}

impl Story {
    async fn begin(client: &mut Client, project: &str) -> Self {
        let wish = json!({ "title": "Take cards", "phase": "implementation" });
        let ticket = client.done(&format!("/projects/{project}/tickets"), &wish).await.id();
        let tasks = format!("/tickets/{ticket}/tasks");
        let first = client.done(&tasks, &json!({ "title": "first" })).await.id();
        let waits = json!({ "title": "waits", "depends_on": [first] });
        let second = client.done(&tasks, &waits).await.id();
        let blocked = client.done(&tasks, &waits).await.id();
        client.done(&format!("/tasks/{blocked}/block"), &json!({ "reason": "no printer" })).await;
        Self { ticket, first, second, blocked }
    }

    async fn complete_the_first(&self, client: &mut Client) {
        client.done(&format!("/tasks/{}/start", self.first), &json!({})).await;
        let evidence = json!({ "commands": [{ "cmd": "make test", "exit": 0 }] });
        client.done(&format!("/tasks/{}/submit-evidence", self.first), &evidence).await;
    }

    /// One event caused one thing of each process, and nothing else.
    async fn both_acted_once(&self, database: &Database) {
        let caused = caused_by_completion_of(database, &self.first).await;
        let expected = [
            ("task.became_ready".to_owned(), self.second.clone()),
            ("ticket.task_outcome_noted".to_owned(), self.ticket.clone()),
        ];
        assert_eq!(caused, expected);
        // The twin: the same question about a task that is not completed finds nothing.
        assert_eq!(caused_by_completion_of(database, &self.second).await, []);
    }

    async fn the_blocked_one_waits(&self, client: &Client) {
        let shown = is(client, &self.blocked, "blocked").await;
        assert_eq!(shown["blockers"].as_array().map(Vec::len), Some(1), "{shown}");
    }
}

/// Type and stream of the events that the completion of this task caused.
async fn caused_by_completion_of(database: &Database, task: &str) -> Vec<(String, String)> {
    let mut connection = database.connect().await;
    sqlx::query_as(
        "select effect.event_type, effect.aggregate_id from es.events cause \
         join es.events effect on effect.causation_id = cause.event_id \
         where cause.event_type = 'task.completed' and cause.aggregate_id = $1 order by 1, 2",
    )
    .bind(task)
    .fetch_all(&mut connection)
    .await
    .expect("the log")
}

async fn is(client: &Client, task: &str, status: &str) -> Value {
    let path = format!("/tasks/{task}");
    eventually(PATIENCE, &format!("task {task} is {status}"), async || {
        let shown = client.get(&path).await?.body;
        (shown["status"] == status).then_some(shown)
    })
    .await
}
