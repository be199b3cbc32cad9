//! What a command causes, in each state.

use super::{Command, Event, Project, Repository};

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
        (Project::Absent, Command::Create { name, slug, description }) => {
            Ok(vec![Event::Created { name, slug, description }])
        }
        (Project::Active(_) | Project::Archived(_), Command::Create { .. }) => Err(Rejection::AlreadyExists),
        (
            Project::Absent,
            Command::Rename { .. }
            | Command::Describe { .. }
            | Command::SetSettings { .. }
            | Command::ConfigureBoard { .. }
            | Command::ConfigureGates { .. }
            | Command::SetAutonomy { .. }
            | Command::LinkRepository { .. }
            | Command::UnlinkRepository
            | Command::Archive
            | Command::Restore,
        ) => Err(Rejection::NotFound),
        (Project::Active(profile), Command::Rename { name }) => {
            Ok(unless(profile.name == name, Event::Renamed { name }))
        }
        (Project::Active(profile), Command::Describe { description }) => {
            Ok(unless(profile.description == description, Event::Described { description }))
        }
        (Project::Active(profile), Command::SetSettings { changes }) => {
            let news = profile.settings.news(changes);
            Ok(unless(news.is_empty(), Event::SettingsChanged(news)))
        }
        (Project::Active(profile), Command::ConfigureBoard { board }) => {
            Ok(unless(profile.board == board, Event::BoardConfigured { columns: board }))
        }
        (Project::Active(profile), Command::ConfigureGates { gates }) => {
            Ok(unless(profile.gates == gates, Event::GatesConfigured { gates }))
        }
        (Project::Active(profile), Command::SetAutonomy { on }) => {
            Ok(unless(profile.autonomy == on, Event::AutonomyChanged { on }))
        }
        (Project::Active(profile), Command::LinkRepository { place, branch }) => {
            let linked = Repository { place: place.clone(), branch: branch.clone() };
            let same = profile.repository.as_ref() == Some(&linked);
            Ok(unless(same, Event::RepositoryLinked { place, branch }))
        }
        (Project::Active(profile), Command::UnlinkRepository) => {
            Ok(unless(profile.repository.is_none(), Event::RepositoryUnlinked))
        }
        (Project::Active(_), Command::Archive) => Ok(vec![Event::Archived]),
        (Project::Active(_), Command::Restore) => Err(Rejection::NotArchived),
        (Project::Archived(_), Command::Restore) => Ok(vec![Event::Restored]),
        (
            Project::Archived(_),
            Command::Rename { .. }
            | Command::Describe { .. }
            | Command::SetSettings { .. }
            | Command::ConfigureBoard { .. }
            | Command::ConfigureGates { .. }
            | Command::SetAutonomy { .. }
            | Command::LinkRepository { .. }
            | Command::UnlinkRepository
            | Command::Archive,
        ) => Err(Rejection::Archived),
    }
}

/// What is so already is no news.
fn unless(same: bool, event: Event) -> Vec<Event> {
    if same { Vec::new() } else { vec![event] }
}
