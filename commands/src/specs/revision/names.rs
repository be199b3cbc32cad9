//! What everything is called that the plan has now: as it was called before, or anew.

use std::collections::{BTreeMap, BTreeSet};

use plan::compute;
use plan::phases::{PlannedTask, PlannedTicket, Tasks};
use planning::spec::{Materialized, Numbered, NumberedTask, Work};
use vocabulary::{TaskId, TicketId};
use work::task::Status;
use work::ticket::Ticket;

use super::super::stream_of;
use super::super::work::{Names, Numbers, task_number, ticket_number};
use super::Looked;
use crate::CommandError;

/// The tasks whose state matters: those of which the plan says something else, which stayed behind, which are gone, or
/// may come back.
pub(super) fn concerned<'w>(work: &'w Work, before: &Tasks, after: &Tasks) -> Vec<&'w Materialized> {
    let changes = compute::changed_tasks(before, after);
    let of_work = changes.changed.iter().chain(&changes.withdrawn).chain(&work.kept);
    let of_work = of_work.filter_map(|local| work.tasks.get(local));
    let back = work.withdrawn.iter().filter(|gone| changes.added.contains(&gone.local));
    let mut seen = BTreeSet::new();
    of_work.chain(back).filter(|one| seen.insert(one.id)).collect()
}

/// Tickets that are not there; and those that somebody gave up, when there is new work for them.
pub(super) fn new_tickets(looked: &Looked) -> BTreeSet<&str> {
    let new = new_tasks(looked);
    let tasks = looked.after.tasks.iter().filter(|task| new.contains(&*task.id));
    let with_news: BTreeSet<&str> = tasks.map(|task| &*task.parent_ticket).collect();
    let given_up = |one: &Materialized| matches!(looked.tickets.get(&one.id), Some(Ticket::Cancelled(_)));
    let is_new = |ticket: &&PlannedTicket| {
        let known = known_ticket(looked, ticket);
        known.is_none_or(|one| given_up(one) && with_news.contains(&*ticket.id))
    };
    looked.after.tickets.iter().filter(is_new).map(|ticket| &*ticket.id).collect()
}

/// Also one that was withdrawn and is still there under its title, because something in it was begun.
fn known_ticket<'l>(looked: &'l Looked, ticket: &PlannedTicket) -> Option<&'l Materialized> {
    let back = |gone: &&Materialized| {
        let still = match looked.tickets.get(&gone.id) {
            Some(Ticket::Open(card) | Ticket::Completed(card)) => Some(card),
            _ => None,
        };
        gone.local == ticket.id && still.is_some_and(|card| card.title.as_str() == ticket.title.trim())
    };
    let work = &looked.work;
    work.tickets.get(&ticket.id).or_else(|| work.withdrawn_tickets.iter().find(back))
}

pub(super) fn new_tasks(looked: &Looked) -> BTreeSet<&str> {
    looked.after.tasks.iter().filter(|task| known(looked, task).is_none()).map(|task| &*task.id).collect()
}

fn known<'l>(looked: &'l Looked, task: &PlannedTask) -> Option<&'l Materialized> {
    looked.work.tasks.get(&task.id).or_else(|| come_back(looked, task))
}

/// A task that was withdrawn, and is still there under its title because somebody had begun it.
fn come_back<'l>(looked: &'l Looked, task: &PlannedTask) -> Option<&'l Materialized> {
    let same = |gone: &&Materialized| {
        let still = looked.tasks.get(&gone.id).filter(|still| still.status != Status::Cancelled);
        gone.local == task.id && still.is_some_and(|still| still.plan.title.as_str() == task.title.trim())
    };
    looked.work.withdrawn.iter().find(same)
}

/// The ids of what is new follow from how often the work was revised: what was withdrawn under an id keeps its stream.
pub(super) fn now(looked: &Looked, numbers: &Numbers) -> Result<Names, CommandError> {
    let round = looked.work.revision + 1;
    let new_tickets = new_tickets(looked);
    let mut names = Names::default();
    let mut next = numbers.tickets..;
    for planned in &looked.after.tickets {
        let local = &planned.id;
        let numbered = match known_ticket(looked, planned) {
            Some(known) if !new_tickets.contains(&**local) => ticket(known)?,
            _ => Numbered {
                local: local.clone(),
                ticket: TicketId(stream_of("ticket", looked.spec, local, round)),
                number: ticket_number(next.next())?,
            },
        };
        names.tickets.insert(local.clone(), numbered);
    }
    let mut next = numbers.tasks..;
    for planned in &looked.after.tasks {
        let local = &planned.id;
        let numbered = match known(looked, planned) {
            Some(known) => task(known)?,
            None => NumberedTask {
                local: local.clone(),
                task: TaskId(stream_of("task", looked.spec, local, round)),
                number: task_number(next.next())?,
            },
        };
        names.tasks.insert(local.clone(), numbered);
    }
    Ok(names)
}

/// What everything was called in the plan that the work follows.
pub(super) fn before(work: &Work) -> Result<Names, CommandError> {
    let tickets = work.tickets.iter().map(|(local, one)| Ok((local.clone(), ticket(one)?)));
    let tasks = work.tasks.iter().map(|(local, one)| Ok((local.clone(), task(one)?)));
    Ok(Names {
        tickets: tickets.collect::<Result<BTreeMap<_, _>, CommandError>>()?,
        tasks: tasks.collect::<Result<BTreeMap<_, _>, CommandError>>()?,
    })
}

fn ticket(known: &Materialized) -> Result<Numbered, CommandError> {
    let number = known.number.parse().map_err(broken)?;
    Ok(Numbered { local: known.local.clone(), ticket: TicketId(known.id), number })
}

fn task(known: &Materialized) -> Result<NumberedTask, CommandError> {
    let number = known.number.parse().map_err(broken)?;
    Ok(NumberedTask { local: known.local.clone(), task: TaskId(known.id), number })
}

fn broken(error: impl std::fmt::Display) -> CommandError {
    CommandError::Broken(error.to_string())
}
