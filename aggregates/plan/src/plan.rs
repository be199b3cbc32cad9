//! A whole plan: what must hold, how it is built, in which steps.

use serde::{Deserialize, Serialize};

use crate::phases::{Design, Requirements, Tasks};

/// What an import brings, an export writes, and a spec accepts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// What people call the feature.
    pub title: String,
    /// What it is about, as far as it was said in prose.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub overview: String,
    /// What must hold.
    pub requirements: Requirements,
    /// How it is built; an imported plan may say nothing of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub design: Option<Design>,
    /// In which steps.
    pub tasks: Tasks,
}

/// Who wrote a plan: what a person brings along is not held to everything that is asked of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer {
    /// A model, phase by phase.
    Model,
    /// A person or another tool; it was imported.
    Imported,
}
