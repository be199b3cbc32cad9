//! The database stands still for twenty seconds, or dies, in the middle of runs: they go on or end by name, and nothing is lost or
//! doubled.

use std::time::{Duration, Instant};

use rand::Rng as _;
use rustix::process::Signal;

use crate::batch::{Batch, STEPS};
use crate::place::Place;
use crate::proof::Proof;
use crate::support::workshop::sandboxes;
use crate::support::{descendants, eventually, signal};

const OUTAGES: usize = 10;
const RUNS: usize = 4;
/// Longer than a lease lives without its keeper.
const AWAY: Duration = Duration::from_secs(20);
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn runs_survive_their_database() {
    if !sandboxes() {
        return;
    }
    let mut proof = Proof::new("runs_survive_their_database", OUTAGES);
    let mut random = proof.random();
    let place = Place::open(RUNS, Vec::new()).await;
    place.begins_by_itself().await;
    let (mut runs, mut tokens) = (0, 0);
    while proof.next_case() {
        let batch = Batch::plan(&place.workshop, RUNS, random.random()).await;
        let steps = random.random_range(0..RUNS * STEPS);
        batch.has_done(&place.workshop, steps).await;
        if proof.cases().is_multiple_of(2) {
            dies(&place);
        } else {
            stands_still(&place).await;
        }
        answers(&place).await;
        let found = batch.judged(&place.workshop).await;
        println!("after {steps} steps, {} runs: {:?}", found.runs, found.codes);
        runs += found.runs;
        tokens += found.tokens;
    }
    proof.figure("runs", runs);
    proof.figure("tokens_kept", tokens);
    proof.holds();
}

/// The postmaster comes first.
fn postgres(place: &Place) -> Vec<u32> {
    let all = descendants(place.server()).into_iter().filter(|(_, name)| name == "postgres");
    all.map(|(pid, _)| pid).collect()
}

/// It is started again by the server.
fn dies(place: &Place) {
    signal(postgres(place)[0], Signal::KILL);
}

/// Its processes are there and do nothing; the server says so meanwhile.
async fn stands_still(place: &Place) {
    let all = postgres(place);
    all.iter().for_each(|pid| signal(*pid, Signal::STOP));
    let stopped = Instant::now();
    eventually(2 * AWAY, "it was away for long enough, and that is said", async || {
        let said = place.workshop.api.up.status_of("/readyz").await;
        (stopped.elapsed() >= AWAY && said == Some(503)).then_some(())
    })
    .await;
    all.iter().for_each(|pid| signal(*pid, Signal::CONT));
}

async fn answers(place: &Place) {
    eventually(PATIENCE, "it answers again", async || {
        let said = place.workshop.api.up.status_of("/readyz").await;
        (said == Some(200)).then_some(())
    })
    .await;
}
