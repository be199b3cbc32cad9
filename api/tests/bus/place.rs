//! The product with an event bus of its own that the test stops, wipes and starts at will.

use std::time::Duration;

use async_nats::Client;
use embedded::ScratchNats;
use tokio::time::Instant;

use crate::bus_log;
use crate::site::Site;
use crate::support::{eventually, guard_exe};

const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Place {
    pub(crate) site: Site,
    pub(crate) nats: ScratchNats,
}

impl Place {
    pub(crate) async fn start() -> Self {
        let nats = ScratchNats::start(&guard_exe()).await.expect("a server");
        let site = Site::start_with(vec![("NATS_URL", nats.server().relay_url())]).await;
        Self { site, nats }
    }

    /// Stops the bus and forgets everything that it had, then starts it again.
    pub(crate) async fn wipe(&mut self) {
        self.nats.wipe().await.expect("a server");
    }

    /// Who may do everything on the bus.
    pub(crate) async fn bus(&self) -> Client {
        embedded::bus::connect(&self.nats.server().relay_url()).await.expect("a connection")
    }

    pub(crate) async fn head(&self) -> i64 {
        self.site.database().head().await
    }

    /// Waits until the bus holds all that the log has now; how long that took.
    pub(crate) async fn bus_is_whole(&self) -> Duration {
        let (begun, head, client) = (Instant::now(), self.head().await, self.bus().await);
        eventually(PATIENCE, "the bus holds the log", async || {
            let held = bus::held(&client, bus_log::LOG).await.ok()??;
            (held >= head).then_some(())
        })
        .await;
        begun.elapsed()
    }

    pub(crate) async fn end(self) {
        drop(self.site);
        self.nats.stop().await;
    }
}
