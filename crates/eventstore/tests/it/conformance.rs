//! One scenario through stock postgres-es and through this log gives the same envelopes, and each reads what
//! the other kind of store would read.

use std::collections::HashMap;

use cqrs_es::persist::{PersistedEventRepository as _, PersistedEventStore, SerializedEvent};
use cqrs_es::{AggregateError, CqrsFramework, EventStore};
use eventstore::{LogEventStore, Sourced, crosscheck};
use kernel::{ActorId, Uuid};
use postgres_es::PostgresEventRepository;

use crate::counter::{Command, Counter};
use crate::stock::Stock;
use crate::support::{TestDb, execute, item, org, stream_id};

const RAISE: Command = Command::Raise { by: 2, times: 1 };

/// Commands, a refusal and an empty decision; what each came to.
async fn scenario<S: EventStore<Sourced<Counter>>>(store: S, ids: &[String; 2]) -> Vec<String> {
    let framework = CqrsFramework::new(store, vec![], ());
    let trace = |n: usize| HashMap::from([("traceparent".to_owned(), format!("00-{n}-\"\u{e9}\u{1f600}"))]);
    let commands = [
        (0, RAISE),
        (1, Command::Raise { by: 7, times: 3 }),
        (0, Command::Raise { by: -1, times: 1 }),
        (0, Command::Raise { by: i64::MAX / 4, times: 2 }),
        (1, Command::Clear),
        (1, Command::Clear),
        (1, RAISE),
    ];
    let mut answers = Vec::new();
    for (n, (stream, command)) in commands.into_iter().enumerate() {
        answers.push(match framework.execute_with_metadata(&ids[stream], command, trace(n)).await {
            Ok(()) => "ok".to_owned(),
            Err(error) => error.to_string(),
        });
    }
    answers
}

async fn read<S: EventStore<Sourced<Counter>>>(store: &S, ids: &[String; 2]) -> Vec<SerializedEvent> {
    let mut all = Vec::new();
    for id in ids {
        let events = store.load_events(id).await.unwrap();
        all.extend(events.iter().map(|event| SerializedEvent::try_from(event).unwrap()));
    }
    all
}

#[tokio::test]
async fn the_same_scenario_gives_the_same_envelopes() {
    let (db, stock) = (TestDb::new().await, Stock::new().await);
    let ids = [stream_id(), stream_id()];
    let theirs = || PersistedEventStore::<_, Sourced<Counter>>::new_event_store(stock.repository());
    let log = LogEventStore::new(db.store(), org(), ActorId(Uuid::now_v7()));
    let ours = || log.clone();

    let answers = scenario(theirs(), &ids).await;
    assert_eq!(answers, scenario(ours(), &ids).await);
    assert_eq!(answers[2], "a counter only grows");
    assert_eq!(answers.iter().filter(|answer| *answer == "ok").count(), 6);

    let envelopes = read(&theirs(), &ids).await;
    assert_eq!(envelopes.len(), 8);
    assert_eq!(envelopes, read(&ours(), &ids).await);
    assert_eq!((&*envelopes[0].event_type, &*envelopes[0].event_version), ("counter.raised", "3.0"));

    // Stock code over our table, by the role that reads the whole log, sees the same again.
    let stock_over_ours = PostgresEventRepository::new(db.store().pools().project.clone())
        .with_tables("es.events", "es.snapshots");
    let mut crossed = Vec::new();
    for id in &ids {
        crossed.extend(stock_over_ours.get_events::<Sourced<Counter>>(id).await.unwrap());
    }
    assert_eq!(envelopes, crossed);
}

#[tokio::test]
async fn both_refuse_a_commit_that_was_decided_on_an_old_state() {
    let (db, stock) = (TestDb::new().await, Stock::new().await);
    let id = stream_id();
    conflicts(PersistedEventStore::<_, Sourced<Counter>>::new_event_store(stock.repository()), &id).await;
    conflicts(LogEventStore::new(db.store(), org(), ActorId(Uuid::now_v7())), &id).await;
}

async fn conflicts<S: EventStore<Sourced<Counter>>>(store: S, id: &str) {
    let event = || eventstore::SourcedEvent(crate::counter::Event::Raised { by: 1 });
    let (first, second) = (store.load_aggregate(id).await.unwrap(), store.load_aggregate(id).await.unwrap());
    let committed = store.commit(vec![event(), event()], first, HashMap::new()).await.unwrap();
    assert_eq!(committed.iter().map(|envelope| envelope.sequence).collect::<Vec<_>>(), [1, 2]);
    let refused = store.commit(vec![event()], second, HashMap::new()).await.unwrap_err();
    assert!(matches!(refused, AggregateError::AggregateConflict), "{refused:?}");
    assert_eq!(store.load_events(id).await.unwrap().len(), 2);
}

/// cqrs-es 0.5.0 applies events twice in its snapshot and aggregate stores: `handle` has applied them through
/// the sink, and the commit applies them again before it stores the state. So snapshots here are our own.
#[tokio::test]
async fn the_snapshots_of_cqrs_es_count_events_twice_and_ours_do_not() {
    let (db, stock) = (TestDb::new().await, Stock::new().await);
    let id = stream_id();
    let five_times = Command::Raise { by: 1, times: 5 };

    let events = || PersistedEventStore::new_event_store(stock.repository());
    let snapshots = || PersistedEventStore::new_snapshot_store(stock.repository(), 3);
    let aggregates = || PersistedEventStore::new_aggregate_store(stock.repository());
    let values = [
        value_after(events, five_times, "a").await,
        value_after(snapshots, five_times, "b").await,
        value_after(aggregates, five_times, "c").await,
    ];
    // When this fails because the last two are 5, upstream is mended: say so in docs/decisions.
    assert_eq!(values[0], 5);
    assert_eq!(values[2], 10);
    assert!(values[1] > 5, "{values:?}");

    let (node, org) = (db.store(), org());
    let ours = LogEventStore::new(node.clone(), org, ActorId(Uuid::now_v7()));
    assert_eq!(value_after(|| ours.clone(), five_times, &id).await, 5);
    let loaded =
        node.load::<Counter>(org, &id, item(org, &id, 0).context.command_id).await.unwrap().aggregate;
    assert!(node.save_snapshot(org, &id, loaded.version, &loaded.state).await.unwrap());
    assert_eq!(value_after(|| ours.clone(), RAISE, &id).await, 5 + 2);
    let through_snapshot =
        node.load::<Counter>(org, &id, item(org, &id, 0).context.command_id).await.unwrap();
    assert_eq!((through_snapshot.aggregate.snapshot_version, through_snapshot.aggregate.state.value), (5, 7));
}

/// What a store of this kind loads after one of this kind took the command.
async fn value_after<S: EventStore<Sourced<Counter>>>(
    store: impl Fn() -> S,
    command: Command,
    id: &str,
) -> i64 {
    CqrsFramework::new(store(), vec![], ()).execute(id, command).await.unwrap();
    let mut context = store().load_aggregate(id).await.unwrap();
    cqrs_es::AggregateContext::aggregate(&mut context).0.value
}

#[tokio::test]
async fn the_crosscheck_agrees_on_a_sound_log() {
    let db = TestDb::new().await;
    let (node, org) = (db.store(), org());
    for streams in 0..3 {
        let id = stream_id();
        for version in 0..=streams {
            node.append(item(org, &id, version)).await.unwrap();
        }
    }
    let found = crosscheck::<Counter>(&node, None).await.unwrap();
    assert_eq!((found.streams, found.events, found.different), (3, 6, 0), "{found:?}");
    assert_eq!(crosscheck::<Counter>(&node, Some(2)).await.unwrap().streams, 2);
}

#[tokio::test]
async fn the_crosscheck_finds_what_the_two_readers_do_not_agree_on() {
    let planted = [
        (
            "event_version",
            "update es.events set event_version = '9.0' where aggregate_id = '{}' and sequence = 2",
        ),
        ("events", "update es.streams set version = version + 1 where aggregate_id = '{}'"),
        ("load", "update es.streams set first_position = first_position + 1 where aggregate_id = '{}'"),
        ("readable", "update es.events set event_type = 'counter.unheard' where aggregate_id = '{}'"),
        (
            "state",
            "insert into es.snapshots \
               select org_id, aggregate_type, aggregate_id, 2, 2, '{\"value\": 99}', omoi_now() \
                 from es.streams where aggregate_id = '{}'",
        ),
    ];
    let db = TestDb::new().await;
    let (node, org) = (db.store(), org());
    let ids: Vec<_> = planted.iter().map(|_| stream_id()).collect();
    for id in &ids {
        for version in 0..3 {
            node.append(item(org, id, version)).await.unwrap();
        }
    }
    assert_eq!(crosscheck::<Counter>(&node, None).await.unwrap().different, 0);

    let mut admin = db.admin().await;
    execute(&mut admin, "set session_replication_role = replica").await;
    for ((_, defect), id) in planted.iter().zip(&ids) {
        execute(&mut admin, &defect.replace("{}", id)).await;
    }
    let found = crosscheck::<Counter>(&node, None).await.unwrap();
    for ((what, _), id) in planted.iter().zip(&ids) {
        assert!(
            found.differences.iter().any(|d| d.what == *what && d.aggregate_id == *id),
            "{what}: {found:?}"
        );
    }
}
