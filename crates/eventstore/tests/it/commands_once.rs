//! One command id acts once, whatever is sent again.

use eventstore::{AppendError, AppendItem};

use crate::counter::Counter;
use crate::support::{TestDb, item, org, stream_id, write};

#[tokio::test]
async fn the_same_command_again_answers_what_it_answered_first() {
    let db = TestDb::new().await;
    let (store, org, id) = (db.store(), org(), stream_id());
    let command = AppendItem { streams: vec![write(&id, 0, 2)], ..item(org, &id, 0) };
    let first = store.append(command.clone()).await.unwrap();
    store.append(item(org, &id, 2)).await.unwrap();

    let before = db.written().await;
    let again = store.append(command.clone()).await.unwrap();
    assert!(again.repeated);
    assert_eq!((again.first_position, again.last_position), (first.first_position, first.last_position));
    assert_eq!((&again.outcome, again.recorded_at), (&first.outcome, first.recorded_at));
    // From another node, and decided anew at the version of now.
    let elsewhere = AppendItem { streams: vec![write(&id, 3, 2)], ..command };
    assert!(db.store().append(elsewhere).await.unwrap().repeated);
    assert_eq!(db.written().await, before);
}

#[tokio::test]
async fn the_same_command_id_with_another_content_is_refused() {
    let db = TestDb::new().await;
    let (store, org, id) = (db.store(), org(), stream_id());
    let command = item(org, &id, 0);
    store.append(command.clone()).await.unwrap();

    let before = db.written().await;
    let mut other = command;
    other.context.request_hash = [2; 32];
    let refused = store.append(other).await.unwrap_err();
    assert!(matches!(refused, AppendError::CommandMismatch), "{refused:?}");
    assert_eq!(db.written().await, before);
}

#[tokio::test]
async fn command_ids_of_two_organizations_have_nothing_to_do_with_each_other() {
    let db = TestDb::new().await;
    let store = db.store();
    let mine = item(org(), &stream_id(), 0);
    let mut theirs = item(org(), &stream_id(), 0);
    theirs.context.command_id = mine.context.command_id;
    theirs.context.request_hash = [9; 32];
    let (mine, theirs) = tokio::join!(store.append(mine), store.append(theirs));
    assert!(!mine.unwrap().repeated && !theirs.unwrap().repeated);
    assert_eq!(db.count("command_results").await, 2);
}

#[tokio::test]
async fn a_command_that_lost_its_version_check_appends_when_it_is_sent_again() {
    let db = TestDb::new().await;
    let (store, org, id) = (db.store(), org(), stream_id());
    store.append(item(org, &id, 0)).await.unwrap();
    let late = item(org, &id, 0);
    let refused = store.append(late.clone()).await.unwrap_err();
    assert!(matches!(refused, AppendError::Conflict { actual: 1, .. }), "{refused:?}");

    let again = AppendItem { streams: vec![write(&id, 1, 1)], ..late.clone() };
    let appended = store.append(again).await.unwrap();
    assert_eq!((appended.repeated, appended.first_position), (false, Some(2)));
    let loaded = store.load::<Counter>(org, &id, late.context.command_id).await.unwrap();
    assert_eq!(loaded.aggregate.state.value, 2);
    assert_eq!(loaded.outcome.unwrap().first_position, Some(2));
}

#[tokio::test]
async fn a_hundred_copies_of_a_command_at_once_append_one() {
    let db = TestDb::new().await;
    let (nodes, org, id) = ([db.store(), db.store()], org(), stream_id());
    let command = item(org, &id, 0);
    let copies = (0..100).map(|n| nodes[n % 2].append(command.clone()));
    let answers = futures::future::join_all(copies).await;
    let answers: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
    assert_eq!(answers.iter().filter(|answer| !answer.repeated).count(), 1);
    assert!(answers.iter().all(|answer| answer.first_position == Some(1)));
    assert_eq!(db.count("events").await, 1);
}

#[tokio::test]
async fn a_refusal_and_an_empty_decision_are_remembered() {
    let db = TestDb::new().await;
    let (store, org, id) = (db.store(), org(), stream_id());
    for outcome in ["archived", "accepted"] {
        let command = AppendItem { outcome: outcome.into(), streams: Vec::new(), ..item(org, &id, 0) };
        let first = store.append(command.clone()).await.unwrap();
        assert_eq!((first.first_position, first.repeated), (None, false));
        let again = store.append(command.clone()).await.unwrap();
        assert_eq!((&*again.outcome, again.first_position, again.repeated), (outcome, None, true));
        let stored = store.load::<Counter>(org, &id, command.context.command_id).await.unwrap();
        assert_eq!(stored.outcome.unwrap().outcome, outcome);
    }
    assert_eq!((db.count("command_results").await, db.count("events").await), (2, 0));
}

#[tokio::test]
async fn old_outcomes_are_forgotten_and_young_ones_kept() {
    let db = TestDb::new().await;
    let (store, org) = (db.store(), org());
    let old = item(org, &stream_id(), 0);
    store.append(old.clone()).await.unwrap();
    db.clock().await.advance(std::time::Duration::from_secs(73 * 3600)).await.unwrap();
    let young = item(org, &stream_id(), 0);
    store.append(young.clone()).await.unwrap();
    assert_eq!(db.count("command_results").await, 2);

    let mut session = db.session("omoi_project").await;
    let gone: i32 = sqlx::query_scalar("select es.sweep_command_results(interval '72 hours', 1000)")
        .fetch_one(&mut session)
        .await
        .unwrap();
    assert_eq!((gone, db.count("command_results").await), (1, 1));
    assert!(store.append(young).await.unwrap().repeated);
    // The version check still stands between a forgotten command and a second act.
    let refused = store.append(old).await.unwrap_err();
    assert!(matches!(refused, AppendError::Conflict { actual: 1, .. }), "{refused:?}");
}
