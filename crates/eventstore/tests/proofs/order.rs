//! Sixteen writers on two nodes, a reader beside them: positions are dense and in commit order, each stream
//! is 1..n, nothing is lost and nothing doubled, and guards hold.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use eventstore::guards_rebuild::rebuild_and_compare;
use eventstore::relcheck::Rule;
use eventstore::{Direction, Filter, Store};
use futures::future::join_all;
use kernel::Uuid;
use rand::Rng as _;
use rand::rngs::StdRng;
use sqlx::PgConnection;
use tokio::time::timeout;

use crate::evidence::{self, Row, assert_clean, assert_finds};
use crate::proof::Proof;
use crate::schedule::{POOL_LIMIT, Schedule, WRITERS};
use crate::support::{TestDb, org};

const CASES: usize = 2_000;
/// Cases that run beside each other.
const AT_ONCE: usize = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn order() {
    let mut proof = Proof::new("order", CASES);
    let mut random = proof.random();
    let db = TestDb::new().await;
    let nodes = [db.store(), db.store()];
    let mut admin = db.admin().await;
    let stop = Arc::new(AtomicBool::new(false));
    let reader = tokio::spawn(read_along(nodes[1].clone(), proof.random(), Arc::clone(&stop)));
    let (mut commands, mut events) = (0, 0);
    loop {
        let mut schedules = Vec::new();
        while schedules.len() < AT_ONCE && proof.next_case() {
            schedules.push(Schedule::random(&mut random, org()));
        }
        if schedules.is_empty() {
            break;
        }
        commands += schedules.iter().map(Schedule::len).sum::<usize>();
        let writers = schedules.iter().flat_map(|schedule| {
            (0..WRITERS).map(|writer| schedule.write(writer, &nodes[writer % nodes.len()]))
        });
        join_all(writers).await;
        let rows = evidence::rows_after(&mut admin, events).await;
        let faults = faults(&schedules, &rows);
        assert!(faults.is_empty(), "up to case {}: {faults:#?}", proof.cases());
        events += i64::try_from(rows.len()).unwrap();
    }
    stop.store(true, Ordering::SeqCst);
    let (read, looks) = reader.await.unwrap();

    assert_clean(&evidence::of_the_log(&mut admin).await);
    assert_eq!(not_as_read(&read, &evidence::rows_after(&mut admin, 0).await), None);
    assert_eq!(over_the_limit(&mut admin).await, 0, "a pool gave more than it has");
    let guards = rebuild_and_compare(&nodes[0]).await.unwrap();
    assert!(guards.is_empty(), "guards rebuilt from the log differ from the live ones: {guards:#?}");
    proof.figure("commands", commands);
    proof.figure("events", events);
    proof.figure("pages_read_meanwhile", looks);

    // The twin: a row is deleted behind its back.
    evidence::plant_a_loss(&mut admin).await;
    assert_finds(&evidence::of_the_log(&mut admin).await, Rule::Hole);
    assert!(not_as_read(&read, &evidence::rows_after(&mut admin, 0).await).is_some());
    // And a guard that is not as the log says.
    sqlx::query("update es.pools set used = used + 1 where ctid = (select ctid from es.pools limit 1)")
        .execute(&mut admin)
        .await
        .unwrap();
    assert!(
        !rebuild_and_compare(&nodes[0]).await.unwrap().is_empty(),
        "a pool with a wrong sum was not found"
    );
    proof.holds();
}

fn faults(schedules: &[Schedule], rows: &[Row]) -> Vec<String> {
    let mut by_command: BTreeMap<Uuid, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        by_command.entry(row.command_id).or_default().push(row);
    }
    let mut faults: Vec<_> = schedules.iter().flat_map(|schedule| schedule.faults(&mut by_command)).collect();
    faults.extend(by_command.keys().map(|id| format!("command {id} was refused and is in the log")));
    faults
}

/// Reads to the head again and again: no page has a hole, and what was read once never changes. Answers the
/// event ids in order, and how many pages it read while the writers wrote.
async fn read_along(node: Store, mut random: StdRng, stop: Arc<AtomicBool>) -> (Vec<Uuid>, usize) {
    let reader = node.reader();
    let page = async |after: usize, limit: i64| {
        let after = i64::try_from(after).unwrap();
        let events = reader.page(&Filter::default(), after, limit, Direction::Forwards).await.unwrap();
        for (expected, event) in (after + 1..).zip(&events) {
            assert_eq!(event.envelope.position, expected, "a reader met a hole");
        }
        events.into_iter().map(|event| event.envelope.event_id.0).collect::<Vec<_>>()
    };
    let (mut read, mut pages): (Vec<Uuid>, usize) = (Vec::new(), 0);
    loop {
        let last_look = stop.load(Ordering::SeqCst);
        let news = page(read.len(), 300).await;
        pages += usize::from(!last_look);
        if news.is_empty() {
            if last_look {
                return (read, pages);
            }
            // A poll, as every reader has one: the other node's appends do not wake this one.
            let _ = timeout(Duration::from_millis(2), node.appended()).await;
        }
        read.extend(news);
        let from = random.random_range(0..=read.len());
        let again = page(from, 50).await;
        let known = &read[from..(from + again.len()).min(read.len())];
        assert_eq!(&again[..known.len()], known, "what was read after {from} has changed");
    }
}

fn not_as_read(read: &[Uuid], rows: &[Row]) -> Option<usize> {
    let same = read.iter().zip(rows).take_while(|(id, row)| **id == row.event_id).count();
    (same != read.len() || same != rows.len()).then_some(same)
}

async fn over_the_limit(admin: &mut PgConnection) -> i64 {
    sqlx::query_scalar(
        "select count(*) from es.pools p where used > $1 \
         or used <> (select coalesce(sum(amount), 0) from es.pool_holders h \
                     where h.org_id = p.org_id and h.pool = p.pool)",
    )
    .bind(POOL_LIMIT)
    .fetch_one(admin)
    .await
    .unwrap()
}
