//! Whether the steps are small, complete and in an order.

use std::collections::BTreeSet;

use super::sheet::{Entry, Sheet, entries, full_or, said};
use crate::compute;
use crate::phases::{PlannedTask, Tasks};
use crate::{Problem, ids, names};

/// A task of more hours is more than one step.
const ATOMIC_HOURS: f64 = 4.0;
/// A ticket of more tasks is more than one story.
const TASKS_OF_A_TICKET: usize = 5;

pub(super) fn sheet(tasks: &Tasks) -> Sheet {
    let mut sheet = Sheet::default();
    let each = |good: &dyn Fn(&PlannedTask) -> bool| -> Vec<Entry> {
        entries("tasks", &tasks.tasks, |task| &task.id, good)
    };
    // Tasks without tickets are a plan of before there were tickets.
    let without_tickets = full_or(0.0, tasks.tickets.is_empty() && !tasks.tasks.is_empty()) / 2.0;
    sheet.criterion(
        "feature_name",
        3,
        full_or(0.5, said(&[&tasks.feature_name])),
        "write feature_name in kebab-case",
    );
    let tickets = entries(
        "tickets",
        &tasks.tickets,
        |ticket| &ticket.id,
        |ticket| {
            said(&[&ticket.id, &ticket.title, &ticket.description])
                && ticket.priority.is_some()
                && !ticket.tasks.is_empty()
        },
    );
    sheet.share_or(
        "tickets",
        12,
        &tickets,
        without_tickets,
        "group the tasks in tickets, each with id, title, description, priority and tasks",
    );
    sheet.share(
        "structure",
        15,
        &each(&|task| said(&[&task.id, &task.title, &task.description, &task.kind])),
        "give each of the tasks id, title, description and type",
    );
    sheet.share(
        "atomicity",
        12,
        &each(&|task| task.estimated_hours.is_some_and(|hours| hours > 0.0 && hours <= ATOMIC_HOURS)),
        "make tasks of at most 4 hours, and say so in estimated_hours",
    );
    sheet.share(
        "id_format",
        5,
        &each(&|task| ids::is_task(&task.id)),
        "number the tasks TSK-001, TSK-002, ...",
    );
    sheet.share(
        "files_specified",
        8,
        &each(&|task| {
            !task.files_to_create.is_empty()
                || !task.files_to_modify.is_empty()
                || task.run.is_some()
                || task.kind == "research"
        }),
        "name in files_to_create or files_to_modify what each of the tasks touches",
    );
    let known: BTreeSet<&str> = tasks.tickets.iter().map(|ticket| ticket.id.as_str()).collect();
    let parents = each(&|task| known.contains(task.parent_ticket.as_str()));
    if known.is_empty() {
        sheet.criterion(
            "parent_tickets",
            12,
            without_tickets,
            "name in parent_ticket the ticket of each task",
        );
    } else {
        sheet.share("parent_tickets", 12, &parents, "name in parent_ticket a ticket that exists");
    }
    order(tasks, &mut sheet);
    for ticket in tasks.tickets.iter().filter(|ticket| ticket.tasks.len() > TASKS_OF_A_TICKET) {
        let name = names::short(&ticket.id);
        let message = format!("{name} has {} tasks: make it two tickets", ticket.tasks.len());
        sheet.issue(Problem::new("large_ticket", message).about(name));
    }
    if tasks.tasks.is_empty() && tasks.tickets.is_empty() {
        sheet.void();
    }
    sheet
}

/// What follows from `dependencies`, which is the object `{depends_on, blocks}`, and from the hours.
fn order(tasks: &Tasks, sheet: &mut Sheet) {
    let schedule = compute::schedule(tasks);
    sheet.criterion(
        "circular_deps",
        15,
        full_or(0.0, schedule.is_some()),
        "let no task wait for itself: take a dependency out of each circle",
    );
    let known: BTreeSet<&str> = tasks.tasks.iter().map(|task| task.id.as_str()).collect();
    let named = |task: &'_ PlannedTask| -> Vec<String> {
        task.dependencies.depends_on.iter().chain(&task.dependencies.blocks).cloned().collect()
    };
    let unknown: Vec<String> =
        tasks.tasks.iter().flat_map(named).filter(|id| !known.contains(id.as_str())).collect();
    #[expect(clippy::cast_precision_loss, reason = "a count; from 5 on the score is 0")]
    let references = (1.0 - 0.2 * unknown.len() as f64).max(0.0);
    sheet.criterion(
        "dependencies",
        8,
        references,
        &format!("name only tasks that exist in dependencies; these do not: {}", names::list(&unknown)),
    );
    let claimed = tasks.critical_path.iter().all(|id| known.contains(id.as_str()));
    let computed = schedule.is_some_and(|schedule| !schedule.critical_path.is_empty());
    sheet.criterion(
        "critical_path",
        5,
        full_or(0.5, claimed && computed),
        "write dependencies from which a longest chain follows, and name in critical_path only tasks that exist",
    );
    let hours: f64 = tasks.tasks.iter().filter_map(|task| task.estimated_hours).sum();
    sheet.criterion("total_hours", 5, full_or(0.5, hours > 0.0), "say the estimated_hours of each task");
}
