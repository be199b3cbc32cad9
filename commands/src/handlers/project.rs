//! Projects: no two of an organization share a slug, archived ones included.

use eventstore::Guard;
use kernel::{ProjectId, Uuid};
use work::project::{Command, Event, Project};

use super::{Handled, Site};
use crate::Permission;

impl Handled for Project {
    type Rules = ();

    fn permission(_: &Command) -> Permission {
        Permission::WriteProjects
    }

    fn project(id: Uuid) -> Option<ProjectId> {
        Some(ProjectId(id))
    }

    fn guards(&self, site: &Site<'_, ()>, events: &[Event]) -> Vec<Guard> {
        events
            .iter()
            .filter_map(|event| match event {
                Event::Created { slug, .. } => Some(Guard::Unique {
                    scope: "project_slug".to_owned(),
                    key: slug.to_string(),
                    holder: site.id.to_string(),
                }),
                _ => None,
            })
            .collect()
    }
}
