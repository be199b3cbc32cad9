//! The log ends where its partitions end, with an error that says so, and goes on when more are made.

use eventstore::{AppendError, AppendItem, Unavailable};

use crate::support::{TestDb, execute, item, org, stream_id, write};

#[tokio::test]
async fn beyond_the_last_partition_nothing_is_written_until_there_is_another() {
    let db = TestDb::new().await;
    let (store, org, id) = (db.store(), org(), stream_id());
    store.append(item(org, &id, 0)).await.unwrap();
    let mut admin = db.admin().await;
    let partitions: i64 =
        sqlx::query_scalar("select count(*) from pg_inherits where inhparent = 'es.events'::regclass")
            .fetch_one(&mut admin)
            .await
            .unwrap();
    // As if the log had grown to two short of the end.
    let head = partitions * 10_000_000 - 3;
    execute(
        &mut admin,
        &format!(
            "set session_replication_role = replica; update es.events set position = {head}; \
             update es.streams set first_position = {head}; reset session_replication_role"
        ),
    )
    .await;

    let before = db.written().await;
    let three = AppendItem { streams: vec![write(&id, 1, 3)], ..item(org, &id, 1) };
    let refused = store.append(three.clone()).await.unwrap_err();
    assert!(
        matches!(&refused, AppendError::Unavailable(Unavailable::Refused(text)) if text.contains("no partition")),
        "{refused:?}"
    );
    assert_eq!(db.written().await, before);
    // What still fits is appended.
    let fits = store.append(item(org, &stream_id(), 0)).await.unwrap();
    assert_eq!(fits.first_position, Some(head + 1));

    let made: i32 = sqlx::query_scalar("select es.make_partitions(2)")
        .fetch_one(&mut db.session("omoi_project").await)
        .await
        .unwrap();
    assert_eq!(made, 2);
    let appended = store.append(three).await.unwrap();
    assert_eq!((appended.first_position, appended.last_position), (Some(head + 2), Some(head + 4)));
    // They are as closed as the first ones.
    let removed =
        sqlx::raw_sql("delete from es.events where position >= 0").execute(&mut admin).await.unwrap_err();
    assert_eq!(removed.as_database_error().unwrap().code().as_deref(), Some("OM010"));
    let emptied = format!("truncate es.events_p{partitions:06}");
    let emptied = sqlx::raw_sql(&emptied).execute(&mut admin).await.unwrap_err();
    assert_eq!(emptied.as_database_error().unwrap().code().as_deref(), Some("OM010"));
}
