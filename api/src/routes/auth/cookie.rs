//! What a browser keeps for us, the refresh token for one: in cookies that no script reads and that no other site sends.
//! What relies on one carries a header as well, which a form or a picture of another site cannot.

use std::marker::PhantomData;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::Response,
};
use vault::secret::{ExposeSecret as _, SecretString};

use crate::routes::{problem::Problem, same_origin};

/// Which cookie. `__Host-`: browsers take it over a secure connection (or from this machine) only, for this host and all
/// its paths.
pub(super) trait Kind {
    const NAME: &str;
    const MAX_AGE_S: u32;
}

/// Goes on with a session, for as long as one may last.
#[derive(Debug)]
pub(super) struct Refreshes;

impl Kind for Refreshes {
    const NAME: &str = "__Host-omoi_refresh";
    const MAX_AGE_S: u32 = 30 * 24 * 3600;
}

/// Knows the browser again that left for a provider, for as long as it may be away.
#[derive(Debug)]
pub(super) struct ComesBack;

impl Kind for ComesBack {
    const NAME: &str = "__Host-omoi_away";
    const MAX_AGE_S: u32 = 600;
}

const ATTRIBUTES: &str = "Path=/; Secure; HttpOnly; SameSite=Strict";
const PROOF: &str = "x-omoi-csrf";

/// What is in the cookie of a request, if there is one and the request comes from our own pages.
#[derive(Debug)]
pub(super) struct Cookie<K> {
    pub(super) value: Option<SecretString>,
    kind: PhantomData<K>,
}

impl<S: Send + Sync, K: Kind> FromRequestParts<S> for Cookie<K> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let value = of::<K>(&parts.headers);
        if value.is_none() || is_ours(&parts.headers) {
            return Ok(Self { value, kind: PhantomData });
        }
        let detail =
            "a request that relies on a cookie carries `X-Omoi-Csrf: 1` and comes from our own pages";
        Err(Problem::new(StatusCode::FORBIDDEN, "csrf", detail))
    }
}

fn of<K: Kind>(headers: &HeaderMap) -> Option<SecretString> {
    let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut ours = pairs.flat_map(|value| value.split(';')).filter_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == K::NAME && !value.is_empty()).then(|| value.into())
    });
    let (token, None) = (ours.next()?, ours.next()) else { return None };
    Some(token)
}

/// Whether the request was made by our own pages. A browser says where it comes from; who does not say, is none.
fn is_ours(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let same_site = text("sec-fetch-site").is_none_or(|site| site == "same-origin");
    // Whoever else was allowed to ask was not allowed to sign in for us.
    let same_origin = same_origin::is_ours(headers, &[]).unwrap_or(true);
    text(PROOF) == Some("1") && same_site && same_origin
}

/// Puts the token into the cookie of an answer.
pub(super) fn set<K: Kind>(response: &mut Response, token: &SecretString) {
    let (name, max_age) = (K::NAME, K::MAX_AGE_S);
    let cookie = format!("{name}={}; {ATTRIBUTES}; Max-Age={max_age}", token.expose_secret());
    let mut cookie = HeaderValue::try_from(cookie).expect("a token is ASCII");
    cookie.set_sensitive(true);
    response.headers_mut().append(header::SET_COOKIE, cookie);
}

/// Takes the cookie away.
pub(super) fn clear<K: Kind>(response: &mut Response) {
    let cookie = format!("{}=; {ATTRIBUTES}; Max-Age=0", K::NAME);
    let cookie = HeaderValue::try_from(cookie).expect("literals");
    response.headers_mut().append(header::SET_COOKIE, cookie);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    #[test]
    fn the_cookie_is_found_among_others_and_once() {
        let of = |value: &str| {
            of::<Refreshes>(&headers(&[("cookie", value)])).map(|token| token.expose_secret().to_owned())
        };
        assert_eq!(of("a=b; __Host-omoi_refresh=t; c=d").as_deref(), Some("t"));
        for value in
            ["", "omoi_refresh=t", "__Host-omoi_refresh=", "__Host-omoi_refresh=t; __Host-omoi_refresh=u"]
        {
            assert_eq!(of(value), None, "{value}");
        }
    }

    #[test]
    fn only_our_own_pages_may_rely_on_it() {
        let proof = (PROOF, "1");
        let ours = [
            vec![proof],
            vec![proof, ("sec-fetch-site", "same-origin")],
            vec![proof, ("origin", "https://omoi.example"), ("host", "omoi.example")],
        ];
        for pairs in ours {
            assert!(is_ours(&headers(&pairs)), "{pairs:?}");
        }
        let theirs = [
            vec![],
            vec![(PROOF, "0")],
            vec![proof, ("sec-fetch-site", "cross-site")],
            vec![proof, ("sec-fetch-site", "same-site")],
            vec![proof, ("origin", "https://evil.example"), ("host", "omoi.example")],
            vec![proof, ("origin", "https://omoi.example.evil.example"), ("host", "omoi.example")],
            vec![proof, ("origin", "null"), ("host", "omoi.example")],
        ];
        for pairs in theirs {
            assert!(!is_ours(&headers(&pairs)), "{pairs:?}");
        }
    }
}
