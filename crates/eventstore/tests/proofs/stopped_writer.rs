//! The appending process is stopped (SIGSTOP) at random instants: a second node goes on as if nothing were,
//! because no lock is held across a client's round trip.

use std::time::{Duration, Instant};

use eventstore::Store;
use kernel::OrgId;
use rand::Rng as _;
use rustix::process::Signal;
use sqlx::Connection as _;

use crate::evidence::{self, Journal, assert_clean};
use crate::process::LogWriter;
use crate::proof::{Proof, Times, between_ms};
use crate::support::{TestDb, execute, item, org, stream_id};

const STOPS: usize = 200;
/// Longer than the limit, or a lock that is held meanwhile would not show.
const STOPPED: Duration = Duration::from_millis(600);
const LIMIT_MS: f64 = 500.0;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stopped_writer() {
    let mut proof = Proof::new("stopped_writer", STOPS);
    let mut random = proof.random();
    let db = TestDb::new().await;
    let mut admin = db.admin().await;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("journal");
    let writer = LogWriter::new(db.app_url(), &path);
    let mut running = writer.start(random.random());
    running.ready().await;
    let (node, org) = (db.store(), org());
    let (mut all, mut worst) = (Times::default(), Times::default());
    while proof.next_case() {
        running.work(between_ms(&mut random, 1, 60)).await;
        running.signal(Signal::STOP);
        let times = append_for(&node, org, STOPPED).await;
        running.signal(Signal::CONT);
        worst.push(times.longest());
        all.extend(times);
    }
    running.kill().await;
    writer.settle(random.random()).await;

    let report = evidence::of_the_log(&mut admin).await;
    assert_clean(&report);
    let journal = Journal::read(&path);
    assert_eq!(journal.unsettled(), 0, "a command was not settled");
    proof.figure("stops", proof.cases());
    proof.figure("append", all.summary());
    proof.figure("longest_append_of_each_stop", worst.summary());
    assert!(all.percentile_ms(99.0) <= LIMIT_MS, "{}", all.summary());
    // Most appends meet no stop under way, so the longest of each stop is what a held lock would show in.
    assert!(worst.percentile_ms(99.0) <= LIMIT_MS, "{}", worst.summary());

    // The twin: a client that stands still while it holds the head.
    let mut still = admin.begin().await.unwrap();
    execute(&mut still, "select 1 from es.log_head for update").await;
    let held = tokio::spawn({
        let node = node.clone();
        async move { append_for(&node, org, STOPPED).await }
    });
    tokio::time::sleep_until((Instant::now() + STOPPED).into()).await;
    still.rollback().await.unwrap();
    let held = held.await.unwrap().longest();
    assert!(held.as_secs_f64() * 1000.0 > LIMIT_MS, "a held lock was not seen: {held:?}");
    proof.holds();
}

/// Appends one after the other for a while.
async fn append_for(node: &Store, org: OrgId, time: Duration) -> Times {
    let mut times = Times::default();
    let until = Instant::now() + time;
    while Instant::now() < until {
        let began = Instant::now();
        node.append(item(org, &stream_id(), 0)).await.unwrap();
        times.push(began.elapsed());
    }
    times
}
