//! Consumers on two nodes under one lease: whatever happens to a reader, each event is applied once and in
//! order; what cannot be applied waits by root.

use std::time::Duration;

use eventstore::relcheck::Rule;
use eventstore::subscribe::ApplyError;
use eventstore::{AppendItem, Store, TestClock};
use kernel::{OrgId, ProjectId, Uuid};
use rand::Rng as _;
use sqlx::PgConnection;

use crate::copier::{Copier, Running, caught_up, make_table, until};
use crate::evidence::{self, assert_clean, assert_finds};
use crate::proof::Proof;
use crate::support::{TestDb, execute, item, org, stream_id};

const TAKEOVERS: usize = 50;
/// Beyond the lease of a consumer.
const LEASE_OVER: Duration = Duration::from_secs(13);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn subscribe() {
    let mut proof = Proof::new("subscribe", TAKEOVERS);
    let mut random = proof.random();
    let db = TestDb::new().await;
    let mut admin = db.admin().await;
    make_table(&mut admin).await;
    let stores = [db.store(), db.store()];
    let mut clock = db.clock().await;
    let org = org();
    append(&stores[0], org, 3).await;
    let mut nodes = Vec::new();
    for (store, name) in stores.iter().zip(["node 0", "node 1"]) {
        nodes.push(Running::start(store, Copier::new(), name).await);
    }
    while proof.next_case() {
        append(&stores[proof.cases() % 2], org, random.random_range(1..200)).await;
        caught_up(&mut admin).await;
        take_over(&mut admin, &mut clock, &nodes, &stores[0], org).await;
        append(&stores[1], org, 5).await;
        caught_up(&mut admin).await;
        assert_clean(&evidence::of_the_copy(&mut admin).await);
    }
    proof.figure("takeovers", proof.cases());
    for node in nodes {
        node.stop().await;
    }
    restarts(&mut admin, &stores[0], org).await;
    parks_by_root(&mut admin, &stores[0], org).await;
    starts_over(&mut admin, &stores[0], org).await;
    lags(&mut admin, &stores, org).await;
    proof.figure("copied_events", evidence::of_the_copy(&mut admin).await.events);

    // The twin: a consumer that forgets events.
    let node = Running::start(&stores[0], Copier::forgetful(), "node 0").await;
    append(&stores[0], org, 20).await;
    caught_up(&mut admin).await;
    node.stop().await;
    assert_finds(&evidence::of_the_copy(&mut admin).await, Rule::Skipped);
    proof.holds();
}

async fn append(store: &Store, org: OrgId, events: usize) {
    for _ in 0..events {
        store.append(item(org, &stream_id(), 0)).await.unwrap();
    }
}

fn of_project(org: OrgId, project: Uuid) -> AppendItem {
    let mut item = item(org, &stream_id(), 0);
    item.streams[0].project = Some(ProjectId(project));
    item
}

/// The reader stands still in the middle of a page, past its lease; the other one goes on; then the first one
/// wakes and wants to commit.
async fn take_over(
    admin: &mut PgConnection,
    clock: &mut TestClock,
    nodes: &[Running],
    store: &Store,
    org: OrgId,
) {
    let owner = "select owner from es.leases where name = 'consumer/copier'";
    let before: String = sqlx::query_scalar(owner).fetch_one(&mut *admin).await.unwrap();
    let reader = usize::from(before == "node 1");
    nodes[reader].copier.close();
    append(store, org, 7).await;
    nodes[reader].copier.stands_still().await;
    clock.advance(LEASE_OVER).await.unwrap();
    until(admin, &format!("select owner <> '{before}' from es.leases where name = 'consumer/copier'")).await;
    caught_up(admin).await;
    nodes[reader].copier.open();
}

async fn restarts(admin: &mut PgConnection, store: &Store, org: OrgId) {
    for _ in 0..3 {
        append(store, org, 10).await;
        let node = Running::start(store, Copier::new(), "node 0").await;
        append(store, org, 10).await;
        caught_up(admin).await;
        node.stop().await;
        assert_clean(&evidence::of_the_copy(admin).await);
    }
}

async fn parks_by_root(admin: &mut PgConnection, store: &Store, org: OrgId) {
    let copier = Copier::new();
    let node = Running::start(store, copier.clone(), "node 0").await;
    let (sick, well) = (Uuid::now_v7(), Uuid::now_v7());
    store.append(of_project(org, sick)).await.unwrap();
    let bad = of_project(org, sick);
    copier.poison.lock().unwrap().insert(bad.streams[0].aggregate_id.clone());
    let at = store.append(bad).await.unwrap().first_position.unwrap();
    for _ in 0..3 {
        store.append(of_project(org, sick)).await.unwrap();
        store.append(of_project(org, well)).await.unwrap();
    }
    caught_up(admin).await;
    let parked = store.parked("copier").await.unwrap();
    assert_eq!(parked.iter().map(|parked| (parked.root, parked.position)).collect::<Vec<_>>(), [(sick, at)]);
    assert_eq!(copied(admin, sick).await, 1, "what came before the poison is applied, and nothing behind it");
    assert_eq!(copied(admin, well).await, 3, "the other project goes on");
    assert_clean(&evidence::of_the_copy(admin).await);

    let still = store.unpark(&copier, sick).await.unwrap_err();
    assert!(matches!(still, ApplyError::Poison { position, .. } if position == at), "{still}");
    assert_eq!(store.parked("copier").await.unwrap()[0].attempts, parked[0].attempts + 1);
    assert_eq!(copied(admin, sick).await, 1);

    copier.poison.lock().unwrap().clear();
    assert!(store.unpark(&copier, sick).await.unwrap());
    assert!(!store.unpark(&copier, sick).await.unwrap(), "it is not parked any more");
    store.append(of_project(org, sick)).await.unwrap();
    caught_up(admin).await;
    node.stop().await;
    assert_eq!(copied(admin, sick).await, 6, "what was missed was applied");
    assert!(in_order(admin, sick).await, "it was applied in order");
    // The twin of that check: what came first is applied again, last.
    let again = format!(
        "insert into proof_copy (position, stream, sequence) \
         select position, aggregate_id, sequence from es.events where project_id = '{sick}' order by 1 limit 1"
    );
    execute(admin, &again).await;
    assert!(!in_order(admin, sick).await, "an event that was applied too late was not found");
    execute(admin, "delete from proof_copy where applied = (select max(applied) from proof_copy)").await;
    assert_clean(&evidence::of_the_copy(admin).await);
}

async fn copied(admin: &mut PgConnection, project: Uuid) -> i64 {
    sqlx::query_scalar(
        "select count(*) from proof_copy c join es.events e using (position) where e.project_id = $1",
    )
    .bind(project)
    .fetch_one(admin)
    .await
    .unwrap()
}

/// By a number that the table gives each row: where a row lies says nothing once space was freed and used again.
async fn in_order(admin: &mut PgConnection, project: Uuid) -> bool {
    let positions: Vec<i64> = sqlx::query_scalar(
        "select c.position from proof_copy c join es.events e using (position) where e.project_id = $1 order by c.applied",
    )
    .bind(project)
    .fetch_all(admin)
    .await
    .unwrap();
    positions.is_sorted()
}

/// After a restore the log has another incarnation.
async fn starts_over(admin: &mut PgConnection, store: &Store, org: OrgId) {
    execute(
        admin,
        "update es.log_head set incarnation = gen_random_uuid(); delete from proof_copy where position > 5",
    )
    .await;
    let node = Running::start(store, Copier::new(), "node 0").await;
    append(store, org, 3).await;
    until(admin, "select incarnation = (select incarnation from es.log_head) from es.checkpoints").await;
    caught_up(admin).await;
    node.stop().await;
    assert_clean(&evidence::of_the_copy(admin).await);
}

/// More pages than are kept pass by while the reader is busy with one.
async fn lags(admin: &mut PgConnection, stores: &[Store; 2], org: OrgId) {
    let copier = Copier::new();
    let node = Running::start(&stores[0], copier.clone(), "node 0").await;
    append(&stores[0], org, 1).await;
    caught_up(admin).await;
    copier.close();
    append(&stores[0], org, 1).await;
    copier.stands_still().await;
    append(&stores[0], org, 60).await;
    copier.open();
    append(&stores[1], org, 10).await;
    caught_up(admin).await;
    node.stop().await;
    assert_clean(&evidence::of_the_copy(admin).await);
}
