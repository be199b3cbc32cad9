//! Somebody leaves a transaction open that has read the log and written elsewhere: writers and readers go on as if
//! nothing had happened.

use std::time::Duration;

use rand::Rng as _;
use serde_json::json;
use sqlx::Executor as _;

use crate::client::{Client, read};
use crate::judge::{assert_finds_planted_defects, assert_whole};
use crate::load::Load;
use crate::proof::{Proof, Times};
use crate::site::Site;

const CLIENTS: usize = 4;
/// How much slower the slowest of a hundred may be: what one measurement differs from the next.
const SLACK_MS: f64 = 60.0;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn open_transaction() {
    let mut proof = Proof::new("open_transaction", 1);
    let mut random = proof.random();
    assert!(proof.next_case(), "there is one case");
    let open_for = Duration::from_secs(if proof.is_full() { 60 } else { 10 });
    let site = Site::start().await;
    let database = site.database();

    let (before, mut clients) = measured(&site, open_for, random.random()).await;
    let mut session = database.admin().await;
    for statement in [
        "create table public.elsewhere (n integer)",
        "begin isolation level repeatable read",
        "insert into public.elsewhere values (1)",
        "select count(*) from es.events",
    ] {
        session.execute(statement).await.expect("an admin may");
    }
    let (during, others) = measured(&site, open_for, random.random()).await;
    session.execute("select count(*) from es.events").await.expect("it is still open");
    session.execute("rollback").await.expect("it is still open");
    clients.extend(others);

    for (what, before, during) in
        [("commands", &before.commands, &during.commands), ("reads", &before.reads, &during.reads)]
    {
        proof.figure(&format!("{what}_before"), before.summary());
        proof.figure(&format!("{what}_during"), during.summary());
        let (before, during) = (before.percentile_ms(99.0), during.percentile_ms(99.0));
        assert!(during <= before * 1.5 + SLACK_MS, "{what}: p99 {before} ms before, {during} ms during");
    }
    proof.figure("open_for_s", open_for.as_secs());
    proof.figure("judged", assert_whole(&database, &clients).await.figures());
    assert_finds_planted_defects(&database, &clients).await;
    proof.holds();
}

struct Measured {
    commands: Times,
    /// Reads of what was just written: the read model has to come to it.
    reads: Times,
}

async fn measured(site: &Site, time: Duration, seed: u64) -> (Measured, Vec<Client>) {
    let mut load = Load::start(&site.door, CLIENTS, seed);
    let mut reader = site.client(&format!("reader {seed}"));
    let reads = tokio::select! {
        reads = read_own_writes(&mut reader, time, seed) => reads,
        () = load.work_for(time * 10) => unreachable!("the reader is done before"),
    };
    let mut clients = load.stop().await;
    clients.push(reader);
    let mut commands = Times::default();
    clients.iter_mut().for_each(|client| commands.extend(std::mem::take(&mut client.settled)));
    (Measured { commands, reads }, clients)
}

/// Writes and reads what was written, for this time.
async fn read_own_writes(client: &mut Client, time: Duration, seed: u64) -> Times {
    let mut reads = Times::default();
    let begun = tokio::time::Instant::now();
    let project = client.done("/projects", &json!({ "name": format!("Open {seed:x}") })).await.id();
    let mut pace = tokio::time::interval(Duration::from_millis(25));
    let mut n = 0;
    while begun.elapsed() < time {
        pace.tick().await;
        n += 1;
        let rename = json!({ "name": format!("Open {n} {seed:x}") });
        let done = client.done(&format!("/projects/{project}/rename"), &rename).await;
        let asked = tokio::time::Instant::now();
        let position = done.position().expect("a rename is an event").to_string();
        let request = client.request(reqwest::Method::GET, &format!("/projects/{project}"));
        let shown = read(request.header("Omoi-Min-Position", position)).await.expect("an answer");
        assert_eq!(shown.status, 200, "{shown:?}");
        reads.push(asked.elapsed());
    }
    reads
}
