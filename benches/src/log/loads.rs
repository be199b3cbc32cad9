//! Loading one aggregate: a thousand events beside the peer, a hundred thousand with a snapshot.

use std::collections::BTreeMap;
use std::time::Instant;

use cqrs_es::EventStore as _;
use eventstore::{AppendItem, Context, NewEvent, Store, StreamWrite};
use kernel::{ActorId, CommandId, EventId, EventKind as _, OrgId, Uuid};
use sqlx::PgPool;

use super::Args;
use crate::lab::Lab;
use crate::ledger::{Event, Ledger};
use crate::peer;
use crate::report::Row;
use crate::rounds::median;

const SMALL: i64 = 1_000;
const LARGE: i64 = 100_000;
const REPEATS: usize = 15;
const MOST_MS: f64 = 10.0;

pub(super) async fn rows(lab: &Lab, args: &Args) -> anyhow::Result<Vec<Row>> {
    if !args.wants("load an aggregate") {
        return Ok(Vec::new());
    }
    let store = Lab::store(&lab.our_database("loads_ours").await?)?;
    let theirs = Lab::pool(&lab.peer_database("loads_peer").await?, 4).await?;
    Ok(vec![small(&store, &theirs).await?, large(&store).await?])
}

async fn small(store: &Store, theirs: &PgPool) -> anyhow::Result<Row> {
    let (org, id) = (OrgId(Uuid::now_v7()), Uuid::now_v7().to_string());
    fill(store, org, &id, SMALL).await?;
    sqlx::query(
        "insert into events select 'ledger', $1, n, 'ledger.entered', '1.0', $2::text::json, '{}' \
           from generate_series(1, $3::bigint) as n",
    )
    .bind(&id)
    .bind(serde_json::to_string(&Event::entered(1))?)
    .bind(SMALL)
    .execute(theirs)
    .await?;
    let stock = peer::store(theirs);
    let (mut ours, mut peers) = (Vec::new(), Vec::new());
    for _ in 0..=REPEATS {
        let start = Instant::now();
        let loaded = store.load::<Ledger>(org, &id, CommandId(Uuid::nil())).await?;
        ours.push(start.elapsed().as_secs_f64() * 1e3);
        anyhow::ensure!(loaded.aggregate.state.entries == SMALL, "all events are folded");
        let start = Instant::now();
        let context = stock.load_aggregate(&id).await?;
        peers.push(start.elapsed().as_secs_f64() * 1e3);
        anyhow::ensure!(context.aggregate.0.entries == SMALL, "all events are folded");
    }
    // The first of each side makes its connection and its plan.
    let (ours, peers) = (ours.split_off(1), peers.split_off(1));
    let ratio = median(ours.iter().zip(&peers).map(|(ours, peer)| ours / peer));
    Ok(Row {
        name: "load an aggregate of 1,000 events".into(),
        unit: "ms".into(),
        ours: median(ours),
        peer: Some(median(peers)),
        ratio: Some(ratio),
        target: "<= 1x".into(),
        ok: Some(ratio <= 1.0),
    })
}

async fn large(store: &Store) -> anyhow::Result<Row> {
    let (org, id) = (OrgId(Uuid::now_v7()), Uuid::now_v7().to_string());
    fill(store, org, &id, LARGE).await?;
    let state = Ledger { entries: LARGE, total: LARGE };
    anyhow::ensure!(store.save_snapshot(org, &id, LARGE, &state).await?, "the snapshot is stored");
    let mut times = Vec::new();
    for _ in 0..=REPEATS {
        let start = Instant::now();
        let loaded = store.load::<Ledger>(org, &id, CommandId(Uuid::nil())).await?;
        times.push(start.elapsed().as_secs_f64() * 1e3);
        anyhow::ensure!(loaded.aggregate.snapshot_version == LARGE, "the snapshot is used");
    }
    let time = median(times.split_off(1));
    Ok(Row {
        name: "load an aggregate of 100,000 events with a snapshot".into(),
        unit: "ms".into(),
        ours: time,
        peer: None,
        ratio: None,
        target: format!("<= {MOST_MS} ms"),
        ok: Some(time <= MOST_MS),
    })
}

async fn fill(store: &Store, org: OrgId, id: &str, count: i64) -> anyhow::Result<()> {
    const STEP: i64 = 1_000;
    let event = Event::entered(1);
    for expected in (0..count).step_by(1_000) {
        let events = (0..STEP.min(count - expected))
            .map(|_| {
                Ok(NewEvent {
                    event_id: EventId(Uuid::now_v7()),
                    event_type: event.event_type().into(),
                    schema_version: 1,
                    payload: serde_json::to_string(&event)?,
                })
            })
            .collect::<anyhow::Result<_>>()?;
        let context = Context {
            org,
            actor: ActorId(Uuid::now_v7()),
            command_id: CommandId(Uuid::now_v7()),
            request_hash: [0; 32],
            correlation_id: Uuid::now_v7(),
            causation_id: None,
            epoch: None,
            metadata: BTreeMap::new(),
        };
        let stream = StreamWrite {
            aggregate_type: "ledger".into(),
            aggregate_id: id.to_owned(),
            project: None,
            expected,
            events,
        };
        let item =
            AppendItem { context, outcome: "accepted".into(), streams: vec![stream], guards: Vec::new() };
        store.append(item).await?;
    }
    Ok(())
}
