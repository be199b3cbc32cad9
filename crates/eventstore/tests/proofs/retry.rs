//! A command that lost its version check and is sent again with the same id really appends.

use eventstore::{AppendError, AppendItem, Appended};

use crate::evidence::{self, assert_clean};
use crate::proof::Proof;
use crate::support::{TestDb, context, item, org, stream_id, write};

const ROUNDS: usize = 1_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn retry() {
    let mut proof = Proof::new("retry", ROUNDS);
    let db = TestDb::new().await;
    let nodes = [db.store(), db.store()];
    let mut admin = db.admin().await;
    let org = org();
    let id = stream_id();
    nodes[0].append(item(org, &id, 0)).await.unwrap();
    let mut version = 1;
    while proof.next_case() {
        let (ours, theirs) = (context(org), context(org));
        let events = proof.cases() % 5 + 1;
        let send = |context: &eventstore::Context, expected, events| AppendItem {
            context: context.clone(),
            outcome: "accepted".into(),
            streams: vec![write(&id, expected, events)],
            guards: Vec::new(),
        };
        nodes[1].append(send(&theirs, version, 1)).await.unwrap();
        match nodes[0].append(send(&ours, version, events)).await {
            Err(AppendError::Conflict { actual, .. }) => assert_eq!(actual, version + 1),
            other => panic!("a lost version check answered {other:?}"),
        }
        let retried = nodes[0].append(send(&ours, version + 1, events)).await.unwrap();
        assert!(really_appended(&retried, events), "{retried:?}");
        version += 1 + i64::try_from(events).unwrap();
        let again = nodes[1].append(send(&ours, version, events)).await.unwrap();
        assert_eq!(again, Appended { repeated: true, ..retried });
    }
    assert_clean(&evidence::of_the_log(&mut admin).await);

    // The twin: a store that remembers a command before it judges it would answer the retry from memory.
    let ours = context(org);
    sqlx::query(
        "insert into es.command_results (org_id, command_id, request_hash, outcome, streams, created_at) \
         values ($1, $2, $3, 'accepted', '{}', omoi_now())",
    )
    .bind(org.0)
    .bind(ours.command_id.0)
    .bind(&ours.request_hash[..])
    .execute(&mut admin)
    .await
    .unwrap();
    let forgotten = nodes[0].append(AppendItem { context: ours, ..item(org, &id, version) }).await.unwrap();
    assert!(!really_appended(&forgotten, 1), "the planted memory was not asked");
    proof.figure("conflicts", proof.cases());
    proof.holds();
}

fn really_appended(answer: &Appended, events: usize) -> bool {
    let (Some(first), Some(last)) = (answer.first_position, answer.last_position) else { return false };
    !answer.repeated && last - first + 1 == i64::try_from(events).unwrap()
}
