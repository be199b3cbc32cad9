//! What is worth asking for every ten minutes only.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// An issuer may change its mind, and a key that it withdrew must not be believed for long.
const GOOD_FOR: Duration = Duration::from_secs(600);

/// A value that grows old. Two who miss it at once both fetch it: no lock is held while somebody waits for an answer.
#[derive(Debug)]
pub(crate) struct Kept<T>(Mutex<Option<(Instant, Arc<T>)>>);

impl<T> Kept<T> {
    pub(crate) const fn nothing() -> Self {
        Self(Mutex::new(None))
    }

    /// The value, while it is fresh.
    pub(crate) fn fresh(&self) -> Option<Arc<T>> {
        self.fresh_at(Instant::now())
    }

    fn fresh_at(&self, now: Instant) -> Option<Arc<T>> {
        let slot = self.slot();
        let (since, value) = slot.as_ref()?;
        (now.saturating_duration_since(*since) < GOOD_FOR).then(|| Arc::clone(value))
    }

    /// Keeps a new one.
    pub(crate) fn keep(&self, value: T) -> Arc<T> {
        let value = Arc::new(value);
        *self.slot() = Some((Instant::now(), Arc::clone(&value)));
        value
    }

    fn slot(&self) -> MutexGuard<'_, Option<(Instant, Arc<T>)>> {
        // One assignment: nobody can leave it half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_good_for_ten_minutes() {
        let kept = Kept::nothing();
        assert!(kept.fresh().is_none());
        kept.keep(1);
        let after = |seconds| Instant::now() + Duration::from_secs(seconds);
        assert_eq!(kept.fresh_at(after(599)).as_deref(), Some(&1));
        assert!(kept.fresh_at(after(600)).is_none());
        kept.keep(2);
        assert_eq!(kept.fresh().as_deref(), Some(&2));
    }
}
