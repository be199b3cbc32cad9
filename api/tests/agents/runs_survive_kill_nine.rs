//! Workers of agents and whole servers are killed at any moment, with eight runs in flight: no task is lost and none is completed
//! twice, each run ends once, no process of a sandbox outlives it, and what an agent had committed is there.

use std::time::{Duration, Instant};

use rand::Rng as _;
use rand::rngs::StdRng;
use serde_json::json;

use crate::batch::{Batch, STEPS};
use crate::marks::{Known, marked, tree, until_gone, workers};
use crate::place::Place;
use crate::proof::{Proof, Times};
use crate::support::eventually;
use crate::support::workshop::sandboxes;

const KILLS: usize = 50;
const RUNS: usize = 8;
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn runs_survive_kill_nine() {
    if !sandboxes() {
        return;
    }
    let mut proof = Proof::new("runs_survive_kill_nine", KILLS);
    let mut random = proof.random();
    let mut place = Place::open(RUNS, Vec::new()).await;
    place.begins_by_itself().await;
    let (mut gone, mut runs, mut tokens, mut lost) = (Times::default(), 0, 0, 0);
    let (mut of_worker, mut of_server) = (0, 0);
    let mut last = None;
    while proof.next_case() {
        let batch = Batch::plan(&place.workshop, RUNS, random.random()).await;
        let steps = random.random_range(0..RUNS * STEPS);
        batch.has_done(&place.workshop, steps).await;
        let server = proof.cases().is_multiple_of(2);
        let went = if server {
            of_server += 1;
            kill_the_server(&mut place, &batch).await
        } else {
            of_worker += 1;
            match kill_a_worker(&place, &batch, &mut random).await {
                Some(went) => went,
                // All was done by then: the next one is asked for earlier.
                None => kill_one_of_another(&place, &mut random).await,
            }
        };
        gone.push(went);
        let found = batch.judged(&place.workshop).await;
        let whom = if server { "server" } else { "worker" };
        println!("{whom}: after {steps} steps, {} runs: {:?}", found.runs, found.codes);
        runs += found.runs;
        tokens += found.tokens;
        lost += found.runs - RUNS;
        last = Some(batch);
    }
    assert!(lost > 0, "no kill met a run");
    proof.figure("killed", json!({ "workers": of_worker, "servers": of_server }));
    proof.figure("runs", runs);
    proof.figure("runs_cut_off", lost);
    proof.figure("tokens_kept", tokens);
    proof.figure("processes_gone", gone.summary());
    last.expect("there were cases").finds_planted_defects(&place.workshop).await;
    proof.holds();
}

/// All processes of its sandboxes end; how soon.
async fn kill_the_server(place: &mut Place, batch: &Batch) -> Duration {
    let killed = place.kill().await;
    // Nobody starts another one now: whoever is still there is one of before.
    let went = until_gone(&marked(batch.mark()), killed).await;
    place.start_again().await;
    went
}

/// All that has begun in its sandbox ends; how soon. None when the workers of the batch have all ended by themselves.
async fn kill_a_worker(place: &Place, batch: &Batch, random: &mut StdRng) -> Option<Duration> {
    loop {
        let all = eventually(PATIENCE, "a worker, or the end of all", async || {
            let all = workers(place.server());
            (!all.is_empty() || batch.is_done(&place.workshop).await).then_some(all)
        })
        .await;
        if all.is_empty() {
            return None;
        }
        let victim: Known = all[random.random_range(0..all.len())];
        let its = tree(victim.pid);
        if victim.kill() {
            return Some(until_gone(&its, Instant::now()).await);
        }
    }
}

/// The same in a batch of its own, which is judged too, at its first step.
async fn kill_one_of_another(place: &Place, random: &mut StdRng) -> Duration {
    let batch = Batch::plan(&place.workshop, RUNS, random.random()).await;
    batch.has_done(&place.workshop, 1).await;
    let went = kill_a_worker(place, &batch, random).await.expect("eight agents have a step behind them");
    batch.judged(&place.workshop).await;
    went
}
