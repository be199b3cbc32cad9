//! Specs: what the planner of a node writes is fenced by its lease.

use eventstore::Guard;
use planning::spec::{Command, Event, Spec};

use super::{Handled, Site, WorkLease};
use crate::Permission;

impl Handled for Spec {
    type Rules = WorkLease;

    fn permission(command: &Command) -> Permission {
        match command {
            Command::Approve { .. }
            | Command::Reject { .. }
            | Command::Revise { .. }
            | Command::AcceptUnproven { .. } => Permission::ApproveSpecs,
            _ => Permission::WriteSpecs,
        }
    }

    fn guards(&self, site: &Site<'_, WorkLease>, _: &[Event]) -> Vec<Guard> {
        site.rules.fence().into_iter().collect()
    }
}
