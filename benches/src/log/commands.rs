//! Commands a second: through the dispatcher, and through a `CqrsFramework` over our store.

use std::sync::Arc;
use std::time::Duration;

use commands::{Actor, Dispatcher, Intent};
use cqrs_es::CqrsFramework;
use eventstore::{LogEventStore, Sourced, Store};
use kernel::{ActorId, OrgId, Uuid};
use sqlx::PgPool;

use super::Args;
use crate::lab::Lab;
use crate::ledger::{Enter, Ledger};
use crate::peer;
use crate::report::Row;
use crate::rounds::{Round, Streams, closed_loop, median};

/// What must be reached: tasks at a time, ratio of throughput, and of the 99th percentile where one is asked.
const TARGETS: [(usize, f64, Option<f64>); 3] = [(64, 6.0, Some(0.25)), (8, 2.0, None), (1, 1.6, None)];
const FRAMEWORK: &str = "commands through CqrsFramework over our store, cold, 64 at a time";
/// Pool sizes the peer may choose from.
const POOLS: [u32; 3] = [16, 32, 64];

pub(super) async fn rows(lab: &Lab, args: &Args) -> anyhow::Result<Vec<Row>> {
    let mut rows = Vec::new();
    let targets: Vec<_> = TARGETS.into_iter().filter(|(tasks, ..)| args.wants(&name(*tasks))).collect();
    if targets.is_empty() && !args.wants(FRAMEWORK) {
        return Ok(rows);
    }
    let sides = Sides::prepare(lab).await?;
    for (tasks, target, p99_target) in targets {
        let rounds = sides.rounds(tasks, args.rounds, args.time()).await?;
        let ratio = rounds.ratio();
        rows.push(Row {
            name: name(tasks),
            unit: "commands/s".into(),
            ours: median(rounds.ours.iter().map(|round| round.per_second)),
            peer: Some(median(rounds.peer.iter().map(|round| round.per_second))),
            ratio: Some(ratio),
            target: format!(">= {target}x"),
            ok: Some(ratio >= target),
        });
        let p99 = median(rounds.ours.iter().zip(&rounds.peer).map(|(ours, peer)| ours.p99_ms / peer.p99_ms));
        rows.push(Row {
            name: format!("the same, 99th percentile, {tasks} at a time"),
            unit: "ms".into(),
            ours: median(rounds.ours.iter().map(|round| round.p99_ms)),
            peer: Some(median(rounds.peer.iter().map(|round| round.p99_ms))),
            ratio: Some(p99),
            target: p99_target.map_or(String::from("reported"), |most| format!("<= {most}x")),
            ok: p99_target.map(|most| p99 <= most),
        });
    }
    if args.wants(FRAMEWORK) {
        rows.push(sides.framework_row(args).await?);
    }
    Ok(rows)
}

fn name(tasks: usize) -> String {
    format!("commands through the dispatcher, {tasks} at a time")
}

/// Both sides of one comparison, warmed up.
pub(super) struct Sides {
    dispatcher: Dispatcher,
    store: Store,
    peer: PgPool,
}

pub(super) struct Rounds {
    ours: Vec<Round>,
    peer: Vec<Round>,
}

impl Rounds {
    /// The median of each round's own ratio.
    pub(super) fn ratio(&self) -> f64 {
        median(self.ours.iter().zip(&self.peer).map(|(ours, peer)| ours.per_second / peer.per_second))
    }
}

impl Sides {
    pub(super) async fn prepare(lab: &Lab) -> anyhow::Result<Self> {
        let ours = lab.our_database("commands_ours").await?;
        let theirs = lab.peer_database("commands_peer").await?;
        let store = Lab::store(&ours)?;
        let dispatcher = Dispatcher::new(store.clone(), 20_000);
        // The peer gets the pool size that suits it best.
        let warm_up = Duration::from_millis(1500);
        let mut best: Option<(f64, PgPool)> = None;
        for size in POOLS {
            let pool = Lab::pool(&theirs, size).await?;
            peer::commands(&pool, 64, warm_up).await?;
            let round = peer::commands(&pool, 64, warm_up).await?;
            if best.as_ref().is_none_or(|(rate, _)| *rate < round.per_second) {
                best = Some((round.per_second, pool));
            }
        }
        let (_, peer) = best.expect("there are pool sizes");
        ours_commands(&dispatcher, 64, warm_up).await?;
        Ok(Self { dispatcher, store, peer })
    }

    pub(super) async fn rounds(&self, tasks: usize, rounds: usize, time: Duration) -> anyhow::Result<Rounds> {
        let mut all = Rounds { ours: Vec::new(), peer: Vec::new() };
        for _ in 0..rounds {
            all.ours.push(ours_commands(&self.dispatcher, tasks, time).await?);
            all.peer.push(peer::commands(&self.peer, tasks, time).await?);
            let (ours, peer) = (all.ours[all.ours.len() - 1], all.peer[all.peer.len() - 1]);
            eprintln!(
                "{tasks:3} at a time: {:6.0}/s p99 {:6.2} ms | peer {:6.0}/s p99 {:6.2} ms | {:.2}x",
                ours.per_second,
                ours.p99_ms,
                peer.per_second,
                peer.p99_ms,
                ours.per_second / peer.per_second
            );
        }
        Ok(all)
    }

    /// The crate's own framework over our store: every command loads.
    async fn framework_row(&self, args: &Args) -> anyhow::Result<Row> {
        let (mut ours, mut peers) = (Vec::new(), Vec::new());
        for _ in 0..args.rounds {
            ours.push(framework_commands(&self.store, 64, args.time()).await?.per_second);
            peers.push(peer::commands(&self.peer, 64, args.time()).await?.per_second);
        }
        Ok(Row {
            name: FRAMEWORK.into(),
            unit: "commands/s".into(),
            ours: median(ours.clone()),
            peer: Some(median(peers.clone())),
            ratio: Some(median(ours.iter().zip(&peers).map(|(ours, peer)| ours / peer))),
            target: "reported".into(),
            ok: None,
        })
    }
}

/// Ten commands a stream: de-duplicated, caused, hashed.
async fn ours_commands(dispatcher: &Dispatcher, tasks: usize, time: Duration) -> anyhow::Result<Round> {
    let dispatcher = dispatcher.clone();
    let streams = Streams::new();
    let actor = Actor::process(OrgId(Uuid::now_v7()), ActorId(Uuid::now_v7()));
    let cause = Uuid::now_v7();
    closed_loop(tasks, time, move |task, n| {
        let dispatcher = dispatcher.clone();
        async move {
            let id = streams.id(task, n);
            let mut intent = Intent::new(actor, &n.to_be_bytes());
            intent.causation_id = Some(cause);
            let command = Enter { amount: i64::try_from(n)? };
            if n % Streams::COMMANDS_EACH == 0 {
                dispatcher.begin::<Ledger>(&intent, id, command).await?;
            } else {
                dispatcher.execute::<Ledger>(&intent, id, command).await?;
            }
            Ok(())
        }
    })
    .await
}

async fn framework_commands(store: &Store, tasks: usize, time: Duration) -> anyhow::Result<Round> {
    let log = LogEventStore::new(store.clone(), OrgId(Uuid::now_v7()), ActorId(Uuid::now_v7()));
    let framework = Arc::new(CqrsFramework::<Sourced<Ledger>, _>::new(log, vec![], ()));
    let streams = Streams::new();
    closed_loop(tasks, time, move |task, n| {
        let framework = framework.clone();
        async move {
            let id = streams.id(task, n).to_string();
            framework.execute(&id, Enter { amount: i64::try_from(n)? }).await?;
            Ok(())
        }
    })
    .await
}
