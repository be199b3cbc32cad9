//! Whether a try that failed is repeated, and when.

use std::time::Duration;

use chrono::DateTime;
use ports::llm::LlmError;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// How often and how soon. The pauses are those of "full jitter": up to `first`, then up to twice as long with every try.
#[derive(Clone, Copy, Debug)]
pub struct Retries {
    /// The first try among them.
    pub tries: u32,
    /// The longest pause after the first try.
    pub first: Duration,
    /// The longest pause ever, but for one that the provider asks for.
    pub longest: Duration,
    /// A provider that asks for a longer pause gets none: the caller hears of it, and waits better.
    pub longest_asked: Duration,
}

impl Default for Retries {
    fn default() -> Self {
        Self {
            tries: 4,
            first: Duration::from_secs(1),
            longest: Duration::from_secs(30),
            longest_asked: Duration::from_secs(60),
        }
    }
}

impl Retries {
    /// The pause after this try failed, or `None` to give up. `random` is from 0 to 1.
    pub(super) fn pause(&self, attempt: u32, error: &LlmError, random: f64) -> Option<Duration> {
        if attempt >= self.tries || !error.is_retryable() {
            return None;
        }
        match error.retry_after() {
            Some(asked) if asked > self.longest_asked => None,
            // All who were told the same would come back at once.
            Some(asked) => Some(asked + self.first.mul_f64(random)),
            None => {
                let doublings = 2_u32.saturating_pow(attempt.saturating_sub(1));
                Some(self.first.saturating_mul(doublings).min(self.longest).mul_f64(random))
            }
        }
    }
}

/// When the provider wants to be asked again: seconds, or a date. The date is measured by the provider's own clock.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name| headers.get(name)?.to_str().ok();
    let asked = text(RETRY_AFTER)?.trim();
    if let Ok(seconds) = asked.parse::<f64>() {
        return Duration::try_from_secs_f64(if seconds < 0.0 { 0.0 } else { seconds }).ok();
    }
    let at = DateTime::parse_from_rfc2822(asked).ok()?;
    let now = DateTime::parse_from_rfc2822(text(DATE)?).ok()?;
    Some((at - now).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use ports::llm::Wait;
    use proptest::prelude::*;
    use reqwest::header::HeaderValue;

    use super::*;

    const RETRIES: Retries = Retries {
        tries: 10,
        first: Duration::from_secs(1),
        longest: Duration::from_secs(30),
        longest_asked: Duration::from_secs(60),
    };
    const CUT: LlmError = LlmError::Cut;

    fn asked(seconds: u64) -> LlmError {
        LlmError::RateLimited { retry_after: Some(Duration::from_secs(seconds)) }
    }

    #[test]
    fn pauses_double_up_to_the_longest() {
        let longest = |attempt| RETRIES.pause(attempt, &CUT, 1.0).unwrap().as_secs();
        assert_eq!([1, 2, 3, 4, 5, 6, 7].map(longest), [1, 2, 4, 8, 16, 30, 30]);
        assert_eq!(RETRIES.pause(3, &CUT, 0.0), Some(Duration::ZERO));
    }

    #[test]
    fn the_last_try_has_no_pause_after_it() {
        let retries = Retries::default();
        assert!(retries.pause(3, &CUT, 0.5).is_some());
        assert_eq!(retries.pause(4, &CUT, 0.5), None);
    }

    #[test]
    fn what_will_not_pass_is_not_repeated() {
        assert_eq!(RETRIES.pause(1, &LlmError::Unauthorized, 0.5), None);
        assert!(RETRIES.pause(1, &LlmError::Timeout { wait: Wait::Connect }, 0.5).is_some());
    }

    #[test]
    fn a_provider_is_not_asked_before_it_wants_to_be() {
        assert_eq!(RETRIES.pause(1, &asked(60), 0.0), Some(Duration::from_secs(60)));
        assert_eq!(RETRIES.pause(1, &asked(5), 0.5), Some(Duration::from_millis(5500)));
        assert_eq!(RETRIES.pause(1, &asked(61), 0.0), None);
    }

    proptest! {
        #[test]
        fn a_pause_is_never_longer_than_its_bound(attempt in 1_u32..1000, random in 0.0..1.0_f64) {
            let retries = Retries { tries: u32::MAX, ..RETRIES };
            prop_assert!(retries.pause(attempt, &CUT, random).unwrap() <= retries.longest);
            let pause = retries.pause(attempt, &asked(9), random).unwrap();
            prop_assert!((Duration::from_secs(9)..=Duration::from_secs(10)).contains(&pause));
        }
    }

    #[test]
    fn seconds_and_dates_are_read() {
        let read = |asked: &'static str, date: Option<&'static str>| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, HeaderValue::from_static(asked));
            headers.extend(date.map(|date| (DATE, HeaderValue::from_static(date))));
            retry_after(&headers)
        };
        let date = Some("Wed, 21 Oct 2026 07:28:00 GMT");
        assert_eq!(read("7", None), Some(Duration::from_secs(7)));
        assert_eq!(read(" 1.5 ", None), Some(Duration::from_millis(1500)));
        assert_eq!(read("Wed, 21 Oct 2026 07:28:30 GMT", date), Some(Duration::from_secs(30)));
        assert_eq!(read("Wed, 21 Oct 2026 07:27:00 GMT", date), Some(Duration::ZERO));
        assert_eq!(read("Wed, 21 Oct 2026 07:28:30 GMT", None), None);
        assert_eq!(read("-3", None), Some(Duration::ZERO));
        for nonsense in ["soon", "", "1e300", "NaN"] {
            assert_eq!(read(nonsense, date), None, "{nonsense}");
        }
        assert_eq!(retry_after(&HeaderMap::new()), None);
    }
}
