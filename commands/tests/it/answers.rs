//! One command id has one answer, whatever it was.

use commands::CommandError;
use kernel::Uuid;
use work::project::Command;

use crate::projects::{carry_out, create, keyed, node, rejected, rename, wish};
use crate::support::{TestDb, org};

#[tokio::test]
async fn an_accepted_command_answers_the_same_again_on_every_node() {
    let db = TestDb::new().await;
    let (a, b, org, id) = (node(db.store()), node(db.store()), org(), Uuid::now_v7());
    let intent = keyed(org, "k1", "create");
    let first = carry_out(&a, &intent, id, create("billing")).await.unwrap();
    carry_out(&a, &wish(org), id, rename("Invoices")).await.unwrap();
    let before = db.written().await;
    for node in [&a, &b] {
        let again = carry_out(node, &intent, id, create("billing")).await.unwrap();
        assert_eq!((again.first_position, again.last_position), (first.first_position, first.last_position));
        assert_eq!((again.recorded_at, again.repeated), (first.recorded_at, true));
    }
    assert_eq!(db.written().await, before);
    // The node still knows the stream after it.
    carry_out(&a, &wish(org), id, Command::Archive).await.unwrap();
}

#[tokio::test]
async fn the_same_key_with_another_body_is_refused() {
    let db = TestDb::new().await;
    let (a, b, org, id) = (node(db.store()), node(db.store()), org(), Uuid::now_v7());
    carry_out(&a, &keyed(org, "k1", "create"), id, create("billing")).await.unwrap();
    let before = db.written().await;
    for node in [&a, &b] {
        let refused = carry_out(node, &keyed(org, "k1", "rename"), id, rename("Other")).await.unwrap_err();
        assert!(matches!(refused, CommandError::Mismatch), "{refused:?}");
    }
    assert_eq!(db.written().await, before);
}

#[tokio::test]
async fn a_refusal_is_remembered_for_a_client_with_a_key() {
    let db = TestDb::new().await;
    let (node, org, id) = (node(db.store()), org(), Uuid::now_v7());
    let (with_key, without) = (keyed(org, "k1", "rename"), wish(org));
    for intent in [&with_key, &without] {
        assert_eq!(rejected(carry_out(&node, intent, id, rename("X")).await), ("not_found".into(), false));
    }
    assert_eq!(db.count("command_results").await, 1);
    // It would be accepted by now, and the answer stays what it was.
    carry_out(&node, &wish(org), id, create("billing")).await.unwrap();
    let before = db.written().await;
    assert_eq!(rejected(carry_out(&node, &with_key, id, rename("X")).await), ("not_found".into(), true));
    assert_eq!(db.written().await, before);
    carry_out(&node, &without, id, rename("X")).await.unwrap();
}

#[tokio::test]
async fn a_command_that_changed_nothing_is_remembered_as_accepted() {
    let db = TestDb::new().await;
    let (node, org, id) = (node(db.store()), org(), Uuid::now_v7());
    carry_out(&node, &wish(org), id, create("billing")).await.unwrap();
    let intent = keyed(org, "k1", "rename");
    let nothing = carry_out(&node, &intent, id, rename("Billing")).await.unwrap();
    assert_eq!((nothing.first_position, nothing.repeated), (None, false));
    carry_out(&node, &wish(org), id, rename("Invoices")).await.unwrap();
    let before = db.written().await;
    let again = carry_out(&node, &intent, id, rename("Billing")).await.unwrap();
    assert_eq!((again.first_position, again.repeated), (None, true));
    assert_eq!(db.written().await, before);
}

#[tokio::test]
async fn the_same_command_on_two_nodes_at_once_acts_once() {
    let db = TestDb::new().await;
    let (a, b, org) = (node(db.store()), node(db.store()), org());
    for round in 0..10 {
        let (intent, id) = (keyed(org, &format!("k{round}"), "create"), Uuid::now_v7());
        let slug = format!("project-{round}");
        let (left, right) = tokio::join!(
            carry_out(&a, &intent, id, create(&slug)),
            carry_out(&b, &intent, id, create(&slug))
        );
        let (left, right) = (left.unwrap(), right.unwrap());
        assert_eq!((left.first_position, left.recorded_at), (right.first_position, right.recorded_at));
        assert_eq!(usize::from(left.repeated) + usize::from(right.repeated), 1);
    }
    assert_eq!(db.count("events").await, 10);
}
