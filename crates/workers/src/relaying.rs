//! The relay of the log to the event bus, on whichever node holds its lease.

use std::time::Duration;

use async_nats::Client;
use bus::{Progress, Relay};
use eventstore::{Leases, Lost};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::{LogSource, Node};

/// Between two attempts to become the one.
const PAUSE: Duration = Duration::from_millis(500);

/// The relay of the product, on this node or on another one.
#[derive(Debug)]
pub struct Relaying<'a> {
    /// Where it runs.
    pub node: &'a Node<'a>,
    /// The event bus, as a user who may publish and purge.
    pub bus: Client,
}

impl Relaying<'_> {
    /// Starts its loop, and answers how far the bus is while the relay runs on this node.
    #[must_use]
    pub fn start(self) -> watch::Receiver<Progress> {
        let Node { store, tailer, owner, tasks, stop } = self.node;
        let log_id = store.log_id();
        let relay = Relay::new(self.bus, log_id, LogSource::new(store, tailer));
        let progress = relay.progress();
        let standby =
            Standby { leases: Leases::new(store.pools(), *owner), name: format!("relay/{log_id}"), relay };
        let stop = (*stop).clone();
        tasks.spawn(async move { standby.run(&stop).await });
        progress
    }
}

struct Standby {
    leases: Leases,
    name: String,
    relay: Relay<LogSource>,
}

impl Standby {
    /// Relays while it holds the lease, waits for it otherwise.
    async fn run(&self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            if let Err(error) = self.turn(stop).await {
                tracing::warn!(%error, "the relay pauses");
            }
            stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await;
        }
    }

    async fn turn(&self, stop: &CancellationToken) -> Result<(), Lost> {
        let Some(lease) = self.leases.acquire_loop(&self.name).await? else { return Ok(()) };
        let result = tokio::select! {
            () = self.relay.run(stop) => Ok(()),
            lost = self.leases.keep(&lease) => Err(lost),
        };
        // Given back even after an error, so that a standby need not wait for the time to run out.
        let _ = self.leases.release(&lease).await;
        result
    }
}
