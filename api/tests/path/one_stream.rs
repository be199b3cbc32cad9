//! Sixty-four writers on one ticket: on one node nobody loses, from two nodes nearly nobody; and every version is
//! there once.

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::client::Client;
use crate::judge::{assert_finds_planted_defects, assert_whole};
use crate::nodes::Nodes;
use crate::proof::{Proof, Times};

const COMMANDS: usize = 10_000;
const WRITERS: usize = 64;
/// Commands of each writer in a round.
const EACH: usize = 5;
const P99_MS: f64 = 200.0;
/// Of a thousand commands from two nodes.
const LOST_OF_THOUSAND: usize = 1;
/// A short run sends too few commands for a share of a thousand: so many may be lost in any run.
const FEW: usize = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_stream() {
    let mut proof = Proof::new("one_stream", COMMANDS);
    let nodes = Nodes::start(2).await;
    let mut clients = Vec::new();
    for n in 0..WRITERS {
        clients.push(nodes.client(&format!("writer {n}")));
    }
    let project = clients[0].done("/projects", &json!({ "name": "Payments" })).await.id();
    let wish = json!({ "title": "Take cards", "phase": "design" });
    let ticket = clients[0].done(&format!("/projects/{project}/tickets"), &wish).await.id();
    // What is timed is the writing alone.
    clients[0].settled = Times::default();
    let mut on = [Tally::default(), Tally::default()];
    let mut round = 0;
    while proof.next_case() {
        for _ in 1..WRITERS * EACH {
            proof.next_case();
        }
        let nodes_used = round % 2 + 1;
        clients = write(clients, &ticket, nodes_used, round, &mut on[nodes_used - 1]).await;
        round += 1;
    }
    let shown = eventual_version(&clients[0], &ticket, 1 + on[0].acted + on[1].acted).await;
    let verdict = assert_whole(&nodes.database, &clients).await;
    assert_eq!(on[0].lost, 0, "on one node nobody loses");
    let sent = on[1].acted + on[1].lost;
    let may_lose = (sent * LOST_OF_THOUSAND / 1_000).max(FEW);
    assert!(on[1].lost <= may_lose, "{} of {sent} lost from two nodes", on[1].lost);
    for (name, tally) in ["one_node", "two_nodes"].iter().zip(&on) {
        proof.figure(
            name,
            json!({ "acted": tally.acted, "lost": tally.lost, "times": tally.times.summary() }),
        );
    }
    proof.figure("version", shown);
    proof.figure("judged", verdict.figures());
    if proof.is_full() {
        let [one, two] = &on;
        let slowest = one.times.percentile_ms(99.0).max(two.times.percentile_ms(99.0));
        assert!(slowest <= P99_MS, "one node {}, two nodes {}", one.times.summary(), two.times.summary());
    }
    assert_finds_planted_defects(&nodes.database, &clients).await;
    nodes.remove().await;
    proof.holds();
}

#[derive(Default)]
struct Tally {
    acted: usize,
    lost: usize,
    times: Times,
}

/// Every writer gives the card other places, all at once.
async fn write(
    clients: Vec<Client>,
    ticket: &str,
    nodes: usize,
    round: usize,
    tally: &mut Tally,
) -> Vec<Client> {
    let mut writing = JoinSet::new();
    for (n, client) in clients.into_iter().enumerate() {
        let (path, mut client) = (format!("/tickets/{ticket}/reorder"), client.preferring(n % nodes));
        writing.spawn(async move {
            let mut acted = 0;
            for time in 0..EACH {
                // A place that nobody else gives it: none of the commands has nothing to change.
                let place = json!({ "position": format!("a{round}x{n}x{time}z") });
                let reply = client.post(&path, &place).await;
                match (reply.status, reply.code()) {
                    (200, _) => acted += 1,
                    (409, "conflict") => {}
                    _ => panic!("{reply:?}"),
                }
            }
            (acted, client)
        });
    }
    let mut back = Vec::new();
    for (acted, mut client) in writing.join_all().await {
        tally.acted += acted;
        tally.lost += EACH - acted;
        tally.times.extend(std::mem::take(&mut client.settled));
        back.push(client);
    }
    back
}

/// The version that the ticket comes to: one for each command that acted.
async fn eventual_version(client: &Client, ticket: &str, expected: usize) -> Value {
    let path = format!("/tickets/{ticket}");
    let patience = std::time::Duration::from_secs(60);
    crate::support::eventually(patience, "the ticket is at its version", async || {
        let version = client.get(&path).await?.body["version"].clone();
        (version == json!(expected)).then_some(version)
    })
    .await
}
