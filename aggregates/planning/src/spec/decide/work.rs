//! The plan becomes work, once, and the work follows the plan when that is revised.

use std::collections::{BTreeMap, BTreeSet};

use plan::Phase;
use plan::phases::Tasks;

use super::super::judge::read;
use super::super::{Details, Event, Materialized, Numbered, NumberedTask, RevisedWork, Stage};
use super::{Decision, Rejection};

pub(super) fn materialize(spec: &Details, tickets: &[Numbered], tasks: &[NumberedTask]) -> Decision {
    accepted(spec)?;
    if spec.work.is_some() {
        return Ok(Vec::new());
    }
    let plan: Tasks = spec.passed(Phase::Tasks).and_then(read).unwrap_or_default();
    same(plan.tickets.iter().map(|ticket| &*ticket.id), tickets.iter().map(|ticket| &*ticket.local))?;
    same(plan.tasks.iter().map(|task| &*task.id), tasks.iter().map(|task| &*task.local))?;
    let (tickets, tasks) = (tickets.iter().map(ticket).collect(), tasks.iter().map(task).collect());
    Ok(vec![Event::WorkMaterialized { tickets, tasks }])
}

fn accepted(spec: &Details) -> Result<(), Rejection> {
    match &spec.stage {
        Stage::Planned | Stage::Executing => Ok(()),
        over if over.is_over() => Err(Rejection::Over(over.name())),
        before => Err(Rejection::NotPlanned(before.name())),
    }
}

fn ticket(one: &Numbered) -> Materialized {
    Materialized { local: one.local.clone(), id: one.ticket.0, number: one.number.to_string() }
}

fn task(one: &NumberedTask) -> Materialized {
    Materialized { local: one.local.clone(), id: one.task.0, number: one.number.to_string() }
}

/// Refuses a second time, so that whoever changes work in the same unit changes it once.
pub(super) fn revise(spec: &Details, revised: RevisedWork) -> Decision {
    accepted(spec)?;
    let Some(work) = &spec.work else { return Err(Rejection::NotPlanned(spec.stage.name())) };
    if work.behind.is_none() {
        return Err(Rejection::UpToDate);
    }
    let current = spec.tasks_hash();
    if revised.plan != current {
        return Err(Rejection::ContentChanged { current });
    }
    let RevisedWork { tickets, tasks, changed, withdrawn, kept, .. } = revised;
    let plan: Tasks = spec.passed(Phase::Tasks).and_then(read).unwrap_or_default();
    let gone: BTreeSet<&str> = withdrawn.iter().map(String::as_str).collect();
    let left = |known: &BTreeMap<String, Materialized>| -> Vec<String> {
        known.keys().filter(|local| !gone.contains(&***local)).cloned().collect()
    };
    let (known_tickets, known_tasks) = (left(&work.tickets), left(&work.tasks));
    let new_tickets = tickets.iter().map(|one| &*one.local);
    let new_tasks = tasks.iter().map(|one| &*one.local);
    let all_tickets = known_tickets.iter().map(String::as_str).chain(new_tickets);
    let all_tasks = known_tasks.iter().map(String::as_str).chain(new_tasks);
    same(plan.tickets.iter().map(|ticket| &*ticket.id), all_tickets)?;
    same(plan.tasks.iter().map(|task| &*task.id), all_tasks)?;
    let (tickets, tasks) = (tickets.iter().map(ticket).collect(), tasks.iter().map(task).collect());
    Ok(vec![Event::WorkRevised { tickets, tasks, changed, withdrawn, kept }])
}

/// The work is exactly that of the plan.
fn same<'a>(
    planned: impl Iterator<Item = &'a str>,
    given: impl Iterator<Item = &'a str>,
) -> Result<(), Rejection> {
    let (planned, given): (BTreeSet<_>, BTreeSet<_>) = (planned.collect(), given.collect());
    match planned.symmetric_difference(&given).next() {
        None => Ok(()),
        Some(local) => Err(Rejection::OtherPlan { local: (*local).to_owned() }),
    }
}

pub(super) fn start(spec: &Details) -> Decision {
    match spec.stage {
        Stage::Planned if spec.work.is_some() => Ok(vec![Event::ExecutionStarted]),
        Stage::Executing | Stage::Completed | Stage::Cancelled => Ok(Vec::new()),
        _ => Err(Rejection::NotPlanned(spec.stage.name())),
    }
}
