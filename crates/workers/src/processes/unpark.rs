//! What an operator asks of the processes: how far each has heard the log, what stands still, and that it goes on.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use commands::processes::{Act, Job, Reacting, Visitor, visit_all};
use eventstore::subscribe::{ApplyError, Parked};
use eventstore::{Store, Unavailable};
use kernel::{Timestamp, Uuid};
use schemars::JsonSchema;
use serde::Serialize;

use super::Reactor;
use crate::lags;

/// Why a process was not unparked.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// There is no process of this name.
    #[error("there is no process {0}; the list of them is `omoi processes list`")]
    Unknown(String),
    /// The root follows the log already, or is unknown.
    #[error("{root} is not parked in {process}; `omoi processes list` shows what is")]
    NotParked {
        /// The process.
        process: &'static str,
        /// The project or organization.
        root: Uuid,
    },
    /// A root still cannot be heard: it stays parked, with the new reason.
    #[error("{process} still cannot hear the event at {position}: {reason}")]
    StillParked {
        /// The process.
        process: &'static str,
        /// The event.
        position: i64,
        /// Why.
        reason: String,
    },
    /// The database cannot be used just now.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl ProcessError {
    /// A stable name for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown(_) | Self::NotParked { .. } => "not_found",
            Self::StillParked { .. } => "still_parked",
            Self::Unavailable(_) => "database_unavailable",
        }
    }
}

/// Every process, and the head of the log they hear.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Processes")]
pub struct Listed {
    /// The newest event of the log.
    pub position: i64,
    /// In the order of the catalogue.
    pub processes: Vec<Standing>,
}

/// One process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "Process")]
pub struct Standing {
    /// Names it.
    pub name: &'static str,
    /// Everything up to here is heard, but for parked roots.
    pub position: i64,
    /// Events that are still to be heard.
    pub behind: i64,
    /// What could not be heard, by root, oldest first, of every organization.
    pub parked: Vec<ParkedRoot>,
}

/// A root that a process has set aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "ParkedProcessRoot")]
pub struct ParkedRoot {
    /// The project, else the organization.
    pub root: Uuid,
    /// The first event that was not heard.
    pub position: i64,
    /// Why.
    pub error: String,
    /// How often it was tried.
    pub attempts: i32,
    /// Since when.
    pub parked_at: Timestamp,
}

impl From<Parked> for ParkedRoot {
    fn from(Parked { root, position, error, attempts, parked_at }: Parked) -> Self {
        Self { root, position, error, attempts, parked_at }
    }
}

/// Every process as it is now.
///
/// # Errors
/// When the database cannot be used.
pub async fn list(store: &Store) -> Result<Listed, Unavailable> {
    let lags = lags(&store.pools().project, store.log_id()).await?;
    // Read after that, so that no process is ahead of it.
    let head = store.reader().head().await?;
    let mut processes = Vec::new();
    for Known { name, .. } in all() {
        let consumer = consumer(name);
        let parked = store.parked(&consumer).await?.into_iter().map(ParkedRoot::from).collect();
        // One that never began has all of the log before it.
        let lag = lags.iter().find(|lag| lag.consumer == consumer);
        let (position, behind) = lag.map_or((0, head), |lag| (lag.position, lag.behind));
        processes.push(Standing { name, position, behind, parked });
    }
    Ok(Listed { position: head, processes })
}

/// Lets the process hear what its parked roots missed: `root`, or all that are parked. The roots that follow the log
/// again; what it asks for on their behalf is carried out by the nodes that run it, a moment later.
///
/// # Errors
/// `Unknown`, `NotParked`; `StillParked` when an event cannot be heard this time either.
pub async fn unpark(store: &Store, name: &str, root: Option<Uuid>) -> Result<Vec<Uuid>, ProcessError> {
    let known = all().into_iter().find(|known| known.name == name);
    let Known { name: process, unpark } = known.ok_or_else(|| ProcessError::Unknown(name.to_owned()))?;
    let parked = store.parked(&consumer(process)).await?;
    let roots: Vec<Uuid> = parked
        .iter()
        .map(|parked| parked.root)
        .filter(|parked| root.is_none_or(|root| root == *parked))
        .collect();
    if let (Some(root), true) = (root, roots.is_empty()) {
        return Err(ProcessError::NotParked { process, root });
    }
    for root in &roots {
        unpark(store, *root).await.map_err(|error| match error {
            ApplyError::Poison { position, reason } => {
                ProcessError::StillParked { process, position, reason }
            }
            ApplyError::Unavailable(error) => error.into(),
        })?;
    }
    Ok(roots)
}

/// Under which name it keeps its checkpoint and what it has parked.
fn consumer(process: &str) -> String {
    format!("process/{process}")
}

type Unparking<'a> = Pin<Box<dyn Future<Output = Result<bool, ApplyError>> + Send + 'a>>;

/// A process by its name.
struct Known {
    name: &'static str,
    unpark: fn(&Store, Uuid) -> Unparking<'_>,
}

/// Every one, in the order of the catalogue.
fn all() -> Vec<Known> {
    struct All(Vec<Known>);
    impl All {
        fn add<P: Reacting>(&mut self) {
            self.0
                .push(Known { name: P::NAME, unpark: |store, root| Box::pin(unpark_root::<P>(store, root)) });
        }
    }
    impl Visitor for All {
        fn visit<P: Reacting<Action = Act>>(&mut self) {
            self.add::<P>();
        }

        fn visit_jobs<P: Reacting<Action = Job>>(&mut self) {
            self.add::<P>();
        }
    }
    let mut all = All(Vec::new());
    visit_all(&mut all);
    all.0
}

async fn unpark_root<P: Reacting>(store: &Store, root: Uuid) -> Result<bool, ApplyError> {
    // Nobody is woken: the performers look at their lists several times a second.
    let reactor = Reactor::<P>::start(store, Arc::default()).await?;
    store.unpark(&reactor, root).await
}
