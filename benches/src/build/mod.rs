//! From tasks to merged code, by the product as it runs: `benches/results/build.json` and the table of the README.
//!
//! - `makespan.rs` many tasks at a few places, beside the same order with nothing between the tasks
//! - `overhead.rs` what the platform adds to a task, from its claim to the branch
//! - `merging.rs` many clean branches, beside one by one
//! - `demo.rs` `omoi demo`

mod demo;
mod makespan;
mod merging;
mod overhead;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::lab::Lab;
use crate::report::Report;

/// Options of the benchmark of builds.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The release build of `omoi`.
    #[arg(long)]
    omoi: PathBuf,
    /// Tasks that sleep.
    #[arg(long, default_value_t = 60)]
    tasks: usize,
    /// Places at which they do.
    #[arg(long, default_value_t = 8)]
    places: usize,
    /// Tasks of which each is done and merged alone.
    #[arg(long, default_value_t = 60)]
    alone: usize,
    /// Branches that go together.
    #[arg(long, default_value_t = 100)]
    branches: usize,
    /// How often the demonstration is shown.
    #[arg(long, default_value_t = 3)]
    demos: usize,
    /// Only parts of the table whose name contains this text: makespan, overhead, merging, demo; nothing is written then.
    #[arg(long)]
    only: Option<String>,
    /// Where the figures are kept.
    #[arg(long, default_value = "benches/results/build.json")]
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
    if args.wants("makespan") {
        rows.extend(makespan::rows(args).await?);
    }
    if args.wants("overhead") {
        rows.extend(overhead::rows(args).await?);
    }
    if args.wants("merging") {
        rows.extend(merging::rows(args).await?);
    }
    if args.wants("demo") {
        rows.extend(demo::rows(args).await?);
    }
    let report = Report::new(rows, fdatasyncs?);
    println!("{}", report.table());
    if args.only.is_none() {
        report.write(&args.results)?;
        report.put_into(Path::new("README.md"), "build")?;
    }
    Ok(ExitCode::SUCCESS)
}
