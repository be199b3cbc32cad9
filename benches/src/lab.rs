//! One private Postgres with the durable settings of the product, and a database for each side.

use std::io::Write as _;
use std::str::FromStr as _;
use std::time::{Duration, Instant};

use embedded::ScratchPostgres;
use eventstore::{Options, Store};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, PgPool};

use crate::peer;

/// Write-ahead log that is written and given back before the first round: as much as the server keeps.
const WARM_MIB: u32 = 1024;

#[derive(Debug)]
pub(crate) struct Lab {
    server: ScratchPostgres,
}

impl Lab {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let lab = Self { server: ScratchPostgres::start(&embedded::guard::this_exe()).await? };
        lab.warm_the_write_ahead_log().await?;
        Ok(lab)
    }

    /// A server that has run for an hour writes into segments that a checkpoint gave back; a new one makes and
    /// zeroes each of them first, and the side that writes more pays for that twice. Both sides get the hour.
    async fn warm_the_write_ahead_log(&self) -> anyhow::Result<()> {
        let options = PgConnectOptions::from_str(&self.server.admin_url())?;
        let mut connection = options.connect().await?;
        for _ in 0..WARM_MIB / 8 {
            sqlx::query("select pg_logical_emit_message(false, 'warm', repeat('x', 8 * 1024 * 1024))")
                .execute(&mut connection)
                .await?;
        }
        sqlx::query("checkpoint").execute(&mut connection).await?;
        Ok(())
    }

    pub(crate) async fn stop(self) {
        self.server.stop().await;
    }

    /// A migrated database, and its URL for the superuser.
    pub(crate) async fn our_database(&self, name: &str) -> anyhow::Result<String> {
        let url = self.database(name).await?;
        eventstore::migrate(&url).await?;
        Ok(url)
    }

    pub(crate) fn store(url: &str) -> anyhow::Result<Store> {
        let mut options = Options::new(url);
        // As `omoi up` runs it: one node, nobody else to tell.
        options.notify = false;
        Ok(Store::open(&options)?)
    }

    /// A database with the table of stock postgres-es.
    pub(crate) async fn peer_database(&self, name: &str) -> anyhow::Result<String> {
        let url = self.database(name).await?;
        let mut connection = PgConnection::connect(&url).await?;
        sqlx::raw_sql(peer::TABLES).execute(&mut connection).await?;
        Ok(url)
    }

    pub(crate) async fn pool(url: &str, size: u32) -> anyhow::Result<PgPool> {
        let pool = PgPoolOptions::new().max_connections(size).acquire_timeout(Duration::from_secs(30));
        Ok(pool.connect_with(PgConnectOptions::from_str(url)?).await?)
    }

    async fn database(&self, name: &str) -> anyhow::Result<String> {
        let options = PgConnectOptions::from_str(&self.server.admin_url())?;
        let mut connection = options.connect().await?;
        sqlx::query(&format!("create database {name}")).execute(&mut connection).await?;
        Ok(self.server.server().url(name))
    }

    /// How many times a second this disk makes 8 KiB durable; a slow one makes every figure one of the disk.
    pub(crate) fn fdatasyncs_per_second(&self) -> anyhow::Result<f64> {
        let mut file = std::fs::File::create(self.server.directory().join("probe"))?;
        let start = Instant::now();
        let mut times = 0;
        while start.elapsed() < Duration::from_millis(500) {
            file.write_all(&[7; 8192])?;
            file.sync_data()?;
            times += 1;
        }
        Ok(f64::from(times) / start.elapsed().as_secs_f64())
    }
}
