//! The whole program, and with it the relay and the hub, is killed at random instants under load: nothing is missing on the
//! bus, every page goes on where it was, and both are there again soon.

use rand::Rng as _;
use tokio::time::Instant;

use crate::bus_log;
use crate::load::Load;
use crate::place::Place;
use crate::proof::{Proof, Times, between_ms};
use crate::viewer::{Viewer, assert_finds_what_is_wrong, assert_saw_all};

const KILLS: usize = 50;
const CLIENTS: usize = 4;
const VIEWERS: usize = 4;
/// From the moment at which the new process answers until the bus holds the log.
const BUS_WHOLE_MS: f64 = 2_000.0;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_api() {
    let mut proof = Proof::new("kill_api", KILLS);
    let mut random = proof.random();
    let mut place = Place::start().await;
    let viewers: Vec<Viewer> = (0..VIEWERS).map(|_| Viewer::start(&place.site.door)).collect();
    let mut load = Load::start(&place.site.door, CLIENTS, random.random());
    let (mut whole, mut back) = (Times::default(), Times::default());
    while proof.next_case() {
        load.work_for(between_ms(&mut random, 1, 800)).await;
        let killed = Instant::now();
        place.site.kill().await;
        place.site.start_again().await;
        whole.push(place.bus_is_whole().await);
        back.push(killed.elapsed());
    }
    load.stop().await;
    let head = place.head().await;
    place.bus_is_whole().await;

    let mut sockets = 0;
    for viewer in viewers {
        let seen = viewer.seen_up_to(head).await;
        assert_saw_all(&seen, head);
        assert_finds_what_is_wrong(&seen);
        sockets += seen.sockets;
    }
    assert!(sockets > VIEWERS, "no kill met a socket");
    let found = bus_log::assert_is_the_log(&place, head).await;
    proof.figure("bus_whole_after_start", whole.summary());
    proof.figure("bus_whole_after_kill", back.summary());
    proof.figure("messages_validated", found.messages);
    proof.figure("sockets", sockets);
    if proof.is_full() {
        assert!(whole.percentile_ms(99.0) <= BUS_WHOLE_MS, "{}", whole.summary());
    }
    bus_log::assert_finds_planted_defects(&place).await;
    proof.holds();
    place.end().await;
}
