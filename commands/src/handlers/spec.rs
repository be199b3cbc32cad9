//! Specs: what the planner of a node writes is fenced by its lease, so that a paused one can do no harm.

use eventstore::Guard;
use planning::spec::{Command, Event, Spec};

use super::{Handled, Site};
use crate::Permission;

/// Under which lease a planner writes; none for what people ask.
#[derive(Clone, Debug, Default)]
pub struct PlannerLease(pub Option<(String, i64)>);

impl PlannerLease {
    pub(super) fn fence(&self) -> Option<Guard> {
        self.0.as_ref().map(|(lease, epoch)| Guard::Fence { lease: lease.clone(), epoch: *epoch })
    }
}

impl Handled for Spec {
    type Rules = PlannerLease;

    fn permission(command: &Command) -> Permission {
        match command {
            Command::Approve { .. } | Command::Reject { .. } | Command::Revise { .. } => {
                Permission::ApproveSpecs
            }
            _ => Permission::WriteSpecs,
        }
    }

    fn guards(&self, site: &Site<'_, PlannerLease>, _: &[Event]) -> Vec<Guard> {
        site.rules.fence().into_iter().collect()
    }
}
