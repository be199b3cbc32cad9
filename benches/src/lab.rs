//! One private Postgres with the durable settings of the product, and a database for each side.

use std::io::Write as _;
use std::str::FromStr as _;
use std::time::{Duration, Instant};

use embedded::ScratchPostgres;
use eventstore::{Options, Store};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, PgPool};

use crate::peer;

#[derive(Debug)]
pub(crate) struct Lab {
    server: ScratchPostgres,
}

impl Lab {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        Ok(Self { server: ScratchPostgres::start(&embedded::guard::this_exe()).await? })
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
