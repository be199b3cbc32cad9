//! Tasks: a number is used once in a project.

use eventstore::Guard;
use work::task::{Event, Task};

use super::{Handled, Site};

impl Handled for Task {
    type Rules = ();

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
