//! Several values in one line, with commas between them.

use super::markup::{code_at_start, entity};

/// How an empty list is written where leaving it out would mean another thing.
pub(super) const NONE: &str = "none";

/// One of several values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) text: String,
    /// Whether it was a span of code.
    pub(super) code: bool,
}

/// Values with commas between them.
pub(super) fn list<T: AsRef<str>>(items: &[T], write: fn(&str, &[char]) -> String) -> String {
    if items.is_empty() {
        return NONE.to_owned();
    }
    let one = |item: &T| {
        let text = item.as_ref();
        if items.len() == 1 && text.eq_ignore_ascii_case(NONE) {
            return format!("{}{}", entity(char::from(text.as_bytes()[0])), &text[1..]);
        }
        write(text, &[','])
    };
    items.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// The values of a list; `none` and nothing are the empty list.
///
/// # Errors
/// What stands where a comma was expected.
pub(super) fn parse_list(value: &str, read: fn(&str) -> String) -> Result<Vec<Item>, &str> {
    let value = value.trim();
    let mut items = Vec::new();
    if value.is_empty() || value.eq_ignore_ascii_case(NONE) {
        return Ok(items);
    }
    let mut rest = value;
    loop {
        rest = rest.trim_start();
        let after = if let Some((text, after)) = code_at_start(rest) {
            items.push(Item { text: text.to_owned(), code: true });
            after.trim_start()
        } else {
            let end = end_of_item(rest);
            let item = rest[..end].trim();
            if !item.is_empty() {
                items.push(Item { text: read(item), code: false });
            }
            &rest[end..]
        };
        match after.strip_prefix(',') {
            Some(next) => rest = next,
            None if after.is_empty() => return Ok(items),
            None => return Err(after),
        }
    }
}

fn end_of_item(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ',' => return at,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::markup::{inline, literal, parse_inline, tests::hostile};
    use super::*;

    #[test]
    fn values_have_commas_between_them() {
        let items = parse_list("a, `b, c` ,d\\, e,", parse_inline).unwrap();
        assert_eq!(items.iter().map(|item| &*item.text).collect::<Vec<_>>(), ["a", "b, c", "d, e"]);
        assert_eq!(parse_list("None", parse_inline).unwrap(), []);
        assert_eq!(parse_list("`a` b, c", parse_inline), Err("b, c"));
    }

    proptest! {
        #[test]
        fn every_list_comes_back(items in prop::collection::vec(hostile(), 0..5)) {
            for write in [inline, literal] {
                let read = parse_list(&list(&items, write), parse_inline).unwrap();
                prop_assert_eq!(read.into_iter().map(|item| item.text).collect::<Vec<_>>(), items.clone());
            }
        }
    }
}
