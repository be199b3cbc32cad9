//! The board follows the log, whatever happens to who reads it and whatever stands in it.

use std::time::Duration;

use eventstore::{AppendItem, NewEvent, StreamWrite};
use kernel::{EventId, ProjectId, Uuid};
use projections::ReadModels;
use projections::board::Board;

use crate::readers::{Reader, caught_up, folded_afresh, rows};
use crate::site::Site;
use crate::support::{TestDb, context, org};

/// Beyond the lease of a consumer.
const LEASE_OVER: Duration = Duration::from_secs(13);

#[tokio::test]
async fn the_board_catches_up_with_what_commands_did() {
    let db = TestDb::new().await;
    let store = db.store();
    let mut site = Site::new(store.clone(), org());
    let project = site.project("billing").await;
    let early = site.ticket(project, "Early").await;
    let reader = Reader::start(&store, "node 0").await;
    caught_up(&store, site.head).await;
    let late = site.ticket(project, "Late").await;
    caught_up(&store, site.head).await;

    let read_models = ReadModels::new(&store);
    let board = read_models.board(site.org, project).await.unwrap().unwrap();
    assert_eq!((board.position, board.stale), (site.head, None));
    for column in &board.columns {
        let cards: Vec<_> = column.cards.iter().map(|card| card.id).collect();
        let expected = if column.id.as_str() == "design" { vec![early.0, late.0] } else { Vec::new() };
        assert_eq!(cards, expected, "in {}", column.id);
    }
    assert!(read_models.board(org(), project).await.unwrap().is_none(), "another tenant sees nothing");
    reader.stop().await;
}

#[tokio::test]
async fn readers_that_die_in_the_middle_of_a_page_lose_nothing_and_do_nothing_twice() {
    let db = TestDb::new().await;
    let stores = [db.store(), db.store()];
    let (mut clock, mut admin) = (db.clock().await, db.admin().await);
    let mut site = Site::new(stores[0].clone(), org());
    let project = site.project("billing").await;
    for round in 0..4 {
        let reader = Reader::start(&stores[round % 2], "dies").await;
        site.busy_tickets(project, 2).await;
        caught_up(&stores[0], site.head).await;
        let before = rows(&mut admin, 1).await;
        reader.halt();
        site.busy_tickets(project, 3).await;
        reader.killed_in_its_page().await;
        assert_eq!(rows(&mut admin, 1).await, before, "half a page is no page");
        // It was killed with its lease: nobody else may read before that has run out.
        Reader::start(&stores[1], "too early").await.ended().await;
        assert_eq!(rows(&mut admin, 1).await, before);
        clock.advance(LEASE_OVER).await.unwrap();
    }
    let reader = Reader::start(&stores[1], "lives").await;
    caught_up(&stores[1], site.head).await;
    reader.stop().await;
    // One that ended in good order gave its lease back: the next one reads at once.
    site.busy_tickets(project, 3).await;
    let reader = Reader::start(&stores[0], "next").await;
    caught_up(&stores[0], site.head).await;
    reader.stop().await;

    let survived = rows(&mut admin, 1).await;
    assert_eq!(survived.len(), 15, "the columns, and of 23 tickets the 14 that were not cancelled");
    assert_eq!(survived, folded_afresh(&db, site.head).await);
}

#[tokio::test]
async fn a_reader_that_dies_between_the_pages_of_a_long_log_is_taken_over_where_it_was() {
    let db = TestDb::new().await;
    let store = db.store();
    let mut site = Site::new(store.clone(), org());
    let project = site.project("billing").await;
    for _ in 0..3 {
        let ticket = site.ticket(project, "Much moved").await;
        site.reorder_often(project, ticket, 1_500).await;
    }
    // Far behind, it reads pages of two thousand; the second one is not finished.
    Reader::halting_in_page(&store, "dies", 2).await.killed_in_its_page().await;
    let at = ReadModels::new(&store).position::<Board>().await.unwrap();
    assert_eq!(at, 2000);
    let mut admin = db.admin().await;
    let newest = rows(&mut admin, 1).await.into_iter().map(|(_, position, _)| position).max();
    assert_eq!(newest, Some(2000), "the rows stand for the same position as the checkpoint");

    db.clock().await.advance(LEASE_OVER).await.unwrap();
    let reader = Reader::start(&store, "lives").await;
    caught_up(&store, site.head).await;
    reader.stop().await;
    let survived = rows(&mut admin, 1).await;
    assert_eq!(survived.len(), 4);
    assert_eq!(survived, folded_afresh(&db, site.head).await);
}

/// As a newer version of the program could have written it.
fn unreadable_ticket(site: &Site, project: ProjectId) -> AppendItem {
    let event = NewEvent {
        event_id: EventId(Uuid::now_v7()),
        event_type: "ticket.teleported".into(),
        schema_version: 1,
        payload: r#"{"$type":"ticket.teleported","to":"mars"}"#.to_owned(),
    };
    let stream = StreamWrite {
        aggregate_type: "ticket".into(),
        aggregate_id: Uuid::now_v7().to_string(),
        project: Some(project),
        expected: 0,
        events: vec![event],
    };
    AppendItem {
        context: context(site.org),
        outcome: "accepted".into(),
        streams: vec![stream],
        guards: Vec::new(),
    }
}

#[tokio::test]
async fn an_event_that_cannot_be_read_stops_the_board_of_its_project_only() {
    let db = TestDb::new().await;
    let store = db.store();
    let mut site = Site::new(store.clone(), org());
    let (sick, well) = (site.project("sick").await, site.project("well").await);
    site.ticket(sick, "Before").await;
    // One page has what comes before, the event itself and what comes after; more follows while it reads.
    let bad = store.append(unreadable_ticket(&site, sick)).await.unwrap().first_position.unwrap();
    site.ticket(sick, "After").await;
    site.ticket(well, "First").await;
    let reader = Reader::start(&store, "node 0").await;
    caught_up(&store, site.head).await;
    site.ticket(sick, "Later").await;
    site.ticket(well, "Second").await;
    caught_up(&store, site.head).await;

    let titles = async |project: ProjectId| {
        let board = ReadModels::new(&store).board(site.org, project).await.unwrap().unwrap();
        let cards = board.columns.iter().flat_map(|column| &column.cards);
        let titles: Vec<_> = cards.map(|card| card.title.to_string()).collect();
        (board.stale, titles)
    };
    assert_eq!(titles(sick).await, (Some(bad), vec!["Before".to_owned()]));
    assert_eq!(titles(well).await, (None, vec!["First".to_owned(), "Second".to_owned()]));
    let parked = store.parked("board/1").await.unwrap();
    let parked: Vec<_> = parked.iter().map(|parked| (parked.root, parked.position)).collect();
    assert_eq!(parked, [(sick.0, bad)]);
    reader.stop().await;
}
