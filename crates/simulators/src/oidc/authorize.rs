//! Where the browser arrives. A real provider shows pages here; this one answers at once, as the person of the test.

use std::sync::Arc;
use std::time::Instant;

use axum::{
    Extension,
    extract::State,
    http::{StatusCode, header::LOCATION},
    response::{IntoResponse as _, Response},
};
use reqwest::Url;

use super::state::{Client, Grant, Provider};
use super::{Fault, Request};

pub(super) async fn openid(
    State(provider): State<Arc<Provider>>,
    Extension(request): Extension<Request>,
) -> Response {
    let Some(client) = request.param("client_id").and_then(|id| provider.client(id)) else {
        return page("there is no client of this client_id");
    };
    // Anything but the very text that was registered. An error would be sent to it, so there is no redirect at all.
    if request.param("redirect_uri") != Some(client.redirect_uri.as_str()) {
        return page("redirect_uri is not the one that was registered");
    }
    let back = Back::new(&provider, &client, &request, provider.issuer().to_owned());
    if request.param("response_type") != Some("code") {
        return back.with_error("unsupported_response_type");
    }
    if !request.param("scope").unwrap_or_default().split(' ').any(|scope| scope == "openid") {
        return back.with_error("invalid_scope");
    }
    let Some(challenge) = challenge(&request) else {
        return back.with_error("invalid_request");
    };
    give(&provider, &client, &request, Some(challenge), back)
}

pub(super) async fn github(
    State(provider): State<Arc<Provider>>,
    Extension(request): Extension<Request>,
) -> Response {
    let Some(client) = request.param("client_id").and_then(|id| provider.client(id)) else {
        return page("there is no client of this client_id");
    };
    let back = Back::new(&provider, &client, &request, provider.github_issuer());
    // GitHub itself takes addresses below the registered one. Nobody here may rely on that.
    if request.param("redirect_uri") != Some(client.redirect_uri.as_str()) {
        return back.with_error("redirect_uri_mismatch");
    }
    // GitHub does without a challenge, but does not do with another method.
    let challenge = match (request.param("code_challenge"), challenge(&request)) {
        (Some(_), None) => return back.with_error("invalid_request"),
        (_, challenge) => challenge,
    };
    give(&provider, &client, &request, challenge, back)
}

/// The challenge, when it is one by S256.
fn challenge(request: &Request) -> Option<String> {
    let challenge = request.param("code_challenge")?;
    let of_sha_256 = challenge.len() == 43
        && challenge.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    (request.param("code_challenge_method") == Some("S256") && of_sha_256).then(|| challenge.to_owned())
}

fn give(
    provider: &Provider,
    client: &Client,
    request: &Request,
    challenge: Option<String>,
    back: Back,
) -> Response {
    let Some(person) = provider.current_person() else {
        return back.with_error("login_required");
    };
    if provider.has(Fault::AccessDenied, Some(&person)) {
        return back.with_error("access_denied");
    }
    let code = provider.give_code(Grant {
        client_id: client.id.clone(),
        redirect_uri: client.redirect_uri.clone(),
        challenge,
        nonce: request.param("nonce").map(str::to_owned),
        scope: request.param("scope").unwrap_or_default().to_owned(),
        person,
        given: Instant::now(),
    });
    back.with("code", &code)
}

/// The way back to the client.
struct Back {
    to: String,
    state: Option<String>,
    iss: Option<String>,
}

impl Back {
    fn new(provider: &Provider, client: &Client, request: &Request, issuer: String) -> Self {
        let person = provider.current_person();
        let has = |fault| provider.has(fault, person.as_ref());
        let iss = if has(Fault::IssWrong) {
            Some("https://other.example".to_owned())
        } else {
            has(Fault::Iss).then_some(issuer)
        };
        Self { to: client.redirect_uri.clone(), state: request.param("state").map(str::to_owned), iss }
    }

    fn with_error(self, error: &str) -> Response {
        self.with("error", error)
    }

    fn with(self, name: &str, value: &str) -> Response {
        let Ok(mut url) = Url::parse(&self.to) else {
            return page("the registered redirect_uri is no address");
        };
        url.query_pairs_mut().append_pair(name, value);
        for (name, value) in [("state", self.state), ("iss", self.iss)] {
            if let Some(value) = value {
                url.query_pairs_mut().append_pair(name, &value);
            }
        }
        (StatusCode::FOUND, [(LOCATION, url.to_string())]).into_response()
    }
}

fn page(why: &'static str) -> Response {
    (StatusCode::BAD_REQUEST, why).into_response()
}
