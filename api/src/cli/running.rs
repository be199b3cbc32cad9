//! The log of an installation that runs: of DATABASE_URL, or of the `omoi up` that holds the data directory.

use anyhow::Context;
use embedded::inspect;
use eventstore::{Options, Store};

use crate::config::{Config, LOG_ID};

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
