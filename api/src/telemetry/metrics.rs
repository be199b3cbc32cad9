//! `GET /metrics`: numbers for Prometheus. What happens in this process is counted as it happens; how far the log
//! and its consumers are is asked when somebody looks.

use std::sync::OnceLock;
use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};
use eventstore::Unavailable;
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::wiring::Services;

/// Seconds; the targets for answers (15 ms) and commands (120 ms) are among them.
const BUCKETS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.015, 0.025, 0.05, 0.12, 0.25, 0.5, 1.0, 2.5, 5.0];

const REQUESTS: &str = "omoi_http_requests_total";
const SECONDS: &str = "omoi_http_request_duration_seconds";
const HEAD: &str = "omoi_log_position";
const BEHIND: &str = "omoi_consumer_behind_events";
const POSITION: &str = "omoi_consumer_position";
const PARKED: &str = "omoi_parked_roots";
const WAITING: &str = "omoi_process_actions_waiting";
const OLDEST: &str = "omoi_process_oldest_action_seconds";
const BEGUN_ANEW: &str = "omoi_bus_begun_anew_total";
const SOCKETS: &str = "omoi_live_sockets";
const MEMORY: &str = "omoi_resident_memory_bytes";

static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();

fn handle() -> &'static PrometheusHandle {
    HANDLE.get_or_init(|| {
        let builder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Full(SECONDS.to_owned()), BUCKETS)
            .expect("there are buckets");
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        // An error means that another test of this process was first.
        let _ = metrics::set_global_recorder(recorder);
        describe_counter!(REQUESTS, "Requests answered, by method, route and status.");
        describe_histogram!(SECONDS, Unit::Seconds, "Time from the request to its answer.");
        describe_gauge!(HEAD, "Position of the last event of the log.");
        describe_gauge!(
            POSITION,
            "Everything up to here is applied by this consumer; `bus` is the event bus."
        );
        describe_gauge!(BEHIND, Unit::Count, "Events of the log that this consumer has still to apply.");
        describe_gauge!(PARKED, Unit::Count, "Roots set aside because an event could not be applied.");
        describe_gauge!(
            WAITING,
            Unit::Count,
            "Actions a process has asked for that are still to be carried out."
        );
        describe_gauge!(OLDEST, Unit::Seconds, "Age of the oldest action that is due.");
        describe_counter!(BEGUN_ANEW, "Times that the relay of this node had to fill the event bus anew.");
        describe_gauge!(SOCKETS, Unit::Count, "Live sockets that are open on this node.");
        describe_gauge!(MEMORY, Unit::Bytes, "Memory of this process.");
        handle
    })
}

/// Counts a request and its time.
pub(crate) async fn count(request: Request, next: Next) -> Response {
    handle();
    let begun = Instant::now();
    let method = request.method().to_string();
    // The template, never the path: ids would make a series each.
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let response = next.run(request).await;
    let status = response.status();
    tracing::Span::current().record("http.response.status_code", status.as_u16());
    histogram!(SECONDS, "method" => method.clone(), "route" => route.clone()).record(begun.elapsed());
    counter!(REQUESTS, "method" => method, "route" => route, "status" => status.as_u16().to_string())
        .increment(1);
    response
}

/// Everything, in Prometheus' text format.
///
/// # Errors
/// When the database cannot be asked.
pub(crate) async fn render(services: &Services) -> Result<String, Unavailable> {
    let handle = handle();
    let pool = &services.store.pools().project;
    let head = services.store.reader().head().await?;
    gauge!(HEAD).set(whole(head));
    for lag in workers::lags(pool, services.store.log_id()).await? {
        gauge!(POSITION, "consumer" => lag.consumer.clone()).set(whole(lag.position));
        gauge!(BEHIND, "consumer" => lag.consumer).set(whole(lag.behind));
    }
    let (held, relay) = services.bus().await;
    if let Some(held) = held {
        let lag = workers::lag_of_bus(pool, services.store.log_id(), held).await?;
        gauge!(POSITION, "consumer" => lag.consumer.clone()).set(whole(lag.position));
        gauge!(BEHIND, "consumer" => lag.consumer).set(whole(lag.behind));
    }
    counter!(BEGUN_ANEW).absolute(relay.begun_anew);
    gauge!(SOCKETS).set(whole(i64::try_from(services.hub().sockets()).unwrap_or(i64::MAX)));
    for (consumer, roots) in workers::parked(pool, services.store.log_id()).await? {
        gauge!(PARKED, "consumer" => consumer).set(whole(roots));
    }
    for waiting in workers::waiting(pool).await? {
        gauge!(WAITING, "process" => waiting.process.clone()).set(whole(waiting.actions));
        gauge!(OLDEST, "process" => waiting.process).set(waiting.oldest_seconds);
    }
    if let Some(bytes) = resident_memory() {
        gauge!(MEMORY).set(bytes);
    }
    handle.run_upkeep();
    Ok(handle.render())
}

/// Positions and counts are far below 2^53.
#[allow(clippy::cast_precision_loss)]
const fn whole(number: i64) -> f64 {
    number as f64
}

/// From the kernel's account of this process, where there is one.
fn resident_memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: f64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kib * 1024.0)
}
