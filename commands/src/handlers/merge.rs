//! Merges: what the node that carries one through writes is fenced by its lease; a branch belongs to one merge of a project.

use eventstore::Guard;
use execution::merge::{Command, Event, Merge};

use super::{Handled, Site, WorkLease};
use crate::Permission;

impl Handled for Merge {
    type Rules = WorkLease;

    fn permission(command: &Command) -> Permission {
        match command {
            Command::Approve { .. } => Permission::ApproveMerges,
            _ => Permission::WriteMerges,
        }
    }

    fn guards(&self, site: &Site<'_, WorkLease>, events: &[Event]) -> Vec<Guard> {
        let project = site.project.unwrap_or_default();
        let branches = events.iter().filter_map(|event| match event {
            Event::Queued { branch, .. } => Some(Guard::Unique {
                scope: format!("merge_branches/{project}"),
                key: branch.to_string(),
                holder: site.id.to_string(),
            }),
            _ => None,
        });
        site.rules.fence().into_iter().chain(branches).collect()
    }
}
