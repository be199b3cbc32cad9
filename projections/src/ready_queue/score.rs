//! Which of the tasks that are ready comes first: what matters more, what has waited longer, what others wait for. The same
//! numbers stand in the SQL of `next.rs`, which orders by them; a test compares the two.

use kernel::Timestamp;
use vocabulary::Priority;

/// Parts of the whole; what is due soon would count .15 as well, and no task has a date yet.
const PRIORITY: f64 = 0.45;
const AGE: f64 = 0.20;
const DEPENDANTS: f64 = 0.15;
const RETRY: f64 = 0.05;

/// A task that has waited for so long has the full part of its age.
const AGED_S: f64 = 3_600.0;
/// So many tasks that wait for this one are the full part.
const MANY: f64 = 10.0;
/// After so many failed attempts nothing of that part is left.
const ATTEMPTS: f64 = 3.0;
/// A task that has waited for so long is never below the floor, however little it matters.
const STARVED_S: f64 = 7_200.0;
const FLOOR: f64 = 0.6;

/// What a score is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// How much the task matters.
    pub priority: Priority,
    /// Since when it can be started.
    pub ready_at: Timestamp,
    /// Tasks that wait for it.
    pub dependants: u32,
    /// Attempts that failed.
    pub attempt: u32,
}

/// From 0 to 1; the greater one is started first.
#[must_use]
pub fn score(terms: &Terms, now: Timestamp) -> f64 {
    let waited_s = seconds(now.micros().saturating_sub(terms.ready_at.micros()).max(0));
    let age = (waited_s / AGED_S).min(1.0);
    let dependants = (f64::from(terms.dependants) / MANY).min(1.0);
    let retry = (1.0 - f64::from(terms.attempt) / ATTEMPTS).max(0.0);
    let score = PRIORITY * weight(terms.priority) + AGE * age + DEPENDANTS * dependants + RETRY * retry;
    if waited_s >= STARVED_S { score.max(FLOOR) } else { score }
}

const fn weight(priority: Priority) -> f64 {
    match priority {
        Priority::Critical => 1.0,
        Priority::High => 0.75,
        Priority::Medium => 0.5,
        Priority::Low => 0.25,
    }
}

#[expect(clippy::cast_precision_loss, reason = "a wait of centuries is counted to the microsecond")]
fn seconds(micros: i64) -> f64 {
    micros as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table() {
        use Priority::{Critical, High, Low, Medium};
        // Priority, seconds since it is ready, tasks that wait for it, failed attempts, score in thousandths.
        for (priority, waited_s, dependants, attempt, expected) in [
            (Medium, 0, 0, 0, 275.0),
            (Low, 0, 0, 0, 162.5),
            (High, 0, 0, 0, 387.5),
            (Critical, 0, 0, 0, 500.0),
            (Medium, 1_800, 0, 0, 375.0),
            (Medium, 3_600, 0, 0, 475.0),
            (Medium, 7_199, 0, 0, 475.0),
            (Medium, 7_200, 0, 0, 600.0),
            (Low, 90_000, 0, 3, 600.0),
            (Critical, 7_200, 10, 0, 850.0),
            (Medium, 0, 5, 0, 350.0),
            (Medium, 0, 10, 0, 425.0),
            (Medium, 0, 11, 0, 425.0),
            (Medium, 0, 0, 3, 225.0),
            (Medium, 0, 0, 9, 225.0),
            (Medium, -60, 0, 0, 275.0),
        ] {
            let ready_at = Timestamp::from_micros(0);
            let got = score(
                &Terms { priority, ready_at, dependants, attempt },
                Timestamp::from_micros(waited_s * 1_000_000),
            );
            let case = (priority, waited_s, dependants, attempt);
            assert!((got * 1000.0 - expected).abs() < 1e-9, "{case:?}: {got}, not {expected}");
        }
        let terms =
            |attempt| Terms { priority: Medium, ready_at: Timestamp::default(), dependants: 0, attempt };
        let scores = [0, 1, 2, 3].map(|attempt| score(&terms(attempt), Timestamp::default()));
        assert!(scores.is_sorted_by(|one, other| one > other), "{scores:?}");
    }
}
