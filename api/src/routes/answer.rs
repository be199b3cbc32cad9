//! What every answer carries: a command's its place in the log and the version it made, a read's how far it goes.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use commands::Receipt;
use serde::Serialize;

/// `body`, with `Omoi-Position` and `ETag` where something changed.
pub(crate) fn answer<B: Serialize>(status: StatusCode, receipt: &Receipt, body: B) -> Response {
    let mut response = (status, Json(body)).into_response();
    if let Some(position) = receipt.last_position {
        response.headers_mut().insert("omoi-position", HeaderValue::from(position));
    }
    if let Some(version) = receipt.version {
        response.headers_mut().insert(header::ETAG, tag(version));
    }
    response
}

/// What a read model says, with `Omoi-Position`, and `Omoi-Stale` when it stands still.
pub(crate) fn read<B: Serialize>(body: B, position: i64, stale: Option<i64>) -> Response {
    let mut response = Json(body).into_response();
    response.headers_mut().insert("omoi-position", HeaderValue::from(position));
    if let Some(stale) = stale {
        response.headers_mut().insert("omoi-stale", HeaderValue::from(stale));
    }
    response
}

/// Lets a client send the version back as `If-Match`.
pub(crate) fn tagged(mut response: Response, version: i64) -> Response {
    response.headers_mut().insert(header::ETAG, tag(version));
    response
}

fn tag(version: i64) -> HeaderValue {
    HeaderValue::try_from(format!("\"{version}\"")).expect("digits are ASCII")
}
