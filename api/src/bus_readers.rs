//! Who reads the bus by a credential of an organization. The server of the bus is told of each that is in force and
//! has a consumer for it; whatever happens to either side, a second later it is so again.
//!
//! Only where the server is ours: whom another one lets in is decided by its operator.

use std::time::Duration;

use accounts::BusCredentialInForce;
use anyhow::Context as _;
use bus::{CONSUMER_PREFIX, OrgConsumer};
use embedded::{BusUser, BusUsers};
use kernel::Uuid;
use tokio::{sync::Mutex, time::timeout};
use tokio_util::sync::CancellationToken;
use vault::secret::{ExposeSecret as _, SecretString};

use crate::{config::LOG_ID, wiring::Services};

/// How often both sides are looked at.
const ROUND: Duration = Duration::from_secs(1);
/// How many rounds may fail before somebody is told, once.
const TOLD_AT: u32 = 3;
/// How long somebody who changed something waits until it is so.
const PATIENCE: Duration = Duration::from_secs(4);

/// Sees to it that those read the bus who may.
#[derive(Debug)]
pub(crate) struct BusReaders {
    users: BusUsers,
    bus: async_nats::Client,
    done: Mutex<Done>,
}

/// What was done, as far as it is known to have been.
#[derive(Debug)]
struct Done {
    /// Whom the server lets in; `None` when nobody knows.
    told: Option<Vec<BusCredentialInForce>>,
    /// There are no consumers left over.
    tidy: bool,
}

/// The user, and the consumer, of a credential.
pub(crate) fn name_of(id: Uuid) -> String {
    format!("{CONSUMER_PREFIX}{}", id.simple())
}

impl BusReaders {
    pub(crate) fn new(users: BusUsers, bus: async_nats::Client) -> Self {
        // The server was started by us, and with nobody.
        Self { users, bus, done: Mutex::new(Done { told: Some(Vec::new()), tidy: false }) }
    }

    /// Where a credential reads, with all that it takes.
    pub(crate) fn url(&self, id: Uuid, password: &SecretString) -> String {
        self.users.url(&name_of(id), password.expose_secret())
    }

    /// Goes on until `stop`.
    pub(crate) async fn keep(services: Services, stop: CancellationToken) {
        let Some(readers) = services.bus_readers() else { return };
        let mut round = tokio::time::interval(ROUND);
        let mut failed = 0;
        while stop.run_until_cancelled(round.tick()).await.is_some() {
            match stop.run_until_cancelled(readers.follow(&services)).await {
                Some(Err(error)) => {
                    failed += 1;
                    // At a start the relay makes the stream meanwhile.
                    if failed == TOLD_AT {
                        tracing::warn!(%error, "who reads the bus is not as it should be; trying on");
                    }
                }
                Some(Ok(())) => failed = 0,
                None => {}
            }
        }
    }

    /// Does it now, for somebody who has just changed who reads. When it takes too long it goes on without them.
    pub(crate) async fn follow_soon(&self, services: &Services) {
        let followed = timeout(PATIENCE, self.follow(services)).await;
        if !matches!(followed, Ok(Ok(()))) {
            tracing::warn!(?followed, "who reads the bus has changed, and the bus does not know yet");
        }
    }

    async fn follow(&self, services: &Services) -> anyhow::Result<()> {
        // One after the other: two at once could each undo what the other did.
        let mut done = self.done.lock().await;
        let now = services.accounts().bus_credentials_in_force().await?;
        if done.told.as_ref() != Some(&now) {
            let users =
                now.iter().map(|one| BusUser::new(&name_of(one.id), &one.hash)).collect::<Result<_, _>>()?;
            done.told = None;
            self.users.let_in(users).await?;
            done.told = Some(now.clone());
            done.tidy = false;
        }
        if now.is_empty() && done.tidy {
            return Ok(());
        }
        let consumers: Vec<OrgConsumer> = now
            .iter()
            .map(|one| OrgConsumer { name: name_of(one.id), org: one.org, from: one.from })
            .collect();
        bus::keep_consumers(&self.bus, LOG_ID, &consumers).await.context("their consumers")?;
        done.tidy = true;
        Ok(())
    }
}
