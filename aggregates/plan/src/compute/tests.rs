//! Order, waves, critical path, coverage and totals, by example and for any valid plan.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::phases::{CoverageStatus, PlannedTask, PlannedTicket, Tasks};
use crate::testing::{examples, valid_plan};
use crate::{Plan, Writer};

/// Tasks with their hours and what they wait for.
fn tasks(rows: &[(&str, f64, &[&str])]) -> Tasks {
    let task = |(id, hours, before): &(&str, f64, &[&str])| {
        let mut task =
            PlannedTask { id: (*id).to_owned(), estimated_hours: Some(*hours), ..PlannedTask::default() };
        task.dependencies.depends_on = before.iter().map(|id| (*id).to_owned()).collect();
        task
    };
    Tasks { tasks: rows.iter().map(task).collect(), ..Tasks::default() }
}

#[test]
fn the_critical_path_is_the_longest_by_hours_and_not_by_steps() {
    let schedule = schedule(&tasks(&[
        ("A", 1.0, &[]),
        ("B", 1.0, &["A"]),
        ("C", 1.0, &["B"]),
        ("D", 9.0, &[]),
        ("E", 0.5, &["D"]),
    ]))
    .unwrap();
    assert_eq!(schedule.critical_path, ["D", "E"]);
    assert_eq!(schedule.critical_path_minutes, 570);
    assert_eq!(schedule.order, ["A", "B", "C", "D", "E"]);
    assert_eq!(schedule.waves, [vec!["A", "D"], vec!["B", "E"], vec!["C"]]);
}

#[test]
fn of_paths_as_long_the_one_written_first_is_critical() {
    let schedule =
        schedule(&tasks(&[("A", 2.0, &["D", "C"]), ("B", 4.0, &[]), ("C", 2.0, &[]), ("D", 2.0, &[])]))
            .unwrap();
    assert_eq!(schedule.critical_path, ["C", "A"]);
    assert_eq!(schedule.order, ["B", "C", "D", "A"]);
}

#[test]
fn what_is_unknown_or_without_hours_does_not_stop_the_reckoning() {
    let mut plan = tasks(&[("A", f64::NAN, &["X"]), ("B", 2.0, &["A", "A"])]);
    plan.tasks[0].dependencies.blocks = vec!["B".to_owned(), "Y".to_owned()];
    let schedule = schedule(&plan).unwrap();
    assert_eq!((schedule.critical_path_minutes, schedule.critical_path.len()), (180, 2));
    assert_eq!(super::schedule(&tasks(&[])), Some(Schedule::default()));
    assert_eq!(super::schedule(&tasks(&[("A", 1.0, &["A"])])), None);
}

#[test]
fn the_example_is_reckoned() {
    let sync = sync(&examples::plan(), Writer::Model);
    assert!(sync.ready_for_execution);
    assert_eq!(sync.blockers, Vec::<String>::new());
    assert_eq!(sync.dependency_analysis.critical_path, ["TSK-001", "TSK-002", "TSK-003"]);
    assert!((sync.dependency_analysis.critical_path_hours - 6.5).abs() < 1e-9);
    assert_eq!(sync.dependency_analysis.ticket_dependency_graph["TKT-002"], ["TKT-001"]);
    let summary = &sync.spec_summary;
    assert_eq!((summary.total_tasks, summary.total_tickets, summary.total_requirements), (3, 2, 3));
    assert_eq!((summary.files_to_create, summary.files_to_modify), (3, 2));
    assert_eq!(summary.estimated_duration, "6 h 30 min");
    assert!((summary.requirement_coverage_percent - 100.0).abs() < 1e-9);
    let stats = &sync.traceability_stats;
    assert_eq!((stats.dependencies.total_edges, stats.dependencies.circular_detected), (2, 0));
    assert_eq!(stats.tasks.by_type, BTreeMap::from([("implementation".to_owned(), 3)]));
    assert_eq!(sync.coverage_matrix[0].covered_by_tasks, ["TSK-001", "TSK-002"]);
    assert_eq!(sync.coverage_matrix[0].covered_by_tickets, ["TKT-001"]);
    assert!(!sync.recommendations.is_empty());
}

#[test]
fn a_requirement_is_covered_as_a_whole_or_criterion_by_criterion() {
    let with = |links: [&[&str]; 2]| {
        let mut plan = examples::plan();
        for (task, links) in plan.tasks.tasks.iter_mut().zip(links) {
            task.requirements_addressed =
                links.iter().map(|link| format!("REQ-FILTERS-FUNC-001{link}")).collect();
        }
        let row = coverage(&plan.requirements, &plan.tasks).remove(0);
        (row.status, row.covered_by_tasks.len(), row.coverage_notes)
    };
    let full = |tasks| (CoverageStatus::FullyCovered, tasks, String::new());
    assert_eq!(with([&[""], &[]]), full(1));
    assert_eq!(with([&[".1"], &[".2"]]), full(2));
    assert_eq!(with([&[".1", ".2"], &[]]), full(1));
    assert_eq!(with([&[".1"], &[""]]), full(2));
    let partial = (CoverageStatus::PartiallyCovered, 1, "no task names criterion 1".to_owned());
    assert_eq!(with([&[".2"], &[]]), partial);
    assert_eq!(with([&[], &[]]).0, CoverageStatus::NotCovered);
}

#[test]
fn a_plan_that_breaks_an_invariant_is_reckoned_and_not_ready() {
    let mut plan = examples::plan();
    plan.tasks.tasks[0].dependencies.depends_on = vec!["TSK-003".to_owned(), "TSK-099".to_owned()];
    plan.tasks.tasks[2].requirements_addressed.clear();
    let sync = sync(&plan, Writer::Model);
    assert!(!sync.ready_for_execution);
    assert_eq!(sync.blockers.len(), 3);
    let valid = &sync.validation_results;
    assert!(!valid.no_circular_dependencies && !valid.all_ids_valid && !valid.all_requirements_covered);
    assert!(valid.all_design_components_have_tasks);
    let dependencies = &sync.traceability_stats.dependencies;
    assert_eq!((dependencies.circular_detected, dependencies.invalid_references), (3, 1));
    assert_eq!(sync.traceability_stats.tasks.orphans, ["TSK-003"]);
    assert!((sync.spec_summary.requirement_coverage_percent - 66.7).abs() < 1e-9);
    assert_eq!(sync.dependency_analysis.critical_path, Vec::<String>::new());
}

#[test]
fn what_follows_from_a_plan_keeps_to_its_schema() {
    let schema = crate::schema_of(crate::Phase::Sync);
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut broken = examples::plan();
    broken.tasks.tasks[0].dependencies.depends_on = vec!["TSK-003".to_owned()];
    for plan in [examples::plan(), broken, Plan::default()] {
        let json = serde_json::to_value(sync(&plan, Writer::Imported)).unwrap();
        assert!(validator.is_valid(&json), "{json}");
    }
}

/// 500 tasks in 100 tickets, each task after the ten before it.
fn large() -> Plan {
    let mut plan = examples::plan();
    let id = |at: usize| format!("TSK-{:03}", at + 1);
    plan.tasks.tasks = (0..500)
        .map(|at| {
            let mut task = PlannedTask {
                id: id(at),
                parent_ticket: format!("TKT-{:03}", at / 5 + 1),
                ..examples::tasks().tasks[0].clone()
            };
            task.dependencies.blocks.clear();
            task.dependencies.depends_on = (at.saturating_sub(10)..at).map(id).collect();
            task.requirements_addressed =
                plan.requirements.requirements.iter().map(|one| one.id.clone()).collect();
            task.components = vec!["FilterStore".to_owned(), "FilterRoutes".to_owned()];
            task
        })
        .collect();
    plan.tasks.tickets = (0..100)
        .map(|at| {
            let mut ticket =
                PlannedTicket { id: format!("TKT-{:03}", at + 1), ..examples::tasks().tickets[0].clone() };
            ticket.tasks = (at * 5..at * 5 + 5).map(id).collect();
            ticket.dependencies = Default::default();
            ticket
        })
        .collect();
    plan
}

#[test]
fn a_large_plan_is_reckoned() {
    let mut plan = large();
    let sync = super::sync(&plan, Writer::Model);
    assert!(sync.ready_for_execution, "{:?}", sync.blockers);
    assert_eq!(sync.dependency_analysis.critical_path.len(), 500);
    assert_eq!(sync.traceability_stats.dependencies.total_edges, 4945);
    plan.tasks.tasks[0].dependencies.depends_on = vec!["TSK-500".to_owned()];
    assert!(!super::sync(&plan, Writer::Model).ready_for_execution);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_schedule_keeps_the_dependencies(plan in valid_plan()) {
        let schedule = schedule(&plan.tasks).unwrap();
        let all: BTreeMap<&str, &PlannedTask> = plan.tasks.tasks.iter().map(|task| (task.id.as_str(), task)).collect();
        let mut edges: Vec<(&str, &str)> = Vec::new();
        for task in &plan.tasks.tasks {
            edges.extend(task.dependencies.depends_on.iter().map(|before| (before.as_str(), task.id.as_str())));
            edges.extend(task.dependencies.blocks.iter().map(|after| (task.id.as_str(), after.as_str())));
        }
        let place = |id: &str| schedule.order.iter().position(|other| other == id).unwrap();
        let wave = |id: &str| schedule.waves.iter().position(|wave| wave.iter().any(|other| other == id)).unwrap();
        for (before, after) in &edges {
            prop_assert!(place(before) < place(after));
            prop_assert!(wave(before) < wave(after));
        }
        prop_assert_eq!(schedule.order.len(), all.len());
        prop_assert_eq!(schedule.waves.iter().map(Vec::len).sum::<usize>(), all.len());

        for step in schedule.critical_path.windows(2) {
            prop_assert!(edges.contains(&(step[0].as_str(), step[1].as_str())));
        }
        let path: u64 = schedule.critical_path.iter().map(|id| minutes(all[id.as_str()])).sum();
        prop_assert_eq!(path, schedule.critical_path_minutes);
        // No chain is longer: reckoned anew, along the order.
        let mut ends: BTreeMap<&str, u64> = BTreeMap::new();
        for id in &schedule.order {
            let before = edges.iter().filter(|(_, after)| after == id).map(|(before, _)| ends[before]).max();
            ends.insert(id, before.unwrap_or_default() + minutes(all[id.as_str()]));
        }
        prop_assert_eq!(ends.values().copied().max().unwrap(), schedule.critical_path_minutes);
    }

    #[test]
    fn a_valid_plan_is_ready_and_all_of_it_is_covered(plan in valid_plan()) {
        let sync = sync(&plan, Writer::Model);
        prop_assert!(sync.ready_for_execution);
        prop_assert!(sync.coverage_matrix.iter().all(|row| row.status != CoverageStatus::NotCovered));
        let stats = &sync.traceability_stats.requirements;
        prop_assert_eq!(stats.fully_covered + stats.partially_covered, stats.total);
        let json = serde_json::to_string(&sync).unwrap();
        prop_assert_eq!(serde_json::from_str::<crate::phases::SyncOutput>(&json).unwrap(), sync);
    }
}
