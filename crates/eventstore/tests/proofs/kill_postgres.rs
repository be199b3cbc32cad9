//! Postgres is killed under load, again and again. Writers see that it is unavailable, send the same commands
//! again, and nothing acknowledged is lost.

use std::time::Duration;

use embedded::State;
use eventstore::relcheck::Rule;
use rand::Rng as _;
use rustix::process::{Pid, Signal, kill_process};
use tokio::time::timeout;

use crate::cluster::Cluster;
use crate::evidence::{self, Journal, assert_clean, assert_finds};
use crate::process::LogWriter;
use crate::proof::{Proof, Times, between_ms};

const KILLS: usize = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_postgres() {
    let cluster = Cluster::start().await;
    let mut proof = Proof::new("kill_postgres", KILLS);
    let mut random = proof.random();
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("journal");
    let writer = LogWriter::new(cluster.app_url(), &path);
    let mut running = writer.start(random.random());
    running.ready().await;
    let server = cluster.scratch.server();
    let mut back = Times::default();
    while proof.next_case() {
        // It goes on by itself: a writer that met anything but `Unavailable` would have ended.
        running.work(between_ms(&mut random, 200, 1_500)).await;
        let killed = server.pid().expect("it runs");
        let began = std::time::Instant::now();
        kill_process(Pid::from_raw(i32::try_from(killed).unwrap()).unwrap(), Signal::KILL).unwrap();
        let mut state = server.state();
        let ready = state.wait_for(|state| matches!(state, State::Ready { pid } if *pid != killed));
        timeout(Duration::from_secs(60), ready).await.expect("it comes back").unwrap();
        back.push(began.elapsed());
        wait_for_an_append(&cluster, &mut running).await;
    }
    running.kill().await;
    writer.settle(random.random()).await;

    let mut admin = cluster.admin().await;
    let journal = Journal::read(&path);
    let report = evidence::against_the_journal(&mut admin, &journal).await;
    assert_clean(&report);
    assert_eq!(journal.unsettled(), 0, "a command was not settled");
    assert!(journal.unknown() >= proof.cases(), "a kill met no call: {}", journal.unknown());
    proof.figure("kills", proof.cases());
    proof.figure("acknowledged", report.acknowledged);
    proof.figure("calls_without_an_answer", journal.unknown());
    proof.figure("back_after", back.summary());

    // The twin: one event of the same data is removed.
    evidence::plant_a_loss(&mut admin).await;
    assert_finds(&evidence::against_the_journal(&mut admin, &journal).await, Rule::Hole);
    proof.holds();
    cluster.scratch.stop().await;
}

/// The writer has found the new server.
async fn wait_for_an_append(cluster: &Cluster, running: &mut crate::process::Running) {
    let reader = cluster.store().reader();
    let before = reader.head().await.unwrap();
    for _ in 0..600 {
        running.work(Duration::from_millis(50)).await;
        if reader.head().await.unwrap() > before {
            return;
        }
    }
    panic!("the writer does not go on after Postgres came back");
}
