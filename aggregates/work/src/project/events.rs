//! What may have happened to a project. These names and fields are for ever.

use kernel::EventKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::{Name, Slug};

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
    },
    /// The project is called something else; its slug stays.
    #[serde(rename = "project.renamed")]
    Renamed {
        /// The other name.
        name: Name,
    },
    /// The project was put away.
    #[serde(rename = "project.archived")]
    Archived,
    /// The project is in use again.
    #[serde(rename = "project.restored")]
    Restored,
}

impl EventKind for Event {
    const TYPES: &'static [(&'static str, i32)] =
        &[("project.created", 1), ("project.renamed", 1), ("project.archived", 1), ("project.restored", 1)];

    fn event_type(&self) -> &'static str {
        match self {
            Self::Created { .. } => "project.created",
            Self::Renamed { .. } => "project.renamed",
            Self::Archived => "project.archived",
            Self::Restored => "project.restored",
        }
    }
}
