//! What a task is called and what a person can do with it, as screens and rejections show it.

use super::{Blocker, Details, Status, Task, Worker};

impl Task {
    /// The status in one word, blockers counted in: `planned`, `ready`, `claimed`, `running`, `validating`,
    /// `completed`, `awaiting_retry`, `blocked`, `failed`, `cancelled`; `absent` before the first event.
    #[must_use]
    pub fn status_name(&self) -> &'static str {
        self.details().map_or("absent", Details::status_name)
    }

    /// The verbs a person can use now, as the HTTP surface spells them; `depend` and `undepend` are the
    /// dependencies. None before the first event and after the last.
    #[must_use]
    pub fn possible(&self) -> Vec<&'static str> {
        self.details().map(Details::possible).unwrap_or_default()
    }
}

impl Details {
    /// See [`Task::status_name`].
    #[must_use]
    pub fn status_name(&self) -> &'static str {
        if self.is_blocked() {
            return "blocked";
        }
        match self.status {
            Status::Planned => "planned",
            Status::Ready => "ready",
            Status::Claimed { .. } => "claimed",
            Status::Running { .. } => "running",
            Status::Validating { .. } => "validating",
            Status::Completed { .. } => "completed",
            Status::AwaitingRetry { .. } => "awaiting_retry",
            Status::Failed { .. } => "failed",
            Status::Cancelled => "cancelled",
        }
    }

    /// Whether something keeps a waiting task from being taken.
    #[must_use]
    pub fn is_blocked(&self) -> bool {
        self.is_waiting() && !self.blockers.is_empty()
    }

    /// Nobody holds it, and somebody will.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        matches!(self.status, Status::Planned | Status::Ready | Status::AwaitingRetry { .. })
    }

    /// See [`Task::possible`].
    #[must_use]
    pub fn possible(&self) -> Vec<&'static str> {
        let mut verbs = match self.status {
            Status::Completed { .. } | Status::Cancelled => return Vec::new(),
            Status::Ready if !self.is_blocked() => vec!["start"],
            Status::AwaitingRetry { .. } if !self.is_blocked() => vec!["retry"],
            Status::Planned | Status::Ready | Status::AwaitingRetry { .. } => vec![],
            Status::Running { by: Worker::Person { .. }, .. } => vec!["submit-evidence", "fail"],
            Status::Claimed { .. } | Status::Running { .. } | Status::Validating { .. } => vec!["fail"],
            Status::Failed { .. } => vec!["retry"],
        };
        if self.is_waiting() {
            verbs.extend(["block", "depend"]);
            if self.blockers.iter().any(|block| matches!(block.by, Blocker::Person { .. })) {
                verbs.push("unblock");
            }
            if !self.plan.prerequisites.is_empty() {
                verbs.push("undepend");
            }
        }
        verbs.extend(["prioritise", "cancel"]);
        verbs
    }
}
