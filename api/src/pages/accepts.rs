//! What a browser says that it takes and has: lists in headers, their items with weights.

use axum::http::{
    HeaderMap, HeaderName,
    header::{ACCEPT, ACCEPT_ENCODING, IF_NONE_MATCH},
};

/// Does it name HTML? `*/*` does not count: tools say that of everything.
pub(super) fn html(asked: &HeaderMap) -> bool {
    listed(asked, ACCEPT, "text/html") == Some(true)
}

/// Does it take bodies packed in this way? What is not named follows `*`; without that only bodies as they are may come.
pub(super) fn coding(asked: &HeaderMap, name: &str) -> bool {
    let of_any = || listed(asked, ACCEPT_ENCODING, "*");
    listed(asked, ACCEPT_ENCODING, name).or_else(of_any).unwrap_or(false)
}

/// Has it these very bytes already? A weak tag is as good here (RFC 9110, 13.1.2).
pub(super) fn has(asked: &HeaderMap, tag: &str) -> bool {
    let mut known = items(asked, IF_NONE_MATCH);
    known.any(|item| item == "*" || item.strip_prefix("W/").unwrap_or(item) == tag)
}

/// Whether the list names it with a weight above 0; `None` when the list does not name it.
fn listed(asked: &HeaderMap, list: HeaderName, name: &str) -> Option<bool> {
    items(asked, list).find_map(|item| {
        let mut parts = item.split(';').map(str::trim);
        let named = parts.next()?.eq_ignore_ascii_case(name);
        named.then(|| parts.all(above_zero))
    })
}

fn items(asked: &HeaderMap, list: HeaderName) -> impl Iterator<Item = &str> {
    let lines = asked.get_all(list).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim)
}

/// What cannot be read as a weight is none: the body then comes as it is, which is never wrong.
fn above_zero(parameter: &str) -> bool {
    match parameter.split_once('=') {
        Some((q, weight)) if q.trim().eq_ignore_ascii_case("q") => {
            weight.trim().parse().is_ok_and(|weight: f32| weight > 0.0)
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(list: HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(list, value.parse().unwrap())])
    }

    #[test]
    fn a_coding_is_taken_when_it_is_named_and_not_refused() {
        for value in ["br", "gzip, deflate, br, zstd", "BR;q=0.1", "gzip;q=0, *", "br ; Q = 1"] {
            assert!(coding(&says(ACCEPT_ENCODING, value), "br"), "{value}");
        }
        for value in ["", "gzip", "br;q=0", "br;q=0.000, gzip", "br;q=0, *", "*;q=0", "br;q=much", "identity"]
        {
            assert!(!coding(&says(ACCEPT_ENCODING, value), "br"), "{value}");
        }
        assert!(!coding(&HeaderMap::new(), "gzip"));
    }

    #[test]
    fn a_browser_asks_for_html_by_name() {
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";
        assert!(html(&says(ACCEPT, browser)));
        for value in ["*/*", "application/json", "text/*", "text/html;q=0"] {
            assert!(!html(&says(ACCEPT, value)), "{value}");
        }
    }

    #[test]
    fn a_tag_is_known_in_any_of_its_spellings() {
        for value in ["\"a1\"", "W/\"a1\"", "\"b2\", \"a1\"", "*"] {
            assert!(has(&says(IF_NONE_MATCH, value), "\"a1\""), "{value}");
        }
        for value in ["\"b2\"", "a1", "\"a1", ""] {
            assert!(!has(&says(IF_NONE_MATCH, value), "\"a1\""), "{value}");
        }
    }
}
