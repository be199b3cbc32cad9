//! As GitHub does it: no ID token, errors with status 200, and an API that says who somebody is.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse as _, Response},
};
use reqwest::Url;
use serde_json::{Value, json};

use super::state::{Grant, NotRedeemed, Provider};
use super::{Fault, Request, body};

pub(super) async fn access_token(
    State(provider): State<Arc<Provider>>,
    Extension(request): Extension<Request>,
) -> Response {
    let person = provider.person_of_code(request.param("code"));
    if let Some(answer) = body::instead_of_a_token(&provider, person.as_ref(), &request).await {
        return answer;
    }
    let Some(client) = provider.authenticated(&request) else {
        return said(&request, &[("error", "incorrect_client_credentials")]);
    };
    let grant = match provider.redeem(&client, &request) {
        Ok(grant) => grant,
        Err(NotRedeemed::Code) => return said(&request, &[("error", "bad_verification_code")]),
        Err(NotRedeemed::RedirectUri) => return said(&request, &[("error", "redirect_uri_mismatch")]),
    };
    // GitHub parts scopes by commas, whatever RFC 6749 says.
    let scope = grant.scope.replace(' ', ",");
    let token = provider.give_token(grant);
    said(&request, &[("access_token", &token), ("scope", &scope), ("token_type", "bearer")])
}

/// In the form that was asked for: a client that forgets to ask for JSON gets a form.
fn said(request: &Request, fields: &[(&str, &str)]) -> Response {
    if request.header("accept").is_some_and(|accept| accept.contains("application/json")) {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), Value::from(*value)));
        return Json(Value::Object(fields.collect())).into_response();
    }
    let mut form = Url::parse("http://127.0.0.1/").expect("an address");
    form.query_pairs_mut().extend_pairs(fields);
    let form = form.query().unwrap_or_default().to_owned();
    ([(CONTENT_TYPE, "application/x-www-form-urlencoded")], form).into_response()
}

pub(super) async fn user(
    State(provider): State<Arc<Provider>>,
    Extension(request): Extension<Request>,
) -> Response {
    let grant = match allowed(&provider, &request) {
        Ok(grant) => grant,
        Err(denied) => return denied.into_response(),
    };
    let Ok(id) = grant.person.sub.parse::<u64>() else {
        return (StatusCode::INTERNAL_SERVER_ERROR, "the sub of this person is no number").into_response();
    };
    // The address here is whatever the person chose to show. It proves nothing, and is not that of her account.
    Json(json!({"id": id, "login": "somebody", "name": grant.person.name, "email": "shown@example.org"}))
        .into_response()
}

pub(super) async fn emails(
    State(provider): State<Arc<Provider>>,
    Extension(request): Extension<Request>,
) -> Response {
    let grant = match allowed(&provider, &request) {
        Ok(grant) => grant,
        Err(denied) => return denied.into_response(),
    };
    if !grant.scope.split([' ', ',']).any(|scope| scope == "user:email" || scope == "user") {
        return (StatusCode::NOT_FOUND, Json(json!({"message": "Not Found"}))).into_response();
    }
    let has = |fault| provider.has(fault, Some(&grant.person));
    if has(Fault::EmailLeftOut) {
        return Json(json!([])).into_response();
    }
    let verified = grant.person.verified && !has(Fault::EmailUnverified);
    Json(json!([
        {"email": "old@example.org", "primary": false, "verified": true, "visibility": null},
        {"email": grant.person.email, "primary": true, "verified": verified, "visibility": "private"},
    ]))
    .into_response()
}

/// Why the API does not answer, in its own words.
type Denied = (StatusCode, Json<Value>);

fn allowed(provider: &Provider, request: &Request) -> Result<Grant, Denied> {
    let denied = |status, why| (status, Json(json!({"message": why})));
    if request.header("user-agent").is_none_or(str::is_empty) {
        return Err(denied(StatusCode::FORBIDDEN, "Request forbidden: it needs a User-Agent header"));
    }
    provider.bearer(request).ok_or_else(|| denied(StatusCode::UNAUTHORIZED, "Bad credentials"))
}
