//! The door of `/api/v1`: the operator key as a bearer token. Checked before anything else is looked at.

use axum::{
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use super::problem::Problem;
use crate::wiring::Services;

pub(crate) async fn operator_only(
    State(services): State<Services>,
    request: Request,
    next: Next,
) -> Response {
    let offered = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    if offered.is_some_and(|key| services.operator.matches(key.trim())) {
        return next.run(request).await;
    }
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "unauthenticated",
        "send the operator key as `Authorization: Bearer <key>`; `omoi up` keeps it in operator.key of its data directory",
    )
    .into_response()
}
