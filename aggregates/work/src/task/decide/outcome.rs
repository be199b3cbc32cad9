//! What follows from a failed attempt.

use super::super::Failure;
use super::guard;
use super::{Decision, Details, Event, Fact, Rejection, Status};

pub(super) fn fail(task: &Details, failure: Failure) -> Decision {
    guard::held(task)?;
    guard::not_fenced(task, failure.epoch)?;

    let Failure { reason, class, now, jitter, retry, commit, .. } = failure;
    let attempt = task.attempt.saturating_add(1);
    let consequence = match retry.next_attempt(attempt, class, now, jitter) {
        Some(at) => Event::RetryScheduled { attempt, at },
        None => Event::Failed { reason: reason.clone() },
    };
    Ok(vec![Event::AttemptFailed { attempt, reason, class, commit }, consequence])
}

/// A timer that was overtaken changes nothing. On a blocked task it makes ready what is under the blocker:
/// a timer rings once, and the blocker's end must not wait for another.
pub(super) fn retry_due(task: &Details, attempt: u32) -> Vec<Event> {
    match task.status {
        Status::AwaitingRetry { attempt: failed, .. } if failed == attempt => {
            vec![Event::BecameReady { retried: false }]
        }
        Status::AwaitingRetry { .. }
        | Status::Planned
        | Status::Ready
        | Status::Claimed { .. }
        | Status::Running { .. }
        | Status::Validating { .. }
        | Status::Completed { .. }
        | Status::Failed { .. }
        | Status::Cancelled => Vec::new(),
    }
}

/// What is retried has run before, so its prerequisites were completed then and are still.
pub(super) fn retry(task: &Details) -> Decision {
    match task.status {
        Status::Failed { .. } => Ok(vec![Event::BecameReady { retried: true }]),
        Status::AwaitingRetry { .. } if task.is_blocked() => Err(Rejection::status(Fact::Blocked, task)),
        Status::AwaitingRetry { .. } => Ok(vec![Event::BecameReady { retried: false }]),
        Status::Planned
        | Status::Ready
        | Status::Claimed { .. }
        | Status::Running { .. }
        | Status::Validating { .. }
        | Status::Completed { .. }
        | Status::Cancelled => Err(Rejection::status(Fact::NotFailed, task)),
    }
}
