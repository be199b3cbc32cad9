//! What holds for every route: no request takes for ever, none waits for a database that is away, and a fault of ours
//! is a problem like any other.

use std::any::Any;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::{
    body::{Body, Bytes, HttpBody},
    extract::{Request, State},
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use hyper::body::{Frame, SizeHint};
use tokio::time::timeout;

use super::problem::Problem;
use crate::wiring::Services;

/// Longest address with its query, in bytes.
const LONGEST_ADDRESS: usize = 8 * 1024;

/// Marks a request that gives the length of its body in two ways: a proxy before us may have gone by the other one, and
/// taken for a second request what we take for the body of the first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TwoLengths;

/// Refuses what nobody means well with.
pub(crate) async fn plain(request: Request, next: Next) -> Response {
    if request.extensions().get::<TwoLengths>().is_some() {
        let detail = "a request has either Content-Length or Transfer-Encoding";
        return Problem::new(StatusCode::BAD_REQUEST, "two_lengths", detail).into_response();
    }
    let length = request.uri().path_and_query().map_or(0, |address| address.as_str().len());
    if length > LONGEST_ADDRESS {
        let detail = format!("an address has at most {LONGEST_ADDRESS} bytes, its query among them");
        return Problem::new(StatusCode::URI_TOO_LONG, "address_too_long", detail).into_response();
    }
    next.run(request).await
}

/// Answers 503 when the route has not answered within `patience`. A command may have acted all the same: the same
/// `Idempotency-Key` settles it. 408 when the client has not sent its body by then: nothing was done.
pub(crate) async fn within(patience: Duration, request: Request, next: Next) -> Response {
    let here = Arc::new(AtomicBool::new(request.body().is_end_stream()));
    let told = here.clone();
    let request = if here.load(Ordering::Relaxed) {
        request
    } else {
        request.map(|body| Body::new(Awaited { body, here }))
    };
    match timeout(patience, next.run(request)).await {
        Ok(response) => response,
        Err(_) if !told.load(Ordering::Relaxed) => {
            let detail = format!("the body was not here within {} s; nothing was done", patience.as_secs());
            Problem::new(StatusCode::REQUEST_TIMEOUT, "body_timeout", detail).into_response()
        }
        Err(_) => {
            let detail = format!(
                "no answer within {} s; send the same request again with the same Idempotency-Key",
                patience.as_secs()
            );
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "request_timeout", detail).into_response()
        }
    }
}

/// A body, and whether all of it is here.
struct Awaited {
    body: Body,
    here: Arc<AtomicBool>,
}

impl HttpBody for Awaited {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        if frame.is_none() || self.body.is_end_stream() {
            self.here.store(true, Ordering::Relaxed);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
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
