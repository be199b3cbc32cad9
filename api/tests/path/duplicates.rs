//! The same command a hundred times at once: it acts once, and everybody gets the same answer.

use std::collections::BTreeSet;

use kernel::Uuid;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::client::{Client, read};
use crate::database::Database;
use crate::judge::assert_whole;
use crate::proof::Proof;
use crate::site::Site;

const ROUNDS: usize = 100;
const AT_ONCE: usize = 100;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn duplicates() {
    let mut proof = Proof::new("duplicates", ROUNDS);
    let site = Site::start().await;
    let database = site.database();
    let mut client = site.client("client");
    let project = client.done("/projects", &json!({ "name": "Payments" })).await.id();
    let wish = json!({ "title": "Take cards", "phase": "design" });
    let ticket = client.done(&format!("/projects/{project}/tickets"), &wish).await.id();
    while proof.next_case() {
        let round = proof.cases();
        let key = format!("round {round}");
        let (path, body) = wish_of(round, &project, &ticket);
        let other = wish_of(round + KINDS, &project, &ticket).1;
        let request = || client.request(Method::POST, &path).json(&body).header("Idempotency-Key", &key);
        let answers = at_once(request).await;
        assert_eq!(answers.len(), 1, "{path}: {answers:?}");
        assert!(answers.iter().all(|(status, ..)| *status < 300), "{path}: {answers:?}");
        let command = site.door.command_id("POST", &path, &key).0;
        assert_eq!(batches(&database, command).await, 1, "{path}");

        let otherwise = client.request(Method::POST, &path).json(&other).header("Idempotency-Key", &key);
        let refused = read(otherwise).await.expect("an answer");
        assert_eq!((refused.status, refused.code()), (422, "idempotency_mismatch"), "{refused:?}");
        assert_eq!(batches(&database, command).await, 1, "{path}");
    }
    proof.figure("at_once", AT_ONCE);
    twin_without_a_key(&client, &ticket).await;
    let verdict = assert_whole(&database, &[client]).await;
    proof.figure("judged", verdict.figures());
    proof.holds();
}

const KINDS: usize = 5;

/// A wish of each kind in turn, none the same as another.
fn wish_of(round: usize, project: &str, ticket: &str) -> (String, Value) {
    match round % KINDS {
        0 => ("/projects".into(), json!({ "name": format!("Project {round}") })),
        1 => (format!("/projects/{project}/tickets"), json!({ "title": format!("Ticket {round}") })),
        2 => (format!("/tickets/{ticket}/tasks"), json!({ "title": format!("Task {round}") })),
        3 => (format!("/tickets/{ticket}/comments"), json!({ "text": format!("Comment {round}") })),
        _ => (format!("/projects/{project}/rename"), json!({ "name": format!("Payments {round}") })),
    }
}

/// The different answers to the same request, sent so often at once: status, position and body.
async fn at_once(request: impl Fn() -> RequestBuilder) -> BTreeSet<(u16, Option<i64>, String)> {
    let mut asked = JoinSet::new();
    for _ in 0..AT_ONCE {
        asked.spawn(read(request()));
    }
    let answers = asked.join_all().await.into_iter().map(|answer| answer.expect("an answer"));
    answers.map(|answer| (answer.status, answer.position(), answer.body.to_string())).collect()
}

/// How many separate batches of events a command has in the log.
async fn batches(database: &Database, command: Uuid) -> i64 {
    let mut connection = database.connect().await;
    sqlx::query_scalar(
        "select count(*) from es.events e where command_id = $1 and not exists \
         (select from es.events before where before.position = e.position - 1 and before.command_id = $1)",
    )
    .bind(command)
    .fetch_one(&mut connection)
    .await
    .expect("the log")
}

/// Without a key every request is a wish of its own, and the same questions show it.
async fn twin_without_a_key(client: &Client, ticket: &str) {
    let path = format!("/tickets/{ticket}/comments");
    let body = json!({ "text": "Again." });
    let answers = at_once(|| client.request(Method::POST, &path).json(&body)).await;
    assert_eq!(answers.len(), AT_ONCE, "each is another comment");
}
