//! Sixty-four writers on two nodes and one stream: versions are exact, and losing races is no reason to fail.

use std::time::{Duration, Instant};

use eventstore::{AppendError, Store};
use futures::future::join_all;
use kernel::OrgId;
use tokio::sync::Mutex;

use crate::evidence::{self, assert_clean};
use crate::proof::{Proof, Times};
use crate::support::{TestDb, item, org, stream_id};

const APPENDS: usize = 10_000;
const WRITERS: usize = 64;
/// Tries of one command, as many as the dispatcher makes.
const TRIES: u32 = 11;

/// One node: its commands to a stream wait for each other, so that only nodes race.
struct Node {
    store: Store,
    version: Mutex<i64>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_writers() {
    let mut proof = Proof::new("many_writers", APPENDS);
    let db = TestDb::new().await;
    let (org, id) = (org(), stream_id());
    let nodes = [db.store(), db.store()].map(|store| Node { store, version: Mutex::new(0) });
    let (mut appended, mut failed, mut races) = (0_i64, 0_i64, 0);
    let mut times = Times::default();
    loop {
        let round = (0..WRITERS).take_while(|_| proof.next_case()).count();
        if round == 0 {
            break;
        }
        let began = Instant::now();
        for (won, lost) in join_all((0..round).map(|n| nodes[n % 2].append(org, &id, TRIES))).await {
            races += lost;
            if won { appended += 1 } else { failed += 1 }
        }
        times.push(began.elapsed());
    }
    let version: i64 = sqlx::query_scalar("select version from es.streams where aggregate_id = $1")
        .bind(&id)
        .fetch_one(&mut db.admin().await)
        .await
        .unwrap();
    assert_eq!(version, appended, "versions are exact");
    assert_clean(&evidence::of_the_log(&mut db.admin().await).await);
    proof.figure("appended", appended);
    proof.figure("failed", failed);
    proof.figure("lost_races", races);
    proof.figure("round_of_64", times.summary());
    assert!(failed * 1_000 <= appended + failed, "{failed} of {} failed", appended + failed);
    assert!(races > 0, "the nodes did not race");

    // The twin: without a second try, races are failures.
    let once = join_all((0..2 * WRITERS).map(|n| nodes[n % 2].append(org, &id, 1))).await;
    assert!(once.iter().any(|(won, _)| !won), "no race was lost");
    proof.holds();
}

impl Node {
    /// Whether it appended, and how many races it lost. After a lost race it waits and looks again, as the
    /// dispatcher does.
    async fn append(&self, org: OrgId, id: &str, tries: u32) -> (bool, u32) {
        let mut version = self.version.lock().await;
        let command = item(org, id, 0);
        for lost in 1..=tries {
            let mut item = command.clone();
            item.streams[0].expected = *version;
            match self.store.append(item).await {
                Ok(_) => {
                    *version += 1;
                    return (true, lost - 1);
                }
                Err(AppendError::Conflict { .. }) => {}
                Err(other) => panic!("{other}"),
            }
            let most = Duration::from_millis(1 << lost.min(6));
            let pause = most.mul_f64(rand::random_range(0.5..=1.0));
            tokio::time::sleep_until((Instant::now() + pause).into()).await;
            *version = self.look(id).await;
        }
        (false, tries)
    }

    async fn look(&self, id: &str) -> i64 {
        sqlx::query_scalar(
            "select version from es.streams where aggregate_type = 'counter' and aggregate_id = $1",
        )
        .bind(id)
        .fetch_optional(&self.store.pools().project)
        .await
        .unwrap()
        .unwrap_or(0)
    }
}
