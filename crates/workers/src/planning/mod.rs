//! The planner: takes a spec from phase to phase until it is planned, or until people are asked.
//!
//! It is level-triggered: it loads the spec, does what is next, and looks again; so it may be called at any time, and taken up
//! again after any crash. All it writes is fenced by its lease of the spec.
//!
//! - `desk.rs` the spec and its trajectories: read from the log, written under the lease
//! - `attempt.rs` an attempt at a phase: calls until every field is written, then the verdict
//! - `call.rs` one call to a model: announced, paid for out of the budget, read as it comes, accounted for
//! - `scanner.rs` an answer as it streams, `fields.rs` what of it may be written
//! - `prompt.rs` what a model is asked, `material.rs` what it is told, `repository.rs` what of the code it sees

mod attempt;
mod call;
mod desk;
mod fields;
mod material;
mod prompt;
mod repository;
mod scanner;

use std::sync::Arc;

use commands::{CommandError, Dispatcher};
use eventstore::{Leases, Lost, Store, Unavailable};
use kernel::{EventId, OrgId, Uuid};
use planning::spec::Stage;
use ports::git::Git;
use ports::llm::{Deadlines, Models};
use tokio_util::sync::CancellationToken;
use vocabulary::SpecId;

use self::desk::Desk;

/// Plans specs.
#[derive(Clone, Debug)]
pub struct Planner {
    store: Store,
    dispatcher: Dispatcher,
    leases: Leases,
    models: Arc<dyn Models>,
    git: Arc<dyn Git>,
    deadlines: Deadlines,
}

/// Why planning could not go on; it is taken up again.
#[derive(Debug, thiserror::Error)]
pub enum PlannerError {
    /// A command was not carried out.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// The database cannot be used.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// Another node plans it now.
    #[error(transparent)]
    Lost(#[from] Lost),
    /// The log holds what this program cannot work with.
    #[error("{0}")]
    Broken(String),
}

/// What came of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    /// The spec says so: look at it again.
    Told,
    /// The node stops; the attempt goes on later.
    Stopped,
}

impl Planner {
    /// Plans with these models, on a node that is called `owner` in the leases.
    #[must_use]
    pub fn new(dispatcher: &Dispatcher, owner: &str, models: Arc<dyn Models>, git: Arc<dyn Git>) -> Self {
        let store = dispatcher.store().clone();
        let leases = Leases::new(store.pools(), owner);
        Self { store, dispatcher: dispatcher.clone(), leases, models, git, deadlines: Deadlines::default() }
    }

    /// With other bounds for a call.
    #[must_use]
    pub const fn with_deadlines(mut self, deadlines: Deadlines) -> Self {
        self.deadlines = deadlines;
        self
    }

    /// Goes on with planning as far as it goes without people; false when somebody else does, or `stop` came first.
    ///
    /// # Errors
    /// When the log cannot be read or written, or another node has taken the spec over: it is taken up again.
    pub async fn plan(
        &self,
        org: OrgId,
        spec: SpecId,
        cause: EventId,
        correlation: Uuid,
        stop: &CancellationToken,
    ) -> Result<bool, PlannerError> {
        let Some(lease) = self.leases.acquire_work(org, &format!("planning/{spec}")).await? else {
            return Ok(false);
        };
        let desk = Desk { planner: self, org, spec, lease: &lease, cause, correlation, stop };
        let outcome = tokio::select! {
            outcome = desk.work() => outcome,
            lost = self.leases.keep(&lease) => Err(lost.into()),
        };
        // Given back even after an error, so that the next one need not wait for the time to run out.
        let _ = self.leases.release(&lease).await;
        outcome
    }
}

impl Desk<'_> {
    async fn work(&self) -> Result<bool, PlannerError> {
        let mut before = None;
        while !self.stop.is_cancelled() {
            let (project, spec) = self.load().await?;
            let Stage::Planning { phase, attempt, due } = spec.stage else { return Ok(true) };
            if let Some(due) = due
                && due > self.planner.store.now().await?
            {
                // Its own timer asks for it.
                return Ok(true);
            }
            if before.replace((phase, attempt)) == Some((phase, attempt)) {
                return Err(PlannerError::Broken(format!("attempt {attempt} at {phase} came to no end")));
            }
            if self.attempt(project, phase, attempt).await? == Ended::Stopped {
                return Ok(false);
            }
        }
        Ok(false)
    }
}
