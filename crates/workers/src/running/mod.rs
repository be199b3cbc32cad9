//! Runs: a node takes one up, makes it a place to work, lets its agent work in a sandbox, finds out what came of it, and says so in
//! the one append that ends the run and moves its task.
//!
//! It is level-triggered: it loads the run, does what is next, and looks again; all it writes is fenced by its lease of the run. A
//! run that another node had begun and left is lost: what is in its workspace is kept, and the task is tried anew.
//!
//! - `scheduler.rs` which tasks are claimed, as long as there are places
//! - `desk.rs` the run and its task: read from the log, written under the lease
//! - `drive.rs` the story of a run, from its place to its end; `ending.rs` what each end means for the task
//! - `brief.rs` what its sandbox is and its worker is told; `at_work.rs` the agent at work, until the end of that;
//!   `answers.rs` what its worker is answered
//! - `place.rs` the branch, the commit it stands on, and the clone it works in
//! - `background.rs` what a task stands on; `context.rs` what the agent is told of it; `tools/` what it can ask the platform
//! - `socket.rs` what the worker in the sandbox says, and is told; `ingest.rs` what it saw, sealed, into the log
//! - `egress/` the way out to hosts that the project allows
//! - `gateway/` what the agent asks models, passed on and paid for; `journal.rs` what the host sees of a run, into the log
//! - `live.rs` the runs of this node, and what people want of them; `watch.rs` when one is ended by us
//! - `report.rs` what it has found out, when it explores
//! - `evidence.rs` what its work is worth, on a fresh checkout; `checks.rs` the commands that find out; `protected.rs` the files that
//!   are put back first
//! - `leftover.rs` workspaces that an earlier process of this node has left; `look_back.rs` those of runs that another node has ended

mod answers;
mod at_work;
mod background;
mod brief;
pub(crate) mod checks;
mod context;
mod desk;
mod drive;
pub(crate) mod egress;
mod ending;
pub(crate) mod evidence;
mod gateway;
pub(crate) mod ingest;
pub(crate) mod journal;
mod leftover;
mod live;
mod look_back;
pub(crate) mod place;
mod protected;
mod report;
mod scheduler;
pub mod seals;
mod socket;
mod tools;
mod watch;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use commands::{CommandError, Dispatcher, Profiles};
use eventstore::{Leases, Lost, Store, Unavailable};
use kernel::{EventId, OrgId, Uuid};
use ports::git::{Git, GitError, Merging, Workspaces};
use ports::llm::Models;
use ports::outside::Outside;
use ports::sandbox::{Level, Limits, Mount, Sandboxes};
use tokio_util::sync::CancellationToken;
use vocabulary::{Line, Name, RunId};

use crate::Merger;

use self::desk::Desk;
use self::live::Live;

pub use self::scheduler::Scheduler;
pub use self::seals::{Seal, Seals};

/// Carries runs through. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Runner(Arc<Parts>);

/// What a runner works with.
#[derive(Debug)]
pub struct Means {
    /// Reads repositories.
    pub git: Arc<dyn Git>,
    /// Makes workspaces, and keeps what they come to.
    pub workspaces: Arc<dyn Workspaces>,
    /// Brings branches together.
    pub branches: Arc<dyn Merging>,
    /// Makes sandboxes.
    pub sandboxes: Arc<dyn Sandboxes>,
    /// Seals what agents say.
    pub seals: Arc<dyn Seals>,
    /// The agents that there are.
    pub agents: Agents,
    /// What their programs call themselves.
    pub versions: Versions,
    /// The models that they may ask.
    pub models: Arc<dyn Models>,
    /// Knows where the hosts are that they may reach.
    pub outside: Arc<dyn Outside>,
    /// Where workspaces are made, and what else a run needs on the disk.
    pub directory: PathBuf,
    /// Where merges are checked out to be verified.
    pub merges: PathBuf,
    /// The program that is the worker, and what of the host else every worker needs to see.
    pub worker: Worker,
    /// The weakest sandbox that will do.
    pub at_least: Level,
    /// What a sandbox may use.
    pub limits: Limits,
}

/// The program that runs beside an agent.
#[derive(Clone, Debug)]
pub struct Worker {
    /// How it is called inside of the sandbox.
    pub command: Vec<String>,
    /// What has to be there for it.
    pub mounts: Vec<Mount>,
}

/// Profiles of agents, by name.
pub type Agents = BTreeMap<Name, Agent>;

/// What the programs of profiles called themselves when the node looked; a run that begins before that does not wait for it.
pub type Versions = Arc<OnceLock<BTreeMap<Name, Line<200>>>>;

/// An agent that an installation has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// What drives it.
    pub driver: Name,
    /// Its program and the arguments, for drivers that start one.
    pub command: Vec<String>,
    /// The version that it has to be, if that is said.
    pub version: Option<String>,
    /// How many seconds it may take for its first answers, if that is said.
    pub silent_after_s: Option<u32>,
    /// The model that it asks, by the installation's name; the one for the purpose `agents` when none is named.
    pub model: Option<String>,
    /// What it finds in its environment. Never a secret.
    pub environment: Vec<(String, String)>,
    /// What of the host it needs to see.
    pub mounts: Vec<Mount>,
}

#[derive(Debug)]
struct Parts {
    store: Store,
    dispatcher: Dispatcher,
    leases: Leases,
    node: String,
    means: Arc<Means>,
    live: Live,
}

/// Why a run could not be carried on; it is taken up again.
#[derive(Debug, thiserror::Error)]
pub enum RunnerError {
    /// A command was not carried out.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// The database cannot be used.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// Another node has it now.
    #[error(transparent)]
    Lost(#[from] Lost),
    /// The repository cannot be used just now.
    #[error(transparent)]
    Git(#[from] GitError),
    /// The disk refuses something.
    #[error("the disk of the node: {0}")]
    Disk(#[from] std::io::Error),
    /// What an earlier try has started is not gone yet.
    #[error("{0}")]
    Busy(String),
    /// What a run left cannot be kept.
    #[error("{0}")]
    Unkept(String),
    /// The log holds what this program cannot work with.
    #[error("{0}")]
    Broken(String),
}

impl Runner {
    /// Carries runs through on a node that is called `node` in the leases.
    #[must_use]
    pub fn new(dispatcher: &Dispatcher, node: &str, means: Arc<Means>) -> Self {
        let store = dispatcher.store().clone();
        let leases = Leases::new(store.pools(), node);
        let dispatcher = dispatcher.clone();
        Self(Arc::new(Parts {
            store,
            dispatcher,
            leases,
            node: node.to_owned(),
            means,
            live: Live::default(),
        }))
    }

    /// Who brings together what its runs have done, on this node and by the same means.
    #[must_use]
    pub fn merger(&self, dispatcher: &Dispatcher) -> Merger {
        Merger::new(dispatcher, &self.0.node, self.0.means.clone())
    }

    /// The profiles that can be started here, each with its driver.
    #[must_use]
    pub fn profiles(&self) -> Profiles {
        self.0.means.agents.iter().map(|(name, agent)| (name.clone(), agent.driver.clone())).collect()
    }

    /// Ends what an earlier process of this node has left running. Called once, before the first run.
    pub async fn begin(&self) {
        match self.0.means.sandboxes.sweep().await {
            Ok(ended) if ended.is_empty() => {}
            Ok(ended) => {
                tracing::warn!(sandboxes = ended.len(), "what an earlier process had left running was ended");
            }
            Err(error) => {
                tracing::warn!(%error, "this node has no sandboxes: runs that it takes up end with that");
            }
        }
        // A trial that was interrupted is made anew, on files of its own.
        if let Ok(mut left) = tokio::fs::read_dir(&self.0.means.merges).await {
            while let Ok(Some(trial)) = left.next_entry().await {
                let _ = tokio::fs::remove_dir_all(trial.path()).await;
            }
        }
    }

    /// Carries a run through to its end; false when somebody else does, or `stop` came first.
    ///
    /// # Errors
    /// When the log cannot be read or written, or another node has taken the run over: it is taken up again.
    pub async fn run(
        &self,
        org: OrgId,
        run: RunId,
        cause: EventId,
        correlation: Uuid,
        stop: &CancellationToken,
    ) -> Result<bool, RunnerError> {
        let done = self.under_lease(org, run, (cause, correlation), stop, async |desk| desk.work().await);
        Ok(done.await?.is_some())
    }

    /// Does something for a run as long as this node has its lease; `None` when another has it.
    async fn under_lease<T>(
        &self,
        org: OrgId,
        run: RunId,
        (cause, correlation): (EventId, Uuid),
        stop: &CancellationToken,
        what: impl AsyncFnOnce(Desk<'_>) -> Result<T, RunnerError>,
    ) -> Result<Option<T>, RunnerError> {
        let Some(lease) = self.0.leases.acquire_work(org, &format!("run/{run}")).await? else {
            return Ok(None);
        };
        let desk = Desk { parts: &self.0, org, run, lease: &lease, cause, correlation, stop };
        let outcome = tokio::select! {
            outcome = what(desk) => outcome,
            lost = self.0.leases.keep(&lease) => Err(lost.into()),
        };
        // Given back even after an error, so that the next one need not wait for the time to run out.
        let _ = self.0.leases.release(&lease).await;
        outcome.map(Some)
    }

    /// Passes on what people want of the runs of this node, as it stands in the log, until `stop`.
    pub async fn listen(&self, tailer: &eventstore::subscribe::Tailer, stop: &CancellationToken) {
        stop.run_until_cancelled(self.0.live.listen(tailer)).await;
    }
}
