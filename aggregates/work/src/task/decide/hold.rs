//! Who holds a task.

use kernel::{ActorId, Timestamp};
use vocabulary::{CommitId, Reason, RunId};

use super::super::{FailureClass, RetryPolicy, Worker};
use super::guard;
use super::{Decision, Details, Event, Fact, Rejection, Status};

/// Runs that may be lost one after another: more than a node that is replaced in a bad hour costs a task.
const LOSSES: RetryPolicy = RetryPolicy { max_retries: 10, base_ms: 1_000, cap_ms: 60_000 };

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
                Worker::Run { .. } => Ok(vec![Event::ClaimExpired { epoch, commit, lost: false }]),
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

/// Nobody knows why the node went down. A run that brings down each node that takes it up must not go round for ever, and a node
/// that needs a while is not met by all its runs at once.
pub(super) fn lose(task: &Details, epoch: i64, commit: Option<CommitId>, now: Timestamp) -> Decision {
    expire(task, epoch, commit.clone())?;
    let times = task.lost.saturating_add(1);
    let consequence = match LOSSES.next_attempt(times, FailureClass::Transient, now, 0) {
        Some(at) => Event::RetryScheduled { attempt: task.attempt, at },
        None => Event::Failed {
            reason: Reason::new(&format!(
                "{times} runs of it in a row went down with their nodes: look at what the last of them did, then retry it"
            ))
            .expect("it has words"),
        },
    };
    Ok(vec![Event::ClaimExpired { epoch, commit, lost: true }, consequence])
}

const fn next_epoch(task: &Details) -> i64 {
    task.epoch.saturating_add(1)
}
