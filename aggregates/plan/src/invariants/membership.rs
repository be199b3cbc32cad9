//! Every task has a ticket, every ticket has a task, and both sides say the same.

use std::collections::{BTreeMap, BTreeSet};

use super::{Checked, code};
use crate::phases::Tasks;
use crate::{Problem, Writer, names};

pub(super) fn check(tasks: &Tasks, writer: Writer, found: &mut Checked) {
    let mut listed: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for ticket in &tasks.tickets {
        listed.entry(&ticket.id).or_default().extend(ticket.tasks.iter().map(String::as_str));
    }
    let mut parents: BTreeMap<&str, &str> = BTreeMap::new();
    for (index, task) in tasks.tasks.iter().enumerate() {
        let name = names::of("tasks", index, &task.id);
        parents.entry(&task.id).or_insert(&task.parent_ticket);
        if task.parent_ticket.is_empty() {
            let message = format!("{name} belongs to no ticket: name one in parent_ticket");
            found.veto(Problem::new(code::TICKETLESS_TASK, message).about(name));
        } else if listed.get(task.parent_ticket.as_str()).is_some_and(|of| !of.contains(task.id.as_str())) {
            let parent = names::short(&task.parent_ticket);
            let message =
                format!("{name} belongs to {parent}, but {parent} does not list it: add it to its tasks");
            found.veto(Problem::new(code::MEMBERSHIP_MISMATCH, message).about(name));
        }
    }
    let populated: BTreeSet<&str> = parents.values().copied().collect();
    for (index, ticket) in tasks.tickets.iter().enumerate() {
        let name = names::of("tickets", index, &ticket.id);
        for task in &ticket.tasks {
            let parent =
                parents.get(task.as_str()).filter(|parent| !parent.is_empty() && **parent != ticket.id);
            if let Some(parent) = parent {
                let (task, parent) = (names::short(task), names::short(parent));
                let message =
                    format!("{name} lists {task}, but {task} belongs to {parent}: a task has one ticket");
                found.veto(Problem::new(code::MEMBERSHIP_MISMATCH, message).about(name.clone()));
            }
        }
        if ticket.tasks.is_empty() && !populated.contains(ticket.id.as_str()) {
            let message = format!("{name} has no task: give it one, or leave it out");
            found.veto_a_model(writer, Problem::new(code::EMPTY_TICKET, message).about(name));
        }
    }
}
