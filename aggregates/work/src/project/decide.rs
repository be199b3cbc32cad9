//! What a command causes, in each state.

use vocabulary::Name;

use super::{Command, Event, Profile, Project};

/// Why a project refuses a command: what is so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// No such project.
    #[error("the project does not exist")]
    NotFound,
    /// It was created before.
    #[error("the project already exists")]
    AlreadyExists,
    /// It is put away and takes no change.
    #[error("the project is archived; restore it first")]
    Archived,
    /// There is nothing to restore.
    #[error("the project is not archived")]
    NotArchived,
}

impl kernel::Rejection for Rejection {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::AlreadyExists => "already_exists",
            Self::Archived => "archived",
            Self::NotArchived => "not_archived",
        }
    }
}

pub(super) fn decide(project: &Project, command: Command) -> Result<Vec<Event>, Rejection> {
    match (project, command) {
        (Project::Absent, Command::Create { name, slug }) => Ok(vec![Event::Created { name, slug }]),
        (Project::Active(_) | Project::Archived(_), Command::Create { .. }) => Err(Rejection::AlreadyExists),
        (Project::Absent, Command::Rename { .. } | Command::Archive | Command::Restore) => {
            Err(Rejection::NotFound)
        }
        (Project::Active(profile), Command::Rename { name }) => Ok(rename(profile, name)),
        (Project::Active(_), Command::Archive) => Ok(vec![Event::Archived]),
        (Project::Active(_), Command::Restore) => Err(Rejection::NotArchived),
        (Project::Archived(_), Command::Restore) => Ok(vec![Event::Restored]),
        (Project::Archived(_), Command::Rename { .. } | Command::Archive) => Err(Rejection::Archived),
    }
}

fn rename(profile: &Profile, name: Name) -> Vec<Event> {
    if profile.name == name { Vec::new() } else { vec![Event::Renamed { name }] }
}
