//! A lease has one owner at a time, by the database's clock, under a number that only grows.

use std::time::Duration;

use eventstore::Leases;
use kernel::{OrgId, Uuid};

use crate::support::{TestDb, org};

const TTL: Duration = Duration::from_secs(12);

fn platform() -> OrgId {
    OrgId(Uuid::nil())
}

#[tokio::test]
async fn a_lease_is_held_until_it_expires() {
    let db = TestDb::new().await;
    let (store, mut clock) = (db.store(), db.clock().await);
    let (a, b) = (Leases::new(store.pools(), "a"), Leases::new(store.pools(), "b"));
    let first = a.acquire(platform(), "relay", TTL).await.unwrap().unwrap();
    assert_eq!(first.epoch, 1);
    assert_eq!(b.acquire(platform(), "relay", TTL).await.unwrap(), None);
    assert_eq!(a.acquire(platform(), "relay", TTL).await.unwrap(), None, "not even by its owner");
    assert_eq!(b.acquire(platform(), "board", TTL).await.unwrap().unwrap().epoch, 1);
    assert_eq!(b.acquire(org(), "relay", TTL).await.unwrap().unwrap().epoch, 1);

    clock.advance(Duration::from_secs(11)).await.unwrap();
    assert!(a.renew(&first, TTL).await.unwrap());
    clock.advance(Duration::from_secs(11)).await.unwrap();
    assert_eq!(b.acquire(platform(), "relay", TTL).await.unwrap(), None);
    clock.advance(Duration::from_secs(2)).await.unwrap();
    // Expired means lost, although nobody took it.
    assert!(!a.renew(&first, TTL).await.unwrap());
    assert!(!a.release(&first).await.unwrap());
    let second = b.acquire(platform(), "relay", TTL).await.unwrap().unwrap();
    assert_eq!(second.epoch, 2);
    assert!(!a.renew(&first, TTL).await.unwrap());
    assert!(b.renew(&second, TTL).await.unwrap());
}

#[tokio::test]
async fn a_lease_given_back_is_free_at_once_and_its_number_goes_on() {
    let db = TestDb::new().await;
    let store = db.store();
    let (a, b) = (Leases::new(store.pools(), "a"), Leases::new(store.pools(), "b"));
    let first = a.acquire(platform(), "relay", TTL).await.unwrap().unwrap();
    assert!(a.release(&first).await.unwrap());
    assert!(!a.release(&first).await.unwrap());
    assert!(!a.renew(&first, TTL).await.unwrap());
    assert_eq!(b.acquire(platform(), "relay", TTL).await.unwrap().unwrap().epoch, 2);
    assert_eq!(db.count("leases").await, 1);
}

#[tokio::test]
async fn of_many_who_ask_at_once_one_gets_it() {
    let db = TestDb::new().await;
    let nodes = [db.store(), db.store()];
    for round in 0..10 {
        let name = format!("lease-{round}");
        let asking = (0..8).map(|n| {
            let leases = Leases::new(nodes[n % 2].pools(), n.to_string());
            let name = name.clone();
            async move { leases.acquire(platform(), &name, TTL).await.unwrap() }
        });
        let got = futures::future::join_all(asking).await;
        assert_eq!(got.iter().flatten().count(), 1, "{got:?}");
    }
}
