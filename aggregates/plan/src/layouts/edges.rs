//! What comes before what, as far as files say it by their order alone.

use std::collections::BTreeMap;

use crate::Plan;

/// The prerequisites of each task and each ticket by their places, counted from 0.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Edges {
    pub(super) tasks: Vec<Vec<usize>>,
    pub(super) tickets: Vec<Vec<usize>>,
}

/// Everything in its written order: each task after the one before it, each ticket after the one before it.
///
/// `tickets` has the tasks of each ticket; tasks are counted through.
pub(super) fn in_order(tickets: &[Vec<usize>], tasks: usize) -> Edges {
    let mut edges = Edges { tasks: vec![Vec::new(); tasks], tickets: one_after_another(tickets.len()) };
    let mut before = None;
    for task in tickets.iter().flatten().copied() {
        edges.tasks[task] = before.into_iter().collect();
        before = Some(task);
    }
    edges
}

/// Each after the one before it.
pub(super) fn one_after_another(count: usize) -> Vec<Vec<usize>> {
    (0..count).map(|at| at.checked_sub(1).into_iter().collect()).collect()
}

impl Edges {
    /// Writes these prerequisites into a plan.
    pub(super) fn put_into(self, plan: &mut Plan) {
        let tasks: Vec<_> = plan.tasks.tasks.iter().map(|task| task.id.clone()).collect();
        let tickets: Vec<_> = plan.tasks.tickets.iter().map(|ticket| ticket.id.clone()).collect();
        for (task, before) in plan.tasks.tasks.iter_mut().zip(self.tasks) {
            task.dependencies.depends_on = before.into_iter().map(|at| tasks[at].clone()).collect();
        }
        for (ticket, before) in plan.tasks.tickets.iter_mut().zip(self.tickets) {
            ticket.dependencies.blocked_by = before.into_iter().map(|at| tickets[at].clone()).collect();
        }
    }

    /// The prerequisites that a plan has; what it names and does not have is left out.
    pub(super) fn of(plan: &Plan) -> Self {
        let places = |ids: Vec<&str>| -> BTreeMap<String, usize> {
            ids.into_iter().enumerate().map(|(at, id)| (id.to_owned(), at)).collect()
        };
        let tasks = places(plan.tasks.tasks.iter().map(|task| &*task.id).collect());
        let tickets = places(plan.tasks.tickets.iter().map(|ticket| &*ticket.id).collect());
        let found = |names: &[String], places: &BTreeMap<String, usize>| -> Vec<usize> {
            names.iter().filter_map(|name| places.get(name).copied()).collect()
        };
        Self {
            tasks: plan.tasks.tasks.iter().map(|task| found(&task.dependencies.depends_on, &tasks)).collect(),
            tickets: plan
                .tasks
                .tickets
                .iter()
                .map(|ticket| found(&ticket.dependencies.blocked_by, &tickets))
                .collect(),
        }
    }

    /// The same with each list in order.
    pub(super) fn sorted(mut self) -> Self {
        for list in self.tasks.iter_mut().chain(&mut self.tickets) {
            list.sort_unstable();
        }
        self
    }
}

/// The plan with every edge said once, by the one that waits, and with its tasks in the order of its tickets.
pub(super) fn arranged(plan: &Plan) -> Plan {
    let mut plan = plan.clone();
    let blocks: Vec<(String, Vec<String>)> = plan
        .tasks
        .tasks
        .iter_mut()
        .map(|task| (task.id.clone(), std::mem::take(&mut task.dependencies.blocks)))
        .collect();
    for (before, after) in blocks {
        for task in plan.tasks.tasks.iter_mut().filter(|task| after.contains(&task.id)) {
            add(&mut task.dependencies.depends_on, &before);
        }
    }
    let blocks: Vec<(String, Vec<String>)> = plan
        .tasks
        .tickets
        .iter_mut()
        .map(|ticket| (ticket.id.clone(), std::mem::take(&mut ticket.dependencies.blocks)))
        .collect();
    for (before, after) in blocks {
        for ticket in plan.tasks.tickets.iter_mut().filter(|ticket| after.contains(&ticket.id)) {
            add(&mut ticket.dependencies.blocked_by, &before);
        }
    }
    let places: BTreeMap<String, usize> =
        plan.tasks.tickets.iter().enumerate().map(|(at, ticket)| (ticket.id.clone(), at)).collect();
    plan.tasks.tasks.sort_by_key(|task| places.get(&task.parent_ticket).copied().unwrap_or(usize::MAX));
    plan
}

/// Adds a name that is not there yet.
pub(super) fn add(names: &mut Vec<String>, name: &str) {
    if !names.iter().any(|known| known == name) {
        names.push(name.to_owned());
    }
}

/// The requirement of `REQ-…-001.2`, which is a criterion of it.
pub(super) fn whole(id: &str) -> &str {
    match id.rsplit_once('.') {
        Some((whole, criterion))
            if !criterion.is_empty() && criterion.bytes().all(|b| b.is_ascii_digit()) =>
        {
            whole
        }
        _ => id,
    }
}

/// The requirements that the tasks of a ticket meet.
pub(super) fn requirements_of<'a>(tasks: impl Iterator<Item = &'a [String]>) -> Vec<String> {
    let mut requirements = Vec::new();
    for id in tasks.flatten() {
        add(&mut requirements, whole(id));
    }
    requirements
}
