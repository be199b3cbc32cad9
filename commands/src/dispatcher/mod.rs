//! A command's way: load, decide, append; once per command id, in turn per stream.

mod attempt;
mod known;
mod receipt;

use std::sync::Arc;
use std::time::Duration;

use eventstore::{Store, Unavailable};
use kernel::Uuid;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

pub use receipt::Receipt;

use crate::numbers::Numbers;
use crate::slots::Slots;
use crate::step::Step;
use crate::{CommandError, Handled, Intent};

/// How often a command that lost to another node is decided again. Losers try again at once, more or less: who waited
/// longer each time would lose to those who have not yet waited.
const MAX_CONFLICTS: u32 = 64;
const AFTER_A_CONFLICT: Duration = Duration::from_millis(4);
/// A command that meets a database that went away is tried once more if so little time has passed: the caller is
/// told within a second, and may send it again.
const PATIENCE: Duration = Duration::from_millis(200);

/// The write side of this node. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Dispatcher {
    store: Store,
    slots: Arc<Slots>,
    numbers: Arc<Numbers>,
    snapshots: TaskTracker,
}

impl Dispatcher {
    /// Serves commands over this log, with `cached_aggregates` recent streams in memory.
    #[must_use]
    pub fn new(store: Store, cached_aggregates: usize) -> Self {
        Self {
            store,
            slots: Arc::new(Slots::new(cached_aggregates)),
            numbers: Arc::default(),
            snapshots: TaskTracker::new(),
        }
    }

    /// Carries out `command` on the stream `id`.
    ///
    /// # Errors
    /// See [`CommandError`]. After `Unavailable` the command may have acted: the same intent settles it.
    pub async fn execute<D>(
        &self,
        intent: &Intent,
        id: Uuid,
        command: D::Command,
    ) -> Result<Receipt, CommandError>
    where
        D: Handled<Rules: Default>,
    {
        self.carry_out(intent, vec![Step::on::<D>(id, command)]).await
    }

    /// Carries out a command on a stream whose id was just made, so that it cannot exist: spares the load.
    /// The append still checks; if the id was in use after all this is [`Dispatcher::execute`].
    ///
    /// # Errors
    /// As [`Dispatcher::execute`].
    pub async fn begin<D>(
        &self,
        intent: &Intent,
        id: Uuid,
        command: D::Command,
    ) -> Result<Receipt, CommandError>
    where
        D: Handled<Rules: Default>,
    {
        self.carry_out(intent, vec![Step::on::<D>(id, command).beginning()]).await
    }

    /// Carries out a unit of work: all steps act, or none. Its events stand in the log in the order of the
    /// steps, side by side. Every stream at most once.
    ///
    /// # Errors
    /// `Forbidden` when the actor may not do one of them; else as [`Dispatcher::execute`]. The first step that is
    /// refused names the reason.
    pub async fn carry_out(&self, intent: &Intent, mut steps: Vec<Step>) -> Result<Receipt, CommandError> {
        for step in &steps {
            intent.actor.require(step.order.permission())?;
        }
        let patience = Instant::now() + PATIENCE;
        let mut conflicts = 0;
        loop {
            let error = match self.attempt(&mut steps, intent).await {
                Ok(receipt) => return Ok(receipt),
                Err(error) => error,
            };
            match &error {
                CommandError::Conflict { .. } | CommandError::Baseless if conflicts < MAX_CONFLICTS => {
                    conflicts += 1;
                    pause(AFTER_A_CONFLICT).await;
                }
                CommandError::Unavailable(Unavailable::Down(_) | Unavailable::Stalled(_))
                    if Instant::now() < patience =>
                {
                    pause(Duration::from_millis(100)).await;
                }
                _ => return Err(error),
            }
            for step in &mut steps {
                // What could not exist may be there after all, e.g. made by a try that nobody heard of.
                step.begins = false;
            }
        }
    }

    /// The log this dispatcher appends to.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Waits for the snapshots that are being written.
    pub async fn close(&self) {
        self.snapshots.close();
        self.snapshots.wait().await;
    }
}

/// Waits up to so long, so that two nodes do not meet again.
async fn pause(most: Duration) {
    tokio::time::sleep(most.mul_f64(rand::random_range(0.0..=1.0))).await;
}
