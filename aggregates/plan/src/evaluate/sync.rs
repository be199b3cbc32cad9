//! Whether all of it fits together. The original asked whether these figures are there at all; here they are computed,
//! so it is asked what they say.

use super::sheet::{Sheet, full_or, parts};
use crate::Verdict;
use crate::invariants::Checked;
use crate::phases::SyncOutput;

/// What a judge says of what was computed; what vetoes the plan vetoes here.
#[must_use]
pub fn evaluate_sync(sync: &SyncOutput) -> Verdict {
    let mut sheet = Sheet::default();
    let valid = &sync.validation_results;
    sheet.criterion(
        "validation_results",
        20,
        parts([
            (valid.all_requirements_covered, 1.0),
            (valid.no_circular_dependencies, 1.0),
            (valid.all_ids_valid, 1.0),
        ]),
        "cover each requirement, let nothing wait for itself, and name only what exists",
    );
    sheet.criterion(
        "coverage_matrix",
        15,
        full_or(0.0, !sync.coverage_matrix.is_empty()),
        "there are no requirements",
    );
    let stats = &sync.traceability_stats;
    let sound = stats.dependencies.circular_detected == 0 && stats.dependencies.invalid_references == 0;
    sheet.criterion(
        "traceability_stats",
        15,
        parts([
            (stats.requirements.total > 0, 1.0),
            (stats.tickets.total > 0, 1.0),
            (stats.tasks.total > 0, 1.0),
            (sound, 1.0),
        ]),
        "a plan has requirements, tickets and tasks, and dependencies that hold",
    );
    let analysis = &sync.dependency_analysis;
    sheet.criterion(
        "dependency_analysis",
        10,
        parts([(!analysis.task_dependency_graph.is_empty(), 1.0), (!analysis.critical_path.is_empty(), 1.0)]),
        "without an order of the tasks there is no critical path",
    );
    let summary = &sync.spec_summary;
    sheet.criterion(
        "spec_summary",
        15,
        parts([
            (summary.total_tasks > 0, 1.0),
            (summary.total_requirements > 0, 1.0),
            (summary.total_estimated_hours > 0.0, 1.0),
            (summary.requirement_coverage_percent > 0.0, 1.0),
        ]),
        "a plan has tasks, requirements, hours, and covers requirements",
    );
    sheet.criterion(
        "ready_for_execution",
        15,
        full_or(0.5, sync.ready_for_execution),
        "mend what vetoes the plan",
    );
    sheet.criterion("blockers", 5, full_or(0.5, sync.blockers.is_empty()), "mend what vetoes the plan");
    sheet.criterion(
        "recommendations",
        5,
        full_or(0.5, !sync.recommendations.is_empty()),
        "nothing can be begun",
    );
    sheet.finish(Checked { vetoes: valid.issues_found.clone(), issues: valid.warnings.clone() })
}
