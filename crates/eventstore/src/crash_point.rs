//! Named points at which a proof kills the process: one at each await of the append and of the checkpoint.
//!
//! Only in builds with debug assertions, so never in the product: there `OMOI_CRASH_AT=name` or `name:n` kills
//! the process, as SIGKILL would, when the point is reached for the n-th time.

/// Every point on the way of an append and of a consumer's page. A proof visits them all.
pub const POINTS: &[&str] = &[
    "load.asked",
    "load.answered",
    "append.queued",
    "append.sent",
    "append.committed",
    "append.answered",
    "page.read",
    "page.begun",
    "page.locked",
    "page.applied",
    "page.moved",
    "page.committed",
];

/// Marks a point; see the module.
#[inline]
pub(crate) fn reach(point: &'static str) {
    #[cfg(debug_assertions)]
    armed::reach(point);
    #[cfg(not(debug_assertions))]
    let _ = point;
}

#[cfg(debug_assertions)]
mod armed {
    use std::sync::LazyLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    static ARMED: LazyLock<Option<(String, u64)>> = LazyLock::new(|| {
        let wish = std::env::var("OMOI_CRASH_AT").ok()?;
        let (point, nth) = wish.split_once(':').unwrap_or((&wish, "1"));
        assert!(super::POINTS.contains(&point), "there is no crash point {point:?}");
        Some((point.to_owned(), nth.parse().expect("OMOI_CRASH_AT is name or name:n")))
    });
    static HITS: AtomicU64 = AtomicU64::new(0);

    pub(super) fn reach(point: &'static str) {
        assert!(super::POINTS.contains(&point), "unlisted crash point {point:?}");
        if let Some((armed, nth)) = &*ARMED
            && armed == point
            && HITS.fetch_add(1, Ordering::SeqCst) + 1 == *nth
        {
            eprintln!("crash point {point} reached");
            std::process::abort();
        }
    }
}
