//! An aggregate is loaded as its events made it, through a snapshot that is beyond doubt, or not at all.

use eventstore::{AppendItem, DecodeError, LoadError, Loaded, NewEvent, Store};
use kernel::{CommandId, EventId, OrgId, Uuid};

use crate::counter::Counter;
use crate::support::{TestDb, execute, item, org, stream_id, write};

async fn load(store: &Store, org: OrgId, id: &str) -> Result<Loaded<Counter>, LoadError> {
    store.load::<Counter>(org, id, CommandId(Uuid::nil())).await
}

/// A stream of five events, each worth one, and a snapshot after the third that says 1000: seen only by who
/// used it.
async fn five_and_a_snapshot(db: &TestDb) -> (Store, OrgId, String) {
    let (store, org, id) = (db.store(), org(), stream_id());
    store.append(AppendItem { streams: vec![write(&id, 0, 5)], ..item(org, &id, 0) }).await.unwrap();
    assert!(store.save_snapshot(org, &id, 3, &Counter { value: 1000 }).await.unwrap());
    (store, org, id)
}

#[tokio::test]
async fn a_load_starts_at_the_snapshot() {
    let db = TestDb::new().await;
    let (store, org, id) = five_and_a_snapshot(&db).await;
    let loaded = load(&store, org, &id).await.unwrap().aggregate;
    assert_eq!((loaded.version, loaded.snapshot_version, loaded.state.value), (5, 3, 1002));
}

#[tokio::test]
async fn a_snapshot_that_is_in_doubt_is_ignored() {
    let doubts = [
        ("another logic made it", "update es.snapshots set logic_version = 1"),
        ("it does not decode", "update es.snapshots set payload = '{\"value\":\"many\"}'"),
        ("it is of another shape", "update es.snapshots set payload = '[]'"),
        ("it is ahead of the stream", "update es.snapshots set version = 6"),
        ("it is of another organization", "update es.snapshots set org_id = gen_random_uuid()"),
        ("it is gone", "delete from es.snapshots"),
    ];
    let db = TestDb::new().await;
    let mut admin = db.admin().await;
    for (doubt, sql) in doubts {
        let (store, org, id) = five_and_a_snapshot(&db).await;
        assert_eq!(load(&store, org, &id).await.unwrap().aggregate.snapshot_version, 3);
        execute(&mut admin, &format!("{sql} {} aggregate_id = '{id}'", "where")).await;
        let loaded = load(&store, org, &id).await.unwrap().aggregate;
        assert_eq!((loaded.version, loaded.snapshot_version, loaded.state.value), (5, 0, 5), "{doubt}");
    }
}

#[tokio::test]
async fn only_a_newer_snapshot_of_ones_own_stream_is_kept() {
    let db = TestDb::new().await;
    let (store, org, id) = five_and_a_snapshot(&db).await;
    let save =
        async |org, version| store.save_snapshot(org, &id, version, &Counter { value: 7 }).await.unwrap();
    assert!(!save(org, 2).await, "an older one");
    assert!(!save(org, 3).await, "the same one");
    assert!(!save(org, 6).await, "the stream is not that far");
    assert!(!save(self::org(), 4).await, "somebody else's stream");
    assert!(save(org, 5).await);
    assert_eq!(load(&store, org, &id).await.unwrap().aggregate.state.value, 7);
    assert_eq!(db.count("snapshots").await, 1);
}

/// Appends one event as a release of another time would have written it.
async fn written_as(
    db: &TestDb,
    event_type: &'static str,
    version: i32,
    payload: &str,
) -> Result<i64, DecodeError> {
    let (store, org, id) = (db.store(), org(), stream_id());
    let event = NewEvent {
        event_id: EventId(Uuid::now_v7()),
        event_type: event_type.into(),
        schema_version: version,
        payload: payload.into(),
    };
    let mut item = item(org, &id, 0);
    item.streams[0].events.push(event);
    store.append(item).await.unwrap();
    match load(&store, org, &id).await {
        Ok(loaded) => Ok(loaded.aggregate.state.value),
        Err(LoadError::Unreadable { stream, version, source }) => {
            assert_eq!((stream, version), (format!("counter/{id}"), 2));
            Err(source)
        }
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_older_version_is_read_through_its_upcast() {
    let db = TestDb::new().await;
    let value =
        written_as(&db, "counter.raised", 2, r#"{"$type":"counter.raised","amount":41}"#).await.unwrap();
    assert_eq!(value, 42);
}

#[tokio::test]
async fn what_cannot_be_read_is_named_and_never_guessed_at() {
    let db = TestDb::new().await;
    let this_release = r#"{"$type":"counter.raised","by":1}"#;
    let unknown = written_as(&db, "counter.exploded", 1, this_release).await.unwrap_err();
    assert!(matches!(&unknown, DecodeError::UnknownType(name) if name == "counter.exploded"), "{unknown:?}");
    let newer = written_as(&db, "counter.raised", 4, this_release).await.unwrap_err();
    assert!(matches!(newer, DecodeError::NewerVersion { found: 4, known: 3, .. }), "{newer:?}");
    let forgotten = written_as(&db, "counter.raised", 1, this_release).await.unwrap_err();
    assert!(matches!(forgotten, DecodeError::NoPath { from: 1, .. }), "{forgotten:?}");
    for other in
        [r#"{"$type":"counter.raised","by":"many"}"#, r#"{"$type":"counter.raised"}"#, "[]", "1", "null"]
    {
        let malformed = written_as(&db, "counter.raised", 3, other).await.unwrap_err();
        assert!(matches!(malformed, DecodeError::Malformed { .. }), "{other}: {malformed:?}");
    }
    // An upcast that finds nothing to rewrite answers what does not fit either.
    let malformed = written_as(&db, "counter.raised", 2, "[]").await.unwrap_err();
    assert!(matches!(malformed, DecodeError::Malformed { .. }), "{malformed:?}");
}

#[tokio::test]
async fn a_stream_with_an_event_missing_is_not_loaded() {
    let damages = [
        "delete from es.events where sequence = 3 and aggregate_id = '{}'",
        "delete from es.events where sequence = 5 and aggregate_id = '{}'",
        "delete from es.events where sequence = 1 and aggregate_id = '{}'",
        "update es.streams set first_position = first_position + 1 where aggregate_id = '{}'",
    ];
    let db = TestDb::new().await;
    let mut admin = db.admin().await;
    execute(&mut admin, "set session_replication_role = replica").await;
    for damage in damages {
        let (store, org, id) = (db.store(), org(), stream_id());
        store.append(AppendItem { streams: vec![write(&id, 0, 5)], ..item(org, &id, 0) }).await.unwrap();
        assert_eq!(load(&store, org, &id).await.unwrap().aggregate.version, 5);
        execute(&mut admin, &damage.replace("{}", &id)).await;
        let refused = load(&store, org, &id).await.unwrap_err();
        assert!(matches!(refused, LoadError::Unexpected(_)), "{damage}: {refused:?}");
    }
}
