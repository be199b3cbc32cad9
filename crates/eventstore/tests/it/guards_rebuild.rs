//! Guards rebuilt from the log equal the live ones, and a row changed behind the log's back is found.

use std::time::Duration;

use eventstore::guards_rebuild::rebuild_and_compare;
use eventstore::{Guard, Leases, Store};
use kernel::{OrgId, Uuid};

use crate::guards::{claim, release, take, under, unique, vacate};
use crate::support::{TestDb, execute, org};

fn ingest(run: Uuid, source: &str, from_seq: i64, count: i64, epoch: i64) -> Guard {
    Guard::Ingest { run, source: source.into(), from_seq, count, epoch }
}

/// Every kind of guard, held and refused.
async fn a_day(store: &Store, org: OrgId) {
    let run = Uuid::now_v7();
    let held = [
        vec![unique("billing", "a"), take("runs", "a", 1, Some(2))],
        vec![unique("usage", "b"), take("runs", "b", 1, Some(2)), claim("task", 1, "w")],
        vec![take("budget", "a", 5, None)],
        vec![take("budget", "a", 7, Some(10))],
        vec![vacate("usage", "b"), vacate("billing", "somebody else")],
        vec![release("runs", "a"), release("budget", "nobody")],
        vec![release("budget", "a")],
        vec![Guard::IngestOpen { run, epoch: 1 }],
        vec![ingest(run, "worker", 1, 3, 1)],
        vec![ingest(run, "worker", 4, 2, 1)],
        vec![Guard::IngestOpen { run, epoch: 2 }],
        vec![ingest(run, "gateway", 1, 4, 2)],
        vec![Guard::IngestClose { run }],
        vec![Guard::IngestOpen { run: Uuid::now_v7(), epoch: 1 }],
    ];
    for guards in held {
        under(store, org, guards.clone()).await.unwrap_or_else(|error| panic!("{guards:?}: {error}"));
    }
    let refused = [
        vec![take("roomy", "x", 1, None), unique("billing", "x")],
        vec![claim("task", 2, "x")],
        vec![ingest(run, "worker", 6, 1, 2)],
    ];
    for guards in refused {
        assert!(under(store, org, guards.clone()).await.is_err(), "{guards:?}");
    }
}

#[tokio::test]
async fn guards_rebuilt_from_the_log_equal_the_live_ones() {
    let db = TestDb::new().await;
    let (store, mut clock) = (db.store(), db.clock().await);
    let (one, other) = (org(), org());
    assert_eq!(rebuild_and_compare(&store).await.unwrap(), []);
    a_day(&store, one).await;
    a_day(&store, other).await;
    // A claim that ran out and was taken over; a lease of the platform, which no event records.
    clock.advance(Duration::from_secs(13)).await.unwrap();
    under(&store, one, vec![claim("task", 2, "v")]).await.unwrap();
    let platform = Leases::new(store.pools(), "node");
    platform.acquire(OrgId(Uuid::nil()), "relay", Duration::from_secs(12)).await.unwrap().unwrap();

    let live = (db.count("guards").await, db.count("pool_holders").await, db.count("ingest").await);
    assert_eq!(live, (2, 2, 12), "there is something to compare");
    assert_eq!(rebuild_and_compare(&store).await.unwrap(), []);
}

#[tokio::test]
async fn a_row_changed_behind_the_logs_back_is_found() {
    let db = TestDb::new().await;
    let (store, org) = (db.store(), org());
    a_day(&store, org).await;
    let mut admin = db.admin().await;
    let defects = [
        ("key slug/billing", "update es.guards set holder = 'x'"),
        ("key slug/billing", "delete from es.guards"),
        ("key slug/free", "insert into es.guards select org_id, scope, 'free', 'x' from es.guards"),
        ("holder b of pool runs", "update es.pool_holders set amount = 9 where holder = 'b'"),
        ("pool runs", "update es.pools set used = 0"),
        ("lease task", "update es.leases set epoch = 5"),
        ("source worker of run", "update es.ingest set next_seq = 9 where source = 'worker' and closed"),
        ("source host of run", "update es.ingest set closed = false where source = 'host' and closed"),
        ("source gateway of run", "update es.ingest set epoch = 1 where source = 'gateway' and closed"),
    ];
    for (what, defect) in defects {
        // Undone by hand: the rebuild reads what is committed.
        let tables = ["guards", "pool_holders", "pools", "leases", "ingest"];
        for table in tables {
            execute(&mut admin, &format!("create table public.{table} as table es.{table}")).await;
        }
        execute(&mut admin, defect).await;
        let found = rebuild_and_compare(&store).await.unwrap();
        assert!(found.iter().any(|d| d.what.starts_with(what) && d.org_id == org.0), "{what}: {found:?}");
        for table in tables {
            let undo = format!(
                "delete from es.{table}; insert into es.{table} table public.{table}; drop table public.{table}"
            );
            execute(&mut admin, &undo).await;
        }
        assert_eq!(rebuild_and_compare(&store).await.unwrap(), [], "after {what}");
    }
}
