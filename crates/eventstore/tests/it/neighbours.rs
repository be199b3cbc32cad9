//! One bad item never fails its neighbours, although they travel in one call.

use eventstore::{AppendError, AppendItem, Appended, Guard, Store, Unavailable};

use crate::support::{TestDb, event, item, org, stream_id, write};

/// Sends the items so that they share one call: this thread queues all before the lane's turn comes.
async fn together(store: &Store, items: Vec<AppendItem>) -> Vec<Result<Appended, AppendError>> {
    futures::future::join_all(items.into_iter().map(|item| store.append(item))).await
}

#[tokio::test]
async fn an_item_the_database_cannot_store_fails_alone() {
    let db = TestDb::new().await;
    let (store, org) = (db.store(), org());
    let with_payload = |payload: &str| {
        let mut item = item(org, &stream_id(), 0);
        item.streams[0].events = vec![event(payload)];
        item
    };
    let with_guard = |guard| AppendItem { guards: vec![guard], ..item(org, &stream_id(), 0) };
    let take =
        |amount: i64| Guard::Take { pool: "p".into(), holder: amount.to_string(), amount, limit: None };
    let items = vec![
        item(org, &stream_id(), 0),
        with_payload(r#"{"by": 1"#),
        with_payload("{\"by\":\"\0\"}"),
        // As an escape a NUL is text like any other for the type json.
        with_payload(r#"{"$type":"counter.raised","by":1,"x":"\u0000"}"#),
        with_guard(take(i64::MAX)),
        // Together with the one before more than a bigint holds.
        with_guard(take(i64::MAX - 1)),
        with_guard(Guard::Unique { scope: "s".into(), key: "\0".into(), holder: "h".into() }),
        item(org, "a\0b", 0),
        item(org, &stream_id(), 9),
        item(org, &stream_id(), 0),
    ];
    let answers = together(&store, items).await;
    let kinds: Vec<_> = answers
        .iter()
        .map(|answer| match answer {
            Ok(_) => "appended",
            Err(AppendError::Unavailable(Unavailable::Refused(_))) => "refused",
            Err(AppendError::Conflict { .. }) => "conflict",
            Err(other) => panic!("{other:?}"),
        })
        .collect();
    let [a, r, c] = ["appended", "refused", "conflict"];
    assert_eq!(kinds, [a, r, r, a, a, r, r, r, c, a]);
    // Positions stay dense.
    let positions: Vec<i64> = sqlx::query_scalar("select position from es.events order by position")
        .fetch_all(&mut db.admin().await)
        .await
        .unwrap();
    assert_eq!(positions, [1, 2, 3, 4]);
}

#[tokio::test]
async fn losers_of_every_kind_leave_the_positions_of_winners_right() {
    let db = TestDb::new().await;
    let (store, org, id) = (db.store(), org(), stream_id());
    let before = AppendItem { streams: vec![write(&id, 0, 3)], ..item(org, &id, 0) };
    store.append(before.clone()).await.unwrap();
    let mut mismatch = item(org, &stream_id(), 0);
    mismatch.context.command_id = before.context.command_id;
    mismatch.context.request_hash = [7; 32];
    let slug = |holder: &str| Guard::Unique { scope: "slug".into(), key: "k".into(), holder: holder.into() };
    let winner = |events| {
        let id = stream_id();
        AppendItem { streams: vec![write(&id, 0, events)], ..item(org, &id, 0) }
    };
    let items = vec![
        winner(2),
        before.clone(),
        item(org, &id, 1),
        AppendItem { guards: vec![slug("first")], ..winner(3) },
        AppendItem { guards: vec![slug("second")], ..winner(1) },
        winner(1),
    ];
    let answers = together(&store, items).await;
    let firsts: Vec<_> =
        answers.iter().map(|answer| answer.as_ref().ok().and_then(|a| a.first_position)).collect();
    assert_eq!(firsts, [Some(4), Some(1), None, Some(6), None, Some(9)]);
    // The first found the lane idle and went alone; all others waited meanwhile and share one call.
    let times: Vec<_> = [3, 5].map(|n| answers[n].as_ref().unwrap().recorded_at).into();
    assert_eq!(times[0], times[1], "one call has one time");
    assert!(matches!(answers[2], Err(AppendError::Conflict { actual: 3, .. })), "{:?}", answers[2]);
    assert!(matches!(answers[4], Err(AppendError::Guard { index: 0, .. })), "{:?}", answers[4]);
    assert!(matches!(store.append(mismatch).await, Err(AppendError::CommandMismatch)));

    // What the log holds at the positions that were answered is what was sent there.
    let mut admin = db.admin().await;
    let stored: Vec<(i64, i64)> = sqlx::query_as(
        "select min(position), count(*) from es.events where position > 3 group by command_id order by 1",
    )
    .fetch_all(&mut admin)
    .await
    .unwrap();
    assert_eq!(stored, [(4, 2), (6, 3), (9, 1)]);
    let outcomes: Vec<(i64, i64)> = sqlx::query_as(
        "select first_position, last_position from es.command_results where first_position > 3 order by 1",
    )
    .fetch_all(&mut admin)
    .await
    .unwrap();
    assert_eq!(outcomes, [(4, 5), (6, 8), (9, 9)]);
}

#[tokio::test]
async fn an_unknown_guard_is_refused_by_the_database() {
    let db = TestDb::new().await;
    let mut session = db.session("omoi_append").await;
    let call = |kind: &str| {
        format!(
            "select status, detail from es.append(1::smallint, \
               array[row('{org}', '{command}', '\\x01', 'accepted', 'counter/x', 0, 1)::es.new_item], \
               array[row(1, '{org}', 'counter', 'x', null, 0, 1)::es.new_stream], \
               array[row(1, '{org}', null, 'counter', 'x', 1, '{command}', 'counter.raised', '3.0', 3, '{{}}', '{{}}', \
                 '{org}', '{org}', null, '{command}', null, '\\x01')::es.new_event], \
               '{{}}', array[row(1, 0, '{org}', '{kind}', 's', 'k', 'h', null, null, null)::es.new_guard], false, false)",
            org = uuid::Uuid::nil(),
            command = uuid::Uuid::now_v7()
        )
    };
    let refused = sqlx::raw_sql(&call("whatever")).execute(&mut session).await.unwrap_err();
    assert_eq!(refused.as_database_error().unwrap().code().as_deref(), Some("OM002"), "{refused}");
    assert_eq!(db.count("events").await, 0);
    // The call itself is well-formed: with a known guard it appends.
    sqlx::raw_sql(&call("unique")).execute(&mut session).await.unwrap();
    assert_eq!((db.count("events").await, db.count("guards").await), (1, 1));
}
