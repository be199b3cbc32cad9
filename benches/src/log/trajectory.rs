//! Trajectory batches beside a bare insert of the same rows into the same table.

use std::collections::BTreeMap;
use std::time::Instant;

use eventstore::{AppendItem, Context, Guard, NewEvent, Store, StreamWrite, TrajectoryBatch};
use kernel::{ActorId, CommandId, EventId, OrgId, Uuid};
use sqlx::{Connection as _, PgConnection};

use super::Args;
use crate::lab::Lab;
use crate::ledger::PAYLOAD_BYTES;
use crate::report::Row;
use crate::rounds::median;

const BATCH: usize = 500;

pub(super) async fn rows(lab: &Lab, args: &Args) -> anyhow::Result<Vec<Row>> {
    let name = "trajectory batches of 500 events, beside a bare insert of the same rows";
    if !args.wants(name) {
        return Ok(Vec::new());
    }
    let ours = Lab::store(&lab.our_database("trajectory_ours").await?)?;
    let mut bare = PgConnection::connect(&lab.our_database("trajectory_bare").await?).await?;
    let mut source = Source::open(&ours).await?;
    source.ingest_for(&ours, args).await?;
    let (mut our_rates, mut bare_rates) = (Vec::new(), Vec::new());
    for _ in 0..args.rounds {
        our_rates.push(source.ingest_for(&ours, args).await?);
        bare_rates.push(insert_for(&mut bare, args).await?);
    }
    let ratio = median(our_rates.iter().zip(&bare_rates).map(|(ours, bare)| ours / bare));
    Ok(vec![Row {
        name: name.into(),
        unit: "events/s".into(),
        ours: median(our_rates),
        peer: Some(median(bare_rates)),
        ratio: Some(ratio),
        target: ">= 0.6x".into(),
        ok: Some(ratio >= 0.6),
    }])
}

/// One run's worker, sending batch after batch.
pub(super) struct Source {
    context: Context,
    run: Uuid,
    next_seq: i64,
}

impl Source {
    pub(super) async fn open(store: &Store) -> anyhow::Result<Self> {
        let context = context();
        let run = Uuid::now_v7();
        store
            .append(AppendItem {
                context: context.clone(),
                outcome: "accepted".into(),
                streams: vec![StreamWrite {
                    aggregate_type: "run".into(),
                    aggregate_id: run.to_string(),
                    project: None,
                    expected: 0,
                    events: events(1),
                }],
                guards: vec![Guard::IngestOpen { run, epoch: 1 }],
            })
            .await?;
        Ok(Self { context, run, next_seq: 1 })
    }

    pub(super) async fn send(&mut self, store: &Store) -> anyhow::Result<()> {
        let batch = TrajectoryBatch {
            run: self.run,
            source: "worker".into(),
            from_seq: self.next_seq,
            epoch: 1,
            project: None,
            events: events(BATCH),
        };
        self.next_seq = store.ingest(&self.context, batch).await?.next_seq;
        Ok(())
    }

    async fn ingest_for(&mut self, store: &Store, args: &Args) -> anyhow::Result<f64> {
        let (start, from) = (Instant::now(), self.next_seq);
        while start.elapsed() < args.time() {
            self.send(store).await?;
        }
        Ok((self.next_seq - from) as f64 / start.elapsed().as_secs_f64())
    }
}

async fn insert_for(connection: &mut PgConnection, args: &Args) -> anyhow::Result<f64> {
    let head: Option<i64> =
        sqlx::query_scalar("select max(position) from es.events").fetch_one(&mut *connection).await?;
    let (start, from) = (Instant::now(), head.unwrap_or(0));
    let mut position = from;
    let (org, run) = (Uuid::now_v7(), Uuid::now_v7().to_string());
    while start.elapsed() < args.time() {
        let batch = events(BATCH);
        let positions: Vec<_> = (position + 1..).take(BATCH).collect();
        let ids: Vec<_> = batch.iter().map(|event| event.event_id.0).collect();
        let payloads: Vec<_> = batch.into_iter().map(|event| event.payload).collect();
        sqlx::query(
            "insert into es.events (log_id, position, org_id, aggregate_type, aggregate_id, sequence, event_id, \
                 event_type, event_version, schema_version, payload, metadata, actor, correlation_id, command_id, \
                 epoch, recorded_at, content_hash) \
             select 1, p, $3, 'trajectory', $4, p, id, 'trajectory.tool_called', '1.0', 1, payload::json, '{}', $3, $3, \
                 $3, 1, omoi_now(), $5 \
                 from unnest($1, $2, $6) as e (p, id, payload)",
        )
        .bind(&positions)
        .bind(&ids)
        .bind(org)
        .bind(&run)
        .bind(&[7_u8; 32][..])
        .bind(&payloads)
        .execute(&mut *connection)
        .await?;
        position += i64::try_from(BATCH)?;
    }
    Ok((position - from) as f64 / start.elapsed().as_secs_f64())
}

fn context() -> Context {
    Context {
        org: OrgId(Uuid::now_v7()),
        actor: ActorId(Uuid::now_v7()),
        command_id: CommandId(Uuid::now_v7()),
        request_hash: [0; 32],
        correlation_id: Uuid::now_v7(),
        causation_id: None,
        epoch: Some(1),
        metadata: BTreeMap::new(),
    }
}

fn events(count: usize) -> Vec<NewEvent> {
    let fixed = r#"{"$type":"trajectory.tool_called","text":""}"#.len();
    let payload =
        format!(r#"{{"$type":"trajectory.tool_called","text":"{}"}}"#, "x".repeat(PAYLOAD_BYTES - fixed));
    (0..count)
        .map(|_| NewEvent {
            event_id: EventId(Uuid::now_v7()),
            event_type: "trajectory.tool_called".into(),
            schema_version: 1,
            payload: payload.clone(),
        })
        .collect()
}
