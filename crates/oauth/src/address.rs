//! Which addresses may be asked, and which may be answered to.

use oauth2::url::{Host, Url};

/// An address that an operator configured, without a slash at its end: others are made from it.
pub(crate) fn configured(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let plain = url.query().is_none() && url.fragment().is_none() && has_no_name(&url);
    (plain && (url.scheme() == "https" || is_here(&url))).then_some(url)
}

/// An address that the browser may be sent back to. It is compared as text, so the text is what counts.
pub(crate) fn is_redirect_uri(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| {
        url.fragment().is_none() && has_no_name(&url) && (url.scheme() == "https" || is_here(&url))
    })
}

/// Whether an issuer may name this address. A public issuer may not name one of this machine: it would have us ask what
/// only we can reach.
pub(crate) fn may_be_named(issuer: &Url, endpoint: &Url) -> bool {
    let secure = endpoint.scheme() == "https" || (is_here(issuer) && is_here(endpoint));
    secure && endpoint.fragment().is_none() && has_no_name(endpoint)
}

/// Plain HTTP to this machine, for tests and for developers.
fn is_here(url: &Url) -> bool {
    let loopback = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    loopback && url.scheme() == "http"
}

/// `https://accounts.example@evil.example` is an address of evil.example.
fn has_no_name(url: &Url) -> bool {
    url.username().is_empty() && url.password().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn http_is_for_this_machine_only() {
        let fine = [
            "https://accounts.google.com",
            "https://sso.example/realms/a/",
            "http://127.0.0.1:4310",
            "http://127.9.9.9",
            "http://[::1]:80/x",
            "http://localhost:8080/realms/a",
        ];
        for text in fine {
            assert!(configured(text).is_some() && is_redirect_uri(text), "{text}");
        }
        let refused = [
            "http://accounts.google.com",
            "http://127.0.0.1.example",
            "http://localhost.example",
            "http://10.0.0.1",
            "http://[::ffff:127.0.0.1]",
            "http://0.0.0.0",
            "ftp://127.0.0.1",
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "accounts.google.com",
            "",
        ];
        for text in refused {
            assert!(configured(text).is_none() && !is_redirect_uri(text), "{text}");
        }
    }

    #[test]
    fn an_address_says_one_thing() {
        for text in ["https://good@evil.example", "https://:x@evil.example", "https://a.example/#b"] {
            assert!(configured(text).is_none() && !is_redirect_uri(text), "{text}");
        }
        assert!(configured("https://a.example/?b=c").is_none());
        assert!(is_redirect_uri("https://a.example/?b=c"), "a redirect address may have a query");
    }

    #[test]
    fn a_public_issuer_does_not_lead_into_this_machine() {
        let (public, here) = (url("https://a.example"), url("http://127.0.0.1:1"));
        assert!(may_be_named(&public, &url("https://keys.example/jwks")), "Google's keys have another host");
        assert!(may_be_named(&here, &url("http://127.0.0.1:2/jwks")));
        assert!(may_be_named(&here, &url("https://keys.example/jwks")));
        for endpoint in ["http://127.0.0.1:2/jwks", "http://localhost/", "http://a.example/", "javascript:x"]
        {
            assert!(!may_be_named(&public, &url(endpoint)), "{endpoint}");
        }
        assert!(!may_be_named(&here, &url("http://a.example/")));
        assert!(!may_be_named(&public, &url("https://a@b.example/")));
    }
}
