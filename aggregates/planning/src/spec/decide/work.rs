//! The plan becomes work, once; and the work is done some day.

use std::collections::BTreeSet;

use plan::Phase;
use plan::phases::Tasks;
use vocabulary::TicketId;

use super::super::judge::read;
use super::super::{Details, Event, Materialized, Numbered, NumberedTask, Stage};
use super::{Decision, Rejection};

pub(super) fn materialize(spec: &Details, tickets: &[Numbered], tasks: &[NumberedTask]) -> Decision {
    if !matches!(spec.stage, Stage::Planned | Stage::Executing) {
        return Err(match spec.stage.is_over() {
            true => Rejection::Over(spec.stage.name()),
            false => Rejection::NotPlanned(spec.stage.name()),
        });
    }
    if spec.work.is_some() {
        return Ok(Vec::new());
    }
    let plan: Tasks = spec.passed(Phase::Tasks).and_then(read).unwrap_or_default();
    same(plan.tickets.iter().map(|ticket| &*ticket.id), tickets.iter().map(|ticket| &*ticket.local))?;
    same(plan.tasks.iter().map(|task| &*task.id), tasks.iter().map(|task| &*task.local))?;
    Ok(vec![Event::WorkMaterialized {
        tickets: tickets
            .iter()
            .map(|one| Materialized {
                local: one.local.clone(),
                id: one.ticket.0,
                number: one.number.to_string(),
            })
            .collect(),
        tasks: tasks
            .iter()
            .map(|one| Materialized {
                local: one.local.clone(),
                id: one.task.0,
                number: one.number.to_string(),
            })
            .collect(),
    }])
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

pub(super) fn complete(spec: &Details, done: &BTreeSet<TicketId>) -> Decision {
    let Some(work) = &spec.work else { return Err(Rejection::NotPlanned(spec.stage.name())) };
    let all = work.tickets.values().all(|ticket| done.contains(&TicketId(ticket.id)));
    match spec.stage {
        Stage::Executing if all => Ok(vec![Event::Completed]),
        Stage::Planned if all => Ok(vec![Event::ExecutionStarted, Event::Completed]),
        // Not yet, or already.
        _ => Ok(Vec::new()),
    }
}
