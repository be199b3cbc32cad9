//! What is named exists.

use std::collections::{BTreeMap, BTreeSet};

use super::{Checked, code};
use crate::ids::Link;
use crate::phases::{Design, PlannedTask, Requirement, Requirements, Tasks};
use crate::{Problem, names};

pub(super) fn between_requirements(requirements: &Requirements, found: &mut Checked) {
    let all = &requirements.requirements;
    let known = Known::new("requirement", all.iter().map(|requirement| requirement.id.as_str()));
    for (index, requirement) in all.iter().enumerate() {
        let by = names::of("requirements", index, &requirement.id);
        known.check(&by, "dependencies", &requirement.dependencies, found);
    }
}

pub(super) fn between_tasks(tasks: &Tasks, found: &mut Checked) {
    let known_tickets = Known::new("ticket", tasks.tickets.iter().map(|ticket| ticket.id.as_str()));
    let known_tasks = Known::new("task", tasks.tasks.iter().map(|task| task.id.as_str()));
    for (index, ticket) in tasks.tickets.iter().enumerate() {
        let by = names::of("tickets", index, &ticket.id);
        known_tasks.check(&by, "tasks", &ticket.tasks, found);
        known_tickets.check(&by, "dependencies.blocked_by", &ticket.dependencies.blocked_by, found);
        known_tickets.check(&by, "dependencies.blocks", &ticket.dependencies.blocks, found);
    }
    for (index, task) in tasks.tasks.iter().enumerate() {
        let by = names::of("tasks", index, &task.id);
        if !task.parent_ticket.is_empty() {
            known_tickets.check(&by, "parent_ticket", std::slice::from_ref(&task.parent_ticket), found);
        }
        known_tasks.check(&by, "dependencies.depends_on", &task.dependencies.depends_on, found);
        known_tasks.check(&by, "dependencies.blocks", &task.dependencies.blocks, found);
    }
}

pub(super) fn to_requirements(tasks: &Tasks, requirements: &Requirements, found: &mut Checked) {
    let known: BTreeMap<&str, &Requirement> =
        requirements.requirements.iter().map(|requirement| (requirement.id.as_str(), requirement)).collect();
    for (index, ticket) in tasks.tickets.iter().enumerate() {
        let by = names::of("tickets", index, &ticket.id);
        links(&known, &by, "requirements", &ticket.requirements, found);
    }
    for (index, task) in tasks.tasks.iter().enumerate() {
        let by = names::of("tasks", index, &task.id);
        links(&known, &by, "requirements_addressed", &task.requirements_addressed, found);
    }
}

fn links(
    known: &BTreeMap<&str, &Requirement>,
    by: &str,
    field: &str,
    written: &[String],
    found: &mut Checked,
) {
    for text in written {
        let link = Link::of(text);
        let Some(requirement) = known.get(link.requirement) else {
            found.veto(dangling(by, field, text, "requirement"));
            continue;
        };
        let criteria = requirement.acceptance_criteria.len();
        if link.criterion.is_some_and(|criterion| criterion > criteria) {
            let message = format!(
                "{by} names `{}` in {field}, but {} has {criteria} criteria",
                names::short(text),
                names::short(link.requirement)
            );
            found.veto(Problem::new(code::DANGLING_REFERENCE, message).about(by));
        }
    }
}

pub(super) fn to_components(tasks: &Tasks, design: &Design, found: &mut Checked) {
    let known = Known::new("component", design.components.iter().map(|component| component.name.as_str()));
    for (index, PlannedTask { id, components, .. }) in tasks.tasks.iter().enumerate() {
        known.check(&names::of("tasks", index, id), "components", components, found);
    }
}

/// What exists of a kind.
struct Known<'k> {
    kind: &'static str,
    names: BTreeSet<&'k str>,
}

impl<'k> Known<'k> {
    fn new(kind: &'static str, names: impl Iterator<Item = &'k str>) -> Self {
        Self { kind, names: names.filter(|name| !name.is_empty()).collect() }
    }

    fn check(&self, by: &str, field: &str, named: &[String], found: &mut Checked) {
        for name in named.iter().filter(|name| !self.names.contains(name.as_str())) {
            found.veto(dangling(by, field, name, self.kind));
        }
    }
}

fn dangling(by: &str, field: &str, name: &str, kind: &str) -> Problem {
    let message = format!(
        "{by} names `{}` in {field}, but there is no such {kind}: name one that exists, or none",
        names::short(name)
    );
    Problem::new(code::DANGLING_REFERENCE, message).about(by)
}
