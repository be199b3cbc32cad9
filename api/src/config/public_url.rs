//! Where people reach the server.

use std::str::FromStr;

/// `http(s)://host[:port]`, without a path: pages and cookies are of the whole host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PublicUrl(pub(super) String);

impl FromStr for PublicUrl {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let text = text.trim_end_matches('/');
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).ok_or(())?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "-.:[]_".contains(c);
        if !host.is_empty() && host.len() <= 200 && host.chars().all(plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_a_scheme_and_a_host() {
        let of = |text: &str| text.parse::<PublicUrl>().map(|url| url.0);
        assert_eq!(of("https://omoi.example/"), Ok("https://omoi.example".to_owned()));
        assert_eq!(of("http://127.0.0.1:4310"), Ok("http://127.0.0.1:4310".to_owned()));
        assert_eq!(of("http://[::1]:4310"), Ok("http://[::1]:4310".to_owned()));
        for wrong in ["", "omoi.example", "https://", "https://a/b", "https://u:p@a", "https://a?b", "ftp://a"] {
            assert_eq!(of(wrong), Err(()), "{wrong}");
        }
    }
}
