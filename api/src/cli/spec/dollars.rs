//! An amount that a person names.

/// Dollars as people write them, in millionths.
///
/// # Errors
/// With what to write instead.
pub(super) fn dollars(text: &str) -> Result<i64, String> {
    let advice = || format!("{text:?} is no amount: write dollars such as 20 or 7.50");
    let (whole, part) =
        text.trim_start_matches('$').split_once('.').unwrap_or((text.trim_start_matches('$'), ""));
    let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(part) || part.len() > 6 {
        return Err(advice());
    }
    let whole: i64 = whole.parse().map_err(|_| advice())?;
    let part: i64 = format!("{part:0<6}").parse().map_err(|_| advice())?;
    let micros = whole.checked_mul(1_000_000).and_then(|micros| micros.checked_add(part));
    micros.filter(|micros| *micros > 0).ok_or_else(advice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_are_read_to_the_millionth() {
        assert_eq!(dollars("20"), Ok(20_000_000));
        assert_eq!(dollars("$7.50"), Ok(7_500_000));
        assert_eq!(dollars("0.000001"), Ok(1));
        for no in ["", "0", "-1", "1,5", "1.0000001", "9999999999999999", "x", "."] {
            assert!(dollars(no).is_err(), "{no}");
        }
    }
}
