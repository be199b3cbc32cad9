//! The output of the phase `sync`.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::Graph;
use super::{Schedule, Totals, coverage, schedule, totals};
use crate::invariants::{self, Checked, code};
use crate::names;
use crate::phases::{
    Coverage, CoverageStatus, DependencyAnalysis, DependencyStats, RequirementStats, SpecSummary, SyncOutput,
    TaskStats, Tasks, TicketStats, TraceabilityStats, ValidationResults,
};
use crate::{Plan, Problem, Writer};

/// A feature of more hours is too large to be planned in one piece.
const LARGE_HOURS: f64 = 80.0;

/// What follows from `plan`; ready when nothing vetoes.
#[must_use]
pub fn sync(plan: &Plan, writer: Writer) -> SyncOutput {
    let Plan { requirements, tasks, .. } = plan;
    let checked = invariants::check(plan, writer);
    let coverage_matrix = coverage(requirements, tasks);
    let graph = Graph::of_tasks(tasks);
    let schedule = schedule::of_graph(&graph, tasks).unwrap_or_default();
    let totals = totals(tasks);
    let stats = traceability(&coverage_matrix, tasks, &totals, &graph);
    let percent = stats.requirements.coverage_percent;
    SyncOutput {
        ready_for_execution: checked.vetoes.is_empty(),
        blockers: checked.vetoes.iter().map(|problem| problem.message.clone()).collect(),
        recommendations: recommendations(&schedule, &totals, &checked),
        traceability_stats: stats,
        spec_summary: SpecSummary {
            feature_name: tasks.feature_name.clone(),
            total_requirements: requirements.requirements.len(),
            total_tickets: totals.tickets,
            total_tasks: totals.tasks,
            total_estimated_hours: hours(totals.minutes),
            files_to_create: totals.files_to_create,
            files_to_modify: totals.files_to_modify,
            requirement_coverage_percent: percent,
            estimated_duration: duration(schedule.critical_path_minutes),
        },
        dependency_analysis: DependencyAnalysis {
            task_dependency_graph: named_edges(&graph),
            ticket_dependency_graph: named_edges(&Graph::of_tickets(tasks)),
            critical_path_hours: hours(schedule.critical_path_minutes),
            critical_path: schedule.critical_path,
            parallel_opportunities: schedule.waves,
        },
        coverage_matrix,
        validation_results: validation(checked),
    }
}

fn validation(checked: Checked) -> ValidationResults {
    let none = |codes: &[&str]| {
        let found = |problem: &Problem| codes.contains(&problem.code.as_str());
        !checked.vetoes.iter().chain(&checked.issues).any(found)
    };
    ValidationResults {
        all_requirements_covered: none(&[code::UNCOVERED_REQUIREMENT]),
        all_design_components_have_tasks: none(&[code::UNCOVERED_COMPONENT]),
        dependency_order_valid: none(&[code::CYCLE, code::CONTRADICTING_ORDER]),
        no_circular_dependencies: none(&[code::CYCLE]),
        all_ids_valid: none(&[code::INVALID_ID, code::DUPLICATE_ID, code::DANGLING_REFERENCE]),
        issues_found: checked.vetoes,
        warnings: checked.issues,
    }
}

fn traceability(matrix: &[Coverage], tasks: &Tasks, totals: &Totals, graph: &Graph<'_>) -> TraceabilityStats {
    let with = |status| matrix.iter().filter(|row| row.status == status).count();
    let fully_covered = with(CoverageStatus::FullyCovered);
    let with_requirements: BTreeSet<&str> =
        matrix.iter().flat_map(|row| &row.covered_by_tickets).map(String::as_str).collect();
    let ticket_ids: BTreeSet<&str> = tasks.tickets.iter().map(|ticket| ticket.id.as_str()).collect();
    let orphans: Vec<_> = tasks
        .tasks
        .iter()
        .filter(|task| task.requirements_addressed.is_empty())
        .map(|task| task.id.clone())
        .collect();
    TraceabilityStats {
        requirements: RequirementStats {
            total: matrix.len(),
            fully_covered,
            partially_covered: with(CoverageStatus::PartiallyCovered),
            not_covered: with(CoverageStatus::NotCovered),
            coverage_percent: percent(fully_covered, matrix.len()),
        },
        tickets: TicketStats {
            total: totals.tickets,
            with_requirements: with_requirements.len(),
            orphans: ticket_ids.difference(&with_requirements).map(|id| (*id).to_owned()).collect(),
        },
        tasks: TaskStats {
            total: totals.tasks,
            with_parent_ticket: tasks
                .tasks
                .iter()
                .filter(|task| ticket_ids.contains(task.parent_ticket.as_str()))
                .count(),
            with_requirements: totals.tasks - orphans.len(),
            orphans,
            by_status: BTreeMap::from([
                ("done".to_owned(), totals.done),
                ("planned".to_owned(), totals.tasks - totals.done),
            ]),
            by_type: totals.by_type.clone(),
        },
        dependencies: DependencyStats {
            total_edges: graph.edges(),
            circular_detected: graph.cycles(usize::MAX).iter().map(Vec::len).sum(),
            invalid_references: unknown_dependencies(tasks),
        },
    }
}

fn unknown_dependencies(tasks: &Tasks) -> usize {
    let known: BTreeSet<&str> = tasks.tasks.iter().map(|task| task.id.as_str()).collect();
    let named = tasks
        .tasks
        .iter()
        .flat_map(|task| task.dependencies.depends_on.iter().chain(&task.dependencies.blocks));
    named.filter(|id| !known.contains(id.as_str())).count()
}

fn named_edges(graph: &Graph<'_>) -> BTreeMap<String, Vec<String>> {
    (0..graph.nodes())
        .map(|node| {
            let before = graph.before(node).iter().map(|earlier| graph.name(*earlier).to_owned());
            (graph.name(node).to_owned(), before.collect())
        })
        .collect()
}

fn recommendations(schedule: &Schedule, totals: &Totals, checked: &Checked) -> Vec<String> {
    let mut all = Vec::new();
    if !checked.vetoes.is_empty() {
        all.push("Mend what blocks the plan before it is executed.".to_owned());
    }
    if let Some(first) = schedule.waves.first() {
        all.push(format!("Begin with {}: nothing has to be done before.", names::list(first)));
    }
    if let [first, .., last] = schedule.critical_path.as_slice() {
        all.push(format!(
            "Watch the chain from {first} to {last}: it takes {}, and whatever delays it delays everything.",
            duration(schedule.critical_path_minutes)
        ));
    }
    if hours(totals.minutes) >= LARGE_HOURS {
        all.push(format!(
            "Split the feature: {} are more than a feature should take.",
            duration(totals.minutes)
        ));
    }
    all
}

#[expect(clippy::cast_precision_loss, reason = "500 tasks of 10 000 hours are far below 2^53 minutes")]
fn hours(minutes: u64) -> f64 {
    minutes as f64 / 60.0
}

fn duration(minutes: u64) -> String {
    match (minutes / 60, minutes % 60) {
        (hours, 0) => format!("{hours} h"),
        (0, minutes) => format!("{minutes} min"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

/// To a tenth; 100 of nothing.
#[expect(clippy::cast_precision_loss, reason = "counts of a plan")]
fn percent(part: usize, whole: usize) -> f64 {
    if whole == 0 { 100.0 } else { (part as f64 * 1000.0 / whole as f64).round() / 10.0 }
}
