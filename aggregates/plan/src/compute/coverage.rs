//! Which requirement is met by which tasks, and how far.

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::Link;
use crate::names;
use crate::phases::{Coverage, CoverageStatus, PlannedTask, Requirement, Requirements, Tasks};

/// A row for each requirement, in the order in which they are written.
#[must_use]
pub fn coverage(requirements: &Requirements, tasks: &Tasks) -> Vec<Coverage> {
    let mut by_tasks: BTreeMap<&str, Vec<(&PlannedTask, Option<usize>)>> = BTreeMap::new();
    for task in &tasks.tasks {
        for link in task.requirements_addressed.iter().map(|text| Link::of(text)) {
            by_tasks.entry(link.requirement).or_default().push((task, link.criterion));
        }
    }
    let mut by_tickets: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for ticket in &tasks.tickets {
        for link in ticket.requirements.iter().map(|text| Link::of(text)) {
            by_tickets.entry(link.requirement).or_default().insert(&ticket.id);
        }
    }
    requirements
        .requirements
        .iter()
        .map(|requirement| {
            let links = by_tasks.get(requirement.id.as_str()).map_or(&[][..], Vec::as_slice);
            row(requirement, links, by_tickets.get(requirement.id.as_str()), tasks)
        })
        .collect()
}

fn row(
    requirement: &Requirement,
    links: &[(&PlannedTask, Option<usize>)],
    tickets: Option<&BTreeSet<&str>>,
    tasks: &Tasks,
) -> Coverage {
    let mut covered_by_tasks: Vec<String> = links.iter().map(|(task, _)| task.id.clone()).collect();
    covered_by_tasks.dedup();
    let parents: BTreeSet<&str> = links.iter().map(|(task, _)| task.parent_ticket.as_str()).collect();
    let names_it = |id: &str| parents.contains(id) || tickets.is_some_and(|tickets| tickets.contains(id));
    let covered_by_tickets: Vec<String> =
        tasks.tickets.iter().filter(|ticket| names_it(&ticket.id)).map(|ticket| ticket.id.clone()).collect();

    let criteria: BTreeSet<usize> = links.iter().filter_map(|(_, criterion)| *criterion).collect();
    let missing: Vec<String> = (1..=requirement.acceptance_criteria.len())
        .filter(|criterion| !criteria.contains(criterion))
        .map(|criterion| criterion.to_string())
        .collect();
    let (status, coverage_notes) = if links.is_empty() {
        let notes = match covered_by_tickets.as_slice() {
            [] => String::new(),
            tickets => format!("named by {}, but by none of its tasks", names::list(tickets)),
        };
        (CoverageStatus::NotCovered, notes)
    } else if missing.is_empty() || links.iter().any(|(_, criterion)| criterion.is_none()) {
        (CoverageStatus::FullyCovered, String::new())
    } else {
        (CoverageStatus::PartiallyCovered, format!("no task names criterion {}", names::list(&missing)))
    };
    Coverage {
        requirement_id: requirement.id.clone(),
        requirement_title: requirement.title.clone(),
        covered_by_tasks,
        covered_by_tickets,
        status,
        coverage_notes,
    }
}
