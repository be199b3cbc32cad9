//! Items of one stream in one call: each was decided on what the one before it leaves, and falls with it.

use eventstore::{AppendError, AppendItem, Appended, Fate, Guard, Pending, Store, Submitted};
use kernel::OrgId;

use crate::support::{TestDb, item, org, stream_id, write};

type Answer = Result<Appended, AppendError>;

/// A lane that is busy with something else until the items are all in its queue.
struct Queue<'a> {
    store: &'a Store,
    sent: Vec<Submitted>,
}

impl<'a> Queue<'a> {
    fn of(store: &'a Store, org: OrgId) -> Self {
        let elsewhere = store.submit(item(org, &stream_id(), 0), Vec::new()).unwrap();
        Self { store, sent: vec![elsewhere] }
    }

    fn send(&mut self, item: AppendItem, rests_on: &[&Pending]) -> Pending {
        let sent = self.store.submit(item, rests_on.iter().copied().cloned().collect()).unwrap();
        let pending = sent.pending().clone();
        self.sent.push(sent);
        pending
    }

    /// The answers of what was sent.
    async fn answers(self) -> Vec<Answer> {
        let mut answers = futures::future::join_all(self.sent.into_iter().map(Submitted::answer)).await;
        answers.remove(0).unwrap();
        answers
    }
}

fn kinds(answers: &[Answer]) -> Vec<&'static str> {
    answers
        .iter()
        .map(|answer| match answer {
            Ok(Appended { repeated: false, .. }) => "appended",
            Ok(_) => "repeated",
            Err(AppendError::Conflict { .. }) => "conflict",
            Err(AppendError::Baseless) => "baseless",
            Err(AppendError::Guard { .. }) => "guard",
            Err(other) => panic!("{other:?}"),
        })
        .collect()
}

/// The versions of a stream as its events tell them, in the order of the log.
async fn versions(db: &TestDb, id: &str) -> Vec<i64> {
    sqlx::query_scalar("select sequence from es.events where aggregate_id = $1 order by position")
        .bind(id)
        .fetch_all(&mut db.admin().await)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_chain_is_one_call() {
    let db = TestDb::new().await;
    let (store, org, id) = (db.store(), org(), stream_id());
    let mut queue = Queue::of(&store, org);
    let begun = queue.send(AppendItem { streams: vec![write(&id, 0, 2)], ..item(org, &id, 0) }, &[]);
    let second = queue.send(item(org, &id, 2), &[&begun]);
    let other = stream_id();
    queue.send(item(org, &other, 0), &[]);
    // One that touches both streams of what came before, and one that only looks.
    let both = AppendItem { streams: vec![write(&id, 3, 1), write(&stream_id(), 0, 1)], ..item(org, &id, 3) };
    let third = queue.send(both, &[&second]);
    let looks =
        AppendItem { streams: vec![write(&id, 4, 0), write(&stream_id(), 0, 1)], ..item(org, &id, 4) };
    queue.send(looks, &[&third]);
    let answers = queue.answers().await;

    let firsts: Vec<_> = answers.iter().map(|a| a.as_ref().unwrap().first_position.unwrap()).collect();
    assert_eq!(firsts, [2, 4, 5, 6, 8]);
    let times: Vec<_> = answers.iter().map(|a| a.as_ref().unwrap().recorded_at).collect();
    assert!(times.iter().all(|time| *time == times[0]), "one call has one time: {times:?}");
    assert_eq!(versions(&db, &id).await, [1, 2, 3, 4]);
    assert!(matches!(begun.fate(), Some(Fate::Stands(_))));
    store.append(item(org, &id, 4)).await.unwrap();
    store.append(item(org, &other, 1)).await.unwrap();
}

/// The stream is at the very version that the second one expects; it was decided on other events all the same.
#[tokio::test]
async fn what_was_decided_on_events_that_never_came_is_not_appended() {
    let db = TestDb::new().await;
    let (store, elsewhere, org, id) = (db.store(), db.store(), org(), stream_id());
    store.append(item(org, &id, 0)).await.unwrap();
    elsewhere.append(item(org, &id, 1)).await.unwrap();

    // In one call.
    let mut queue = Queue::of(&store, org);
    let fell = queue.send(item(org, &id, 1), &[]);
    let fell_too = queue.send(item(org, &id, 2), &[&fell]);
    queue.send(item(org, &id, 3), &[&fell_too]);
    queue.send(item(org, &stream_id(), 0), &[]);
    let answers = queue.answers().await;
    assert_eq!(kinds(&answers), ["conflict", "conflict", "conflict", "appended"]);
    assert!(matches!(answers[2], Err(AppendError::Conflict { actual: 2, .. })), "{:?}", answers[2]);

    // In another call, from the queue and from an idle lane.
    let mut queue = Queue::of(&store, org);
    queue.send(item(org, &id, 2), &[&fell]);
    assert_eq!(kinds(&queue.answers().await), ["baseless"]);
    store.append(item(org, &stream_id(), 0)).await.unwrap();
    let late = store.submit(item(org, &id, 2), vec![fell_too]).unwrap().answer().await;
    assert_eq!(kinds(&[late]), ["baseless"]);
    assert_eq!(versions(&db, &id).await, [1, 2]);
}

#[tokio::test]
async fn a_member_that_is_repeated_or_refused_takes_its_followers_along_and_nobody_else() {
    let db = TestDb::new().await;
    let (store, org, id, other) = (db.store(), org(), stream_id(), stream_id());
    let before = item(org, &id, 0);
    store.append(before.clone()).await.unwrap();
    let slug = |holder: &str| Guard::Unique { scope: "slug".into(), key: "k".into(), holder: holder.into() };
    store.append(AppendItem { guards: vec![slug("first")], ..item(org, &stream_id(), 0) }).await.unwrap();

    let mut queue = Queue::of(&store, org);
    let first = queue.send(item(org, &id, 1), &[]);
    let again = AppendItem { context: before.context.clone(), ..item(org, &id, 2) };
    let repeated = queue.send(again, &[&first]);
    queue.send(item(org, &id, 3), &[&repeated]);
    let begun = queue.send(item(org, &other, 0), &[]);
    let refused = AppendItem { guards: vec![slug("second")], ..item(org, &other, 1) };
    let refused = queue.send(refused, &[&begun]);
    queue.send(item(org, &other, 2), &[&refused]);
    let answers = queue.answers().await;
    let [a, r, b, g] = ["appended", "repeated", "baseless", "guard"];
    assert_eq!(kinds(&answers), [a, r, b, a, g, b]);
    assert_eq!(versions(&db, &id).await, [1, 2]);
    assert_eq!(versions(&db, &other).await, [1]);
    let positions: Vec<i64> = sqlx::query_scalar("select position from es.events order by position")
        .fetch_all(&mut db.admin().await)
        .await
        .unwrap();
    assert_eq!(positions, (1..=5).collect::<Vec<_>>(), "positions stay dense");
}

/// Without a word that one follows the other they do not share a call, and the version check judges.
#[tokio::test]
async fn items_of_a_stream_that_do_not_follow_one_another_go_one_by_one() {
    let db = TestDb::new().await;
    let (store, org, id) = (db.store(), org(), stream_id());
    let mut queue = Queue::of(&store, org);
    queue.send(item(org, &id, 0), &[]);
    queue.send(item(org, &id, 0), &[]);
    let follower_of_the_lost = queue.send(item(org, &id, 1), &[]);
    assert_eq!(kinds(&queue.answers().await), ["appended", "conflict", "appended"]);
    assert!(matches!(follower_of_the_lost.fate(), Some(Fate::Stands(_))));
}

/// A follower whose leader does not fit waits with it.
#[tokio::test]
async fn a_long_chain_is_several_calls_in_order() {
    let db = TestDb::new().await;
    let (store, org, id) = (db.store(), org(), stream_id());
    let mut queue = Queue::of(&store, org);
    let mut last = queue.send(item(org, &id, 0), &[]);
    for version in 1..700 {
        last = queue.send(item(org, &id, version), &[&last]);
    }
    let answers = queue.answers().await;
    assert!(kinds(&answers).iter().all(|kind| *kind == "appended"));
    assert_eq!(versions(&db, &id).await, (1..=700).collect::<Vec<_>>());
}

/// The first one's caller goes away in the middle of its call: nobody knows what became of it, so nothing may
/// stand on it.
#[tokio::test]
async fn a_caller_that_goes_away_leaves_nothing_to_build_on() {
    let db = TestDb::new().await;
    let (store, org, id) = (db.store(), org(), stream_id());
    let gone = store.submit(item(org, &id, 0), Vec::new()).unwrap();
    let pending = gone.pending().clone();
    let follower = store.submit(item(org, &id, 1), vec![pending.clone()]).unwrap();
    drop(gone);
    assert_eq!(pending.settled().await, Fate::Fell);
    assert_eq!(kinds(&[follower.answer().await]), ["baseless"]);
    assert_eq!(db.count("events").await, 0);
}
