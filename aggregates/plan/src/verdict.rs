//! What a judge says of the output of a phase.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Problem, Score};

/// Whether an output is good enough, and why not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "PhaseVerdict")]
pub struct Verdict {
    /// The weighted sum of the criteria.
    pub score: Score,
    /// What was looked at, how much it counts and how well it is met.
    pub criteria: Vec<Criterion>,
    /// What must not be, whatever the score.
    pub vetoes: Vec<Problem>,
    /// What would be better otherwise.
    pub issues: Vec<Problem>,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Criterion {
    /// Its name, e.g. `id_format`.
    pub name: String,
    /// How much it counts; the weights of a phase add up to 1.
    pub weight: Score,
    /// How well it is met.
    pub score: Score,
}

impl Verdict {
    /// Whether the phase may go on.
    #[must_use]
    pub fn passes(&self) -> bool {
        self.vetoes.is_empty() && self.score >= Score::PASS
    }
}
