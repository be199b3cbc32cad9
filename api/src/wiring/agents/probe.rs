//! What the agents of this node can do, as far as it can be found out before one has a run: whether its program is here, which version
//! that says it is, and whether it hears people at work.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::SystemTime;

use adapters::agents::{drivers, is_version, version_of};
use vocabulary::Line;

use super::find;
use crate::config::{AgentProfile, AgentProfiles};

/// What was found out of a profile.
#[derive(Debug)]
pub(crate) struct Probed {
    /// The profile.
    pub(crate) name: String,
    /// What drives it.
    pub(crate) driver: String,
    /// Whether it hears what people say while it works.
    pub(crate) takes_messages: bool,
    /// Its program.
    pub(crate) program: Program,
}

/// The program of an agent.
#[derive(Debug)]
pub(crate) enum Program {
    /// It has none: it is part of this one.
    Ours,
    /// It is not here.
    Missing(String),
    /// It does not say which version it is.
    Unknown,
    /// It says that it is this one.
    Version(String),
    /// It says that it is this one, and the profile wants another.
    Unwanted {
        /// What it says.
        found: String,
        /// What the profile says.
        wanted: String,
    },
}

/// Looks at all of them. A program that several profiles have is asked once.
pub(crate) async fn probe(settings: &AgentProfiles) -> Vec<Probed> {
    let drivers = drivers();
    let mut known = HashMap::new();
    let mut all = Vec::with_capacity(settings.len());
    for (name, profile) in settings {
        let driver = drivers.iter().find(|driver| driver.name() == profile.driver);
        all.push(Probed {
            name: name.clone(),
            driver: profile.driver.clone(),
            takes_messages: driver.is_some_and(|driver| driver.takes_messages()),
            program: program(profile, &mut known).await,
        });
    }
    all
}

/// Versions, by the file and when it was changed.
type Known = HashMap<(PathBuf, Option<SystemTime>), Option<String>>;

async fn program(profile: &AgentProfile, known: &mut Known) -> Program {
    let Some(called) = profile.command.first() else { return Program::Ours };
    let Some(file) = find(called) else { return Program::Missing(called.clone()) };
    let changed = file.metadata().and_then(|data| data.modified()).ok();
    let key = (file, changed);
    if !known.contains_key(&key) {
        let version = version_of(&key.0).await;
        known.insert(key.clone(), version);
    }
    match (known.get(&key).cloned().flatten(), &profile.version) {
        (None, _) => Program::Unknown,
        (Some(found), Some(wanted)) if !is_version(wanted, &found) => {
            Program::Unwanted { found, wanted: wanted.clone() }
        }
        (Some(found), _) => Program::Version(found),
    }
}

impl Program {
    /// What it says that it is.
    pub(crate) fn version(&self) -> Option<Line<200>> {
        match self {
            Self::Version(found) | Self::Unwanted { found, .. } => Line::new(found).ok(),
            Self::Ours | Self::Missing(_) | Self::Unknown => None,
        }
    }
}

/// Looks at all of them, and tells the operator; a run would end with the same.
pub(crate) async fn look(settings: &AgentProfiles) -> Vec<Probed> {
    let found = probe(settings).await;
    for Probed { name, driver, takes_messages, program } in &found {
        match program {
            Program::Ours | Program::Missing(_) => {}
            Program::Unknown => {
                tracing::info!(agent = name, driver, takes_messages, "its program does not say its version");
            }
            Program::Version(version) => {
                tracing::info!(agent = name, driver, takes_messages, version, "its program is here");
            }
            Program::Unwanted { found, wanted } => {
                tracing::warn!(
                    agent = name,
                    found,
                    wanted,
                    "its program is another version than its profile wants: its runs will fail"
                );
            }
        }
    }
    found
}
