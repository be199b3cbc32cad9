//! How often a socket is told of what is so now.

use std::time::Duration;

use tokio::time::Instant;

/// While somebody looks.
pub(super) const SEEN: Duration = Duration::from_millis(100);
/// While nobody does.
pub(super) const HIDDEN: Duration = Duration::from_millis(500);

/// The first change after a pause is told at once, those that follow together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    next: Instant,
}

impl Pace {
    pub(super) fn new(now: Instant) -> Self {
        Self { next: now }
    }

    /// When it may be told next.
    pub(super) fn next(self) -> Instant {
        self.next
    }

    /// It is told now.
    pub(super) fn told(&mut self, now: Instant, visible: bool) {
        self.next = now + if visible { SEEN } else { HIDDEN };
    }
}
