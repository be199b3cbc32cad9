//! Which status takes which command: the rows of the transition table that commands share.

use super::{Details, Fact, Rejection, Status};

/// Completed and cancelled are for good.
pub(super) fn unfinished(task: &Details) -> Result<(), Rejection> {
    match task.status {
        Status::Completed { .. } => Err(Rejection::status(Fact::AlreadyCompleted, task)),
        Status::Cancelled => Err(Rejection::status(Fact::AlreadyCancelled, task)),
        Status::Planned
        | Status::Ready
        | Status::Claimed { .. }
        | Status::Running { .. }
        | Status::Validating { .. }
        | Status::AwaitingRetry { .. }
        | Status::Failed { .. } => Ok(()),
    }
}

/// Not given up: what failed takes only a retry, a priority and a cancellation.
pub(super) fn not_failed(task: &Details) -> Result<(), Rejection> {
    match task.status {
        Status::Failed { .. } => Err(Rejection::status(Fact::AlreadyFailed, task)),
        _ => unfinished(task),
    }
}

/// Nobody has taken it: planned, ready, awaiting a retry.
pub(super) fn waiting(task: &Details) -> Result<(), Rejection> {
    not_failed(task)?;
    if task.is_waiting() { Ok(()) } else { Err(Rejection::status(Fact::ClaimedAlready, task)) }
}

/// It can be taken now.
pub(super) fn takeable(task: &Details) -> Result<(), Rejection> {
    waiting(task)?;
    if task.is_blocked() {
        Err(Rejection::status(Fact::Blocked, task))
    } else if matches!(task.status, Status::Ready) {
        Ok(())
    } else {
        Err(Rejection::status(Fact::NotReady, task))
    }
}

/// Somebody has taken it: claimed, running, validating.
pub(super) fn held(task: &Details) -> Result<(), Rejection> {
    not_failed(task)?;
    if task.is_waiting() { Err(Rejection::status(Fact::NotRunning, task)) } else { Ok(()) }
}

/// The claim of whoever reports, if it is a run, is the one that counts.
pub(super) fn not_fenced(task: &Details, epoch: Option<i64>) -> Result<(), Rejection> {
    match epoch {
        Some(epoch) if epoch != task.epoch => Err(Rejection::Fenced { current: task.epoch }),
        Some(_) | None => Ok(()),
    }
}
