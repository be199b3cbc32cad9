//! Who holds a task.

use kernel::ActorId;
use vocabulary::{CommitId, RunId};

use super::super::Worker;
use super::guard;
use super::{Decision, Details, Event, Fact, Rejection, Status};

pub(super) fn claim(task: &Details, run: RunId, epoch: i64) -> Decision {
    guard::takeable(task)?;
    if epoch != next_epoch(task) {
        return Err(Rejection::Fenced { current: task.epoch });
    }
    Ok(vec![Event::Claimed { epoch, by: Worker::Run { run } }])
}

pub(super) fn start(task: &Details, epoch: i64) -> Decision {
    guard::not_failed(task)?;
    match task.status {
        Status::Claimed { epoch: current, by } => {
            guard::not_fenced(task, Some(epoch))?;
            Ok(vec![Event::Started { epoch: current, by }])
        }
        Status::Running { .. } => Err(Rejection::status(Fact::AlreadyRunning, task)),
        Status::Planned
        | Status::Ready
        | Status::Validating { .. }
        | Status::AwaitingRetry { .. }
        | Status::Completed { .. }
        | Status::Failed { .. }
        | Status::Cancelled => Err(Rejection::status(Fact::NotClaimed, task)),
    }
}

/// One decision: a person who claims and does not begin would hold the task for nothing.
pub(super) fn start_by_person(task: &Details, actor: ActorId) -> Decision {
    guard::takeable(task)?;
    let (epoch, by) = (next_epoch(task), Worker::Person { actor });
    Ok(vec![Event::Claimed { epoch, by }, Event::Started { epoch, by }])
}

pub(super) fn expire(task: &Details, epoch: i64, commit: Option<CommitId>) -> Decision {
    guard::not_failed(task)?;
    match task.status {
        Status::Claimed { by, .. } | Status::Running { by, .. } => {
            guard::not_fenced(task, Some(epoch))?;
            match by {
                Worker::Run { .. } => Ok(vec![Event::ClaimExpired { epoch, commit }]),
                Worker::Person { .. } => Err(Rejection::HeldByPerson),
            }
        }
        Status::Planned
        | Status::Ready
        | Status::Validating { .. }
        | Status::AwaitingRetry { .. }
        | Status::Completed { .. }
        | Status::Failed { .. }
        | Status::Cancelled => Err(Rejection::status(Fact::NotClaimed, task)),
    }
}

const fn next_epoch(task: &Details) -> i64 {
    task.epoch.saturating_add(1)
}
