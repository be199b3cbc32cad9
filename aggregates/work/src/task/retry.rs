//! Whether and when a failed attempt is followed by another.

use kernel::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whether another attempt can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum FailureClass {
    /// It may go better next time.
    Transient,
    /// It will fail again.
    Permanent,
}

/// How often and after which wait a task is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Attempts after the first.
    pub max_retries: u8,
    /// The wait after the first failure, in milliseconds; it doubles with every further one.
    pub base_ms: u32,
    /// The longest wait before the jitter, in milliseconds.
    pub cap_ms: u32,
}

impl Default for RetryPolicy {
    /// 3 retries, 1 s doubling up to 60 s.
    fn default() -> Self {
        Self { max_retries: 3, base_ms: 1_000, cap_ms: 60_000 }
    }
}

impl RetryPolicy {
    /// The most a wait is moved, in percent of it: enough that tasks which failed together come back apart.
    pub const MAX_JITTER: i8 = 25;

    /// When attempt `attempt` (from 1), which failed at `now`, is followed by another; none when it was the
    /// last. A `jitter` beyond [`RetryPolicy::MAX_JITTER`] counts as that.
    #[must_use]
    pub fn next_attempt(
        self,
        attempt: u32,
        class: FailureClass,
        now: Timestamp,
        jitter: i8,
    ) -> Option<Timestamp> {
        match class {
            FailureClass::Permanent => None,
            FailureClass::Transient if attempt > u32::from(self.max_retries) => None,
            FailureClass::Transient => {
                let wait_micros = self.wait_ms(attempt, jitter) * 1_000;
                Some(Timestamp::from_micros(now.micros().saturating_add(wait_micros)))
            }
        }
    }

    fn wait_ms(self, attempt: u32, jitter: i8) -> i64 {
        let doubled = 2_i64.saturating_pow(attempt.saturating_sub(1)).saturating_mul(i64::from(self.base_ms));
        let wait = doubled.min(i64::from(self.cap_ms));
        wait + wait * i64::from(jitter.clamp(-Self::MAX_JITTER, Self::MAX_JITTER)) / 100
    }
}
