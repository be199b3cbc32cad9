//! The process dies at each point of an append and of a consumer's page, by name; then it starts again and
//! settles. Every listed point is visited.

use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt as _;
use std::time::{Duration, Instant};

use eventstore::crash_point::POINTS;
use eventstore::relcheck::Rule;
use rand::Rng as _;
use sqlx::PgConnection;

use crate::copier::make_table;
use crate::evidence::{self, Journal, assert_clean, assert_finds};
use crate::process::LogWriter;
use crate::proof::Proof;
use crate::support::TestDb;

const SIGABRT: i32 = 6;
/// Beyond the lease of a consumer that died: the next start may take it.
const LEASE_OVER: Duration = Duration::from_secs(13);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crash_points() {
    let mut proof = Proof::new("crash_points", 2 * POINTS.len());
    let mut random = proof.random();
    let db = TestDb::new().await;
    let mut admin = db.admin().await;
    make_table(&mut admin).await;
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("journal");
    let writer = LogWriter::new(db.app_url(), &path).with(&["--copy", "--streams", "20"]);
    let mut clock = db.clock().await;
    let mut visited = BTreeSet::new();
    // All of them in any tier; the full proof goes round twice, and dies at other instants.
    for point in POINTS.iter().chain(POINTS) {
        if !proof.next_case_or(visited.len() < POINTS.len()) {
            break;
        }
        let time = random.random_range(1..=4);
        let crashed = writer.clone().crashing_at(point, time).start(random.random()).ended().await;
        assert_eq!(crashed.status.signal(), Some(SIGABRT), "{point}: {}", crashed.errors);
        assert!(crashed.errors.contains(&format!("crash point {point} reached")), "{}", crashed.errors);
        visited.insert(*point);
        wait_for_its_sessions_to_end(&mut admin).await;
        clock.advance(LEASE_OVER).await.unwrap();
        writer.settle(random.random()).await;
        let journal = Journal::read(&path);
        assert_clean(&evidence::with_the_copy(&mut admin, &journal).await);
        assert_eq!(journal.unsettled(), 0, "{point}: a command was not settled");
    }
    assert_eq!(visited, POINTS.iter().copied().collect(), "a listed point was not visited");

    // The twin: a consumer that commits its rows apart from its checkpoint applies a page twice.
    let outside = LogWriter::new(db.app_url(), &path).with(&["--copy-outside", "--streams", "20"]);
    let crashed = outside.clone().crashing_at("page.moved", 1).start(random.random()).ended().await;
    assert_eq!(crashed.status.signal(), Some(SIGABRT), "{}", crashed.errors);
    wait_for_its_sessions_to_end(&mut admin).await;
    clock.advance(LEASE_OVER).await.unwrap();
    outside.settle(random.random()).await;
    let report = evidence::with_the_copy(&mut admin, &Journal::read(&path)).await;
    assert_finds(&report, Rule::AppliedTwice);
    proof.figure("points", POINTS.len());
    proof.figure("visited", visited.len());
    proof.holds();
}

/// A statement that was under way goes on without its client; one about a lease must not come after the clock.
async fn wait_for_its_sessions_to_end(admin: &mut PgConnection) {
    let others = "select count(*) from pg_stat_activity \
         where datname = current_database() and usename = 'omoi_test_app'";
    for _ in 0..1_000 {
        let count: i64 = sqlx::query_scalar(others).fetch_one(&mut *admin).await.unwrap();
        if count == 0 {
            return;
        }
        tokio::time::sleep_until((Instant::now() + Duration::from_millis(5)).into()).await;
    }
    panic!("the sessions of a process that died do not end");
}
