//! The event bus, the live socket and the page that shows it: `benches/results/bus.json` and its table in the README.

mod history;
mod live;
mod paint;
mod relay;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::lab::Lab;
use crate::report::Report;

/// Options of the benchmark of the bus.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The release build of `omoi`.
    #[arg(long)]
    omoi: PathBuf,
    /// Rounds, ours and the peer's in turn.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Events in the log that is published in each round.
    #[arg(long, default_value_t = 50_000)]
    events: usize,
    /// Where the figures are kept.
    #[arg(long, default_value = "benches/results/bus.json")]
    results: PathBuf,
}

pub(crate) async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    // A typo is better known at once.
    anyhow::ensure!(args.omoi.is_file(), "{} is no file", args.omoi.display());
    let lab = Lab::start().await?;
    let fdatasyncs = lab.fdatasyncs_per_second()?;
    let mut rows = vec![relay::row(&lab, args).await?];
    lab.stop().await;
    rows.extend(live::rows(args).await?);
    rows.extend(paint::rows(&args.omoi).await?);
    let report = Report::new(rows, fdatasyncs);
    println!("{}", report.table());
    report.write(&args.results)?;
    report.put_into(Path::new("README.md"), "bus")?;
    Ok(ExitCode::SUCCESS)
}
