//! The same command a hundred times at once: it acts once, and everybody gets the same answer; or it is refused, to
//! everybody for the same reason, and still is when what was in the way has gone.

use std::collections::BTreeSet;

use kernel::Uuid;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::client::{Client, Reply, read};
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
        let answers = told(&at_once(request).await);
        assert_eq!(answers.len(), 1, "{path}: {answers:?}");
        assert!(answers.iter().all(|(status, ..)| *status < 300), "{path}: {answers:?}");
        let command = site.door.command_id("POST", &path, &key).0;
        assert_eq!(batches(&database, command).await, 1, "{path}");

        let otherwise = client.request(Method::POST, &path).json(&other).header("Idempotency-Key", &key);
        let refused = read(otherwise).await.expect("an answer");
        assert_eq!((refused.status, refused.code()), (422, "idempotency_mismatch"), "{refused:?}");
        assert_eq!(batches(&database, command).await, 1, "{path}");
        a_refusal_is_repeated(&site, &mut client, round, &ticket).await;
    }
    proof.figure("at_once", AT_ONCE);
    twin_without_a_key(&client, &ticket).await;
    twin_of_a_refusal(&mut client, &ticket).await;
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

/// Nobody has this id.
const NOBODY: &str = "00000000-0000-4000-8000-000000000000";
const REFUSALS: usize = 4;

/// A wish that is refused: by the state of a stream, by a guard over all of them, because there is no such stream, and
/// before any stream is asked. With its status and code.
fn refused_wish_of(round: usize, ticket: &str) -> (String, Value, (u16, &'static str)) {
    match round % REFUSALS {
        0 => (format!("/tickets/{ticket}/unblock"), json!({}), (422, "not_blocked")),
        1 => ("/projects".into(), json!({ "name": "Payments" }), (409, "taken")),
        2 => (format!("/tickets/{NOBODY}/comments"), json!({ "text": "Hello?" }), (404, "not_found")),
        _ => {
            let on = json!({ "on": NOBODY });
            (format!("/tickets/{ticket}/dependencies"), on, (422, "unknown_prerequisite"))
        }
    }
}

async fn a_refusal_is_repeated(site: &Site, client: &mut Client, round: usize, ticket: &str) {
    let (path, body, (status, code)) = refused_wish_of(round, ticket);
    let key = format!("refused {round}");
    let request =
        |client: &Client| client.request(Method::POST, &path).json(&body).header("Idempotency-Key", &key);
    let refused = reasons(&at_once(|| request(client)).await);
    assert_eq!(refused, [(status, code.to_owned())].into(), "{path}");
    if code == "not_blocked" {
        client.done(&format!("/tickets/{ticket}/block"), &json!({ "reason": "no printer" })).await;
        let again = read(request(client)).await.expect("an answer");
        assert_eq!((again.status, again.code()), (status, code), "it could act now: {again:?}");
        client.done(&path, &body).await;
    }
    let command = site.door.command_id("POST", &path, &key).0;
    assert_eq!(batches(&site.database(), command).await, 0, "{path}");
}

/// The different answers: status, position and body.
fn told(replies: &[Reply]) -> BTreeSet<(u16, Option<i64>, String)> {
    replies.iter().map(|reply| (reply.status, reply.position(), reply.body.to_string())).collect()
}

/// The different answers without their words, which say of a repeated refusal that it is one: status and code.
fn reasons(replies: &[Reply]) -> BTreeSet<(u16, String)> {
    replies.iter().map(|reply| (reply.status, reply.code().to_owned())).collect()
}

/// The answers to the same request, sent so often at once.
async fn at_once(request: impl Fn() -> RequestBuilder) -> Vec<Reply> {
    let mut asked = JoinSet::new();
    for _ in 0..AT_ONCE {
        asked.spawn(read(request()));
    }
    asked.join_all().await.into_iter().map(|answer| answer.expect("an answer")).collect()
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
    assert_eq!(told(&answers).len(), AT_ONCE, "each is another comment");
}

/// And of the same wish without a key one acts, which the others are refused for.
async fn twin_of_a_refusal(client: &mut Client, ticket: &str) {
    client.done(&format!("/tickets/{ticket}/block"), &json!({ "reason": "no printer" })).await;
    let path = format!("/tickets/{ticket}/unblock");
    let answers = at_once(|| client.request(Method::POST, &path).json(&json!({}))).await;
    assert_eq!(reasons(&answers).len(), 2, "{:?}", reasons(&answers));
}
