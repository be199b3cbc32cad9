//! Reading the log for good: a tailer a node hands each page to all who have caught up, a consumer moves its
//! checkpoint in its own transaction, and what it cannot apply is set aside by root.

mod checkpoint;
mod parking;
mod runner;
mod stretch;
mod tailer;

use std::future::Future;
use std::sync::Arc;

use kernel::{Recorded, Uuid};
use sqlx::{Postgres, Transaction};

pub use checkpoint::Checkpoint;
pub use parking::Parked;
pub use runner::{RunError, Subscription};
pub use tailer::{Page, Tailer};

use crate::Unavailable;

/// Somebody who keeps something up to date with the log: a read model, a process, an index.
pub trait Consumer: Send + Sync + 'static {
    /// Names its checkpoint and its lease; for ever.
    fn name(&self) -> &str;

    /// Whether it wants this event; the checkpoint moves over the others.
    fn wants(&self, event: &Recorded<String>) -> bool {
        let _ = event;
        true
    }

    /// Applies events in log order, writing through `transaction` only. It is called again with the same
    /// events when the transaction did not commit.
    fn apply(
        &self,
        transaction: &mut Transaction<'static, Postgres>,
        events: &[&Recorded<String>],
    ) -> impl Future<Output = Result<(), ApplyError>> + Send;

    /// Empties everything it keeps, because the log was restored or imported; it will be read from the start.
    fn start_over(
        &self,
        transaction: &mut Transaction<'static, Postgres>,
    ) -> impl Future<Output = Result<(), ApplyError>> + Send;
}

/// Why a consumer could not apply events.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// This event cannot be applied, however often it is tried: its root is parked.
    #[error("the event at {position} cannot be applied: {reason}")]
    Poison {
        /// Which event.
        position: i64,
        /// Why, for the person who mends it.
        reason: String,
    },
    /// The database cannot be used just now: the page is tried again.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl From<sqlx::Error> for ApplyError {
    fn from(error: sqlx::Error) -> Self {
        Self::Unavailable(error.into())
    }
}

/// What an event belongs to when one is set aside: its project, else its organization.
#[must_use]
pub fn root<E>(event: &Recorded<E>) -> Uuid {
    event.envelope.project_id.map_or(event.envelope.org_id.0, |project| project.0)
}

/// A page shared by all consumers of a node.
pub type SharedPage = Arc<Page>;
