//! Stock postgres-es in event-store mode, without queries: the peer.

use std::sync::Arc;
use std::time::Duration;

use cqrs_es::CqrsFramework;
use cqrs_es::persist::PersistedEventStore;
use eventstore::Sourced;
use postgres_es::PostgresEventRepository;
use sqlx::PgPool;

use crate::ledger::{Enter, Ledger};
use crate::rounds::{Round, Streams, closed_loop};

pub(crate) type StockStore = PersistedEventStore<PostgresEventRepository, Sourced<Ledger>>;

/// The table as its repository ships it, in a database of its own.
pub(crate) const TABLES: &str = "create table events (
        aggregate_type text not null, aggregate_id text not null, sequence bigint check (sequence >= 0) not null,
        event_type text not null, event_version text not null, payload json not null, metadata json not null,
        primary key (aggregate_type, aggregate_id, sequence))";

pub(crate) fn store(pool: &PgPool) -> StockStore {
    PersistedEventStore::new_event_store(PostgresEventRepository::new(pool.clone()))
}

/// Ten commands a stream, `tasks` at a time.
pub(crate) async fn commands(pool: &PgPool, tasks: usize, time: Duration) -> anyhow::Result<Round> {
    let stock = Arc::new(CqrsFramework::new(store(pool), vec![], ()));
    let streams = Streams::new();
    closed_loop(tasks, time, move |task, n| {
        let stock = stock.clone();
        async move {
            let id = streams.id(task, n);
            stock.execute(&id.to_string(), Enter { amount: i64::try_from(n)? }).await?;
            Ok(())
        }
    })
    .await
}
