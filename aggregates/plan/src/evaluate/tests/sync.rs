use super::*;
use crate::Plan;
use crate::compute::sync;
use crate::phases::SyncOutput;

const WEIGHTS: &[(&str, u8)] = &[
    ("validation_results", 20),
    ("coverage_matrix", 15),
    ("traceability_stats", 15),
    ("dependency_analysis", 10),
    ("spec_summary", 15),
    ("ready_for_execution", 15),
    ("blockers", 5),
    ("recommendations", 5),
];

const ROWS: &[Row<SyncOutput>] = &[
    ("validation_results", 2.0 / 3.0, |it| it.validation_results.all_ids_valid = false),
    ("validation_results", 0.0, |it| {
        it.validation_results.all_ids_valid = false;
        it.validation_results.no_circular_dependencies = false;
        it.validation_results.all_requirements_covered = false;
    }),
    ("coverage_matrix", 0.0, |it| it.coverage_matrix.clear()),
    ("traceability_stats", 0.75, |it| it.traceability_stats.requirements.total = 0),
    ("traceability_stats", 0.75, |it| it.traceability_stats.dependencies.invalid_references = 1),
    ("traceability_stats", 0.0, |it| {
        it.traceability_stats.requirements.total = 0;
        it.traceability_stats.tickets.total = 0;
        it.traceability_stats.tasks.total = 0;
        it.traceability_stats.dependencies.circular_detected = 2;
    }),
    ("dependency_analysis", 0.5, |it| it.dependency_analysis.critical_path.clear()),
    ("dependency_analysis", 0.0, |it| {
        it.dependency_analysis.critical_path.clear();
        it.dependency_analysis.task_dependency_graph.clear();
    }),
    ("spec_summary", 0.75, |it| it.spec_summary.total_estimated_hours = 0.0),
    ("spec_summary", 0.0, |it| {
        it.spec_summary.total_tasks = 0;
        it.spec_summary.total_requirements = 0;
        it.spec_summary.total_estimated_hours = 0.0;
        it.spec_summary.requirement_coverage_percent = 0.0;
    }),
    ("ready_for_execution", 0.5, |it| it.ready_for_execution = false),
    ("blockers", 0.5, |it| it.blockers.push("something".to_owned())),
    ("recommendations", 0.5, |it| it.recommendations.clear()),
];

#[test]
fn each_criterion_is_worth_what_is_there() {
    check(&sync(&examples::plan(), Writer::Model), WEIGHTS, ROWS, evaluate_sync);
}

#[test]
fn what_vetoes_the_plan_vetoes_the_phase() {
    let mut plan: Plan = examples::plan();
    plan.tasks.tasks[2].components.clear();
    let verdict = evaluate_sync(&sync(&plan, Writer::Model));
    assert!(verdict.score > Score::PASS && !verdict.passes(), "{}", verdict.score);
}
