//! Several nodes on one log: what a node remembers is a baseline, never the judge.

use std::collections::BTreeSet;

use commands::NewTicket;
use kernel::{ProjectId, Uuid};
use vocabulary::{Name, Phase, Priority};
use work::project::{Command, Project};

use crate::projects::{carry_out, create, keyed, node, rejected, rename, wish};
use crate::support::{TestDb, org};

#[tokio::test]
async fn two_nodes_on_one_stream_both_succeed() {
    let db = TestDb::new().await;
    let (a, b, org, id) = (node(db.store()), node(db.store()), org(), Uuid::now_v7());
    carry_out(&a, &wish(org), id, create("billing")).await.unwrap();
    let wishes: Vec<_> = (0..40).map(|n| (wish(org), rename(&format!("Name {n}")))).collect();
    let all = wishes.iter().enumerate().map(|(n, (intent, command))| {
        carry_out(if n % 2 == 0 { &a } else { &b }, intent, id, command.clone())
    });
    let receipts = futures::future::join_all(all).await;
    let positions: BTreeSet<_> =
        receipts.iter().map(|r| r.as_ref().unwrap().first_position.unwrap()).collect();
    assert_eq!(positions, (2..=41).collect());
    let versions: Vec<i64> = sqlx::query_scalar("select sequence from es.events order by position")
        .fetch_all(&mut db.admin().await)
        .await
        .unwrap();
    assert_eq!(versions, (1..=41).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_node_does_not_refuse_by_what_it_remembers() {
    let db = TestDb::new().await;
    let (a, b, org, id) = (node(db.store()), node(db.store()), org(), Uuid::now_v7());
    carry_out(&a, &wish(org), id, create("billing")).await.unwrap();
    carry_out(&a, &wish(org), id, Command::Archive).await.unwrap();
    assert_eq!(rejected(carry_out(&a, &wish(org), id, rename("Early")).await).0, "archived");
    carry_out(&b, &wish(org), id, Command::Restore).await.unwrap();
    // `a` remembers an archived project.
    carry_out(&a, &wish(org), id, rename("Invoices")).await.unwrap();
    // `b` remembers the old name: to it the rename back would change nothing.
    let back = carry_out(&b, &wish(org), id, rename("Billing")).await.unwrap();
    assert_eq!(back.first_position, Some(5));
}

/// The client's first try was carried out, its answer was lost, and the second try comes to another node, which has
/// assumed that the project cannot exist.
#[tokio::test]
async fn what_a_repeat_has_made_can_be_built_upon_at_once() {
    let db = TestDb::new().await;
    let (first, second, org, id) = (node(db.store()), node(db.store()), org(), Uuid::now_v7());
    let intent = keyed(org, "k1", "create");
    first.begin::<Project>(&intent, id, create("billing")).await.unwrap();
    assert!(second.begin::<Project>(&intent, id, create("billing")).await.unwrap().repeated);
    let new = NewTicket {
        title: Name::new("Send invoices").unwrap(),
        description: None,
        priority: Priority::High,
        phase: Phase::Backlog,
    };
    second.create_ticket(&wish(org), ProjectId(id), new).await.unwrap();
}

/// A client's two tries of one command, on two nodes: the first finds an archived project and is slow to say
/// so, the second finds it restored. One command has one answer, the one in the log.
#[tokio::test]
async fn a_refusal_that_comes_too_late_gives_way_to_the_acceptance() {
    let db = TestDb::new().await;
    let (slow_store, org, id) = (db.store(), org(), Uuid::now_v7());
    let (slow, quick) = (node(slow_store.clone()), node(db.store()));
    carry_out(&quick, &wish(org), id, create("billing")).await.unwrap();
    carry_out(&quick, &wish(org), id, Command::Archive).await.unwrap();

    let intent = keyed(org, "k1", "rename");
    // It can load, and it cannot append for now.
    let append = &slow_store.pools().append;
    let held = (append.acquire().await.unwrap(), append.acquire().await.unwrap());
    let late = carry_out(&slow, &intent, id, rename("Invoices"));
    let meanwhile = async {
        let load = &slow_store.pools().load;
        while load.size() == 0 || load.num_idle() == 0 {
            tokio::task::yield_now().await;
        }
        carry_out(&quick, &wish(org), id, Command::Restore).await.unwrap();
        let accepted = carry_out(&quick, &intent, id, rename("Invoices")).await.unwrap();
        assert_eq!((accepted.first_position, accepted.repeated), (Some(4), false));
        drop(held);
    };
    let (late, ()) = tokio::join!(late, meanwhile);
    let late = late.unwrap();
    assert_eq!((late.first_position, late.repeated), (Some(4), true));
    assert!(carry_out(&slow, &intent, id, rename("Invoices")).await.unwrap().repeated);
    assert_eq!(db.count("events").await, 4);
}
