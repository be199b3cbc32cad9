//! The log is read by position, in both directions, filtered, a page at a time.

use eventstore::{AppendItem, Direction, Filter, NewEvent, Reader};
use futures::{StreamExt as _, TryStreamExt as _};
use kernel::{EventId, OrgId, ProjectId, Uuid};

use crate::support::{TestDb, item, org, stream_id, write};

/// Two tenants; nine events, of which 4, 5 and 9 are the other's, 6 and 7 of a project, 8 of another type.
async fn nine_events(db: &TestDb) -> (OrgId, OrgId, ProjectId, String) {
    let (store, one, other, project) = (db.store(), org(), org(), ProjectId(Uuid::now_v7()));
    let (a, b, c) = (stream_id(), stream_id(), stream_id());
    let mut of_project = write(&c, 0, 2);
    of_project.project = Some(project);
    let mut cleared = write(&a, 3, 0);
    cleared.events = vec![NewEvent {
        event_id: EventId(Uuid::now_v7()),
        event_type: "counter.cleared".into(),
        schema_version: 1,
        payload: r#"{"$type":"counter.cleared"}"#.into(),
    }];
    let mut ledger = write(&b, 0, 1);
    ledger.aggregate_type = "ledger".into();
    for (org, write) in
        [(one, write(&a, 0, 3)), (other, write(&b, 0, 2)), (one, of_project), (one, cleared), (other, ledger)]
    {
        store.append(AppendItem { streams: vec![write], ..item(org, &a, 0) }).await.unwrap();
    }
    (one, other, project, a)
}

async fn positions(
    reader: &Reader,
    filter: &Filter,
    from: i64,
    limit: i64,
    direction: Direction,
) -> Vec<i64> {
    let page = reader.page(filter, from, limit, direction).await.unwrap();
    page.iter().map(|event| event.envelope.position).collect()
}

#[tokio::test]
async fn pages_go_forwards_and_backwards_from_beyond_a_position() {
    let db = TestDb::new().await;
    nine_events(&db).await;
    let (reader, all) = (db.store().reader(), Filter::default());
    assert_eq!(positions(&reader, &all, 0, 4, Direction::Forwards).await, [1, 2, 3, 4]);
    assert_eq!(positions(&reader, &all, 4, 100, Direction::Forwards).await, [5, 6, 7, 8, 9]);
    assert_eq!(positions(&reader, &all, 9, 4, Direction::Forwards).await, [0; 0]);
    assert_eq!(positions(&reader, &all, i64::MAX, 3, Direction::Backwards).await, [9, 8, 7]);
    assert_eq!(positions(&reader, &all, 3, 100, Direction::Backwards).await, [2, 1]);
    assert_eq!(reader.head().await.unwrap(), 9);
}

#[tokio::test]
async fn filters_narrow_what_is_read() {
    let db = TestDb::new().await;
    let (_, _, project, a) = nine_events(&db).await;
    let reader = db.store().reader();
    let filters = [
        (Filter { project: Some(project), ..Filter::default() }, vec![6, 7]),
        (Filter { aggregate_type: Some("ledger".into()), ..Filter::default() }, vec![9]),
        (
            Filter {
                aggregate_type: Some("counter".into()),
                aggregate_id: Some(a.clone()),
                ..Filter::default()
            },
            vec![1, 2, 3, 8],
        ),
        (Filter { event_types: vec!["counter.cleared".into()], ..Filter::default() }, vec![8]),
        (
            Filter {
                event_types: vec!["counter.cleared".into(), "counter.raised".into()],
                ..Filter::default()
            },
            (1..=9).collect(),
        ),
        (Filter { aggregate_id: Some(a), event_types: vec!["nothing".into()], ..Filter::default() }, vec![]),
    ];
    for (filter, expected) in filters {
        assert_eq!(positions(&reader, &filter, 0, 100, Direction::Forwards).await, expected, "{filter:?}");
        let mut backwards = positions(&reader, &filter, i64::MAX, 100, Direction::Backwards).await;
        backwards.reverse();
        assert_eq!(backwards, expected, "{filter:?} backwards");
    }
}

#[tokio::test]
async fn a_tenants_reader_sees_that_tenants_events() {
    let db = TestDb::new().await;
    let (one, other, project, _) = nine_events(&db).await;
    let (store, all) = (db.store(), Filter::default());
    assert_eq!(positions(&store.reader_of(one), &all, 0, 100, Direction::Forwards).await, [1, 2, 3, 6, 7, 8]);
    assert_eq!(positions(&store.reader_of(other), &all, 0, 100, Direction::Forwards).await, [4, 5, 9]);
    assert_eq!(
        (store.reader_of(one).head().await.unwrap(), store.reader_of(other).head().await.unwrap()),
        (8, 9)
    );
    assert_eq!(store.reader_of(org()).head().await.unwrap(), 0);
    let foreign = Filter { project: Some(project), ..all };
    assert_eq!(positions(&store.reader_of(other), &foreign, 0, 100, Direction::Forwards).await, [0; 0]);
}

#[tokio::test]
async fn pages_follow_each_other_to_the_head() {
    let db = TestDb::new().await;
    nine_events(&db).await;
    let reader = db.store().reader();
    for size in [1, 2, 3, 4, 9, 10] {
        let pages: Vec<_> = reader.pages(Filter::default(), 1, size).try_collect().await.unwrap();
        assert!(pages.iter().all(|page| !page.is_empty() && i64::try_from(page.len()).unwrap() <= size));
        let read: Vec<_> = pages.concat().iter().map(|event| event.envelope.position).collect();
        assert_eq!(read, (2..=9).collect::<Vec<_>>(), "pages of {size}");
    }
    let beyond: Vec<_> = reader.pages(Filter::default(), 9, 5).try_collect().await.unwrap();
    assert!(beyond.is_empty());
}

#[tokio::test]
async fn a_reader_that_loses_its_database_says_so() {
    let db = TestDb::new().await;
    nine_events(&db).await;
    let store = db.store();
    let mut pages = Box::pin(store.reader().pages(Filter::default(), 0, 2));
    assert_eq!(pages.next().await.unwrap().unwrap().len(), 2);
    store.pools().close().await;
    let rest: Vec<_> = pages.collect().await;
    assert!(rest.last().is_some_and(Result::is_err), "a log that ends early is not the end: {rest:?}");
}
