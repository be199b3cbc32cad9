//! The whole program is killed at random instants under load and started again: nothing acknowledged is lost,
//! nothing acts twice, and it serves again soon.

use rand::Rng as _;
use tokio::time::Instant;

use crate::judge::{assert_every_type, assert_finds_planted_defects, assert_whole};
use crate::load::Load;
use crate::proof::{Proof, Times, between_ms};
use crate::site::Site;
use crate::tour::tour;

const KILLS: usize = 100;
const CLIENTS: usize = 4;
/// From the kill to the first request that the new process answers, 99 of 100 times.
const SERVES_AGAIN_MS: f64 = 3_000.0;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_api() {
    let mut proof = Proof::new("kill_api", KILLS);
    let mut random = proof.random();
    let mut site = Site::start().await;
    let mut guide = site.client("guide");
    tour(&mut guide, &site.database(), "Tour").await;
    let mut load = Load::start(&site.door, CLIENTS, random.random());
    let mut back = Times::default();
    while proof.next_case() {
        load.work_for(between_ms(&mut random, 1, 800)).await;
        let killed = Instant::now();
        site.kill().await;
        site.start_again().await;
        back.push(killed.elapsed());
    }
    let mut clients = load.stop().await;
    clients.push(guide);

    let database = site.database();
    let verdict = assert_whole(&database, &clients).await;
    assert_every_type(&database).await;
    let cut_off: usize = clients.iter().map(|client| client.cut_off).sum();
    assert!(cut_off > 0, "no kill met a request under way");
    assert!(verdict.report.refused > 0, "no command was refused: the load is not mixed");
    proof.figure("serving_again", back.summary());
    proof.figure("requests_cut_off", cut_off);
    proof.figure("judged", verdict.figures());
    // With the machine to itself; in `make test` others compile and run beside it.
    if proof.is_full() {
        assert!(back.percentile_ms(99.0) <= SERVES_AGAIN_MS, "{}", back.summary());
    }
    assert_finds_planted_defects(&database, &clients).await;
    proof.holds();
}
