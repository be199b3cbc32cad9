//! What the program says about itself while it runs: log lines (`logs.rs`), traces (`traces.rs`), and numbers for
//! Prometheus (`metrics.rs`).

mod logs;
pub(crate) mod metrics;
mod traces;

use anyhow::Context as _;
use tracing_subscriber::{Registry, layer::SubscriberExt as _, util::SubscriberInitExt as _};

pub(crate) use logs::LogFormat;
pub(crate) use traces::{request_span, traceparent};

use crate::config::Config;

/// Starts what the settings ask for; a second call changes nothing.
///
/// # Errors
/// When the address for traces cannot be used.
pub(crate) fn start(config: &Config) -> anyhow::Result<()> {
    let traces = traces::layer::<Registry>(config).context("traces cannot be sent to otlp_url")?;
    // An error means that somebody started it before: a test in the same process.
    let _ = tracing_subscriber::registry().with(traces).with(logs::layer(config)).try_init();
    Ok(())
}

/// Sends what is still to be sent.
pub(crate) fn end() {
    traces::flush();
}
