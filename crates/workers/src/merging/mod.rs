//! Merges: finished work comes together on a branch of ours, in steps that are verified, and the default branch follows when somebody
//! approves of it. Nothing is checked out but to be verified, and nothing is ever dropped: what does not go together is parked, with
//! the reason, and the rest goes on.
//!
//! It is level-triggered, as runs are: it loads the merge, does what is next, and looks again; all it writes is fenced by its lease.
//!
//! - `desk.rs` the merge and what it is about: read from the log, written under the lease
//! - `story.rs` what is next; `fit.rs` what goes with what, and in which order it is tried
//! - `step.rs` candidates tried together; `halving.rs` which of them does not hold, in few trials; `verify.rs` one trial
//! - `conflict.rs` what becomes of a candidate that does not go with the head; `model.rs` a model that is asked
//! - `landing.rs` the branch that people see, and the default branch
//! - `record.rs` what is seen of the way out of the sandboxes, into the log

mod conflict;
mod desk;
mod fit;
mod halving;
mod landing;
mod model;
mod record;
mod step;
mod story;
mod verify;

use std::sync::Arc;

use commands::Dispatcher;
use eventstore::{Leases, Store};
use kernel::{EventId, OrgId, Uuid};
use tokio_util::sync::CancellationToken;
use vocabulary::MergeId;

use self::desk::Desk;
use crate::running::{Means, RunnerError};

/// Brings finished work together. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Merger(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    store: Store,
    dispatcher: Dispatcher,
    leases: Leases,
    means: Arc<Means>,
}

impl Merger {
    /// Works on a node that is called `node` in the leases, with what its runs work with.
    #[must_use]
    pub fn new(dispatcher: &Dispatcher, node: &str, means: Arc<Means>) -> Self {
        let store = dispatcher.store().clone();
        let leases = Leases::new(store.pools(), node);
        Self(Arc::new(Parts { store, dispatcher: dispatcher.clone(), leases, means }))
    }

    /// Goes on with a merge as far as it goes without people; false when somebody else does, or `stop` came first.
    ///
    /// # Errors
    /// When the log or the repository cannot be used, or another node has taken it over: it is taken up again.
    pub async fn merge(
        &self,
        org: OrgId,
        merge: MergeId,
        cause: EventId,
        correlation: Uuid,
        stop: &CancellationToken,
    ) -> Result<bool, RunnerError> {
        let Some(lease) = self.0.leases.acquire_work(org, &format!("merge/{merge}")).await? else {
            return Ok(false);
        };
        let desk = Desk { parts: &self.0, org, merge, lease: &lease, cause, correlation, stop };
        let outcome = tokio::select! {
            outcome = desk.work() => outcome,
            lost = self.0.leases.keep(&lease) => Err(lost.into()),
        };
        // Given back even after an error, so that the next one need not wait for the time to run out.
        let _ = self.0.leases.release(&lease).await;
        outcome
    }
}
