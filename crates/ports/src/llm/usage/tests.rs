use super::*;

const RATES: Rates = Rates {
    input: Usd::from_micros(3_000_000),
    output: Usd::from_micros(15_000_000),
    cache_read: Usd::from_micros(300_000),
    cache_write: Usd::from_micros(3_750_000),
};

fn usage(input: u64, output: u64, read: u64, write: u64) -> Usage {
    Usage {
        input_tokens: input,
        output_tokens: output,
        cache_read_tokens: read,
        cache_write_tokens: write,
        estimated: false,
    }
}

#[test]
fn a_text_has_a_token_for_four_characters_rounded_up() {
    assert_eq!(["", "a", "abcd", "abcde", "üüüü"].map(estimate_tokens), [0, 1, 1, 2, 1]);
}

#[test]
fn the_cost_is_exact_and_rounded_up_once() {
    let price = Price::flat(RATES);
    assert_eq!(price.cost(&usage(1_000_000, 0, 0, 0)), Usd::from_micros(3_000_000));
    assert_eq!(price.cost(&usage(1000, 500, 2000, 400)), Usd::from_micros(3000 + 7500 + 600 + 1500));
    // 0.3 + 3.75 = 4.05 and not 1 + 4
    assert_eq!(price.cost(&usage(0, 0, 1, 1)), Usd::from_micros(5));
    assert_eq!(price.cost(&usage(0, 0, 10, 0)), Usd::from_micros(3));
    assert_eq!(price.cost(&Usage::default()), Usd::ZERO);
}

#[test]
fn a_cost_that_does_not_fit_is_the_largest_there_is() {
    let most = u64::MAX;
    let price = Price::flat(Rates { input: Usd::from_micros(i64::MAX), ..RATES });
    assert_eq!(price.cost(&usage(most, most, most, most)), Usd::from_micros(i64::MAX));
}

#[test]
fn a_long_prompt_is_paid_by_its_own_rates_wherever_it_was_read() {
    let long = Rates { input: Usd::from_micros(6_000_000), output: Usd::from_micros(22_500_000), ..RATES };
    let price = Price { rates: RATES, long_prompt: Some(LongPrompt { above_tokens: 1000, rates: long }) };
    assert_eq!(price.cost(&usage(1000, 10, 0, 0)), Usd::from_micros(3000 + 150));
    assert_eq!(price.cost(&usage(1000, 10, 10, 0)), Usd::from_micros(6000 + 225 + 3));
}

#[test]
fn the_worst_case_is_never_below_the_cost() {
    let request = Request::new("a-model", "How are you?", 100);
    let price = Price::flat(RATES);
    let prompt = request.prompt_bytes().div_ceil(2);
    assert_eq!(worst_case(&request, &price), price.cost(&usage(0, 100, 0, prompt)));
    assert!(worst_case(&request, &price) >= price.cost(&usage(request.estimated_prompt_tokens(), 100, 0, 0)));
}

#[test]
fn one_guess_makes_a_sum_a_guess() {
    let guessed = Usage { estimated: true, ..usage(1, 2, 3, 4) };
    assert_eq!(usage(1, 1, 1, 1) + guessed, Usage { estimated: true, ..usage(2, 3, 4, 5) });
    assert!(!(usage(1, 1, 1, 1) + usage(1, 1, 1, 1)).estimated);
}

#[test]
fn a_price_is_written_in_micro_dollars() {
    let written = r#"{"input": 3000000, "output": 15000000, "cache_read": 300000, "cache_write": 3750000}"#;
    assert_eq!(serde_json::from_str::<Price>(written).unwrap(), Price::flat(RATES));
    let long = r#"{"input": 1, "output": 2, "long_prompt": {"above_tokens": 9, "input": 3, "output": 4}}"#;
    let price: Price = serde_json::from_str(long).unwrap();
    assert_eq!(price.long_prompt.map(|long| (long.above_tokens, long.rates.input.micros())), Some((9, 3)));
}
