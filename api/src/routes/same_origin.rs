//! Whether a page that asks is one of ours. A browser says which page a request comes from; who is no browser says nothing.

use axum::http::{HeaderMap, header};

/// Whether the origin that is named is this server, or one that was allowed; `None` when none is named.
pub(crate) fn is_ours(headers: &HeaderMap, allowed: &[String]) -> Option<bool> {
    let origin = headers.get(header::ORIGIN)?;
    let Ok(origin) = origin.to_str() else { return Some(false) };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let named = origin.split_once("://").map(|(_, named)| named);
    let same = matches!((named, host), (Some(named), Some(host)) if named.eq_ignore_ascii_case(host));
    Some(same || allowed.iter().any(|one| one == origin))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn of(origin: Option<&str>, host: &str) -> Option<bool> {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_str(host).unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, HeaderValue::from_str(origin).unwrap());
        }
        is_ours(&headers, &["http://localhost:5173".to_owned()])
    }

    #[test]
    fn an_origin_is_ours_or_was_allowed_word_for_word() {
        assert_eq!(of(None, "omoi.example"), None);
        for origin in ["https://omoi.example", "https://OMOI.example", "http://localhost:5173"] {
            assert_eq!(of(Some(origin), "omoi.example"), Some(true), "{origin}");
        }
        for origin in [
            "null",
            "",
            "https://evil.example",
            "https://omoi.example.evil.example",
            "https://xomoi.example",
            "http://localhost:51730",
            "http://localhost:5173/",
            "omoi.example",
        ] {
            assert_eq!(of(Some(origin), "omoi.example"), Some(false), "{origin}");
        }
    }
}
