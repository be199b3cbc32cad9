//! A project: the container of specs, tickets, tasks and runs.
//!
//! ```text
//!            create              archive
//!   absent ----------> active -----------> archived
//!                       |  ^                  |
//!               changes +--+<-----------------+ restore
//! ```
//!
//! | command           | absent    | active              | archived       |
//! |-------------------|-----------|---------------------|----------------|
//! | create            | created   | already_exists      | already_exists |
//! | rename            | not_found | renamed             | archived       |
//! | describe          | not_found | described           | archived       |
//! | set settings      | not_found | settings_changed    | archived       |
//! | configure board   | not_found | board_configured    | archived       |
//! | configure gates   | not_found | gates_configured    | archived       |
//! | set autonomy      | not_found | autonomy_changed    | archived       |
//! | link repository   | not_found | repository_linked   | archived       |
//! | unlink repository | not_found | repository_unlinked | archived       |
//! | archive           | not_found | archived            | archived       |
//! | restore           | not_found | not_archived        | restored       |
//!
//! Invariants: a project has a name and a slug from its first event on; the slug never changes (addresses
//! hold it); an archived project changes only by being restored; what is so already makes no event; nothing
//! starts by itself until autonomy is switched on. That no two projects of an organization share a slug is a
//! rule over a set, so the append decides it (guard `Unique`), not this aggregate.

mod commands;
mod decide;
mod events;
mod hosts;
mod settings;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use vocabulary::{Board, BranchName, Gates, Name, RepositoryPlace, Slug, Text};

pub use self::commands::Command;
pub use self::decide::Rejection;
pub use self::events::Event;
pub use self::hosts::{AllowedHost, AllowedHosts, InvalidHost};
pub use self::settings::{
    Changes, ConcurrentRuns, DefaultAgent, InvalidConcurrentRuns, Settings, VerifyCommands,
};

/// A project as its events have made it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Project {
    /// No event yet.
    #[default]
    Absent,
    /// In use.
    Active(Profile),
    /// Put away; its history stays.
    Archived(Profile),
}

/// What a project that exists is called, and how work goes in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// What people call it.
    pub name: Name,
    /// Its part of addresses; fixed at creation.
    pub slug: Slug,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Text>,
    /// How work is done.
    pub settings: Settings,
    /// The columns that show its tickets.
    pub board: Board,
    /// What must hold before a ticket leaves a phase.
    pub gates: Gates,
    /// Whether work starts by itself.
    pub autonomy: bool,
    /// Where its code is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<Repository>,
}

/// A repository of code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repository {
    /// Where it is.
    pub place: RepositoryPlace,
    /// The branch that counts; without one that which the repository itself prefers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<BranchName>,
}

impl Project {
    /// What is known of it, unless it is absent.
    #[must_use]
    pub const fn profile(&self) -> Option<&Profile> {
        match self {
            Self::Absent => None,
            Self::Active(profile) | Self::Archived(profile) => Some(profile),
        }
    }

    /// Changes the profile of a project that exists; of an absent one there is nothing to change.
    fn change(&mut self, how: impl FnOnce(&mut Profile)) {
        if let Self::Active(profile) | Self::Archived(profile) = self {
            how(profile);
        }
    }
}

impl kernel::Decider for Project {
    const TYPE: &'static str = "project";
    const LOGIC_VERSION: i32 = 3;

    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command) -> Result<Vec<Event>, Rejection> {
        decide::decide(self, command)
    }

    fn evolve(&mut self, event: &Event) {
        match event {
            Event::Created { name, slug, description } => {
                *self = Self::Active(Profile::new(name.clone(), slug.clone(), description.clone()));
            }
            Event::Renamed { name } => self.change(|profile| profile.name = name.clone()),
            Event::Described { description } => {
                self.change(|profile| profile.description = description.clone());
            }
            Event::SettingsChanged(changes) => self.change(|profile| profile.settings.apply(changes)),
            Event::BoardConfigured { columns } => self.change(|profile| profile.board = columns.clone()),
            Event::GatesConfigured { gates } => self.change(|profile| profile.gates = gates.clone()),
            Event::AutonomyChanged { on } => self.change(|profile| profile.autonomy = *on),
            Event::RepositoryLinked { place, branch } => {
                let linked = Repository { place: place.clone(), branch: branch.clone() };
                self.change(|profile| profile.repository = Some(linked));
            }
            Event::RepositoryUnlinked => self.change(|profile| profile.repository = None),
            Event::Archived => {
                if let Self::Active(profile) = self {
                    *self = Self::Archived(profile.clone());
                }
            }
            Event::Restored => {
                if let Self::Archived(profile) = self {
                    *self = Self::Active(profile.clone());
                }
            }
        }
    }
}

impl Profile {
    /// A project as it is created: with the default board and gates, without autonomy and a repository.
    fn new(name: Name, slug: Slug, description: Option<Text>) -> Self {
        Self {
            name,
            slug,
            description,
            settings: Settings::default(),
            board: Board::default(),
            gates: Gates::default(),
            autonomy: false,
            repository: None,
        }
    }
}
