//! The answer of `GET /specs/{id}`, as far as people read it on the command line.

use kernel::{Timestamp, Usd, Uuid};
use plan::Verdict;
use serde::Deserialize;

use crate::cli::near::Near;

/// The answer of `GET /specs/{id}`, as far as people read it here.
#[derive(Debug, Deserialize)]
pub(super) struct Spec {
    pub(super) id: Uuid,
    pub(super) title: String,
    pub(super) status: String,
    #[serde(default)]
    pub(super) possible: Vec<String>,
    pub(super) gate: Option<String>,
    pub(super) content_hash: Option<String>,
    pub(super) phase: Option<String>,
    pub(super) reason: Option<serde_json::Value>,
    pub(super) budget: Option<Usd>,
    pub(super) phases: Vec<PhaseOf>,
    pub(super) questions: Vec<Question>,
    pub(super) requirements: Vec<Requirement>,
    pub(super) tickets: Vec<Ticket>,
    pub(super) tasks: Vec<Task>,
    pub(super) coverage: Vec<Coverage>,
    pub(super) critical_path: Vec<String>,
    pub(super) critical_path_hours: f64,
    pub(super) total_hours: f64,
    pub(super) work: Option<Work>,
    pub(super) near_duplicates: Option<Vec<Near>>,
    pub(super) plan_hash: Option<String>,
    pub(super) revisions: Vec<Revision>,
    pub(super) drift: Vec<Drift>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Revision {
    pub(super) by: Uuid,
    pub(super) at: Timestamp,
    pub(super) work: Option<WorkChange>,
}

#[derive(Debug, Deserialize)]
pub(super) struct WorkChange {
    pub(super) added: Vec<String>,
    pub(super) changed: Vec<String>,
    pub(super) withdrawn: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Drift {
    pub(super) code: String,
    pub(super) message: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct PhaseOf {
    pub(super) phase: String,
    pub(super) status: String,
    #[serde(default)]
    pub(super) written: Vec<String>,
    pub(super) attempts: Vec<Attempt>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Attempt {
    pub(super) attempt: u32,
    pub(super) verdict: Option<Verdict>,
    pub(super) error: Option<String>,
    pub(super) passed: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct Question {
    pub(super) question: u32,
    pub(super) category: String,
    pub(super) text: String,
    pub(super) answer: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Requirement {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) text: String,
    pub(super) criteria: Vec<Criterion>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Criterion {
    pub(super) text: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Ticket {
    pub(super) id: String,
    pub(super) title: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Task {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) parent_ticket: String,
    pub(super) estimated_hours: Option<f64>,
    pub(super) dependencies: Dependencies,
    #[serde(default)]
    pub(super) done: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct Dependencies {
    #[serde(default)]
    pub(super) depends_on: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Coverage {
    pub(super) requirement_id: String,
    pub(super) status: String,
    pub(super) covered_by_tasks: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Work {
    pub(super) tickets: Vec<serde_json::Value>,
    pub(super) tasks: Vec<serde_json::Value>,
}
