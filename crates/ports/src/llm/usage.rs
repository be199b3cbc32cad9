//! What a call uses, and what that costs.

use std::ops::Add;

use kernel::Usd;
use serde::{Deserialize, Serialize};

use super::Request;

/// Tokens of one call. The four counts do not overlap: what was read from a cache is not among the input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Of the prompt, those paid in full.
    pub input_tokens: u64,
    /// Of the answer; what a model thought is among them.
    pub output_tokens: u64,
    /// Of the prompt, those the provider still had.
    #[serde(default)]
    pub cache_read_tokens: u64,
    /// Of the prompt, those the provider keeps from here on.
    #[serde(default)]
    pub cache_write_tokens: u64,
    /// The provider did not say, or the answer broke off before it did.
    #[serde(default)]
    pub estimated: bool,
}

impl Usage {
    /// All of the prompt, wherever it was read.
    #[must_use]
    pub const fn prompt_tokens(&self) -> u64 {
        self.input_tokens.saturating_add(self.cache_read_tokens).saturating_add(self.cache_write_tokens)
    }
}

impl Add for Usage {
    type Output = Self;

    /// Of two calls. One guess makes the sum a guess.
    fn add(self, other: Self) -> Self {
        Self {
            input_tokens: self.input_tokens.saturating_add(other.input_tokens),
            output_tokens: self.output_tokens.saturating_add(other.output_tokens),
            cache_read_tokens: self.cache_read_tokens.saturating_add(other.cache_read_tokens),
            cache_write_tokens: self.cache_write_tokens.saturating_add(other.cache_write_tokens),
            estimated: self.estimated || other.estimated,
        }
    }
}

/// How many tokens a text has when nobody counted: one for four characters, rounded up.
#[must_use]
pub fn estimate_tokens(text: &str) -> u64 {
    (text.chars().count() as u64).div_ceil(4)
}

/// What a million tokens cost. None is negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rates {
    /// A million of `input_tokens`.
    pub input: Usd,
    /// A million of `output_tokens`.
    pub output: Usd,
    /// A million of `cache_read_tokens`.
    #[serde(default)]
    pub cache_read: Usd,
    /// A million of `cache_write_tokens`.
    #[serde(default)]
    pub cache_write: Usd,
}

/// What a model costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// For every call, unless it has a long prompt.
    #[serde(flatten)]
    pub rates: Rates,
    /// Some models cost more when much is said to them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub long_prompt: Option<LongPrompt>,
}

/// What a call costs whose prompt is long: every token of it, those of the answer too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LongPrompt {
    /// From one token more than this on.
    pub above_tokens: u64,
    /// In place of the others.
    #[serde(flatten)]
    pub rates: Rates,
}

impl Price {
    /// The same for every call.
    #[must_use]
    pub const fn flat(rates: Rates) -> Self {
        Self { rates, long_prompt: None }
    }

    /// What this usage costs, exact, and then rounded up to a micro-dollar once. An amount that does not fit is the largest
    /// there is: no budget has it.
    #[must_use]
    pub fn cost(&self, usage: &Usage) -> Usd {
        let rates = self.rates_for(usage.prompt_tokens());
        let parts = [
            (usage.input_tokens, rates.input),
            (usage.output_tokens, rates.output),
            (usage.cache_read_tokens, rates.cache_read),
            (usage.cache_write_tokens, rates.cache_write),
        ];
        // 4 * 2^64 * 2^63 is below 2^130, so in theory not even this fits.
        let for_a_million = parts.iter().fold(0_i128, |sum, (tokens, rate)| {
            sum.saturating_add(i128::from(*tokens).saturating_mul(i128::from(rate.micros())))
        });
        let micros =
            for_a_million.div_euclid(1_000_000) + i128::from(for_a_million.rem_euclid(1_000_000) > 0);
        Usd::from_micros(i64::try_from(micros).unwrap_or(i64::MAX))
    }

    fn rates_for(&self, prompt_tokens: u64) -> &Rates {
        match &self.long_prompt {
            Some(long) if prompt_tokens > long.above_tokens => &long.rates,
            Some(_) | None => &self.rates,
        }
    }
}

/// The most that a call may cost: a token for every two bytes of the prompt, at its dearest, and the longest answer.
/// Prose has about four bytes a token, and text that models split finely about two.
#[must_use]
pub fn worst_case(request: &Request, price: &Price) -> Usd {
    let prompt = request.prompt_bytes().div_ceil(2);
    let output_tokens = u64::from(request.max_output_tokens);
    let ways = [
        Usage { input_tokens: prompt, output_tokens, ..Usage::default() },
        Usage { cache_read_tokens: prompt, output_tokens, ..Usage::default() },
        Usage { cache_write_tokens: prompt, output_tokens, ..Usage::default() },
    ];
    ways.iter().map(|usage| price.cost(usage)).max().unwrap_or(Usd::ZERO)
}

#[cfg(test)]
mod tests;
