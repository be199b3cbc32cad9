//! Two nodes take the last place of a pool at once: exactly one gets it.

use eventstore::{AppendError, AppendItem, Guard, GuardFault, Store};
use kernel::OrgId;

use crate::proof::Proof;
use crate::support::{TestDb, item, org, stream_id};

const ROUNDS: usize = 1_000;
const LIMIT: i64 = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn last_place() {
    let mut proof = Proof::new("last_place", ROUNDS);
    let db = TestDb::new().await;
    let nodes = [db.store(), db.store()];
    let org = org();
    for holder in ["settled", "settled too"] {
        nodes[0].append(take(org, holder, Some(LIMIT))).await.unwrap();
    }
    let mut wins = [0; 2];
    while proof.next_case() {
        let (won, winner) = race(&nodes, org, Some(LIMIT)).await;
        assert_eq!(won, 1, "the last place was taken {won} times");
        wins[winner] += 1;
        nodes[0].append(give_back(org, winner)).await.unwrap();
    }
    // The twin: without a limit the same race has two winners, so the race is a race.
    let (won, _) = race(&nodes, org, None).await;
    assert_eq!(won, 2, "without a limit both take");
    proof.figure("wins_by_node", wins.to_vec());
    proof.holds();
}

/// How many of the two nodes took a place, and which was the last to.
async fn race(nodes: &[Store; 2], org: OrgId, limit: Option<i64>) -> (usize, usize) {
    let answers = tokio::join!(
        nodes[0].append(take(org, "node 0", limit)),
        nodes[1].append(take(org, "node 1", limit)),
    );
    let mut winner = (0, 0);
    for (node, answer) in [answers.0, answers.1].into_iter().enumerate() {
        match answer {
            Ok(_) => winner = (winner.0 + 1, node),
            Err(AppendError::Guard { index: 0, fault: GuardFault::Full }) => {}
            Err(other) => panic!("{other}"),
        }
    }
    winner
}

fn take(org: OrgId, holder: &str, limit: Option<i64>) -> AppendItem {
    let guard = Guard::Take { pool: "places".into(), holder: holder.into(), amount: 1, limit };
    AppendItem { guards: vec![guard], ..item(org, &stream_id(), 0) }
}

fn give_back(org: OrgId, node: usize) -> AppendItem {
    let guard = Guard::Release { pool: "places".into(), holder: format!("node {node}") };
    AppendItem { guards: vec![guard], ..item(org, &stream_id(), 0) }
}
