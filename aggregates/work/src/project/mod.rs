//! A project: the container of specs, tickets, tasks and runs.
//!
//! ```text
//!            create              archive
//!   absent ----------> active -----------> archived
//!                       |  ^                  |
//!                rename +--+<-----------------+ restore
//! ```
//!
//! Invariants: a project has a name and a slug from its first event on; the slug never changes (addresses
//! hold it); an archived project changes only by being restored. That no two projects of an organization
//! share a slug is a rule over a set, so the append decides it (guard `Unique`), not this aggregate.

mod commands;
mod decide;
mod events;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use vocabulary::{Name, Slug};

pub use self::commands::Command;
pub use self::decide::Rejection;
pub use self::events::Event;

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

/// What a project that exists is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// What people call it.
    pub name: Name,
    /// Its part of addresses; fixed at creation.
    pub slug: Slug,
}

impl kernel::Decider for Project {
    const TYPE: &'static str = "project";
    const LOGIC_VERSION: i32 = 1;

    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command) -> Result<Vec<Event>, Rejection> {
        decide::decide(self, command)
    }

    fn evolve(&mut self, event: &Event) {
        match event {
            Event::Created { name, slug } => {
                *self = Self::Active(Profile { name: name.clone(), slug: slug.clone() });
            }
            Event::Renamed { name } => {
                if let Self::Active(profile) | Self::Archived(profile) = self {
                    profile.name = name.clone();
                }
            }
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
