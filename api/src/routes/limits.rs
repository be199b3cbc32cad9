//! What holds for every route: no request takes for ever, none waits for a database that is away, and a fault of ours
//! is a problem like any other.

use std::any::Any;
use std::time::Duration;

use axum::{
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use tokio::time::timeout;

use super::problem::Problem;
use crate::wiring::Services;

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

/// Answers 503 as soon as the database is silent, instead of waiting for it with the route. A command that was under
/// way may have acted, as when its client hangs up: the same `Idempotency-Key` settles it.
pub(crate) async fn while_the_database_answers(
    State(services): State<Services>,
    request: Request,
    next: Next,
) -> Response {
    tokio::select! {
        // First, so that nothing is begun while it is silent.
        biased;
        () = services.pulse.silent() => {
            let detail = "the database does not answer; send the same request again with the same Idempotency-Key";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "database_down", detail).into_response()
        }
        response = next.run(request) => response,
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
