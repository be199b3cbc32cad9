//! Two nodes are restarted in turn under load: whoever goes to the other one, as a node asks for with its last answers
//! and when it refuses the connection, has no failed request; and each node ends soon. All clients keep their
//! connections open. One that is idle is closed in order, and one with a request under way gets its answer first.

use std::time::Duration;

use rand::Rng as _;
use rustix::process::Signal;
use serde_json::json;
use tokio::time::Instant;

use crate::judge::{assert_every_type, assert_finds_planted_defects, assert_whole};
use crate::kept_alive::KeptAlive;
use crate::load::Load;
use crate::nodes::Nodes;
use crate::proof::{Proof, Times, between_ms};
use crate::tour::tour;

const RESTARTS: usize = 20;
const CLIENTS: usize = 8;
const ENDS_WITHIN: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn drain() {
    let mut proof = Proof::new("drain", RESTARTS);
    let mut random = proof.random();
    let mut nodes = Nodes::start(2).await;
    let mut guide = nodes.client("guide");
    tour(&mut guide, &nodes.database, "Tour").await;
    let mut load = Load::start(&nodes.door, CLIENTS, random.random());
    let mut ending = Times::default();
    while proof.next_case() {
        load.work_for(between_ms(&mut random, 200, 800)).await;
        let node = proof.cases() % 2;
        let idle = KeptAlive::open(&nodes.door, node).await.used().await;
        let mut busy = KeptAlive::open(&nodes.door, node).await.used().await;
        let wish = json!({ "name": format!("Under way {}", proof.cases()) }).to_string();
        busy.begin("/projects", &wish).await;
        let asked = Instant::now();
        let (status, ()) = tokio::join!(nodes.end_node(node, Signal::TERM), both_end_well(idle, busy, &wish));
        assert!(status.success(), "{status}");
        ending.push(asked.elapsed());
        load.work_for(between_ms(&mut random, 1, 300)).await;
        nodes.start_node(node).await;
    }
    let mut clients = load.stop().await;
    clients.push(guide);
    let failed: usize = clients.iter().map(|client| client.cut_off + client.unavailable.len()).sum();
    let went_on: usize = clients.iter().map(|client| client.went_on).sum();
    proof.figure("failed_requests", failed);
    proof.figure("went_to_the_other_node", went_on);
    proof.figure("ended", ending.summary());
    let faults: Vec<_> = clients.iter().flat_map(|client| &client.faults).collect();
    assert_eq!(failed, 0, "requests failed: {faults:#?}");
    // The twin: the restarts were felt, so clients with one address only would have failed.
    assert!(went_on > 0, "no client met a node that went away");
    assert!(ending.longest() <= ENDS_WITHIN, "{}", ending.summary());
    proof.figure("judged", assert_whole(&nodes.database, &clients).await.figures());
    assert_every_type(&nodes.database).await;
    assert_finds_planted_defects(&nodes.database, &clients).await;
    nodes.remove().await;
    proof.holds();
}

/// The idle connection is closed while the node still runs, since the other one has its answer to come.
async fn both_end_well(mut idle: KeptAlive, mut busy: KeptAlive, wish: &str) {
    idle.closed().await;
    let answered = busy.finish(wish).await;
    assert_eq!((answered.status, answered.closes), (201, true), "{answered:?}");
    busy.closed().await;
}
