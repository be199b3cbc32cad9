//! What keeps a task from being worked on.

use vocabulary::Text;

use super::super::Blocker;
use super::guard;
use super::{Decision, Details, Event, Fact, Rejection};

pub(super) fn block(task: &Details, by: Blocker, reason: Text) -> Decision {
    guard::waiting(task)?;
    if is_blocked_by(task, by) { Ok(Vec::new()) } else { Ok(vec![Event::Blocked { by, reason }]) }
}

/// A person is told that there was nothing to take back; a process, which repeats itself, need not be.
pub(super) fn unblock(task: &Details, by: Blocker) -> Decision {
    guard::not_failed(task)?;
    match by {
        _ if is_blocked_by(task, by) => Ok(vec![Event::Unblocked { by }]),
        Blocker::Dependency { .. } => Ok(Vec::new()),
        Blocker::Person { .. } => Err(Rejection::status(Fact::NotBlocked, task)),
    }
}

fn is_blocked_by(task: &Details, by: Blocker) -> bool {
    task.blockers.iter().any(|block| block.by == by)
}
