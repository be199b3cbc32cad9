//! Waiting for a condition instead of for time.

use std::time::Duration;

use tokio::time::{Instant, interval};

/// How often a condition is looked at.
const EVERY: Duration = Duration::from_millis(50);

/// Looks until `condition` gives a value, and answers it.
///
/// # Panics
/// After `deadline`, with `what` was waited for.
pub(crate) async fn eventually<T, F>(deadline: Duration, what: &str, mut condition: impl FnMut() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    let begun = Instant::now();
    let mut ticks = interval(EVERY);
    loop {
        ticks.tick().await;
        if let Some(value) = condition().await {
            return value;
        }
        assert!(begun.elapsed() < deadline, "not within {deadline:?}: {what}");
    }
}
