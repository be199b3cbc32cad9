//! What an issuer says of itself, and of the person whose token it is asked with.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::State,
    http::{StatusCode, header::WWW_AUTHENTICATE},
    response::{Html, IntoResponse as _, Response},
};
use serde_json::{Value, json};

use super::state::Provider;
use super::{Fault, Person, Request, body, id_token};

pub(super) async fn metadata(State(provider): State<Arc<Provider>>) -> Response {
    let person = provider.current_person();
    let has = |fault| provider.has(fault, person.as_ref());
    if has(Fault::DiscoveryAway) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    if has(Fault::DiscoveryHuge) {
        return body::huge();
    }
    let issuer = provider.issuer();
    let mut answer = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        "jwks_uri": format!("{issuer}/jwks"),
        "scopes_supported": ["openid", "email", "profile"],
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [provider.algorithm().as_str()],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "claims_supported": ["sub", "iss", "aud", "exp", "iat", "email", "email_verified", "name"],
    });
    if has(Fault::Iss) || has(Fault::IssLeftOut) {
        answer["authorization_response_iss_parameter_supported"] = true.into();
    }
    if has(Fault::DiscoveryOtherIssuer) {
        answer["issuer"] = "https://other.example".into();
    }
    if has(Fault::DiscoveryPlainEndpoint) {
        // Of the block that is set aside for documentation: nobody is there.
        answer["token_endpoint"] = "http://192.0.2.1/token".into();
    }
    Json(answer).into_response()
}

pub(super) async fn jwks(State(provider): State<Arc<Provider>>) -> Response {
    if provider.has(Fault::KeysHtml, provider.current_person().as_ref()) {
        return Html("<!doctype html><title>Maintenance</title>").into_response();
    }
    Json(json!({"keys": [provider.with_key(super::keys::Key::jwk)]})).into_response()
}

pub(super) async fn userinfo(
    State(provider): State<Arc<Provider>>,
    Extension(request): Extension<Request>,
) -> Response {
    let Some(grant) = provider.bearer(&request) else {
        return (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")])
            .into_response();
    };
    let mut answer: serde_json::Map<String, Value> = id_token::about(&provider, &grant.person)
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
    if provider.has(Fault::UserinfoOtherSubject, Some(&grant.person)) {
        answer.insert("sub".to_owned(), json!(Person::grace().sub));
    }
    Json(answer).into_response()
}
