//! The content hash is what its definition says: by the published vectors, and by a second implementation over
//! everything that an append stores.

use eventstore::{AppendItem, Hashed, content_hash};
use kernel::Uuid;
use serde::Deserialize;

use crate::guards::unique;
use crate::second_hash;
use crate::support::{TestDb, execute, item, org, stream_id, write};

#[derive(Deserialize)]
struct Vectors {
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    case: String,
    event: Event,
    content_hash: String,
}

#[derive(Deserialize)]
struct Event {
    org_id: Uuid,
    aggregate_type: String,
    aggregate_id: String,
    sequence: i64,
    event_id: Uuid,
    event_type: String,
    schema_version: i32,
    payload: String,
    metadata: String,
    actor: Uuid,
    correlation_id: Uuid,
    causation_id: Option<Uuid>,
    command_id: Uuid,
}

#[test]
fn the_published_vectors_hold() {
    let vectors: Vectors =
        serde_json::from_str(include_str!("../../../../schemas/content_hash_vectors.json")).unwrap();
    assert!(vectors.vectors.len() >= 4);
    for Vector { case, event, content_hash: expected } in vectors.vectors {
        let hash = content_hash(&Hashed {
            org: event.org_id,
            aggregate_type: &event.aggregate_type,
            aggregate_id: &event.aggregate_id,
            sequence: event.sequence,
            event_id: event.event_id,
            event_type: &event.event_type,
            schema_version: event.schema_version,
            payload: &event.payload,
            metadata: &event.metadata,
            actor: event.actor,
            correlation: event.correlation_id,
            causation: event.causation_id,
            command: event.command_id,
        });
        assert_eq!(hex::encode(hash), expected, "{case}");
    }
}

#[tokio::test]
async fn every_stored_hash_is_confirmed_by_postgres() {
    let db = TestDb::new().await;
    let (store, org, id) = (db.store(), org(), stream_id());
    let mut caused = AppendItem {
        guards: vec![unique("a \"name\"", "h")],
        streams: vec![write(&id, 0, 3), write(&stream_id(), 0, 1)],
        ..item(org, &id, 0)
    };
    caused.context.causation_id = Some(Uuid::now_v7());
    caused.streams[0].events[1].payload = "{ \"x\":\"\\u0000 \u{e9}\u{1f600}\" }".into();
    store.append(caused).await.unwrap();
    store.append(item(org, &id, 3)).await.unwrap();

    let mut admin = db.admin().await;
    second_hash::install(&mut admin).await;
    let confirmed =
        "select count(*) filter (where content_hash = pg_temp.second_hash(e)), count(*) from es.events e";
    let counts: (i64, i64) = sqlx::query_as(confirmed).fetch_one(&mut admin).await.unwrap();
    assert_eq!(counts, (5, 5));

    // One blank more in one payload is seen.
    execute(
        &mut admin,
        "set session_replication_role = replica; \
         update es.events set payload = (payload::text || ' ')::json where position = 2",
    )
    .await;
    let counts: (i64, i64) = sqlx::query_as(confirmed).fetch_one(&mut admin).await.unwrap();
    assert_eq!(counts, (4, 5));
}
