//! The log beside stock postgres-es: `benches/results/log.json` and the table of the README.

mod commands;
mod guard;
mod idle;
mod loads;
mod reading;
mod trajectory;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use crate::lab::Lab;
pub(crate) use idle::{cpu_seconds, resident_mib};

use crate::report::Report;

/// Options of the benchmark of the log.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Rounds of each side, interleaved; at least 5 for a figure worth keeping.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Seconds of each round.
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Only rows whose name contains this text; nothing is written then.
    #[arg(long)]
    only: Option<String>,
    /// Events in the log that is read from its start.
    #[arg(long, default_value_t = 1_000_000)]
    events: i64,
    /// Only the first row, compared with the committed figure: exit code 1 when it is far below, twice running.
    #[arg(long)]
    guard: bool,
    /// Where the figures are kept.
    #[arg(long, default_value = "benches/results/log.json")]
    results: PathBuf,
    /// The release build of `omoi`, for the row about its idle process.
    #[arg(long)]
    omoi: Option<PathBuf>,
}

impl Args {
    fn wants(&self, name: &str) -> bool {
        self.only.as_ref().is_none_or(|only| name.contains(only.as_str()))
    }

    fn time(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}

pub(crate) async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let lab = Lab::start().await?;
    let result = if args.guard { guard::run(&lab, args).await } else { measure(&lab, args).await };
    lab.stop().await;
    result
}

async fn measure(lab: &Lab, args: &Args) -> anyhow::Result<ExitCode> {
    let fdatasyncs = lab.fdatasyncs_per_second()?;
    let mut rows = Vec::new();
    rows.extend(commands::rows(lab, args).await?);
    rows.extend(trajectory::rows(lab, args).await?);
    rows.extend(loads::rows(lab, args).await?);
    rows.extend(reading::rows(lab, args).await?);
    rows.extend(idle::rows(args).await?);
    let report = Report::new(rows, fdatasyncs);
    println!("{}", report.table());
    if args.only.is_none() {
        report.write(&args.results)?;
        report.put_into(Path::new("README.md"), "log")?;
    }
    Ok(ExitCode::SUCCESS)
}
