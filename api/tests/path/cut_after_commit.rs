//! The line to the database breaks in the middle of appends: after the commit, before it is known, with silence, a
//! byte at a time. What was asked for is there once, and its answer comes in the end.

use std::collections::BTreeMap;

use rand::Rng as _;
use rustix::process::Signal;
use serde_json::json;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::client::Client;
use crate::judge::{assert_every_type, assert_finds_planted_defects, assert_whole};
use crate::nodes::Nodes;
use crate::proof::{Proof, Times};
use crate::proxy::{Fault, Harm, Proxy};
use crate::tour::tour;

const AMBIGUOUS: usize = 10_000;
const PERCENT: u32 = 20;
const CLIENTS: usize = 32;
/// Also in a short run, so that the worst of the faults is among them.
const FEWEST: usize = 200;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cut_after_commit() {
    let mut proof = Proof::new("cut_after_commit", AMBIGUOUS);
    let mut random = proof.random();
    let mut nodes = Nodes::start(1).await;
    let mut guide = nodes.client("guide");
    tour(&mut guide, &nodes.database, "Tour").await;
    nodes.end_node(0, Signal::TERM).await;
    let (proxy, mut harms) = Proxy::start(&nodes.database, random.random()).await;
    nodes.start_node_at(0, &proxy.url).await;

    let stop = CancellationToken::new();
    let mut working = JoinSet::new();
    for n in 0..CLIENTS {
        working.spawn(write(nodes.client(&format!("writer {n}")), stop.clone()));
    }
    proxy.set_faults(PERCENT);
    let mut met = BTreeMap::<Fault, usize>::new();
    let mut left = 0;
    while proof.next_case_or(proof.cases() < FEWEST || !met.contains_key(&Fault::AfterCommit)) {
        if left == 0 {
            let harm = next(&mut harms, &mut working).await;
            *met.entry(harm.fault).or_default() += 1;
            left = harm.commands;
        }
        left -= 1;
    }
    proxy.set_faults(0);
    stop.cancel();
    let mut clients = working.join_all().await;
    clients.push(guide);

    let verdict = assert_whole(&nodes.database, &clients).await;
    assert_every_type(&nodes.database).await;
    let mut waited = Times::default();
    let unknown: usize = clients.iter().map(|client| client.unavailable.len() + client.cut_off).sum();
    clients.iter_mut().for_each(|client| waited.extend(std::mem::take(&mut client.settled)));
    proof.figure(
        "faults",
        json!(met.iter().map(|(fault, n)| (format!("{fault:?}"), n)).collect::<BTreeMap<_, _>>()),
    );
    proof.figure("answers_that_did_not_tell", unknown);
    proof.figure("settled_after", waited.summary());
    proof.figure("judged", verdict.figures());
    assert_finds_planted_defects(&nodes.database, &clients).await;
    nodes.remove().await;
    proof.holds();
}

/// The next line that was harmed. No client may give up meanwhile.
async fn next(harms: &mut UnboundedReceiver<Harm>, working: &mut JoinSet<Client>) -> Harm {
    tokio::select! {
        harm = harms.recv() => harm.expect("the network is there"),
        ended = working.join_next() => {
            ended.expect("there are clients").expect("a client gave up");
            panic!("a client ended by itself");
        }
    }
}

/// Gives a card of one's own another place again and again.
async fn write(mut client: Client, stop: CancellationToken) -> Client {
    let name = json!({ "name": format!("Cut {}", client.name()) });
    let project = client.done("/projects", &name).await.id();
    let wish = json!({ "title": "Take cards", "phase": "design" });
    let ticket = client.done(&format!("/projects/{project}/tickets"), &wish).await.id();
    let path = format!("/tickets/{ticket}/reorder");
    for place in ["i", "k"].iter().cycle() {
        if stop.is_cancelled() {
            break;
        }
        client.done(&path, &json!({ "position": place })).await;
    }
    client
}
