//! The one composition root: every role of the binary is built here from the same services.

use std::{path::PathBuf, sync::Arc};

use commands::Dispatcher;
use eventstore::{Options, Store};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    config::{Config, LOG_ID, Secret},
    operator::OperatorKey,
    upkeep,
};

/// Recent aggregates kept in memory as a baseline for their next command.
const CACHED_AGGREGATES: usize = 20_000;

/// What the routes and the loops of this process share.
#[derive(Clone, Debug)]
pub(crate) struct Services {
    pub(crate) store: Store,
    pub(crate) dispatcher: Dispatcher,
    pub(crate) operator: Arc<OperatorKey>,
}

impl Services {
    /// Builds them over the database of the product's own login. Nothing is connected yet.
    ///
    /// # Errors
    /// When the URL cannot be understood.
    pub(crate) fn new(database_url: &Secret, operator: OperatorKey) -> anyhow::Result<Self> {
        let mut options = Options::new(database_url.reveal());
        options.log_id = LOG_ID;
        let store = Store::open(&options)?;
        let dispatcher = Dispatcher::new(store.clone(), CACHED_AGGREGATES);
        Ok(Self { store, dispatcher, operator: Arc::new(operator) })
    }

    /// Starts the chores of the log; they end with `stop`, and the tracker completes when they have.
    pub(crate) fn start_upkeep(
        &self,
        database_dir: Option<PathBuf>,
        config: &Config,
        stop: &CancellationToken,
    ) -> TaskTracker {
        let tasks = TaskTracker::new();
        upkeep::start(&self.store, database_dir, config.disk_reserve_bytes, &tasks, stop);
        tasks.close();
        tasks
    }

    /// Ends what is still being written, and the connections.
    pub(crate) async fn close(&self) {
        self.dispatcher.close().await;
        self.store.pools().close().await;
    }
}
