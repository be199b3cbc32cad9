//! What an aggregate needs beyond its pure decision to be dispatched; one file an aggregate.

mod project;

use eventstore::{Guard, Snapshot};
use kernel::{ProjectId, Uuid};

/// An aggregate that the dispatcher can serve.
pub trait Handled: Snapshot<Command: Clone> {
    /// The project a new stream belongs to.
    fn project(id: Uuid) -> Option<ProjectId>;

    /// The rules over a set that these events touch; decided inside the append. `self` is the state before.
    fn guards(&self, id: Uuid, events: &[Self::Event]) -> Vec<Guard>;
}
