//! Bodies that no client should wait for, or swallow.

use std::future::pending;
use std::time::Duration;

use axum::{
    body::{Body, Bytes},
    http::{
        StatusCode,
        header::{CONTENT_TYPE, LOCATION},
    },
    response::{Html, IntoResponse as _, Response},
};
use futures::stream;
use tokio::time::sleep;

use super::state::Provider;
use super::{Fault, Person, Request};

/// Twice what a client should read.
const PIECES: usize = 32;
const PIECE: Bytes = Bytes::from_static(&[b' '; 64 * 1024]);

/// The answer of a token endpoint that fails before it has looked at anything.
pub(super) async fn instead_of_a_token(
    provider: &Provider,
    person: Option<&Person>,
    request: &Request,
) -> Option<Response> {
    let has = |fault| provider.has(fault, person);
    if has(Fault::TokenLate) {
        sleep(Duration::from_millis(300)).await;
    }
    if has(Fault::TokenHangs) {
        pending::<()>().await;
    }
    let answer = if has(Fault::TokenFails) {
        (StatusCode::INTERNAL_SERVER_ERROR, Html("<h1>We are sorry</h1>")).into_response()
    } else if has(Fault::TokenHtml) {
        Html("<!doctype html><title>Sign in</title>").into_response()
    } else if has(Fault::TokenDrips) {
        dripping()
    } else if has(Fault::TokenHuge) {
        huge()
    } else if has(Fault::TokenRedirects) {
        (StatusCode::TEMPORARY_REDIRECT, [(LOCATION, format!("{}/elsewhere", provider.issuer()))])
            .into_response()
    } else if has(Fault::TokenQuotes) {
        quoting(request)
    } else {
        return None;
    };
    Some(answer)
}

/// Valid JSON so far, for ever, and never silent: a timeout that begins anew with each byte never ends.
fn dripping() -> Response {
    let drops = stream::unfold((), |()| async {
        sleep(Duration::from_millis(20)).await;
        Some((Ok::<_, std::io::Error>(Bytes::from_static(b" ")), ()))
    });
    ([(CONTENT_TYPE, "application/json")], Body::from_stream(drops)).into_response()
}

/// Two MiB in pieces, of which no header tells.
pub(super) fn huge() -> Response {
    let pieces = stream::iter((0..PIECES).map(|_| Ok::<_, std::io::Error>(PIECE)));
    ([(CONTENT_TYPE, "application/json")], Body::from_stream(pieces)).into_response()
}

/// An unknown error that repeats everything it was asked with.
fn quoting(request: &Request) -> Response {
    let asked = format!("{:?} {:?}", request.form, request.header("authorization"));
    let body = serde_json::json!({"error": asked, "error_description": asked, "error_uri": asked});
    (StatusCode::BAD_REQUEST, axum::Json(body)).into_response()
}
