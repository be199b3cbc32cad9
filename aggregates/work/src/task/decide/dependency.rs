//! What a task waits for.

use std::collections::BTreeSet;

use vocabulary::TaskId;

use super::guard;
use super::{Decision, Details, Event, Fact, Rejection, Status};

const READY: Event = Event::BecameReady { retried: false };

pub(super) fn add(task: &Details, itself: TaskId, on: TaskId) -> Decision {
    guard::waiting(task)?;
    if on == itself {
        return Err(Rejection::DependsOnItself);
    }
    if task.plan.prerequisites.contains(&on) {
        return Ok(Vec::new());
    }
    Ok(vec![Event::DependencyAdded { on }])
}

pub(super) fn remove(task: &Details, on: TaskId) -> Decision {
    guard::waiting(task)?;
    if !task.plan.prerequisites.contains(&on) {
        return Ok(Vec::new());
    }
    let removed = Event::DependencyRemoved { on };
    let was_the_last = task.plan.prerequisites.len() == 1;
    if was_the_last && task.status == Status::Planned { Ok(vec![removed, READY]) } else { Ok(vec![removed]) }
}

/// Which tasks are completed is known elsewhere; which of them this task needs is known here.
pub(super) fn become_ready(task: &Details, satisfied: &BTreeSet<TaskId>) -> Decision {
    guard::not_failed(task)?;
    match task.status {
        Status::Ready => Ok(Vec::new()),
        Status::Planned if task.is_blocked() => Err(Rejection::status(Fact::Blocked, task)),
        Status::Planned => match task.plan.prerequisites.difference(satisfied).count() {
            0 => Ok(vec![READY]),
            missing => Err(Rejection::Unsatisfied { missing }),
        },
        Status::Claimed { .. }
        | Status::Running { .. }
        | Status::Validating { .. }
        | Status::AwaitingRetry { .. }
        | Status::Completed { .. }
        | Status::Failed { .. }
        | Status::Cancelled => Err(Rejection::status(Fact::NotPlanned, task)),
    }
}
