//! `GET /healthz`: the process is alive. `GET /readyz`: it can do its work, that is, it reaches the database;
//! whether it reaches the bus and how far behind the log its readers are does not make it unready. Neither needs a
//! sign-in, and neither says anything but that.

use std::time::{Duration, Instant};

use axum::{Json, extract::State, http::StatusCode};
use schemars::JsonSchema;
use serde::Serialize;
use tokio::time::timeout;

use crate::{
    openapi::{Documented, open},
    serve::Backends,
};

/// Longest wait for one backend. A probe has to answer sooner than the prober gives up.
const PATIENCE: Duration = Duration::from_secs(2);

/// What the document says of these and of `/metrics`.
pub(super) const ABOUT: &str = "Whether the server is alive, can work, and how much it has to do.";

pub(crate) fn router() -> Documented<Backends> {
    Documented::about("health", ABOUT)
        .get("/healthz", healthz, open("healthz", "Is the process alive?").answers::<Alive>(StatusCode::OK, "It is."))
        .get(
            "/readyz",
            readyz,
            open("readyz", "Can it do its work?")
                .says("It can when it reaches the database. Without the event bus it works on, from the log; to be behind does not make it unready either.")
                .answers::<Readiness>(StatusCode::OK, "It can.")
                .answers::<Readiness>(StatusCode::SERVICE_UNAVAILABLE, "It cannot now; `problem` says what to look at."),
        )
}

/// The process answers.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(example = serde_json::json!({ "alive": true, "version": "0.1.0" }))]
struct Alive {
    /// Always; without an answer it is not.
    alive: bool,
    /// Which release.
    version: &'static str,
}

/// Whether the server can do its work.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(example = serde_json::json!({
    "ready": true,
    "database": { "ok": true, "latency_ms": 0.21 },
    "bus": { "ok": true, "latency_ms": 0.34 },
    "behind": []
}))]
struct Readiness {
    /// The database is reached.
    ready: bool,
    /// Where the log is.
    database: Reach,
    /// Where events are published; without it those who read it, and only those, hear nothing new.
    bus: Reach,
    /// Every read model and process that is behind the log; empty when none is, or the database is not reached.
    behind: Vec<Behind>,
}

/// A reader of the log that has not read it all.
#[derive(Debug, Serialize, JsonSchema)]
struct Behind {
    /// `board/1` for a generation of a read model, `process/retry_timers` for a process, `bus` for the event bus.
    name: String,
    /// Everything up to here is applied.
    position: i64,
    /// Events that are still to be applied.
    behind: i64,
}

/// Whether one backend was reached.
#[derive(Debug, Serialize, JsonSchema)]
struct Reach {
    /// It answered.
    ok: bool,
    /// How long the answer took, in milliseconds.
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
    let ((database, ()), (bus, held)) = (database, bus);
    let behind = if database.ok { behind(&backends, held).await } else { Vec::new() };
    // The bus is a cache of the log: nothing that is asked of this server needs it.
    let ready = database.ok;
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Readiness { ready, database, bus, behind }))
}

/// `held`: how far the bus holds the log, when it answers.
async fn behind(backends: &Backends, held: Option<i64>) -> Vec<Behind> {
    match timeout(PATIENCE, backends.lags(held)).await {
        Ok(Ok(lags)) => lags
            .into_iter()
            .filter(|lag| lag.behind > 0)
            .map(|lag| Behind { name: lag.consumer, position: lag.position, behind: lag.behind })
            .collect(),
        Ok(Err(error)) => {
            tracing::warn!(%error, "how far the readers are cannot be told");
            Vec::new()
        }
        Err(_) => {
            tracing::warn!(patience_ms = PATIENCE.as_millis(), "how far the readers are cannot be told");
            Vec::new()
        }
    }
}

/// Whether it was reached, and what it answered.
async fn reach<T: Default>(
    problem: &'static str,
    attempt: impl Future<Output = anyhow::Result<T>>,
) -> (Reach, T) {
    let begun = Instant::now();
    match timeout(PATIENCE, attempt).await {
        Ok(Ok(answer)) => {
            let latency_ms = (begun.elapsed().as_secs_f64() * 1e5).round() / 100.0;
            (Reach { ok: true, latency_ms: Some(latency_ms), problem: None }, answer)
        }
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready: {problem}");
            (Reach { ok: false, latency_ms: None, problem: Some(problem) }, T::default())
        }
        Err(_) => {
            tracing::warn!(patience_ms = PATIENCE.as_millis(), "not ready: {problem}");
            (Reach { ok: false, latency_ms: None, problem: Some(problem) }, T::default())
        }
    }
}
