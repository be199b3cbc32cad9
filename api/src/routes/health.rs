//! `GET /healthz`: the process is alive. `GET /readyz`: it can do its work, that is, it reaches the database
//! and the bus. Neither needs a sign-in, and neither says anything but that.

use std::time::{Duration, Instant};

use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use serde::Serialize;
use tokio::time::timeout;

use crate::serve::Backends;

/// Longest wait for one backend. A probe has to answer sooner than the prober gives up.
const PATIENCE: Duration = Duration::from_secs(2);

pub(crate) fn router(backends: Backends) -> Router {
    Router::new().route("/healthz", get(healthz)).route("/readyz", get(readyz)).with_state(backends)
}

#[derive(Debug, Serialize)]
struct Alive {
    alive: bool,
    version: &'static str,
}

#[derive(Debug, Serialize)]
struct Readiness {
    ready: bool,
    database: Reach,
    bus: Reach,
}

/// Whether one backend was reached.
#[derive(Debug, Serialize)]
struct Reach {
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    latency_ms: Option<f64>,
    /// What to look at; details are in the server's log.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<&'static str>,
}

async fn healthz() -> Json<Alive> {
    Json(Alive { alive: true, version: env!("CARGO_PKG_VERSION") })
}

async fn readyz(State(backends): State<Backends>) -> (StatusCode, Json<Readiness>) {
    let (database, bus) = tokio::join!(
        reach("the database does not answer", backends.reach_database()),
        reach("the event bus does not answer", backends.reach_bus()),
    );
    let ready = database.ok && bus.ok;
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Readiness { ready, database, bus }))
}

async fn reach(problem: &'static str, attempt: impl Future<Output = anyhow::Result<()>>) -> Reach {
    let begun = Instant::now();
    match timeout(PATIENCE, attempt).await {
        Ok(Ok(())) => {
            let latency_ms = (begun.elapsed().as_secs_f64() * 1e5).round() / 100.0;
            Reach { ok: true, latency_ms: Some(latency_ms), problem: None }
        }
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready: {problem}");
            Reach { ok: false, latency_ms: None, problem: Some(problem) }
        }
        Err(_) => {
            tracing::warn!(patience_ms = PATIENCE.as_millis(), "not ready: {problem}");
            Reach { ok: false, latency_ms: None, problem: Some(problem) }
        }
    }
}
