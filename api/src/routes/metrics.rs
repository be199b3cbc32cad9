//! `GET /metrics`: numbers for Prometheus; it sends its key as `authorization: credentials`. They are about the
//! installation, and name nobody.

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse as _, Response},
};
use commands::Permission;

use super::caller::Caller;
use super::health;
use super::problem::Problem;
use crate::{
    openapi::{Documented, look_at_text},
    telemetry::metrics,
    wiring::Services,
};

/// The format's own content type.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

pub(crate) fn router() -> Documented<Services> {
    Documented::about("health", health::ABOUT).get(
        "/metrics",
        show,
        look_at_text("metrics", "Numbers for Prometheus", TEXT).needs(Permission::ReadProjections),
    )
}

async fn show(State(services): State<Services>, caller: Caller) -> Result<Response, Problem> {
    caller.operates(Permission::ReadProjections)?;
    let text = metrics::render(&services).await?;
    Ok(([(header::CONTENT_TYPE, TEXT)], text).into_response())
}
