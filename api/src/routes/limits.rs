//! What holds for every route: no request takes for ever, and a fault of ours is a problem like any other.

use std::any::Any;
use std::time::Duration;

use axum::{
    extract::Request,
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use tokio::time::timeout;

use super::problem::Problem;

/// Answers 503 when the route has not answered within `patience`. A command may have acted all the same: the same
/// `Idempotency-Key` settles it.
pub(crate) async fn within(patience: Duration, request: Request, next: Next) -> Response {
    match timeout(patience, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let detail = format!(
                "no answer within {} s; send the same request again with the same Idempotency-Key",
                patience.as_secs()
            );
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "request_timeout", detail).into_response()
        }
    }
}

/// The answer of a route that panicked.
#[expect(clippy::needless_pass_by_value, reason = "as the layer hands it over")]
pub(crate) fn broken(panic: Box<dyn Any + Send>) -> Response {
    let words = panic.downcast_ref::<String>().map(String::as_str);
    let words = words.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no words");
    tracing::error!(panic = words, "a route panicked");
    let detail = "something is broken on our side; the log of the server says what";
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail).into_response()
}
