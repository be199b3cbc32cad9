//! Whether all of it fits together: the output of the phase `sync`. Nobody writes it; it follows from the plan.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Problem;

/// What follows from requirements, design and tasks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SyncOutput {
    /// What holds and what does not.
    pub validation_results: ValidationResults,
    /// Which tasks meet which requirement, in the order of the requirements.
    pub coverage_matrix: Vec<Coverage>,
    /// The same in numbers.
    pub traceability_stats: TraceabilityStats,
    /// What comes after what.
    pub dependency_analysis: DependencyAnalysis,
    /// The plan in numbers.
    pub spec_summary: SpecSummary,
    /// Whether nothing vetoes.
    pub ready_for_execution: bool,
    /// What vetoes, in sentences.
    pub blockers: Vec<String>,
    /// What to do first, and what to think about.
    pub recommendations: Vec<String>,
}

/// What holds and what does not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct ValidationResults {
    /// Each requirement has a task that meets at least a part of it.
    pub all_requirements_covered: bool,
    /// Each component of the design has a task.
    pub all_design_components_have_tasks: bool,
    /// The order of the tickets and the one of the tasks can both be kept.
    pub dependency_order_valid: bool,
    /// Nothing waits for itself.
    pub no_circular_dependencies: bool,
    /// Ids are well formed, unique, and each that is named exists.
    pub all_ids_valid: bool,
    /// What vetoes.
    pub issues_found: Vec<Problem>,
    /// What does not.
    pub warnings: Vec<Problem>,
}

/// How far a requirement is met by tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum CoverageStatus {
    /// A task names it, or tasks name all of its criteria.
    FullyCovered,
    /// Tasks name some of its criteria.
    PartiallyCovered,
    /// No task names it.
    NotCovered,
}

/// Which tasks meet a requirement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Coverage {
    /// Its id.
    pub requirement_id: String,
    /// What it is called.
    pub requirement_title: String,
    /// The tasks that name it or one of its criteria.
    pub covered_by_tasks: Vec<String>,
    /// Their tickets, and those that name it themselves.
    pub covered_by_tickets: Vec<String>,
    /// How far it is met.
    pub status: CoverageStatus,
    /// What is missing, e.g. which criteria; empty when nothing is.
    pub coverage_notes: String,
}

/// Traces in numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct TraceabilityStats {
    /// Of the requirements.
    pub requirements: RequirementStats,
    /// Of the tickets.
    pub tickets: TicketStats,
    /// Of the tasks.
    pub tasks: TaskStats,
    /// Of the dependencies.
    pub dependencies: DependencyStats,
}

/// Requirements in numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct RequirementStats {
    /// How many there are.
    pub total: usize,
    /// How many are met as a whole.
    pub fully_covered: usize,
    /// How many in part.
    pub partially_covered: usize,
    /// How many not at all.
    pub not_covered: usize,
    /// The share of the fully covered ones; 100 when there are no requirements.
    pub coverage_percent: f64,
}

/// Tickets in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct TicketStats {
    /// How many there are.
    pub total: usize,
    /// How many name a requirement, themselves or by a task.
    pub with_requirements: usize,
    /// Those that do not.
    pub orphans: Vec<String>,
}

/// Tasks in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct TaskStats {
    /// How many there are.
    pub total: usize,
    /// How many have a ticket.
    pub with_parent_ticket: usize,
    /// How many name a requirement.
    pub with_requirements: usize,
    /// Those that do not.
    pub orphans: Vec<String>,
    /// How many are `done` already, how many are `planned`.
    pub by_status: BTreeMap<String, usize>,
    /// How many there are of each type.
    pub by_type: BTreeMap<String, usize>,
}

/// Dependencies of tasks in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct DependencyStats {
    /// How many there are, each counted once.
    pub total_edges: usize,
    /// How many tasks wait for themselves.
    pub circular_detected: usize,
    /// How many name a task that does not exist.
    pub invalid_references: usize,
}

/// What comes after what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct DependencyAnalysis {
    /// The tasks before each task.
    pub task_dependency_graph: BTreeMap<String, Vec<String>>,
    /// The tickets before each ticket.
    pub ticket_dependency_graph: BTreeMap<String, Vec<String>>,
    /// The longest chain of tasks by hours; empty when tasks wait for themselves.
    pub critical_path: Vec<String>,
    /// Its hours.
    pub critical_path_hours: f64,
    /// Tasks that can be worked on at the same time, wave by wave.
    pub parallel_opportunities: Vec<Vec<String>>,
}

/// The plan in numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct SpecSummary {
    /// The feature in kebab-case.
    pub feature_name: String,
    /// How many requirements there are.
    pub total_requirements: usize,
    /// How many tickets.
    pub total_tickets: usize,
    /// How many tasks.
    pub total_tasks: usize,
    /// The hours of all tasks.
    pub total_estimated_hours: f64,
    /// How many files are new, each counted once.
    pub files_to_create: usize,
    /// How many files change, each counted once.
    pub files_to_modify: usize,
    /// The share of the fully covered requirements.
    pub requirement_coverage_percent: f64,
    /// How long it takes at least, however many work on it: the hours of the critical path in words.
    pub estimated_duration: String,
}
