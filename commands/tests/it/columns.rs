//! A column takes no more tickets from people than its limit says, however many move at once.

use commands::{CommandError, Dispatcher, Receipt};
use eventstore::GuardFault;
use futures::future::join_all;
use vocabulary::{Phase, TicketId};
use work::ticket::Command;

use crate::board::Place;
use crate::projects::{node, wish};
use crate::support::TestDb;

const DEPLOYMENT: &str = "deployment";

/// The places of a column that are taken, and by how many tickets.
async fn taken(db: &TestDb, place: &Place, phases: &str) -> (i64, i64) {
    sqlx::query_as(
        "select coalesce((select used from es.pools where org_id = $1 and pool = $2), 0), \
         (select count(*) from es.pool_holders where org_id = $1 and pool = $2)",
    )
    .bind(place.org.0)
    .bind(format!("column/{}/{phases}", place.project))
    .fetch_one(&mut db.admin().await)
    .await
    .unwrap()
}

fn is_full(answer: &Result<Receipt, CommandError>) -> bool {
    matches!(answer, Err(CommandError::Guard { fault: GuardFault::Full, .. }))
}

/// Three tickets in a column for three, a fourth one before it.
async fn full_column(db: &TestDb) -> (Dispatcher, Place, [TicketId; 3], TicketId) {
    let node = node(db.store());
    let place = Place::make(&node).await;
    let mut inside = [TicketId::default(); 3];
    for ticket in &mut inside {
        *ticket = place.ticket(&node, Phase::Testing).await;
        place.enter(&node, *ticket, Phase::Deployment).await.unwrap();
    }
    let outside = place.ticket(&node, Phase::Testing).await;
    let refused = place.enter(&node, outside, Phase::Deployment).await;
    assert!(is_full(&refused), "{refused:?}");
    assert_eq!(taken(db, &place, DEPLOYMENT).await, (3, 3));
    (node, place, inside, outside)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_16_that_want_the_last_place_one_gets_it() {
    let db = TestDb::new().await;
    let nodes = [node(db.store()), node(db.store())];
    let place = Place::make(&nodes[0]).await;
    for _ in 0..2 {
        let ticket = place.ticket(&nodes[0], Phase::Testing).await;
        place.enter(&nodes[0], ticket, Phase::Deployment).await.unwrap();
    }
    let mut tickets = Vec::new();
    for _ in 0..16 {
        tickets.push(place.ticket(&nodes[0], Phase::Testing).await);
    }
    let before = db.count("events").await;
    let moves = tickets.iter().zip(nodes.iter().cycle());
    let answers = join_all(moves.map(|(ticket, node)| place.enter(node, *ticket, Phase::Deployment))).await;

    let won: Vec<_> = answers.iter().filter(|answer| answer.is_ok()).collect();
    assert_eq!(won.len(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| is_full(answer)).count(), 15, "{answers:?}");
    assert_eq!(db.count("events").await, before + 1, "who lost left nothing in the log");
    assert_eq!(taken(&db, &place, DEPLOYMENT).await, (3, 3));
    assert_eq!(taken(&db, &place, "testing").await, (15, 15));
}

#[tokio::test]
async fn a_created_ticket_takes_its_place_without_a_limit() {
    let db = TestDb::new().await;
    let (node, place, inside, outside) = full_column(&db).await;
    place.ticket(&node, Phase::Deployment).await;
    place.ticket(&node, Phase::Deployment).await;
    assert_eq!(taken(&db, &place, DEPLOYMENT).await, (5, 5));
    // People wait until the column is below its limit again.
    for ticket in &inside[..2] {
        place.enter(&node, *ticket, Phase::Testing).await.unwrap();
        assert!(is_full(&place.enter(&node, outside, Phase::Deployment).await));
    }
    place.enter(&node, inside[2], Phase::Testing).await.unwrap();
    place.enter(&node, outside, Phase::Deployment).await.unwrap();
    assert_eq!(taken(&db, &place, DEPLOYMENT).await, (3, 3));
}

#[tokio::test]
async fn a_forced_move_takes_its_place_without_a_limit() {
    let db = TestDb::new().await;
    let (node, place, _, outside) = full_column(&db).await;
    place.force(&node, outside, Phase::Deployment).await;
    assert_eq!(taken(&db, &place, DEPLOYMENT).await, (4, 4));
    assert_eq!(taken(&db, &place, "testing").await, (0, 0));
}

#[tokio::test]
async fn who_moves_away_frees_the_place() {
    let db = TestDb::new().await;
    let (node, place, [first, second, _], outside) = full_column(&db).await;
    for (gone, to, next) in [(first, Phase::Testing, outside), (second, Phase::Done, first)] {
        place.enter(&node, gone, to).await.unwrap();
        assert_eq!(taken(&db, &place, DEPLOYMENT).await, (2, 2));
        place.enter(&node, next, Phase::Deployment).await.unwrap();
        assert_eq!(taken(&db, &place, DEPLOYMENT).await, (3, 3));
    }
    assert_eq!(taken(&db, &place, "done").await, (1, 1));
}

#[tokio::test]
async fn who_is_cancelled_frees_the_place() {
    let db = TestDb::new().await;
    let (node, place, inside, outside) = full_column(&db).await;
    let cancel = Command::Cancel { reason: None };
    node.on_ticket(&wish(place.org), inside[1], cancel, None).await.unwrap();
    assert_eq!(taken(&db, &place, DEPLOYMENT).await, (2, 2));
    place.enter(&node, outside, Phase::Deployment).await.unwrap();
    assert_eq!(taken(&db, &place, DEPLOYMENT).await, (3, 3));
}

#[tokio::test]
async fn within_a_column_nothing_more_is_taken() {
    let db = TestDb::new().await;
    let node = node(db.store());
    let place = Place::make(&node).await;
    let mut tickets = Vec::new();
    for _ in 0..5 {
        tickets.push(place.ticket(&node, Phase::Requirements).await);
    }
    // The column of requirements and design has five places, and all are taken.
    for ticket in &tickets {
        place.enter(&node, *ticket, Phase::Design).await.unwrap();
        assert_eq!(taken(&db, &place, "requirements+design").await, (5, 5));
    }
    place.enter(&node, tickets[0], Phase::Requirements).await.unwrap();
    assert_eq!(taken(&db, &place, "requirements+design").await, (5, 5));
    let sixth = place.ticket(&node, Phase::Backlog).await;
    assert!(is_full(&place.enter(&node, sixth, Phase::Design).await));
}
