//! Two nodes are restarted in turn under load: whoever goes to the other one, as a node asks for with its last answers
//! and when it refuses the connection, has no failed request; and each node ends soon.

use std::time::Duration;

use rand::Rng as _;
use rustix::process::Signal;
use tokio::time::Instant;

use crate::judge::{assert_every_type, assert_finds_planted_defects, assert_whole};
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
        let asked = Instant::now();
        let status = nodes.end_node(node, Signal::TERM).await;
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
