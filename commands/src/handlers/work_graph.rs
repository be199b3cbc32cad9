//! The work graph: what it refuses it knows by itself, so it needs no guard.

use eventstore::Guard;
use kernel::{ProjectId, Uuid};
use work::work_graph::{Event, WorkGraph};

use super::{Handled, Site};

impl Handled for WorkGraph {
    type Rules = ();

    fn project(id: Uuid) -> Option<ProjectId> {
        Some(ProjectId(id))
    }

    fn guards(&self, _: &Site<'_, ()>, _: &[Event]) -> Vec<Guard> {
        Vec::new()
    }
}
