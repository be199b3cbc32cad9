//! What is known of an append before it is answered. The next command of a stream need not wait for the answer: it is
//! decided on what this append will leave, and falls with it.

use std::sync::{Arc, OnceLock};
use std::time::Instant;

use tokio::sync::Notify;

/// An append that was sent, as those see it who decided on what it leaves. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Pending(Arc<Shared>);

/// What became of an append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is in the log since then: its events are what others may build on.
    Stands(Instant),
    /// It was refused, was there before, or nobody knows: what was decided on it is void.
    Fell,
}

#[derive(Debug, Default)]
struct Shared {
    fate: OnceLock<Fate>,
    settled: Notify,
}

impl Pending {
    /// Its fate, once it has one.
    #[must_use]
    pub fn fate(&self) -> Option<Fate> {
        self.0.fate.get().copied()
    }

    pub(super) fn fell(&self) -> bool {
        self.fate() == Some(Fate::Fell)
    }

    /// Waits until it is answered.
    pub async fn settled(&self) -> Fate {
        loop {
            let settled = self.0.settled.notified();
            if let Some(fate) = self.fate() {
                return fate;
            }
            settled.await;
        }
    }

    /// Which one it is, among those that are still held.
    pub(super) fn id(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }
}

/// The other end: whoever makes the append says what became of it. Dropped in silence, the append fell.
#[derive(Debug)]
pub(super) struct Verdict(Arc<Shared>);

impl Verdict {
    pub(super) fn new() -> (Self, Pending) {
        let shared = Arc::new(Shared::default());
        (Self(shared.clone()), Pending(shared))
    }

    pub(super) fn id(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }

    pub(super) fn settle(&self, fate: Fate) {
        if self.0.fate.set(fate).is_ok() {
            self.0.settled.notify_waiters();
        }
    }
}

impl Drop for Verdict {
    fn drop(&mut self) {
        self.settle(Fate::Fell);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_append_that_nobody_answers_fell() {
        let (verdict, pending) = Verdict::new();
        assert_eq!(pending.fate(), None);
        let waiting = tokio::spawn({
            let pending = pending.clone();
            async move { pending.settled().await }
        });
        drop(verdict);
        assert_eq!(waiting.await.unwrap(), Fate::Fell);
        assert_eq!(pending.fate(), Some(Fate::Fell));
    }

    #[test]
    fn the_first_word_counts() {
        let (verdict, pending) = Verdict::new();
        let now = Instant::now();
        verdict.settle(Fate::Stands(now));
        drop(verdict);
        assert_eq!(pending.fate(), Some(Fate::Stands(now)));
    }
}
