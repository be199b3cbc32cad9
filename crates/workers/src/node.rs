//! Where the loops of a node run.

use eventstore::Store;
use eventstore::subscribe::Tailer;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// The log, the node's one tailer, and what carries and ends its loops.
#[derive(Debug)]
pub struct Node<'a> {
    /// The log.
    pub store: &'a Store,
    /// Hands each page to all who have caught up.
    pub tailer: &'a Tailer,
    /// Names this node in the leases.
    pub owner: &'a str,
    /// Carries the loops.
    pub tasks: &'a TaskTracker,
    /// Ends them.
    pub stop: &'a CancellationToken,
}

/// The same, for a loop that starts others later.
#[derive(Clone, Debug)]
pub(crate) struct OwnNode {
    pub(crate) store: Store,
    pub(crate) tailer: Tailer,
    pub(crate) owner: String,
    pub(crate) tasks: TaskTracker,
    pub(crate) stop: CancellationToken,
}

impl Node<'_> {
    pub(crate) fn to_own(&self) -> OwnNode {
        OwnNode {
            store: self.store.clone(),
            tailer: self.tailer.clone(),
            owner: self.owner.to_owned(),
            tasks: self.tasks.clone(),
            stop: self.stop.clone(),
        }
    }
}
