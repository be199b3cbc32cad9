//! A share of a whole.

use std::str::FromStr;

/// A number from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ratio(pub(super) f64);

impl FromStr for Ratio {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number: f64 = text.parse().map_err(|_| "not a number")?;
        if (0.0..=1.0).contains(&number) { Ok(Self(number)) } else { Err("not within 0 and 1") }
    }
}
