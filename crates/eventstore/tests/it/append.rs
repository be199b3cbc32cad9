//! What is appended is read, whole, in one order.

use std::time::Duration;

use eventstore::{AppendError, AppendItem, Direction, Filter};
use kernel::CommandId;
use uuid::Uuid;

use crate::counter::Counter;
use crate::support::{TestDb, event, item, org, stream_id, write};

#[tokio::test]
async fn an_appended_event_is_read_by_its_position_as_it_was_written() {
    let db = TestDb::new().await;
    let (store, org, id) = (db.store(), org(), stream_id());
    let mut item = item(org, &id, 0);
    item.context.causation_id = Some(Uuid::now_v7());
    item.context.epoch = Some(7);
    // Blanks, the order of the fields and the escapes are the writer's; nothing normalises them.
    item.streams[0].events[0].payload =
        "{ \"by\" : 1 , \"$type\":\"counter.raised\",\"x\":\"\\u00e9\u{e9}\" }".into();
    let sent = item.clone();

    let appended = store.append(item).await.unwrap();
    assert_eq!((appended.first_position, appended.last_position), (Some(1), Some(1)));
    assert!(!appended.repeated);

    let page = store.reader().page(&Filter::default(), 0, 10, Direction::Forwards).await.unwrap();
    let [recorded] = &page[..] else { panic!("one event, not {page:?}") };
    let envelope = &recorded.envelope;
    assert_eq!((envelope.log_id, envelope.position, envelope.sequence), (1, 1, 1));
    assert_eq!((envelope.org_id, envelope.project_id), (org, None));
    assert_eq!((&*envelope.aggregate_type, &*envelope.aggregate_id), ("counter", &*id));
    assert_eq!(envelope.event_id, sent.streams[0].events[0].event_id);
    assert_eq!((&*envelope.event_type, envelope.schema_version), ("counter.raised", 3));
    assert_eq!((envelope.actor, envelope.command_id), (sent.context.actor, sent.context.command_id));
    assert_eq!(envelope.correlation_id, sent.context.correlation_id);
    assert_eq!((envelope.causation_id, envelope.epoch), (sent.context.causation_id, Some(7)));
    assert_eq!(envelope.recorded_at, appended.recorded_at);
    assert_eq!(recorded.event, sent.streams[0].events[0].payload);
    assert_eq!(recorded.metadata, r#"{"traceparent":"00-1-2-01"}"#);
}

#[tokio::test]
async fn positions_are_dense_and_in_the_order_of_the_appends() {
    let db = TestDb::new().await;
    let (store, org, id) = (db.store(), org(), stream_id());
    let mut firsts = Vec::new();
    for version in [0, 3, 6] {
        let several = AppendItem { streams: vec![write(&id, version, 3)], ..item(org, &id, version) };
        firsts.push(store.append(several).await.unwrap().first_position);
    }
    assert_eq!(firsts, [Some(1), Some(4), Some(7)]);
    let page = store.reader().page(&Filter::default(), 0, 100, Direction::Forwards).await.unwrap();
    let places: Vec<_> = page.iter().map(|e| (e.envelope.position, e.envelope.sequence)).collect();
    assert_eq!(places, (1..=9).map(|n| (n, n)).collect::<Vec<_>>());
    assert!(page.is_sorted_by_key(|event| event.envelope.recorded_at));
}

#[tokio::test]
async fn a_unit_of_work_over_several_streams_is_all_or_nothing() {
    let db = TestDb::new().await;
    let (store, org) = (db.store(), org());
    let (a, b, c) = (stream_id(), stream_id(), stream_id());
    let both = AppendItem { streams: vec![write(&a, 0, 2), write(&b, 0, 1)], ..item(org, &a, 0) };
    let appended = store.append(both).await.unwrap();
    assert_eq!((appended.first_position, appended.last_position), (Some(1), Some(3)));

    let before = db.written().await;
    let stale = AppendItem { streams: vec![write(&c, 0, 1), write(&b, 0, 1)], ..item(org, &a, 0) };
    let refused = store.append(stale).await.unwrap_err();
    assert!(
        matches!(&refused, AppendError::Conflict { stream, actual: 1 } if *stream == format!("counter/{b}")),
        "{refused:?}"
    );
    assert_eq!(db.written().await, before);
}

#[tokio::test]
async fn a_stream_can_be_checked_without_being_written() {
    let db = TestDb::new().await;
    let (store, org) = (db.store(), org());
    let (read, written) = (stream_id(), stream_id());
    store.append(item(org, &read, 0)).await.unwrap();

    let decided_on = |version| AppendItem {
        streams: vec![write(&read, version, 0), write(&written, 0, 1)],
        ..item(org, &written, 0)
    };
    let refused = store.append(decided_on(2)).await.unwrap_err();
    assert!(matches!(refused, AppendError::Conflict { actual: 1, .. }), "{refused:?}");
    assert_eq!(db.count("events").await, 1);
    store.append(decided_on(1)).await.unwrap();
    assert_eq!(db.count("events").await, 2);
}

#[tokio::test]
async fn a_lost_version_check_answers_the_actual_version() {
    let db = TestDb::new().await;
    let (store, org, id) = (db.store(), org(), stream_id());
    store.append(AppendItem { streams: vec![write(&id, 0, 4)], ..item(org, &id, 0) }).await.unwrap();
    let before = db.written().await;
    for stale in [0, 3, 5] {
        let refused = store.append(item(org, &id, stale)).await.unwrap_err();
        assert!(matches!(refused, AppendError::Conflict { actual: 4, .. }), "{stale}: {refused:?}");
    }
    assert_eq!(db.written().await, before);
}

#[tokio::test]
async fn an_unknown_stream_is_at_version_0() {
    let db = TestDb::new().await;
    let (store, org, id) = (db.store(), org(), stream_id());
    let refused = store.append(item(org, &id, 5)).await.unwrap_err();
    assert!(matches!(refused, AppendError::Conflict { actual: 0, .. }), "{refused:?}");
    let loaded = store.load::<Counter>(org, &id, CommandId(Uuid::now_v7())).await.unwrap();
    assert_eq!((loaded.aggregate.version, loaded.aggregate.state), (0, Counter::default()));
    assert_eq!(db.count("streams").await, 0);
}

#[tokio::test]
async fn the_stream_of_another_organization_looks_absent() {
    let db = TestDb::new().await;
    let (store, owner, stranger, id) = (db.store(), org(), org(), stream_id());
    let theirs = item(owner, &id, 0);
    let command = theirs.context.command_id;
    store.append(theirs).await.unwrap();
    let seen = store.load::<Counter>(owner, &id, command).await.unwrap();
    assert_eq!((seen.aggregate.version, seen.outcome.is_some()), (1, true));

    let before = db.written().await;
    for expected in [0, 1] {
        let refused = store.append(item(stranger, &id, expected)).await.unwrap_err();
        assert!(matches!(refused, AppendError::Conflict { actual: 0, .. }), "{expected}: {refused:?}");
    }
    let unseen = store.load::<Counter>(stranger, &id, command).await.unwrap();
    assert_eq!((unseen.aggregate.version, unseen.outcome), (0, None));
    assert_eq!(db.written().await, before);
}

#[tokio::test]
async fn a_payload_over_the_limit_is_refused_before_it_is_sent() {
    let db = TestDb::new().await;
    let (store, org, id) = (db.store(), org(), stream_id());
    let of = |bytes: usize| {
        let frame = r#"{"$type":"counter.raised","by":1,"x":""}"#;
        event(&frame.replace(r#""x":"""#, &format!(r#""x":"{}""#, "x".repeat(bytes - frame.len()))))
    };
    let mut large = item(org, &id, 0);
    large.streams[0].events = vec![of(256 * 1024 + 1)];
    let refused = store.append(large.clone()).await.unwrap_err();
    assert!(
        matches!(&refused, AppendError::PayloadTooLarge { event_type, bytes: 262_145, limit: 262_144 } if event_type == "counter.raised"),
        "{refused:?}"
    );
    assert_eq!(db.count("events").await, 0);

    large.streams[0].events = vec![of(256 * 1024)];
    store.append(large).await.unwrap();
    assert_eq!(db.count("events").await, 1);
}

#[tokio::test]
async fn a_malformed_item_is_refused_before_it_is_sent() {
    let db = TestDb::new().await;
    let (store, org, id) = (db.store(), org(), stream_id());
    let well_formed = || item(org, &id, 0);
    let malformed = [
        ("twice", AppendItem { streams: vec![write(&id, 0, 1), write(&id, 1, 1)], ..well_formed() }),
        ("below 0", item(org, &id, -1)),
        ("without an event", AppendItem { streams: vec![write(&id, 0, 0)], ..well_formed() }),
        ("a blank", item(org, "a b", 0)),
        ("reserved", {
            let mut item = well_formed();
            item.context.metadata.insert("guards".into(), "[]".into());
            item
        }),
    ];
    for (reason, item) in malformed {
        let refused = store.append(item).await.unwrap_err();
        assert!(matches!(&refused, AppendError::Invalid(text) if text.contains(reason)), "{refused:?}");
    }
    assert_eq!(db.count("events").await, 0);
    store.append(well_formed()).await.unwrap();
}

#[tokio::test]
async fn an_append_that_its_caller_forgets_about_holds_up_nobody() {
    let db = TestDb::new().await;
    let (store, org) = (db.store(), org());
    let mut forgotten = Box::pin(store.append(item(org, &stream_id(), 0)));
    // Begun and never asked again, as in a `select!` arm or a buffered stream whose consumer is slow.
    assert!(futures::poll!(forgotten.as_mut()).is_pending());
    let other = tokio::time::timeout(Duration::from_secs(10), store.append(item(org, &stream_id(), 0))).await;
    other.expect("it has its own caller").unwrap();
    forgotten.await.unwrap();
    assert_eq!(db.count("events").await, 2);
}
