//! What may have happened to a project. These names and fields are for ever.

use kernel::EventKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::{Board, BranchName, Gates, Name, RepositoryPlace, Slug, Text};

use super::Changes;

/// A fact about a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "$type")]
pub enum Event {
    /// The project came into being.
    #[serde(rename = "project.created")]
    Created {
        /// What people call it.
        name: Name,
        /// Its part of addresses.
        slug: Slug,
        /// What it is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<Text>,
    },
    /// The project is called something else; its slug stays.
    #[serde(rename = "project.renamed")]
    Renamed {
        /// The other name.
        name: Name,
    },
    /// The project has another description, or none.
    #[serde(rename = "project.described")]
    Described {
        /// What it is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<Text>,
    },
    /// Work is done otherwise; the settings that are not named stay.
    #[serde(rename = "project.settings_changed")]
    SettingsChanged(Changes),
    /// Tickets are shown in other columns.
    #[serde(rename = "project.board_configured")]
    BoardConfigured {
        /// All columns, left to right.
        columns: Board,
    },
    /// Something else must hold before a ticket leaves a phase.
    #[serde(rename = "project.gates_configured")]
    GatesConfigured {
        /// All gates by phase; a phase without an entry has the default.
        gates: Gates,
    },
    /// Work starts by itself from now on, or no longer.
    #[serde(rename = "project.autonomy_changed")]
    AutonomyChanged {
        /// Whether it starts by itself.
        on: bool,
    },
    /// The code of the project is in this repository.
    #[serde(rename = "project.repository_linked")]
    RepositoryLinked {
        /// Where it is.
        place: RepositoryPlace,
        /// The branch that counts; without one that which the repository itself prefers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        branch: Option<BranchName>,
    },
    /// The project has no repository any more.
    #[serde(rename = "project.repository_unlinked")]
    RepositoryUnlinked,
    /// The project was put away.
    #[serde(rename = "project.archived")]
    Archived,
    /// The project is in use again.
    #[serde(rename = "project.restored")]
    Restored,
}

impl EventKind for Event {
    const TYPES: &'static [(&'static str, i32)] = &[
        ("project.created", 1),
        ("project.renamed", 1),
        ("project.described", 1),
        ("project.settings_changed", 1),
        ("project.board_configured", 1),
        ("project.gates_configured", 1),
        ("project.autonomy_changed", 1),
        ("project.repository_linked", 1),
        ("project.repository_unlinked", 1),
        ("project.archived", 1),
        ("project.restored", 1),
    ];

    fn event_type(&self) -> &'static str {
        match self {
            Self::Created { .. } => "project.created",
            Self::Renamed { .. } => "project.renamed",
            Self::Described { .. } => "project.described",
            Self::SettingsChanged(_) => "project.settings_changed",
            Self::BoardConfigured { .. } => "project.board_configured",
            Self::GatesConfigured { .. } => "project.gates_configured",
            Self::AutonomyChanged { .. } => "project.autonomy_changed",
            Self::RepositoryLinked { .. } => "project.repository_linked",
            Self::RepositoryUnlinked => "project.repository_unlinked",
            Self::Archived => "project.archived",
            Self::Restored => "project.restored",
        }
    }
}
