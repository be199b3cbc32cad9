//! Agents at work, by the product as it runs: `benches/results/agents.json` and the table of the README.
//!
//! - `shop.rs` the server, a project with a repository, tasks, and what became of them
//! - `asks.rs` the program that asks a model: inside of a sandbox through the gateway, and outside without it
//! - `story.rs` a model that answers at once
//! - a file for each part of the table: `starts`, `sandboxes`, `ingestion`, `crowd`, `pages`, `gateway`

pub(crate) mod asks;
mod crowd;
mod gateway;
mod ingestion;
mod pages;
mod sandboxes;
pub(crate) mod shop;
mod starts;
mod story;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::lab::Lab;
use crate::report::{Report, Row};

/// Options of the benchmark of agents at work.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The release build of `omoi`.
    #[arg(long)]
    omoi: PathBuf,
    /// Runs that are started one after another.
    #[arg(long, default_value_t = 120)]
    starts: usize,
    /// Pairs of a sandbox and a bare process.
    #[arg(long, default_value_t = 200)]
    pairs: usize,
    /// Things that each of fifty agents says while their words are written down.
    #[arg(long, default_value_t = 4_000)]
    words: usize,
    /// Runs that wait for their model.
    #[arg(long, default_value_t = 200)]
    waiting: usize,
    /// Events of the run whose first page is read.
    #[arg(long, default_value_t = 100_000)]
    events: usize,
    /// Rounds of each side, interleaved, where there is a peer.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Only parts of the table whose name contains this text: starts, sandboxes, ingestion, crowd, pages, gateway; nothing is
    /// written then.
    #[arg(long)]
    only: Option<String>,
    /// Where the figures are kept.
    #[arg(long, default_value = "benches/results/agents.json")]
    results: PathBuf,
}

impl Args {
    fn wants(&self, part: &str) -> bool {
        self.only.as_ref().is_none_or(|only| part.contains(only.as_str()))
    }
}

pub(crate) async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let lab = Lab::start().await?;
    let fdatasyncs = lab.fdatasyncs_per_second();
    lab.stop().await;
    let mut rows = Vec::new();
    if args.wants("sandboxes") {
        rows.extend(sandboxes::rows(args).await?);
    }
    if args.wants("starts") {
        rows.extend(starts::rows(args).await?);
    }
    if args.wants("ingestion") {
        rows.extend(ingestion::rows(args).await?);
    }
    if args.wants("crowd") {
        rows.extend(crowd::rows(args).await?);
    }
    if args.wants("pages") {
        rows.extend(pages::rows(args).await?);
    }
    if args.wants("gateway") {
        rows.extend(gateway::rows(args).await?);
    }
    let report = Report::new(rows, fdatasyncs?);
    println!("{}", report.table());
    if args.only.is_none() {
        report.write(&args.results)?;
        report.put_into(Path::new("README.md"), "agents")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A row without a peer; `ok` is `None` when it is reported only.
pub(crate) fn row(name: impl Into<String>, unit: &str, ours: f64, target: &str, ok: Option<bool>) -> Row {
    Row { name: name.into(), unit: unit.into(), ours, peer: None, ratio: None, target: target.into(), ok }
}

/// A row beside a peer.
pub(crate) fn beside(
    name: &str,
    unit: &str,
    (ours, peer): (f64, f64),
    target: &str,
    ok: Option<bool>,
) -> Row {
    let ratio = (peer > 0.0).then(|| ours / peer);
    Row { peer: Some(peer), ratio, ..row(name, unit, ours, target, ok) }
}

/// The value that `percent` of them do not exceed.
pub(crate) fn percentile(values: &[f64], percent: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(at).copied().unwrap_or(0.0)
}
