//! Three sources send their part of a run's trajectory at once: batches that overlap, that are old, ahead, of
//! an old claim, cut off in flight, and after the close. Each (source, number) is stored once, in order.

use eventstore::{AppendItem, Context, Guard, IngestError, Ingested, NewEvent, Store, TrajectoryBatch};
use futures::future::join_all;
use kernel::{EventId, OrgId, Uuid};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use sqlx::PgConnection;
use tokio::time::timeout;

use crate::evidence::{self, assert_clean};
use crate::proof::{Proof, between_ms};
use crate::support::{TestDb, context, item, org, stream_id};

const RUNS: usize = 200;
const SOURCES: [&str; 3] = ["worker", "gateway", "host"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ingest() {
    let mut proof = Proof::new("ingest", RUNS);
    let mut random = proof.random();
    let db = TestDb::new().await;
    let nodes = [db.store(), db.store()];
    let mut admin = db.admin().await;
    let org = org();
    let mut seen = Seen::default();
    let mut last_run = None;
    while proof.next_case() {
        let run = Run { org, id: Uuid::now_v7() };
        let refused = nodes[0].ingest(&run.context(), run.batch("worker", 1, 1, 1)).await.unwrap_err();
        assert!(matches!(refused, IngestError::UnknownRun), "{refused}");
        let mut totals = [0; 3];
        // Two claims of the run: the second goes on where the first stopped.
        for epoch in 1..=2 {
            nodes[0].append(run.note(Guard::IngestOpen { run: run.id, epoch })).await.unwrap();
            let sources = SOURCES.iter().zip(&mut totals).enumerate().map(|(n, (source, total))| {
                let node = &nodes[(n + usize::try_from(epoch).unwrap()) % 2];
                let mut source =
                    Source { node, run: &run, source, epoch, next: *total + 1, seen: Seen::default() };
                let mut random = StdRng::seed_from_u64(random.random());
                *total += random.random_range(1..=120);
                async move {
                    source.send_up_to(*total, &mut random).await;
                    source.seen
                }
            });
            for of_one in join_all(sources).await {
                seen.add(&of_one);
            }
        }
        nodes[1].append(run.note(Guard::IngestClose { run: run.id })).await.unwrap();
        for (source, total) in SOURCES.iter().zip(totals) {
            let late = nodes[0].ingest(&run.context(), run.batch(source, total + 1, 1, 2)).await.unwrap_err();
            assert!(matches!(late, IngestError::Fenced), "{late}");
        }
        assert_eq!(faults(&mut admin, &run, totals).await, Vec::<String>::new());
        last_run = Some((run, totals));
    }
    assert_clean(&evidence::of_the_log(&mut admin).await);
    assert!(
        seen.overlapping > 0 && seen.old > 0 && seen.ahead > 0 && seen.old_claim > 0 && seen.cut > 0,
        "{seen:?}"
    );
    proof.figure("runs", proof.cases());
    proof.figure("batches_overlapping", seen.overlapping);
    proof.figure("batches_old", seen.old);
    proof.figure("batches_ahead", seen.ahead);
    proof.figure("batches_of_an_old_claim", seen.old_claim);
    proof.figure("batches_cut_off", seen.cut);

    // The twin: one event arrives beside the guard.
    let (run, totals) = last_run.unwrap();
    let mut beside = run.note(Guard::IngestClose { run: run.id });
    beside.guards.clear();
    beside.streams[0].aggregate_type = "trajectory".into();
    beside.streams[0].aggregate_id = run.id.to_string();
    beside.streams[0].expected = totals.iter().sum();
    beside.streams[0].events = run.events("worker", 1, 1);
    nodes[0].append(beside).await.unwrap();
    assert!(!faults(&mut admin, &run, totals).await.is_empty(), "a doubled event was not found");
    proof.holds();
}

/// How often each kind of batch was sent.
#[derive(Debug, Default)]
struct Seen {
    overlapping: u64,
    old: u64,
    ahead: u64,
    old_claim: u64,
    cut: u64,
}

impl Seen {
    fn add(&mut self, other: &Self) {
        self.overlapping += other.overlapping;
        self.old += other.old;
        self.ahead += other.ahead;
        self.old_claim += other.old_claim;
        self.cut += other.cut;
    }
}

struct Run {
    org: OrgId,
    id: Uuid,
}

impl Run {
    fn context(&self) -> Context {
        Context { correlation_id: self.id, ..context(self.org) }
    }

    fn note(&self, guard: Guard) -> AppendItem {
        AppendItem { guards: vec![guard], ..item(self.org, &stream_id(), 0) }
    }

    fn batch(&self, source: &str, from_seq: i64, count: i64, epoch: i64) -> TrajectoryBatch {
        let events = self.events(source, from_seq, count);
        TrajectoryBatch { run: self.id, source: source.to_owned(), from_seq, epoch, project: None, events }
    }

    fn events(&self, source: &str, from_seq: i64, count: i64) -> Vec<NewEvent> {
        let event = |seq: i64| NewEvent {
            event_id: EventId(Uuid::now_v7()),
            event_type: "run.seen".into(),
            schema_version: 1,
            payload: format!(r#"{{"$type":"run.seen","source":"{source}","seq":{seq}}}"#),
        };
        (from_seq..from_seq + count).map(event).collect()
    }
}

/// One source, which knows what is stored, except after a batch that was cut off.
struct Source<'a> {
    node: &'a Store,
    run: &'a Run,
    source: &'a str,
    epoch: i64,
    next: i64,
    seen: Seen,
}

impl Source<'_> {
    async fn send_up_to(&mut self, total: i64, random: &mut StdRng) {
        while self.next <= total {
            let count = random.random_range(1..=(total - self.next + 1).min(25));
            match random.random_range(0..8) {
                0 => self.ahead(random).await,
                1 if self.next > 1 => self.old(random).await,
                2 if self.epoch > 1 => self.old_claim().await,
                3 => self.cut(count, random).await,
                4 | 5 if self.next > 1 => {
                    let back = random.random_range(1..self.next.min(30));
                    self.seen.overlapping += 1;
                    self.stored(self.next - back, count + back).await;
                }
                _ => self.stored(self.next, count).await,
            }
        }
    }

    async fn ingest(&self, from: i64, count: i64, epoch: i64) -> Result<Ingested, IngestError> {
        let batch = self.run.batch(self.source, from, count, epoch);
        self.node.ingest(&self.run.context(), batch).await
    }

    async fn stored(&mut self, from: i64, count: i64) {
        let ingested = self.ingest(from, count, self.epoch).await.unwrap();
        assert_eq!(ingested.next_seq, from + count);
        assert!(ingested.last_position.is_some(), "{ingested:?} although {} was next", self.next);
        self.next = ingested.next_seq;
    }

    async fn ahead(&mut self, random: &mut StdRng) {
        let from = self.next + random.random_range(1..10);
        let refused = self.ingest(from, 3, self.epoch).await.unwrap_err();
        assert!(matches!(refused, IngestError::ExpectedSeq(next) if next == self.next), "{refused}");
        self.seen.ahead += 1;
    }

    async fn old(&mut self, random: &mut StdRng) {
        let from = random.random_range(1..self.next);
        let count = random.random_range(1..=self.next - from);
        let ingested = self.ingest(from, count, self.epoch).await.unwrap();
        assert!(ingested.last_position.is_none() && ingested.next_seq <= self.next, "{ingested:?}");
        self.seen.old += 1;
    }

    async fn old_claim(&mut self) {
        let refused = self.ingest(self.next, 1, self.epoch - 1).await.unwrap_err();
        assert!(matches!(refused, IngestError::Fenced), "{refused}");
        self.seen.old_claim += 1;
    }

    /// The caller goes away in the middle; then the same batch again tells what is stored.
    async fn cut(&mut self, count: i64, random: &mut StdRng) {
        let sending = self.ingest(self.next, count, self.epoch);
        if timeout(between_ms(random, 0, 4), sending).await.is_err() {
            self.seen.cut += 1;
        }
        let again = self.ingest(self.next, count, self.epoch).await.unwrap();
        assert_eq!(again.next_seq, self.next + count);
        self.next = again.next_seq;
    }
}

/// What is wrong with the stored trajectory.
async fn faults(admin: &mut PgConnection, run: &Run, totals: [i64; 3]) -> Vec<String> {
    let stored: Vec<(String, i64)> = sqlx::query_as(
        "select payload ->> 'source', (payload ->> 'seq')::bigint from es.events \
         where aggregate_type = 'trajectory' and aggregate_id = $1 order by sequence",
    )
    .bind(run.id.to_string())
    .fetch_all(admin)
    .await
    .unwrap();
    let mut faults = Vec::new();
    for (source, total) in SOURCES.iter().zip(totals) {
        let numbers = stored.iter().filter(|(name, _)| name == source).map(|(_, seq)| *seq);
        if !numbers.clone().eq(1..=total) {
            faults.push(format!("{source}: {:?} instead of 1..={total}", numbers.collect::<Vec<_>>()));
        }
    }
    faults
}
