//! The board as a person sees it: from an event to the painted card, and what a browser loads first. Measured in a real
//! browser by `dashboard/benches/paint.mjs`; here it is started and its figures are taken.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context as _, ensure};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::process::Command;

use super::live::row;
use crate::report::Row;

const DASHBOARD: &str = "dashboard";

/// Milliseconds from an event's `recorded_at` to the frame that shows it.
#[derive(Deserialize)]
struct Painted {
    p50_ms: f64,
    p95_ms: f64,
    /// Of the events, those whose card was to be seen.
    painted: u32,
    events_a_second: u32,
}

/// Bytes, gzipped.
#[derive(Deserialize)]
struct Sizes {
    js: u32,
}

pub(super) async fn rows(omoi: &Path) -> anyhow::Result<Vec<Row>> {
    let omoi = std::path::absolute(omoi)?;
    let Painted { p50_ms, p95_ms, painted, events_a_second } = node("benches/paint.mjs", &[], &omoi).await?;
    let Sizes { js } = node("scripts/sizes.mjs", &["--json"], &omoi).await?;
    let js = f64::from(js) / 1000.0;
    let name =
        format!("event to paint, board of 500 cards, {events_a_second} events/s, {painted} seen painted");
    Ok(vec![
        row(format!("{name}, median"), "ms", p50_ms, "–", None),
        row("the same, 95th percentile".into(), "ms", p95_ms, "<= 200 ms", Some(p95_ms <= 200.0)),
        row("JavaScript of the first page, gzipped".into(), "KB", js, "<= 130 KB", Some(js <= 130.0)),
    ])
}

/// What a script says, in JSON.
async fn node<T: DeserializeOwned>(script: &str, arguments: &[&str], omoi: &Path) -> anyhow::Result<T> {
    let said = Command::new("node")
        .current_dir(DASHBOARD)
        .arg(script)
        .args(arguments)
        .env("OMOI_BIN", omoi)
        .stderr(Stdio::inherit())
        .output()
        .await
        .context("cannot run node; is Node.js installed?")?;
    ensure!(said.status.success(), "{script} failed; see above");
    serde_json::from_slice(&said.stdout).with_context(|| format!("{script} said something else"))
}
