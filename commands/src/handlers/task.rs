//! Tasks: a number is used once in a project.

use eventstore::Guard;
use work::task::{Command, Event, EvidenceKind, Task};

use super::{Handled, Site};
use crate::Permission;

impl Handled for Task {
    type Rules = ();

    fn permission(command: &Command) -> Permission {
        match command {
            Command::SubmitEvidence(evidence) if evidence.kind == EvidenceKind::Attested => {
                Permission::AttestTasks
            }
            _ => Permission::WriteTasks,
        }
    }

    fn guards(&self, site: &Site<'_, ()>, events: &[Event]) -> Vec<Guard> {
        let planned = events.iter().filter_map(|event| match event {
            Event::Planned(plan) => Some(Guard::Unique {
                scope: format!("task_number/{}", site.project.unwrap_or_default()),
                key: plan.number.to_string(),
                holder: site.id.to_string(),
            }),
            _ => None,
        });
        planned.collect()
    }
}
