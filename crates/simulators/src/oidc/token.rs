//! `/token`: a code for an ID token.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::State,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, WWW_AUTHENTICATE},
    },
    response::{IntoResponse as _, Response},
};
use serde_json::json;

use super::state::{NotRedeemed, Provider};
use super::{Fault, Request, body, id_token};

pub(super) async fn token(
    State(provider): State<Arc<Provider>>,
    Extension(request): Extension<Request>,
) -> Response {
    let person = provider.person_of_code(request.param("code"));
    if let Some(answer) = body::instead_of_a_token(&provider, person.as_ref(), &request).await {
        return answer;
    }
    let Some(client) = provider.authenticated(&request) else {
        let error = Json(json!({"error": "invalid_client"}));
        return (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, "Basic")], error).into_response();
    };
    if request.param("grant_type") != Some("authorization_code") {
        return refused("unsupported_grant_type");
    }
    let grant = match provider.redeem(&client, &request) {
        Ok(grant) => grant,
        Err(NotRedeemed::Code | NotRedeemed::RedirectUri) => return refused("invalid_grant"),
    };
    let id_token = id_token::of(&provider, &client, &grant);
    let left_out = provider.has(Fault::IdTokenLeftOut, Some(&grant.person));
    let scope = grant.scope.clone();
    let mut answer = json!({
        "access_token": provider.give_token(grant),
        "token_type": "Bearer",
        "expires_in": 3600,
        "scope": scope,
    });
    if !left_out {
        answer["id_token"] = id_token.into();
    }
    ([(CACHE_CONTROL, "no-store")], Json(answer)).into_response()
}

fn refused(error: &str) -> Response {
    let body = Json(json!({"error": error, "error_description": "the simulator says no"}));
    (StatusCode::BAD_REQUEST, [(CACHE_CONTROL, "no-store")], body).into_response()
}
