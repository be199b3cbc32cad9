//! Stock postgres-es in event-store mode, without queries: the peer.

use std::str::FromStr as _;
use std::time::Duration;

use cqrs_es::CqrsFramework;
use cqrs_es::persist::PersistedEventStore;
use eventstore::Sourced;
use postgres_es::PostgresEventRepository;
use sqlx::PgPool;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::ledger::{Enter, Ledger};
use crate::rounds::{Round, closed_loop};

type Stock = CqrsFramework<Sourced<Ledger>, PersistedEventStore<PostgresEventRepository, Sourced<Ledger>>>;

/// The table as its README ships it, in a database of its own.
pub(crate) const TABLES: &str = "create table events (
        aggregate_type text not null, aggregate_id text not null, sequence bigint check (sequence >= 0) not null,
        event_type text not null, event_version text not null, payload json not null, metadata json not null,
        primary key (aggregate_type, aggregate_id, sequence))";

pub(crate) async fn pool(url: &str, size: u32) -> anyhow::Result<PgPool> {
    let options = PgConnectOptions::from_str(url)?;
    Ok(PgPoolOptions::new()
        .max_connections(size)
        .acquire_timeout(Duration::from_secs(30))
        .connect_with(options)
        .await?)
}

pub(crate) fn framework(pool: PgPool) -> Stock {
    CqrsFramework::new(PersistedEventStore::new_event_store(PostgresEventRepository::new(pool)), vec![], ())
}

/// Ten commands a stream, `tasks` at a time.
pub(crate) async fn commands(pool: &PgPool, tasks: usize, time: Duration) -> anyhow::Result<Round> {
    let stock = std::sync::Arc::new(framework(pool.clone()));
    let streams = streams(tasks);
    closed_loop(tasks, time, move |task, n| {
        let (stock, streams) = (stock.clone(), streams.clone());
        async move {
            let id = streams.id(task, n);
            stock.execute(&id.to_string(), Enter { amount: i64::try_from(n)? }).await?;
            Ok(())
        }
    })
    .await
}

/// Which stream a task's n-th command goes to: a new one every ten.
#[derive(Clone, Debug)]
pub(crate) struct Streams(uuid::Uuid);

pub(crate) fn streams(_tasks: usize) -> Streams {
    Streams(uuid::Uuid::now_v7())
}

impl Streams {
    pub(crate) fn id(&self, task: usize, n: u64) -> uuid::Uuid {
        // Sortable like the v7 ids of the product, so that neither side pays for random index pages.
        let base = self.0.as_u128() & !0xffff_ffff_ffff_ffff;
        uuid::Uuid::from_u128(base | (u128::from(n / 10) << 20) | task as u128)
    }
}
