//! The event bus is away under load: no command fails, pages hear everything, at most 2 s late, and what the bus missed is
//! there when it is back.

use std::time::Duration;

use rand::Rng as _;
use tokio::time::Instant;

use crate::bus_log;
use crate::load::Load;
use crate::place::Place;
use crate::proof::{Proof, Times};
use crate::viewer::{Viewer, assert_finds_what_is_wrong, assert_saw_all};

const ABSENCES: usize = 5;
const CLIENTS: usize = 2;
const LATE: Duration = Duration::from_secs(2);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nats_away() {
    let mut proof = Proof::new("nats_away", ABSENCES);
    let mut random = proof.random();
    let away = Duration::from_secs(if proof.is_full() { 60 } else { 3 });
    let mut place = Place::start().await;
    let viewer = Viewer::start(&place.site.door);
    let mut load = Load::start(&place.site.door, CLIENTS, random.random());
    let (mut late, mut whole) = (Times::default(), Times::default());
    while proof.next_case() {
        place.nats.halt().await;
        let until = Instant::now() + away;
        while Instant::now() < until {
            load.work_for(Duration::from_millis(200)).await;
            let (head, asked) = (place.head().await, Instant::now());
            let mut at = viewer.at();
            at.wait_for(|at| *at >= head).await.expect("the viewer goes on");
            late.push(asked.elapsed());
        }
        place.nats.resume().await.expect("a server");
        whole.push(place.bus_is_whole().await);
    }
    let clients = load.stop().await;
    let head = place.head().await;
    place.bus_is_whole().await;
    let failed: usize = clients.iter().map(|client| client.unavailable.len() + client.cut_off).sum();
    assert_eq!(failed, 0, "no command notices that the bus is away");
    let seen = viewer.seen_up_to(head).await;
    assert_saw_all(&seen, head);
    assert_finds_what_is_wrong(&seen);
    assert_eq!(seen.sockets, 1, "a socket lives through it");
    let found = bus_log::assert_is_the_log(&place, head).await;
    proof.figure("pages_late", late.summary());
    proof.figure("bus_whole_again", whole.summary());
    proof.figure("messages_validated", found.messages);
    assert!(late.longest() <= LATE, "{}", late.summary());
    bus_log::assert_finds_planted_defects(&place).await;
    proof.holds();
    place.end().await;
}
