//! How long a program is waited for.

use std::time::Duration;

use ports::agent::Assignment;

/// How long an agent is waited for.
#[derive(Clone, Copy, Debug)]
pub(in crate::agents) struct Limits {
    /// For its answers before it has something to do; a first start on a busy machine takes half a minute.
    pub(in crate::agents) answer: Duration,
    /// For the end of a turn that was interrupted.
    pub(in crate::agents) cancel: Duration,
}

impl Limits {
    /// As long as real agents need.
    pub(in crate::agents) const USUAL: Self =
        Self { answer: Duration::from_secs(120), cancel: Duration::from_secs(10) };

    /// These, but for what the profile says.
    pub(in crate::agents) fn of(self, assignment: &Assignment) -> Self {
        let said = assignment.silent_after_s.map(|seconds| Duration::from_secs(seconds.into()));
        Self { answer: said.unwrap_or(self.answer), ..self }
    }
}
