//! Money is an integer count of micro-dollars; a float never touches it.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// US dollars in millionths. May be negative (a refund).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct Usd(i64);

impl Usd {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// An amount in micro-dollars (1 USD = 1,000,000).
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// The amount in micro-dollars.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The sum, or `None` when it does not fit: money is never wrapped or clipped.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// The difference, or `None` when it does not fit.
    #[must_use]
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }
}

impl fmt::Display for Usd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let micros = self.0.unsigned_abs();
        write!(f, "{sign}${}.{:06}", micros / 1_000_000, micros % 1_000_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_prints_all_its_digits_and_never_wraps() {
        assert_eq!(Usd::from_micros(1_500_001).to_string(), "$1.500001");
        assert_eq!(Usd::from_micros(-20).to_string(), "-$0.000020");
        assert_eq!(Usd::from_micros(i64::MIN).to_string(), "-$9223372036854.775808");
        assert_eq!(Usd::from_micros(i64::MAX).checked_add(Usd::from_micros(1)), None);
        assert_eq!(Usd::from_micros(i64::MIN).checked_sub(Usd::from_micros(1)), None);
    }
}
