//! The path from a command to the screen, over HTTP: `benches/results/path.json` and the table of the README.

mod client;
mod commands;
mod history;
mod lag;
mod memory;
mod reads;
mod rebuild;
pub(crate) mod server;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use crate::lab::Lab;
use crate::report::{Report, Row};

/// Options of the benchmark of the path.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The release build of `omoi`.
    #[arg(long)]
    omoi: PathBuf,
    /// Seconds of each row about commands.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Clients that send commands at the same time.
    #[arg(long, default_value_t = 64)]
    clients: usize,
    /// Seconds under load during which memory is watched.
    #[arg(long, default_value_t = 600)]
    memory_seconds: u64,
    /// Events in the log whose read models are rebuilt.
    #[arg(long, default_value_t = 1_000_000)]
    events: i64,
    /// Only rows whose name contains this text; nothing is written then.
    #[arg(long)]
    only: Option<String>,
    /// Where the figures are kept.
    #[arg(long, default_value = "benches/results/path.json")]
    results: PathBuf,
}

impl Args {
    fn wants(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| name.contains(only.as_str()))
    }
}

pub(crate) async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let fdatasyncs = {
        let lab = Lab::start().await?;
        let fdatasyncs = lab.fdatasyncs_per_second();
        lab.stop().await;
        fdatasyncs?
    };
    let mut rows = Vec::new();
    rows.extend(commands::rows(args).await?);
    rows.extend(reads::rows(args).await?);
    rows.extend(rebuild::rows(args).await?);
    rows.extend(memory::rows(args).await?);
    let report = Report::new(rows, fdatasyncs);
    println!("{}", report.table());
    if args.only.is_none() {
        report.write(&args.results)?;
        report.put_into(Path::new("README.md"), "path")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A row without a peer.
fn row(name: &str, unit: &str, ours: f64, target: &str, ok: bool) -> Row {
    let (name, unit, target) = (name.to_owned(), unit.to_owned(), target.to_owned());
    Row { name, unit, ours, peer: None, ratio: None, target, ok: Some(ok) }
}

/// The 99th percentile, in milliseconds.
fn p99_ms(latencies: &mut [Duration]) -> f64 {
    latencies.sort_unstable();
    latencies.get(latencies.len() * 99 / 100).map_or(0.0, |latency| latency.as_secs_f64() * 1e3)
}
