//! Rules over a set, decided inside the append.

use std::time::Duration;

use eventstore::{AppendError, AppendItem, Appended, Guard, GuardFault, Store};
use kernel::OrgId;

use crate::support::{TestDb, item, org, stream_id};

pub(crate) fn unique(key: &str, holder: &str) -> Guard {
    Guard::Unique { scope: "slug".into(), key: key.into(), holder: holder.into() }
}

pub(crate) fn vacate(key: &str, holder: &str) -> Guard {
    Guard::Vacate { scope: "slug".into(), key: key.into(), holder: holder.into() }
}

pub(crate) fn take(pool: &str, holder: &str, amount: i64, limit: Option<i64>) -> Guard {
    Guard::Take { pool: pool.into(), holder: holder.into(), amount, limit }
}

pub(crate) fn release(pool: &str, holder: &str) -> Guard {
    Guard::Release { pool: pool.into(), holder: holder.into() }
}

pub(crate) fn claim(lease: &str, epoch: i64, owner: &str) -> Guard {
    Guard::Claim { lease: lease.into(), epoch, owner: owner.into(), ttl_ms: 12_000 }
}

fn fence(lease: &str, epoch: i64) -> Guard {
    Guard::Fence { lease: lease.into(), epoch }
}

/// Appends one event under these guards.
pub(crate) async fn under(store: &Store, org: OrgId, guards: Vec<Guard>) -> Result<Appended, AppendError> {
    store.append(AppendItem { guards, ..item(org, &stream_id(), 0) }).await
}

/// The guard that did not hold, and why.
fn fault(answer: Result<Appended, AppendError>) -> (usize, GuardFault) {
    match answer {
        Err(AppendError::Guard { index, fault }) => (index, fault),
        other => panic!("a guard was to refuse: {other:?}"),
    }
}

#[tokio::test]
async fn a_name_is_held_by_one_until_it_is_vacated() {
    let db = TestDb::new().await;
    let (store, org) = (db.store(), org());
    under(&store, org, vec![unique("billing", "a")]).await.unwrap();
    assert_eq!(fault(under(&store, org, vec![unique("billing", "b")]).await), (0, GuardFault::Taken));
    under(&store, org, vec![unique("billing", "a")]).await.unwrap();
    under(&store, self::org(), vec![unique("billing", "b")]).await.unwrap();
    // Giving back what somebody else holds changes nothing.
    under(&store, org, vec![vacate("billing", "b")]).await.unwrap();
    assert_eq!(fault(under(&store, org, vec![unique("billing", "b")]).await), (0, GuardFault::Taken));
    under(&store, org, vec![vacate("billing", "a")]).await.unwrap();
    under(&store, org, vec![unique("billing", "b")]).await.unwrap();
}

#[tokio::test]
async fn no_more_than_the_limit_is_out_of_a_pool() {
    let db = TestDb::new().await;
    let (store, org) = (db.store(), org());
    under(&store, org, vec![take("runs", "a", 2, Some(3))]).await.unwrap();
    assert_eq!(fault(under(&store, org, vec![take("runs", "b", 2, Some(3))]).await), (0, GuardFault::Full));
    under(&store, org, vec![take("runs", "b", 1, Some(3))]).await.unwrap();
    assert_eq!(fault(under(&store, org, vec![take("runs", "c", 1, Some(3))]).await), (0, GuardFault::Full));
    under(&store, org, vec![release("runs", "a")]).await.unwrap();
    under(&store, org, vec![take("runs", "c", 2, Some(3))]).await.unwrap();
    // Nothing is given back twice.
    under(&store, org, vec![release("runs", "a")]).await.unwrap();
    assert_eq!(fault(under(&store, org, vec![take("runs", "d", 1, Some(3))]).await), (0, GuardFault::Full));
}

#[tokio::test]
async fn many_leave_and_enter_a_pool_at_once_where_no_limit_is_asked() {
    let db = TestDb::new().await;
    let (store, org) = (db.store(), org());
    under(&store, org, vec![take("column", "a", 1, None), take("column", "b", 2, None)]).await.unwrap();
    let all = vec![
        release("column", "a"),
        take("column", "c", 1, None),
        release("column", "b"),
        release("column", "x"),
    ];
    under(&store, org, all).await.unwrap();
    // One is out.
    assert_eq!(fault(under(&store, org, vec![take("column", "d", 2, Some(2))]).await), (0, GuardFault::Full));
    under(&store, org, vec![take("column", "d", 1, Some(2))]).await.unwrap();
    assert!(eventstore::guards_rebuild::rebuild_and_compare(&store).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_second_take_of_a_holder_replaces_its_first() {
    let db = TestDb::new().await;
    let (store, org) = (db.store(), org());
    under(&store, org, vec![take("budget", "a", 8, Some(10))]).await.unwrap();
    under(&store, org, vec![take("budget", "a", 10, Some(10))]).await.unwrap();
    assert_eq!(
        fault(under(&store, org, vec![take("budget", "a", 11, Some(10))]).await),
        (0, GuardFault::Full)
    );
    under(&store, org, vec![take("budget", "a", 4, Some(10))]).await.unwrap();
    under(&store, org, vec![take("budget", "b", 6, Some(10))]).await.unwrap();
    assert_eq!(
        fault(under(&store, org, vec![take("budget", "b", 7, Some(10))]).await),
        (0, GuardFault::Full)
    );
}

#[tokio::test]
async fn a_take_without_a_limit_holds_and_counts() {
    let db = TestDb::new().await;
    let (store, org) = (db.store(), org());
    under(&store, org, vec![take("runs", "a", 50, None)]).await.unwrap();
    assert_eq!(fault(under(&store, org, vec![take("runs", "b", 1, Some(50))]).await), (0, GuardFault::Full));
    under(&store, org, vec![take("runs", "b", 1, Some(51))]).await.unwrap();
}

#[tokio::test]
async fn work_is_claimed_when_it_is_free_or_its_claim_expired() {
    let db = TestDb::new().await;
    let (store, org, mut clock) = (db.store(), org(), db.clock().await);
    under(&store, org, vec![claim("task", 1, "a")]).await.unwrap();
    assert_eq!(fault(under(&store, org, vec![claim("task", 2, "b")]).await), (0, GuardFault::Held));
    assert_eq!(fault(under(&store, org, vec![claim("task", 1, "b")]).await), (0, GuardFault::Fenced));
    under(&store, org, vec![fence("task", 1)]).await.unwrap();

    clock.advance(Duration::from_secs(11)).await.unwrap();
    assert_eq!(fault(under(&store, org, vec![claim("task", 2, "b")]).await), (0, GuardFault::Held));
    clock.advance(Duration::from_secs(2)).await.unwrap();
    // An expired claim that nobody took still fences nothing off.
    under(&store, org, vec![fence("task", 1)]).await.unwrap();
    assert_eq!(fault(under(&store, org, vec![claim("task", 3, "b")]).await), (0, GuardFault::Fenced));
    under(&store, org, vec![claim("task", 2, "b")]).await.unwrap();
    assert_eq!(fault(under(&store, org, vec![fence("task", 1)]).await), (0, GuardFault::Fenced));
    under(&store, org, vec![fence("task", 2)]).await.unwrap();
    assert_eq!(fault(under(&store, org, vec![fence("another", 1)]).await), (0, GuardFault::Fenced));
}

#[tokio::test]
async fn a_guard_that_fails_leaves_nothing_behind() {
    let db = TestDb::new().await;
    let (store, org) = (db.store(), org());
    under(&store, org, vec![unique("taken", "x"), take("full", "x", 1, Some(1))]).await.unwrap();
    let before = db.written().await;
    // Each of the others holds; the last does not, so none is applied.
    let others = || {
        vec![
            unique("free", "y"),
            vacate("taken", "x"),
            take("roomy", "y", 1, Some(9)),
            release("full", "x"),
            claim("task", 1, "y"),
            Guard::IngestOpen { run: kernel::Uuid::now_v7(), epoch: 1 },
        ]
    };
    let mut guards = others();
    guards.push(fence("unknown", 1));
    assert_eq!(fault(under(&store, org, guards).await), (6, GuardFault::Fenced));
    assert_eq!(db.written().await, before);
    under(&store, org, others()).await.unwrap();
    assert_ne!(db.written().await, before);
}

#[tokio::test]
async fn a_lost_version_check_takes_no_guard() {
    let db = TestDb::new().await;
    let (store, org) = (db.store(), org());
    let before = db.written().await;
    let late = AppendItem { guards: vec![unique("k", "h")], ..item(org, &stream_id(), 4) };
    assert!(matches!(store.append(late).await, Err(AppendError::Conflict { .. })));
    assert_eq!(db.written().await, before);
}

#[tokio::test]
async fn a_command_that_is_repeated_takes_no_guard_again() {
    let db = TestDb::new().await;
    let (store, org) = (db.store(), org());
    let command = AppendItem { guards: vec![unique("k", "a")], ..item(org, &stream_id(), 0) };
    store.append(command.clone()).await.unwrap();
    under(&store, org, vec![vacate("k", "a")]).await.unwrap();
    assert!(store.append(command).await.unwrap().repeated);
    under(&store, org, vec![unique("k", "b")]).await.unwrap();
}

#[tokio::test]
async fn guards_that_cannot_be_judged_together_are_refused_before_they_are_sent() {
    let db = TestDb::new().await;
    let (store, org) = (db.store(), org());
    let run = kernel::Uuid::now_v7();
    let malformed = [
        vec![unique("k", "a"), vacate("k", "b")],
        vec![take("p", "a", 1, Some(1)), take("p", "b", 1, Some(1))],
        vec![take("p", "a", 1, Some(1)), release("p", "b")],
        vec![claim("l", 1, "a"), fence("l", 1)],
        vec![Guard::IngestOpen { run, epoch: 1 }, Guard::IngestClose { run }],
        vec![take("p", "a", 0, Some(1))],
        vec![take("p", "a", -1, Some(1))],
    ];
    for guards in malformed {
        let refused = under(&store, org, guards.clone()).await.unwrap_err();
        assert!(matches!(refused, AppendError::Invalid(_)), "{guards:?}: {refused:?}");
    }
    let without_events =
        AppendItem { streams: Vec::new(), guards: vec![unique("k", "a")], ..item(org, "x", 0) };
    assert!(matches!(store.append(without_events).await, Err(AppendError::Invalid(_))));
    assert_eq!(db.count("events").await, 0);
    under(&store, org, vec![unique("k", "a"), unique("l", "a")]).await.unwrap();
}

#[tokio::test]
async fn two_nodes_never_both_take_the_last_place() {
    let db = TestDb::new().await;
    let (a, b, org) = (db.store(), db.store(), org());
    for round in 0..20 {
        let pool = format!("pool-{round}");
        let (left, right) = tokio::join!(
            under(&a, org, vec![take(&pool, "left", 1, Some(1))]),
            under(&b, org, vec![take(&pool, "right", 1, Some(1))])
        );
        assert_eq!(usize::from(left.is_ok()) + usize::from(right.is_ok()), 1, "{left:?} {right:?}");
        let loser = if left.is_ok() { right } else { left };
        assert_eq!(fault(loser), (0, GuardFault::Full));
    }
}
