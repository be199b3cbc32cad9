//! On what the requirements of a plan rest, once its tasks are done.

use std::collections::BTreeSet;

use plan::ids::Link;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::TaskId;

use super::Details;

/// What a completed task rests on, the best last: the best counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Evidence {
    /// It was done before it came here.
    Imported,
    /// A person says so.
    Attested,
    /// The platform has run the commands that show it.
    Verified,
}

impl Evidence {
    /// Its name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Imported => "imported",
            Self::Attested => "attested",
            Self::Verified => "verified",
        }
    }
}

/// A completed task, and what it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The task.
    pub task: TaskId,
    /// The requirements, or criteria of them, that it meets, as the task itself names them.
    pub requirements: Vec<String>,
    /// What its completion rests on.
    pub evidence: Evidence,
}

impl Proof {
    /// Whether it is about the requirement, or a criterion of it.
    #[must_use]
    pub fn is_of(&self, requirement: &str) -> bool {
        addresses(&self.requirements, requirement)
    }
}

/// Whether one of `names` is the requirement, or a criterion of it.
#[must_use]
pub fn addresses(names: &[String], requirement: &str) -> bool {
    names.iter().any(|name| Link::of(name).requirement == requirement)
}

impl Details {
    /// The requirements of the plan that rest on nothing and were not accepted like that, in the order of the plan. Only
    /// tasks that the plan has count: what was withdrawn from it proves nothing of it.
    pub(super) fn without_evidence(&self, proofs: &[Proof]) -> Vec<String> {
        let tasks = self.work.iter().flat_map(|work| work.tasks.values());
        let tasks: BTreeSet<TaskId> = tasks.map(|task| TaskId(task.id)).collect();
        let proofs: Vec<&Proof> = proofs.iter().filter(|proof| tasks.contains(&proof.task)).collect();
        let rests = |id: &str| self.accepted.contains(id) || proofs.iter().any(|proof| proof.is_of(id));
        let requirements = self.plan().requirements.requirements.into_iter().map(|it| it.id);
        requirements.filter(|id| !rests(id)).collect()
    }
}
