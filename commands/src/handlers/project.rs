//! Projects: no two of an organization share a slug, archived ones included.

use eventstore::Guard;
use kernel::{ProjectId, Uuid};
use work::project::{Event, Project};

use super::Handled;

impl Handled for Project {
    fn project(id: Uuid) -> Option<ProjectId> {
        Some(ProjectId(id))
    }

    fn guards(&self, id: Uuid, events: &[Event]) -> Vec<Guard> {
        events
            .iter()
            .filter_map(|event| match event {
                Event::Created { slug, .. } => Some(Guard::Unique {
                    scope: "project_slug".to_owned(),
                    key: slug.to_string(),
                    holder: id.to_string(),
                }),
                Event::Renamed { .. } | Event::Archived | Event::Restored => None,
            })
            .collect()
    }
}
