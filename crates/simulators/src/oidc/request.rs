//! What the provider was asked, word for word.

use std::sync::Arc;

use axum::{
    body::{Body, to_bytes},
    extract::{Request as HttpRequest, State},
    http::{HeaderMap, StatusCode},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use reqwest::Url;

use super::state::Provider;

/// Nobody who signs in sends more.
const LONGEST_BODY: usize = 64 * 1024;

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Request {
    /// `GET`, `POST`.
    pub method: String,
    /// Without the query.
    pub path: String,
    /// The parameters of the query, decoded.
    pub query: Vec<(String, String)>,
    /// The parameters of the body, decoded.
    pub form: Vec<(String, String)>,
    headers: HeaderMap,
}

impl Request {
    /// A parameter of the query or the body. One that stands there twice is none: who reads the first and who reads the
    /// last would read two requests.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&str> {
        let mut found = self.query.iter().chain(&self.form).filter(|(key, _)| key == name);
        match (found.next(), found.next()) {
            (Some((_, value)), None) => Some(value),
            _ => None,
        }
    }

    /// A header, when it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Writes the request down, and hands the same words to the handler.
pub(super) async fn record(
    State(provider): State<Arc<Provider>>,
    request: HttpRequest,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LONGEST_BODY).await else {
        return (StatusCode::PAYLOAD_TOO_LARGE, "the body is too long").into_response();
    };
    let asked = Request {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: pairs(parts.uri.query().unwrap_or_default()),
        form: pairs(&String::from_utf8_lossy(&body)),
        headers: parts.headers.clone(),
    };
    provider.record(asked.clone());
    parts.extensions.insert(asked);
    next.run(HttpRequest::from_parts(parts, Body::from(body))).await
}

/// What `a=b&c=d` says.
pub(super) fn pairs(text: &str) -> Vec<(String, String)> {
    let mut url = Url::parse("http://127.0.0.1/").expect("an address");
    url.set_query(Some(text));
    url.query_pairs().into_owned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &str, form: &str) -> Request {
        Request {
            method: "POST".to_owned(),
            path: "/".to_owned(),
            query: pairs(query),
            form: pairs(form),
            headers: HeaderMap::new(),
        }
    }

    #[test]
    fn parameters_are_decoded() {
        let asked = asked("redirect_uri=http%3A%2F%2Fa%2Fb%3Fc%3D1&scope=openid+email", "code=x%26y");
        assert_eq!(asked.param("redirect_uri"), Some("http://a/b?c=1"));
        assert_eq!(asked.param("scope"), Some("openid email"));
        assert_eq!(asked.param("code"), Some("x&y"));
        assert_eq!(asked.param("state"), None);
    }

    #[test]
    fn a_parameter_that_stands_twice_is_none() {
        assert_eq!(asked("a=1&a=1", "").param("a"), None);
        assert_eq!(asked("a=1", "a=2").param("a"), None);
    }
}
