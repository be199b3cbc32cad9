//! The work graph: what it refuses it knows by itself, so it needs no guard.

use eventstore::Guard;
use kernel::{ProjectId, Uuid};
use work::work_graph::{Command, Event, NodeKind, WorkGraph};

use super::{Handled, Site};
use crate::Permission;

impl Handled for WorkGraph {
    type Rules = ();

    fn permission(command: &Command) -> Permission {
        match command {
            Command::AddEdge { to, .. } | Command::RemoveEdge { to, .. } if to.kind == NodeKind::Ticket => {
                Permission::WriteTickets
            }
            Command::PlanEdges { .. }
            | Command::ChangeEdges(_)
            | Command::AddEdge { .. }
            | Command::RemoveEdge { .. } => Permission::WriteTasks,
        }
    }

    fn project(id: Uuid) -> Option<ProjectId> {
        Some(ProjectId(id))
    }

    fn guards(&self, _: &Site<'_, ()>, _: &[Event]) -> Vec<Guard> {
        Vec::new()
    }
}
