//! The event bus loses everything, again and again, under load: it is filled from the log, and nobody misses anything.

use rand::Rng as _;

use crate::bus_log;
use crate::load::Load;
use crate::place::Place;
use crate::proof::{Proof, Times, between_ms};
use crate::viewer::{Viewer, assert_finds_what_is_wrong, assert_saw_all};

const TIMES: usize = 20;
const CLIENTS: usize = 4;
/// For each 100,000 events; these logs are smaller.
const WHOLE_MS: f64 = 60_000.0;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nats_wiped() {
    let mut proof = Proof::new("nats_wiped", TIMES);
    let mut random = proof.random();
    let mut place = Place::start().await;
    let viewer = Viewer::start(&place.site.door);
    let mut whole = Times::default();
    while proof.next_case() {
        let mut load = Load::start(&place.site.door, CLIENTS, random.random());
        load.work_for(between_ms(&mut random, 200, 1_500)).await;
        place.wipe().await;
        whole.push(place.bus_is_whole().await);
        // Reading all of it takes longer than making it: a load that went on meanwhile would be ever more to read.
        load.stop().await;
        let head = place.head().await;
        place.bus_is_whole().await;
        bus_log::assert_is_the_log(&place, head).await;
    }
    let head = place.head().await;
    let seen = viewer.seen_up_to(head).await;
    assert_saw_all(&seen, head);
    assert_finds_what_is_wrong(&seen);
    let found = bus_log::assert_is_the_log(&place, head).await;
    proof.figure("whole_again", whole.summary());
    proof.figure("messages_validated", found.messages);
    assert!(whole.percentile_ms(100.0) <= WHOLE_MS, "{}", whole.summary());
    bus_log::assert_finds_planted_defects(&place).await;
    proof.holds();
    place.end().await;
}
