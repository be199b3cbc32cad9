//! The appending process is killed at random instants under load; it settles what it does not know by
//! sending it again. Nothing acknowledged is lost, nothing acts twice, the order is kept.

use eventstore::relcheck::Rule;
use rand::Rng as _;

use crate::evidence::{self, Journal, assert_clean, assert_finds};
use crate::process::LogWriter;
use crate::proof::{Proof, between_ms};
use crate::support::TestDb;

const KILLS: usize = 50;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_writer() {
    let mut proof = Proof::new("kill_writer", KILLS);
    let mut random = proof.random();
    let db = TestDb::new().await;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("journal");
    let writer = LogWriter::new(db.app_url(), &path);
    let mut unsettled = 0;
    let longest_ms = if proof.is_full() { 1_000 } else { 250 };
    while proof.next_case() {
        let mut running = writer.start(random.random());
        running.ready().await;
        running.work(between_ms(&mut random, 1, longest_ms)).await;
        running.kill().await;
        unsettled += Journal::read(&path).unsettled();
    }
    writer.settle(random.random()).await;

    let journal = Journal::read(&path);
    let mut admin = db.admin().await;
    let report = evidence::against_the_journal(&mut admin, &journal).await;
    assert_clean(&report);
    assert_eq!(journal.unsettled(), 0, "a command was not settled");
    assert!(unsettled > 0, "no kill met a call under way");
    assert!(report.refused > 0, "no command was refused: the load is not mixed");
    proof.figure("kills", proof.cases());
    proof.figure("acknowledged", report.acknowledged);
    proof.figure("refused", report.refused);
    proof.figure("unsettled_at_a_kill", unsettled);

    // The twin: one event of the same data is removed.
    evidence::plant_a_loss(&mut admin).await;
    assert_finds(&evidence::against_the_journal(&mut admin, &journal).await, Rule::Hole);
    proof.holds();
}
