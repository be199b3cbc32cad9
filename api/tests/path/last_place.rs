//! Sixteen tickets are moved into the last place of a column at once: exactly one gets it.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::client::{Client, read};
use crate::judge::assert_whole;
use crate::proof::Proof;
use crate::site::Site;

const ROUNDS: usize = 100;
const AT_ONCE: usize = 16;
const LIMIT: usize = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn last_place() {
    let mut proof = Proof::new("last_place", ROUNDS);
    let site = Site::start().await;
    let mut client = site.client("client");
    let project = client.done("/projects", &json!({ "name": "Payments" })).await.id();
    configure(&mut client, &project, Some(LIMIT)).await;
    let mut tickets = Vec::new();
    for n in 0..AT_ONCE + LIMIT - 1 {
        let phase = if n < AT_ONCE { "design" } else { "implementation" };
        let wish = json!({ "title": format!("Ticket {n}"), "phase": phase });
        tickets.push(client.done(&format!("/projects/{project}/tickets"), &wish).await.id());
    }
    tickets.truncate(AT_ONCE);
    let mut wins = BTreeMap::<String, usize>::new();
    while proof.next_case() {
        let winners = race(&client, &tickets).await;
        assert_eq!(winners.len(), 1, "the last place was taken {} times", winners.len());
        client.done(&format!("/tickets/{}/move", winners[0]), &json!({ "phase": "design" })).await;
        *wins.entry(winners[0].clone()).or_default() += 1;
    }
    // The twin: without a limit the same race has sixteen winners, so the race is a race.
    configure(&mut client, &project, None).await;
    assert_eq!(race(&client, &tickets).await.len(), AT_ONCE, "without a limit all of them take a place");
    assert!(!proof.is_full() || wins.len() > 1, "the same ticket won every time: that was no race");
    proof.figure("different_winners", wins.len());
    proof.figure("judged", assert_whole(&site.database(), &[client]).await.figures());
    proof.holds();
}

async fn configure(client: &mut Client, project: &str, limit: Option<usize>) {
    let mut doing = json!({ "id": "doing", "title": "Doing", "phases": ["implementation", "testing"] });
    if let Some(limit) = limit {
        doing["wip_limit"] = Value::from(limit);
    }
    let columns = json!({ "columns": [
        { "id": "todo", "title": "To do", "phases": ["backlog", "requirements", "design"] },
        doing,
        { "id": "done", "title": "Done", "phases": ["deployment", "done"] },
    ] });
    client.done_by(Method::PUT, &format!("/projects/{project}/columns"), &columns).await;
}

/// Moves all of them at once; those that got a place.
async fn race(client: &Client, tickets: &[String]) -> Vec<String> {
    let mut moves = JoinSet::new();
    for ticket in tickets {
        let request = client.request(Method::POST, &format!("/tickets/{ticket}/move"));
        let (request, ticket) = (request.json(&json!({ "phase": "implementation" })), ticket.clone());
        moves.spawn(async move { (ticket, read(request).await.expect("an answer")) });
    }
    let mut winners = Vec::new();
    for (ticket, reply) in moves.join_all().await {
        match (reply.status, reply.code()) {
            (200, _) => winners.push(ticket),
            (409, "full") => {}
            _ => panic!("{reply:?}"),
        }
    }
    winners
}
