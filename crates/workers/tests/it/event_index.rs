//! Events are found by type and by actor without looking through the log, whatever they are.

use std::time::Duration;

use eventstore::{AppendItem, Direction, Filter, NewEvent, StreamWrite};
use kernel::{EventId, OrgId, ProjectId, Uuid};
use projections::event_index::EventIndex;
use projections::{Projection as _, ReadModels};
use sqlx::Row as _;
use tokio::time::interval;
use workers::lags;

use crate::node::Node;
use crate::site::Site;
use crate::support::{TestDb, context, org};

const TYPES: [&str; 3] = ["note.made", "note.made_again", "note.lost"];

/// Notes of an aggregate that this program does not know, in two projects by turns.
async fn write_notes(site: &mut Site, projects: [ProjectId; 2], count: usize) {
    let mut last = 0;
    for n in 0..count / 25 {
        let events = (0..25).map(|i| NewEvent {
            event_id: EventId(Uuid::now_v7()),
            event_type: TYPES[(n * 7 + i * i) % 3].into(),
            schema_version: 1,
            payload: "{}".to_owned(),
        });
        let stream = StreamWrite {
            aggregate_type: "note".into(),
            aggregate_id: Uuid::now_v7().to_string(),
            project: Some(projects[n % 2]),
            expected: 0,
            events: events.collect(),
        };
        let item = AppendItem {
            context: context(site.org),
            outcome: "accepted".into(),
            streams: vec![stream],
            guards: Vec::new(),
        };
        last = site.node.store().append(item).await.unwrap().last_position.unwrap();
    }
    site.head = last;
}

struct Asked<'a> {
    org: OrgId,
    project: Option<ProjectId>,
    types: &'a [&'a str],
    from: i64,
    direction: Direction,
    limit: i64,
}

impl Asked<'_> {
    fn types(&self) -> Vec<String> {
        self.types.iter().map(|text| (*text).to_owned()).collect()
    }

    /// What the log itself says.
    async fn scanned(&self, db: &TestDb) -> Vec<i64> {
        let (beyond, order) = match self.direction {
            Direction::Forwards => (">", "asc"),
            Direction::Backwards => ("<", "desc"),
        };
        let statement = format!(
            "select position from es.events where org_id = $1 and ($2::uuid is null or project_id = $2) \
             and event_type = any($3) and position {beyond} $4 order by position {order} limit $5"
        );
        let rows = sqlx::query(&statement)
            .bind(self.org.0)
            .bind(self.project.map(|project| project.0))
            .bind(self.types())
            .bind(self.from)
            .bind(self.limit)
            .fetch_all(&mut db.admin().await)
            .await
            .unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }
}

#[tokio::test]
async fn the_index_finds_what_the_log_has_by_type_and_by_actor() {
    let db = TestDb::new().await;
    let store = db.store();
    let mut site = Site::new(store.clone(), org());
    let projects = [site.project("one").await, site.project("other").await];
    write_notes(&mut site, projects, 3_500).await;
    let node = Node::start(&store, "node 0").await;
    let read_models = ReadModels::new(&store);
    crate::node::eventually(&store, "the board", |board| board.generations[0].position == site.head).await;
    let mut looks = interval(Duration::from_millis(5));
    while read_models.position::<EventIndex>().await.unwrap() < site.head {
        looks.tick().await;
    }
    let mut found = 0;
    for types in [&TYPES[..1], &TYPES[1..], &["project.created"], &["note"]] {
        for project in [None, Some(projects[1]), Some(ProjectId(Uuid::nil()))] {
            for (direction, from) in [
                (Direction::Forwards, 0),
                (Direction::Forwards, 999),
                (Direction::Forwards, 1_500),
                (Direction::Backwards, i64::MAX),
                (Direction::Backwards, 3_003),
                (Direction::Backwards, 1_000),
            ] {
                for limit in [1, 40, 5_000] {
                    let asked = Asked { org: site.org, project, types, from, direction, limit };
                    let expected = asked.scanned(&db).await;
                    let answer = read_models
                        .positions_of_types(site.org, project, &asked.types(), from, direction, limit)
                        .await
                        .unwrap();
                    assert_eq!((answer.position, &answer.positions), (site.head, &expected));
                    found += expected.len();
                }
            }
        }
    }
    assert!(found > 10_000, "{found}");

    // Each stream of notes has an actor of its own; the projects were created by one.
    let page = store.reader_of(site.org).page(&Filter::default(), 0, 102, Direction::Forwards).await.unwrap();
    let actor = page[101].envelope.actor;
    let by_actor = read_models.positions_of_actor(site.org, None, actor, 80, Direction::Forwards, 10).await;
    assert_eq!(by_actor.unwrap().positions, (81..91).collect::<Vec<_>>());
    let by_actor =
        read_models.positions_of_actor(site.org, None, actor, i64::MAX, Direction::Backwards, 100).await;
    assert_eq!(by_actor.unwrap().positions, (78..103).rev().collect::<Vec<_>>());
    let of_others = read_models
        .positions_of_types(org(), None, &["note.made".to_owned()], 0, Direction::Forwards, 10)
        .await
        .unwrap();
    assert_eq!(of_others.positions, Vec::<i64>::new(), "another tenant sees nothing");

    let lags = lags(&store.pools().read, store.log_id()).await.unwrap();
    let index =
        lags.iter().find(|lag| lag.consumer == format!("{}/1", EventIndex::NAME)).expect("it is told");
    assert_eq!((index.position, index.behind), (site.head, 0));
    node.stop().await;
    let before = site.head;
    write_notes(&mut site, projects, 25).await;
    let lags = workers::lags(&store.pools().read, store.log_id()).await.unwrap();
    assert!(lags.iter().all(|lag| (lag.position, lag.behind) == (before, 25)), "{lags:?}");
}
