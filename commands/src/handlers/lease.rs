//! What a node writes about work that takes long is fenced by its lease of it, so that a paused one can do no harm.

use eventstore::Guard;

/// Under which lease something is written, and its epoch; none for what people ask.
#[derive(Clone, Debug, Default)]
pub struct WorkLease(pub Option<(String, i64)>);

impl WorkLease {
    pub(super) fn fence(&self) -> Option<Guard> {
        self.0.as_ref().map(|(lease, epoch)| Guard::Fence { lease: lease.clone(), epoch: *epoch })
    }
}
