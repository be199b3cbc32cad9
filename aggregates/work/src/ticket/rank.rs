//! A key between two others, so that moving one card rewrites no other.

use super::Rank;

/// The digits of a key, the least first: their bytes compare as they count.
const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
const LAST: usize = DIGITS.len() - 1;

impl Rank {
    /// A key after `lower` and before `upper`; without one it is the first or the last of a column.
    ///
    /// Nothing when `lower` is not before `upper`, or when no key of [`Rank::MAX_CHARS`] lies between.
    #[must_use]
    pub fn between(lower: Option<&Self>, upper: Option<&Self>) -> Option<Self> {
        if let (Some(lower), Some(upper)) = (lower, upper)
            && lower >= upper
        {
            return None;
        }
        let lower = lower.map_or_else(Vec::new, digits);
        let upper = upper.map(digits);
        let key: Vec<u8> = middle(&lower, upper.as_deref()).into_iter().map(|digit| DIGITS[digit]).collect();
        Self::new(std::str::from_utf8(&key).ok()?).ok()
    }
}

fn digits(rank: &Rank) -> Vec<usize> {
    let value = |byte| DIGITS.iter().position(|digit| *digit == byte).unwrap_or(0);
    rank.as_str().bytes().map(value).collect()
}

/// The digits of a fraction between two. A key is `0.` and its digits, so it never ends with 0: before `0.10`
/// there would be no place after `0.1`. At an open end it takes the next digit instead of the half, so that
/// cards put there one after the other make the key longer every 17th time only.
fn middle(lower: &[usize], upper: Option<&[usize]>) -> Vec<usize> {
    let mut key = Vec::new();
    let (mut lower, mut upper) = (lower, upper);
    loop {
        let low = lower.first().copied().unwrap_or(0);
        let high = upper.map_or(LAST + 1, |upper| upper.first().copied().unwrap_or(0));
        let next = match (lower.is_empty(), upper.is_none()) {
            (true, false) => high.saturating_sub(1),
            (false, true) => low + 1,
            (_, _) => usize::midpoint(low, high),
        };
        if low < next && next < high {
            key.push(next);
            return key;
        }
        key.push(low);
        lower = lower.get(1..).unwrap_or_default();
        // Below the upper key's digit, whatever follows is below the upper key.
        upper = upper.filter(|_| low == high).map(|upper| upper.get(1..).unwrap_or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rank(text: &str) -> Rank {
        Rank::new(text).unwrap()
    }

    #[test]
    fn a_key_lies_between_two() {
        let between = |lower: &str, upper: &str, expected: &str| {
            let (lower, upper) = (rank(lower), rank(upper));
            let key = Rank::between(Some(&lower), Some(&upper)).unwrap();
            assert!(lower < key && key < upper, "{lower} {key} {upper}");
            assert_eq!(key.as_str(), expected);
        };
        between("a", "c", "b");
        between("a", "b", "ai");
        between("a", "a1", "a0i");
        between("az", "b", "azi");
        between("abc", "abcd", "abcc");
        between("1", "z", "i");
        assert_eq!(Rank::between(None, None), Some(rank("i")));
    }

    #[test]
    fn what_is_not_in_order_has_nothing_between() {
        assert_eq!(Rank::between(Some(&rank("b")), Some(&rank("a"))), None);
        assert_eq!(Rank::between(Some(&rank("b")), Some(&rank("b"))), None);
    }

    #[test]
    fn many_cards_find_a_place_at_both_ends() {
        let (mut first, mut last) = (rank("i"), rank("i"));
        for _ in 0..1000 {
            let before = Rank::between(None, Some(&first)).unwrap();
            let after = Rank::between(Some(&last), None).unwrap();
            assert!(before < first && last < after, "{before} {first} {last} {after}");
            (first, last) = (before, after);
        }
        assert!(first.as_str().len() < 70 && last.as_str().len() < 70, "{first} {last}");
    }

    /// Puts cards at places that wander through the whole column, always between two neighbours.
    #[test]
    fn the_order_of_a_column_is_the_order_of_its_keys() {
        let mut column: Vec<Rank> = Vec::new();
        for step in 0..500_usize {
            let at = step * 7919 % (column.len() + 1);
            let lower = at.checked_sub(1).map(|index| &column[index]);
            let key = Rank::between(lower, column.get(at)).unwrap();
            column.insert(at, key);
        }
        assert!(column.is_sorted_by(|lower, upper| lower < upper));
    }

    #[test]
    fn a_place_that_is_used_up_is_not_found() {
        let full = rank(&"z".repeat(Rank::MAX_CHARS));
        assert_eq!(Rank::between(Some(&full), None), None);
    }
}
