//! The events of a run stand in two streams and are read as one, however many there are.

use eventstore::{AppendItem, NewEvent, Store, StreamWrite};
use kernel::{EventId, OrgId, Uuid};
use projections::ReadModels;
use vocabulary::RunId;

use crate::support::{TestDb, context, org};

/// Appends `count` events to one stream.
async fn append(store: &Store, org: OrgId, kind: &str, id: Uuid, expected: &mut i64, count: usize) {
    let event = |_| NewEvent {
        event_id: EventId(Uuid::now_v7()),
        event_type: format!("{kind}.noted").into(),
        schema_version: 1,
        payload: "{}".to_owned(),
    };
    let stream = StreamWrite {
        aggregate_type: kind.to_owned().into(),
        aggregate_id: id.to_string(),
        project: None,
        expected: *expected,
        events: (0..count).map(event).collect(),
    };
    let item = AppendItem {
        context: context(org),
        outcome: "accepted".into(),
        streams: vec![stream],
        guards: Vec::new(),
    };
    store.append(item).await.unwrap();
    *expected += i64::try_from(count).unwrap();
}

/// What the log itself says.
async fn scanned(db: &TestDb, org: OrgId, run: Uuid, after: i64, limit: i64) -> Vec<i64> {
    sqlx::query_scalar(
        "select position from es.events where org_id = $1 and aggregate_id = $2 \
         and aggregate_type in ('run', 'trajectory') and position > $3 order by position limit $4",
    )
    .bind(org.0)
    .bind(run.to_string())
    .bind(after)
    .bind(limit)
    .fetch_all(&mut db.admin().await)
    .await
    .unwrap()
}

#[tokio::test]
async fn the_two_streams_of_a_run_are_read_in_the_order_of_the_log() {
    let db = TestDb::new().await;
    let store = db.store();
    let (org, run, other) = (org(), Uuid::now_v7(), Uuid::now_v7());
    let mut versions = [0; 4];
    for round in 0..40 {
        append(&store, org, "run", run, &mut versions[0], 1 + round % 3).await;
        append(&store, org, "trajectory", run, &mut versions[1], 1 + round * 7 % 11).await;
        append(&store, org, "trajectory", other, &mut versions[2], 2).await;
        // Of something else with the same id.
        append(&store, org, "task", run, &mut versions[3], 1).await;
    }
    let read_models = ReadModels::new(&store);
    let all = scanned(&db, org, run, 0, 10_000).await;
    assert!(all.len() > 250, "{}", all.len());
    let [first, last] = [all[0], all[all.len() - 1]];
    for after in (0..=last + 1).step_by(3).chain([first, last, i64::MAX]) {
        for limit in [1, 2, 50, 10_000] {
            let places = read_models.places_of_run(org, RunId(run), after, limit).await.unwrap();
            let expected: Vec<i64> =
                all.iter().copied().filter(|at| *at > after).take(usize::try_from(limit).unwrap()).collect();
            assert_eq!(places, expected, "{limit} after {after}");
        }
    }
    for before in (0..=last + 1).step_by(3).chain([first, last, i64::MAX]) {
        for limit in [1, 2, 50, 10_000] {
            let places = read_models.last_places_of_run(org, RunId(run), before, limit).await.unwrap();
            let older: Vec<i64> = all.iter().copied().filter(|at| *at < before).collect();
            let skipped = older.len().saturating_sub(usize::try_from(limit).unwrap());
            assert_eq!(places, older[skipped..], "{limit} before {before}");
        }
    }
    let unknown = read_models.places_of_run(org, RunId(Uuid::now_v7()), 0, 10).await.unwrap();
    assert_eq!(unknown, Vec::<i64>::new());
    let foreign = read_models.places_of_run(crate::support::org(), RunId(run), 5, 10).await.unwrap();
    assert_eq!(foreign, Vec::<i64>::new(), "another tenant sees nothing");
    let foreign = read_models.last_places_of_run(crate::support::org(), RunId(run), i64::MAX, 10).await;
    assert_eq!(foreign.unwrap(), Vec::<i64>::new(), "from neither end");
}
