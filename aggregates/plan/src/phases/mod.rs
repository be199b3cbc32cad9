//! What each phase of planning writes. Models write these, people edit them, imports produce them.
//!
//! Reading is lenient about what is absent, so that a judge can say what is missing; it is strict about what is there:
//! a field of another type is refused with its path.

mod criterion;
mod design;
mod explore;
mod prd;
mod requirements;
mod sync;
mod tasks;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use criterion::{Criterion, CriterionKind};
pub use design::{Component, DataModel, Design, Endpoint, Interface, TestingStrategy};
pub use explore::{
    Conventions, Explore, FeatureSummary, KeyFile, Model, Pattern, QuestionGroup, RelatedCode,
};
pub use prd::{
    Constraints, Goals, Metric, Overview, Prd, RelatedFeature, Revision, Risk, Scope, Story, User, Users,
};
pub use requirements::{Requirement, Requirements, Statement, Traceability};
pub use sync::{
    Coverage, CoverageStatus, DependencyAnalysis, DependencyStats, RequirementStats, SpecSummary, SyncOutput,
    TaskStats, TicketStats, TraceabilityStats, ValidationResults,
};
pub use tasks::{PlannedTask, PlannedTicket, TaskDependencies, Tasks, TicketDependencies};

/// A phase of planning, in their order. After the last one the plan is complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "PlanningPhase")]
pub enum Phase {
    /// What is there already.
    Explore,
    /// What is wanted, for whom, and why.
    Prd,
    /// What must hold.
    Requirements,
    /// How it is built.
    Design,
    /// In which steps.
    Tasks,
    /// Whether all that fits together; computed, no model is asked.
    Sync,
}

impl Phase {
    /// All of them, in order.
    pub const ALL: [Self; 6] =
        [Self::Explore, Self::Prd, Self::Requirements, Self::Design, Self::Tasks, Self::Sync];

    /// Its name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Explore => "explore",
            Self::Prd => "prd",
            Self::Requirements => "requirements",
            Self::Design => "design",
            Self::Tasks => "tasks",
            Self::Sync => "sync",
        }
    }

    /// The phase that follows it.
    #[must_use]
    pub const fn next(self) -> Option<Self> {
        match self {
            Self::Explore => Some(Self::Prd),
            Self::Prd => Some(Self::Requirements),
            Self::Requirements => Some(Self::Design),
            Self::Design => Some(Self::Tasks),
            Self::Tasks => Some(Self::Sync),
            Self::Sync => None,
        }
    }
}

impl std::fmt::Display for Phase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Phase {
    type Err = UnknownPhase;

    fn from_str(name: &str) -> Result<Self, UnknownPhase> {
        Self::ALL
            .into_iter()
            .find(|phase| phase.as_str().eq_ignore_ascii_case(name))
            .ok_or_else(|| UnknownPhase(name.to_owned()))
    }
}

/// There is no such phase.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no phase `{0}`; the phases are explore, prd, requirements, design, tasks and sync")]
pub struct UnknownPhase(String);
