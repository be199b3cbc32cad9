//! What known models cost when the settings do not say. A price that is wrong here is a bill that is wrong: whoever has
//! another contract sets their own.
//!
//! Sources, read on 2026-11-28: platform.claude.com/docs/en/about-claude/pricing and the page of each model there (cache
//! writes are those of 5 minutes; Sonnet 5.5 and Haiku 5.5 as of 2026-10-24), developers.openai.com/api/docs/pricing and the
//! page of each model there (standard tier). Prompts above 272,000 tokens cost twice the input and one and a half times the
//! output at OpenAI.

use kernel::Usd;
use ports::llm::{LongPrompt, ModelId, Price, Rates};

/// Input, output, cache read, cache write: micro-dollars for a million tokens.
type Row = (&'static str, [i64; 4], Option<(u64, [i64; 4])>);

#[rustfmt::skip]
const KNOWN: &[Row] = &[
    ("claude-fable-5-1",  [10_000_000, 50_000_000,   250_000, 12_500_000], None),
    ("claude-fable-5",    [10_000_000, 50_000_000, 1_000_000, 12_500_000], None),
    ("claude-opus-5-5",   [ 4_000_000, 20_000_000,   200_000,  5_000_000], None),
    ("claude-opus-5",     [ 5_000_000, 25_000_000,   500_000,  6_250_000], None),
    ("claude-opus-4-8",   [ 5_000_000, 25_000_000,   500_000,  6_250_000], None),
    ("claude-opus-4-7",   [ 5_000_000, 25_000_000,   500_000,  6_250_000], None),
    ("claude-opus-4-6",   [ 5_000_000, 25_000_000,   500_000,  6_250_000], None),
    ("claude-opus-4-5",   [ 5_000_000, 25_000_000,   500_000,  6_250_000], None),
    ("claude-sonnet-5-5", [ 2_000_000, 10_000_000,   100_000,  2_500_000], None),
    ("claude-sonnet-5",   [ 2_000_000, 10_000_000,   200_000,  2_500_000], None),
    ("claude-sonnet-4-6", [ 3_000_000, 15_000_000,   300_000,  3_750_000], None),
    ("claude-sonnet-4-5", [ 3_000_000, 15_000_000,   300_000,  3_750_000], None),
    ("claude-haiku-5-5",  [   100_000,    500_000,    10_000,    125_000],
                 Some((100_000, [500_000,  2_500_000,    50_000,    625_000]))),
    ("claude-haiku-4-5",  [ 1_000_000,  5_000_000,   100_000,  1_250_000], None),
    ("gpt-6-astra",       [10_000_000, 50_000_000, 1_000_000, 12_500_000],
              Some((272_000, [20_000_000, 75_000_000, 2_000_000, 25_000_000]))),
    ("gpt-6.2-sol",       [ 2_000_000, 10_000_000,   100_000,  2_500_000],
              Some((272_000, [ 4_000_000, 15_000_000,   200_000,  5_000_000]))),
    ("gpt-6.1-sol",       [ 2_000_000, 10_000_000,   100_000,  2_500_000],
              Some((272_000, [ 4_000_000, 15_000_000,   200_000,  5_000_000]))),
    ("gpt-6-sol",         [ 2_000_000, 10_000_000,   200_000,  2_500_000],
              Some((272_000, [ 4_000_000, 15_000_000,   400_000,  5_000_000]))),
    ("gpt-6-luna",        [   100_000,    500_000,    10_000,    125_000],
              Some((272_000, [   200_000,    750_000,    20_000,    250_000]))),
    ("gpt-5.6-luna",      [   200_000,  1_200_000,    20_000,    250_000],
              Some((272_000, [   400_000,  1_800_000,    40_000,    500_000]))),
    ("gpt-5.4",           [ 2_500_000, 15_000_000,   250_000,  2_500_000],
              Some((272_000, [ 5_000_000, 22_500_000,   500_000,  5_000_000]))),
    ("gpt-5.4-mini",      [   750_000,  4_500_000,    75_000,    750_000], None),
    ("gpt-5-nano",        [    50_000,    400_000,     5_000,     50_000], None),
];

/// What this model costs, if it is known here. A dated name costs what its name without the date does.
#[must_use]
pub fn known_price(model: &ModelId) -> Option<Price> {
    let name = undated(model.as_str());
    let (_, rates, long) = KNOWN.iter().find(|(known, ..)| *known == name)?;
    let long_prompt = long
        .as_ref()
        .map(|(above_tokens, long)| LongPrompt { above_tokens: *above_tokens, rates: to_rates(long) });
    Some(Price { rates: to_rates(rates), long_prompt })
}

fn to_rates([input, output, cache_read, cache_write]: &[i64; 4]) -> Rates {
    let usd = |micros: &i64| Usd::from_micros(*micros);
    Rates {
        input: usd(input),
        output: usd(output),
        cache_read: usd(cache_read),
        cache_write: usd(cache_write),
    }
}

/// Without `-20251001` or `-2026-03-05` at its end.
fn undated(name: &str) -> &str {
    let is_number =
        |text: &str, digits: usize| text.len() == digits && text.bytes().all(|b| b.is_ascii_digit());
    let parts: Vec<_> = name.rsplitn(4, '-').collect();
    match parts.as_slice() {
        [day, month, year, name] if is_number(day, 2) && is_number(month, 2) && is_number(year, 4) => name,
        [date, ..] if is_number(date, 8) => &name[..name.len() - 9],
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dated_name_costs_what_its_name_does() {
        let price = |name: &str| known_price(&name.into()).map(|price| price.rates.input.micros());
        assert_eq!(price("claude-haiku-4-5-20251001"), Some(1_000_000));
        assert_eq!(price("gpt-5.4-2026-03-05"), Some(2_500_000));
        assert_eq!(price("gpt-5.4"), Some(2_500_000));
        for unknown in ["claude-haiku-4", "gpt-5.4-large", "llama", "-20251001", "2026-03-05", ""] {
            assert_eq!(price(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn the_table_is_plausible() {
        for (name, rates, long) in KNOWN {
            let is_so = |[input, output, read, write]: &[i64; 4]| {
                0 < *read && read < input && input <= write && write < output && *write <= input * 5 / 4
            };
            assert!(is_so(rates), "{name}");
            assert!(long.is_none_or(|(_, long)| is_so(&long) && long[0] > rates[0]), "{name}");
            assert_eq!(KNOWN.iter().filter(|(other, ..)| other == name).count(), 1, "{name}");
        }
    }
}
