//! The log of an installation that runs: of DATABASE_URL, or of the `omoi up` that holds the data directory.

use std::sync::Arc;

use accounts::Accounts;
use anyhow::Context;
use commands::Dispatcher;
use embedded::inspect;
use eventstore::{Options, Store};

use crate::config::{Config, LOG_ID};
use crate::opening::{self, Missing};

/// A command line looks at a handful of streams.
const CACHED: usize = 100;

/// Opens it for reading beside the server.
///
/// # Errors
/// When no server runs there.
pub(super) fn store(config: &Config) -> anyhow::Result<Store> {
    let url = match &config.database_url {
        Some(url) => url.reveal().to_owned(),
        None => inspect::app_url(&config.data_dir).with_context(|| {
            format!(
                "nobody runs {}; start it with `omoi up` and ask again beside it, or set DATABASE_URL",
                config.data_dir.display()
            )
        })?,
    };
    let mut options = Options::new(url);
    options.log_id = LOG_ID;
    Ok(Store::open(&options)?)
}

/// The accounts of an installation, used beside its server.
#[derive(Debug)]
pub(super) struct Beside {
    pub(super) accounts: Accounts,
    dispatcher: Dispatcher,
    store: Store,
}

impl Beside {
    /// Ends the connections.
    pub(super) async fn close(&self) {
        self.dispatcher.close().await;
        self.store.pools().close().await;
    }
}

/// Opens the accounts beside the server.
///
/// # Errors
/// When no server runs there, or its master key cannot be read.
pub(super) async fn accounts(config: &Config) -> anyhow::Result<Beside> {
    let store = store(config)?;
    let dispatcher = Dispatcher::new(store.clone(), CACHED);
    let settings = opening::settings(config, &format!("http://{}", config.listen))?;
    let mailer = Arc::new(opening::LeftToTheServer);
    let accounts =
        Accounts::open(&dispatcher, opening::master_keys(config, Missing::IsRefused)?, mailer, settings)
            .await?;
    Ok(Beside { accounts, dispatcher, store })
}
