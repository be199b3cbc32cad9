//! Stock postgres-es 0.5.0 in a database of its own, with the tables that its documentation ships.

use postgres_es::PostgresEventRepository;
use sqlx::PgPool;

use crate::support::TestDb;

const TABLES: &str = "create table events (
        aggregate_type text not null, aggregate_id text not null, sequence bigint check (sequence >= 0) not null,
        event_type text not null, event_version text not null, payload json not null, metadata json not null,
        primary key (aggregate_type, aggregate_id, sequence));
    create table snapshots (
        aggregate_type text not null, aggregate_id text not null, last_sequence bigint check (last_sequence >= 0) not null,
        current_snapshot bigint check (current_snapshot >= 0) not null, payload json not null,
        primary key (aggregate_type, aggregate_id, last_sequence))";

pub(crate) struct Stock {
    pool: PgPool,
    _db: TestDb,
}

impl Stock {
    pub(crate) async fn new() -> Self {
        let db = TestDb::empty().await;
        let pool = PgPool::connect(&db.admin_url()).await.unwrap();
        sqlx::raw_sql(TABLES).execute(&pool).await.unwrap();
        Self { pool, _db: db }
    }

    pub(crate) fn repository(&self) -> PostgresEventRepository {
        PostgresEventRepository::new(self.pool.clone())
    }
}
