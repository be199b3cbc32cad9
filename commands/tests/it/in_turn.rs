//! The commands of a stream are decided in turn on a node, and no more wait than can be served.

use commands::CommandError;
use eventstore::Unavailable;
use kernel::Uuid;
use tokio::task::JoinSet;

use crate::projects::{carry_out, create, node, rename, wish};
use crate::support::{TestDb, execute, org};

#[tokio::test]
async fn of_300_commands_for_one_stream_256_wait_and_43_are_told_to_come_back() {
    let db = TestDb::new().await;
    let (node, org, id) = (node(db.store()), org(), Uuid::now_v7());
    carry_out(&node, &wish(org), id, create("billing")).await.unwrap();
    // Nothing moves while the head is held.
    let mut holder = db.admin().await;
    execute(&mut holder, "begin; select from es.log_head for update").await;

    let mut answers = JoinSet::new();
    for n in 0..300 {
        let (node, intent) = (node.clone(), wish(org));
        answers.spawn(async move { carry_out(&node, &intent, id, rename(&format!("Name {n}"))).await });
    }
    for _ in 0..43 {
        let busy = answers.join_next().await.unwrap().unwrap().unwrap_err();
        assert!(matches!(busy, CommandError::Unavailable(Unavailable::Busy)), "{busy:?}");
    }
    // Another stream has a queue of its own.
    let elsewhere = wish(org);
    let other = carry_out(&node, &elsewhere, Uuid::now_v7(), create("invoices"));
    let release = execute(&mut holder, "commit");
    let (other, ()) = tokio::join!(other, release);
    other.unwrap();

    let rest = answers.join_all().await;
    assert_eq!(rest.len(), 257);
    assert!(rest.iter().all(Result::is_ok), "{:?}", rest.iter().find(|answer| answer.is_err()));
    assert_eq!(db.count("events").await, 2 + 257);
}

#[tokio::test]
async fn on_one_node_the_commands_of_a_stream_never_conflict() {
    let db = TestDb::new().await;
    let (node, org, id) = (node(db.store()), org(), Uuid::now_v7());
    carry_out(&node, &wish(org), id, create("billing")).await.unwrap();
    let wishes: Vec<_> = (0..50).map(|n| (wish(org), rename(&format!("Name {n}")))).collect();
    let all = wishes.iter().map(|(intent, command)| carry_out(&node, intent, id, command.clone()));
    let positions: Vec<_> = futures::future::join_all(all)
        .await
        .into_iter()
        .map(|r| r.unwrap().first_position.unwrap())
        .collect();
    // First come, first served: a lost version check would have sent one to the end of the queue.
    assert_eq!(positions, (2..=51).collect::<Vec<_>>());
}
