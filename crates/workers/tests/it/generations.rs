//! A read model is rebuilt beside the one that serves, and takes over without anybody noticing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use projections::{Projection as _, ReadModels, board::Board};
use workers::Generations;
use workers::generations::{GenerationError, State};

use crate::node::{Node, board, eventually, in_state, states};
use crate::site::Site;
use crate::support::{TestDb, execute, org};

const VERSION: i32 = Board::VERSION;
const KEPT: Duration = Duration::from_secs(24 * 3600);

/// A row of the generation that serves, changed behind its back: only a rebuild mends it.
const PLANTED: &str = "update read_models.board set row = jsonb_set(row::jsonb, '{title}', '\"Planted\"')::json \
                       where kind = 'card' and gen = 1";

async fn titles(site: &Site, read_models: &ReadModels, project: kernel::ProjectId) -> Vec<String> {
    let board = read_models.board(site.org, project).await.unwrap().expect("the project has a board");
    let cards = board.columns.iter().flat_map(|column| &column.cards);
    cards.map(|card| card.title.to_string()).collect()
}

#[tokio::test]
async fn a_rebuild_goes_on_beside_reads_and_writes_and_switching_shows_its_rows() {
    let db = TestDb::new().await;
    let store = db.store();
    let mut site = Site::new(store.clone(), org());
    let project = site.project("billing").await;
    site.ticket(project, "Take cards").await;
    let node = Node::start(&store, "node 0").await;
    eventually(&store, "the board serves", |board| board.generations[0].position == site.head).await;
    execute(&mut db.admin().await, PLANTED).await;
    let read_models = ReadModels::new(&store);
    assert_eq!(titles(&site, &read_models, project).await, ["Planted"]);

    let generations = Generations::new(&store);
    assert!(matches!(generations.switch("board").await, Err(GenerationError::Nothing(_))));
    assert!(matches!(generations.rebuild("boards", false).await, Err(GenerationError::Unknown(_))));
    let (reading, stop) = reads_never_fail(&site, &read_models, project);
    assert!(generations.rebuild("board", false).await.unwrap());
    assert!(!generations.rebuild("board", false).await.unwrap(), "asked twice, it is one");
    site.busy_tickets(project, 3).await;
    let caught_up = eventually(&store, "the rebuild has caught up", |board| {
        in_state(board, State::Building).is_some_and(|building| building.position == site.head)
    });
    assert_eq!(states(&caught_up.await), [(1, State::Live, VERSION), (2, State::Building, VERSION)]);
    assert!(
        titles(&site, &read_models, project).await.contains(&"Planted".to_owned()),
        "it does not serve yet"
    );

    let switched = async || loop {
        match generations.switch("board").await {
            // The one that serves was a page ahead just now.
            Err(GenerationError::Behind { .. }) => {}
            other => return other.unwrap(),
        }
    };
    switched().await;
    assert_eq!(states(&board(&store).await), [(1, State::Retired, VERSION), (2, State::Live, VERSION)]);
    assert!(titles(&site, &read_models, project).await.contains(&"Take cards".to_owned()));
    // Back again: the one that served is kept up to date.
    site.ticket(project, "After the switch").await;
    let kept =
        |board: &workers::generations::ReadModel| board.generations.iter().all(|g| g.position == site.head);
    eventually(&store, "both follow the log", kept).await;
    switched().await;
    let shown = titles(&site, &read_models, project).await;
    assert!(
        shown.contains(&"Planted".to_owned()) && shown.contains(&"After the switch".to_owned()),
        "{shown:?}"
    );
    stop.store(true, Ordering::SeqCst);
    assert!(reading.await.unwrap() > 0);
    node.stop().await;
}

/// Reads the board without a pause until told to stop; how often. Each read is as far as the one before.
fn reads_never_fail(
    site: &Site,
    read_models: &ReadModels,
    project: kernel::ProjectId,
) -> (tokio::task::JoinHandle<u64>, Arc<AtomicBool>) {
    let (read_models, org) = (read_models.clone(), site.org);
    let stop = Arc::new(AtomicBool::new(false));
    let stopped = stop.clone();
    let reading = tokio::spawn(async move {
        let (mut reads, mut seen) = (0, 0);
        while !stopped.load(Ordering::SeqCst) {
            let board = read_models.board(org, project).await.expect("no read fails").expect("a board");
            assert!(board.position >= seen, "from {seen} back to {}", board.position);
            (reads, seen) = (reads + 1, board.position);
        }
        reads
    });
    (reading, stop)
}

#[tokio::test]
async fn what_is_behind_does_not_serve() {
    let db = TestDb::new().await;
    let store = db.store();
    let mut site = Site::new(store.clone(), org());
    let project = site.project("billing").await;
    let node = Node::start(&store, "node 0").await;
    eventually(&store, "the board serves", |board| board.generations[0].position == site.head).await;
    node.stop().await;
    // Nobody folds: what is asked for waits.
    let generations = Generations::new(&store);
    generations.rebuild("board", false).await.unwrap();
    let refused = generations.switch("board").await.unwrap_err();
    let expected = (site.head, 0);
    assert!(
        matches!(refused, GenerationError::Behind { serving, offered, .. } if (serving, offered) == expected)
    );
    assert_eq!(refused.code(), "generation_behind");
    execute(&mut db.admin().await, "update read_models.generations set version = 99 where gen = 2").await;
    let refused = generations.switch("board").await.unwrap_err();
    assert!(matches!(refused, GenerationError::OtherVersion { found: 99, known: VERSION, .. }), "{refused}");
    assert_eq!(ReadModels::new(&store).board(site.org, project).await.unwrap().unwrap().position, site.head);
}

#[tokio::test]
async fn rows_of_another_version_are_rebuilt_and_replaced_without_anybody_asking() {
    for other in [VERSION - 1, VERSION + 1] {
        let db = TestDb::new().await;
        let store = db.store();
        let mut site = Site::new(store.clone(), org());
        let project = site.project("billing").await;
        site.ticket(project, "Take cards").await;
        let node = Node::start(&store, "node 0").await;
        eventually(&store, "the board serves", |board| board.generations[0].position == site.head).await;
        node.stop().await;
        let mut admin = db.admin().await;
        execute(&mut admin, PLANTED).await;
        let made = format!("update read_models.generations set version = {other} where name = 'board'");
        execute(&mut admin, &made).await;

        // Two nodes start at once: it is one rebuild.
        let (one, two) = (db.store(), db.store());
        let (one, two) = tokio::join!(Node::start(&one, "node 1"), Node::start(&two, "node 2"));
        let renewed = eventually(&store, "ours serves", |board| {
            in_state(board, State::Live).is_some_and(|live| live.version == VERSION)
        });
        assert_eq!(states(&renewed.await), [(1, State::Retired, other), (2, State::Live, VERSION)]);
        assert_eq!(titles(&site, &ReadModels::new(&store), project).await, ["Take cards"]);
        one.stop().await;
        two.stop().await;
    }
}

#[tokio::test]
async fn a_rebuild_survives_the_death_of_its_node_and_is_the_same_byte_for_byte() {
    let db = TestDb::new().await;
    let stores = [db.store(), db.store()];
    let mut site = Site::new(stores[0].clone(), org());
    let project = site.project("billing").await;
    site.busy_tickets(project, 4).await;
    let ticket = site.ticket(project, "Much moved").await;
    site.reorder_often(project, ticket, 4_500).await;
    // Dies in the second of three pages of the rebuild, without giving anything back.
    let generations = Generations::new(&stores[0]);
    generations.begin().await.unwrap();
    generations.rebuild("board", false).await.unwrap();
    crate::readers::Reader::of_generation(&stores[0], "dies", 2, 2).await.killed_in_its_page().await;
    assert_eq!(in_state(&board(&stores[1]).await, State::Building).unwrap().position, 2000);

    let node = Node::start(&stores[1], "lives").await;
    let live =
        |board: &workers::generations::ReadModel| in_state(board, State::Live).unwrap().position == site.head;
    eventually(&stores[1], "the board serves", live).await;
    db.clock().await.advance(Duration::from_secs(13)).await.unwrap();
    let built =
        |board: &workers::generations::ReadModel| board.generations.iter().all(|g| g.position == site.head);
    eventually(&stores[1], "the rebuild goes on", built).await;
    let difference = generations.differ("board").await.unwrap();
    assert_eq!(
        (difference.position, difference.rows, difference.different),
        (site.head, 4, 0),
        "{difference:?}"
    );

    // A rebuild that is asked for in the middle of things begins again, on whatever node it is.
    generations.switch("board").await.unwrap();
    assert!(generations.rebuild("board", true).await.unwrap());
    eventually(&stores[1], "it took over by itself", |board| board.generations[0].state == State::Live).await;
    site.ticket(project, "One more").await;
    eventually(&stores[1], "both follow the log", |board| {
        board.generations.iter().all(|g| g.position == site.head)
    })
    .await;
    assert_eq!(generations.differ("board").await.unwrap().different, 0);
    node.stop().await;
}

#[tokio::test]
async fn a_planted_row_is_found() {
    let db = TestDb::new().await;
    let store = db.store();
    let mut site = Site::new(store.clone(), org());
    let project = site.project("billing").await;
    site.ticket(project, "Take cards").await;
    site.ticket(project, "Give change").await;
    let node = Node::start(&store, "node 0").await;
    let generations = Generations::new(&store);
    assert!(matches!(generations.differ("board").await, Err(GenerationError::Nothing(_))));
    generations.rebuild("board", false).await.unwrap();
    let both = |board: &workers::generations::ReadModel| {
        board.generations.len() == 2 && board.generations.iter().all(|g| g.position == site.head)
    };
    eventually(&store, "both follow the log", both).await;
    node.stop().await;
    let different = async || {
        let difference = generations.differ("board").await.unwrap();
        assert_eq!(difference.places.len(), usize::try_from(difference.different).unwrap());
        (difference.rows, difference.different)
    };
    assert_eq!(different().await, (3, 0));
    let mut admin = db.admin().await;
    // One byte that says the same, another position, one row too few, one too many.
    let space =
        "update read_models.board set row = (row::text || ' ')::json where gen = 1 and kind = 'columns'";
    execute(&mut admin, space).await;
    assert_eq!(different().await, (3, 1));
    let lost = "delete from read_models.board where gen = 2 and row::text like '%Give change%'";
    execute(&mut admin, lost).await;
    assert_eq!(different().await, (3, 2));
    let late = "update read_models.board set position = position + 1 where gen = 1 and row::text like '%Take cards%'";
    execute(&mut admin, late).await;
    assert_eq!(different().await, (3, 3));
    let invented = "insert into read_models.board (gen, org_id, root, kind, id, position, row) \
                    select gen, org_id, root, kind, 'invented', position, row from read_models.board \
                    where gen = 2 and kind = 'card'";
    execute(&mut admin, invented).await;
    assert_eq!(different().await, (4, 4));
}

#[tokio::test]
async fn what_was_kept_long_enough_is_removed() {
    let db = TestDb::new().await;
    let store = db.store();
    let mut site = Site::new(store.clone(), org());
    let project = site.project("billing").await;
    let node = Node::start(&store, "node 0").await;
    let generations = Generations::new(&store);
    generations.rebuild("board", true).await.unwrap();
    eventually(&store, "it took over", |board| board.generations[0].state == State::Retired).await;
    let (mut clock, mut admin) = (db.clock().await, db.admin().await);
    clock.advance(KEPT).await.unwrap();
    assert!(
        matches!(generations.switch("board").await, Err(GenerationError::Nothing(_))),
        "nobody folds it now"
    );
    clock.advance(Duration::from_secs(61)).await.unwrap();
    eventually(&store, "the old one is gone", |board| board.generations.len() == 1).await;
    let left: (i64, i64) = sqlx::query_as(
        "select (select count(*) from read_models.board where gen = 1), \
         (select count(*) from es.checkpoints where consumer = 'board/1')",
    )
    .fetch_one(&mut admin)
    .await
    .unwrap();
    assert_eq!(left, (0, 0));
    site.ticket(project, "Later").await;
    let live =
        |board: &workers::generations::ReadModel| in_state(board, State::Live).unwrap().position == site.head;
    assert_eq!(states(&eventually(&store, "the new one goes on", live).await), [(2, State::Live, VERSION)]);
    // And the first one can be built again.
    generations.rebuild("board", true).await.unwrap();
    eventually(&store, "the first one serves again", |board| board.generations[0].state == State::Live).await;
    assert_eq!(titles(&site, &ReadModels::new(&store), project).await, ["Later"]);
    node.stop().await;
}
