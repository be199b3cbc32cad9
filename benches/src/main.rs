//! `cargo xtask bench NAME` runs this program in release mode: our figures beside a peer's, in one run.

mod agents;
mod build;
mod bus;
mod lab;
mod ledger;
mod log;
mod path;
mod peer;
mod report;
mod rounds;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Debug, Parser)]
struct Cli {
    #[command(subcommand)]
    bench: Bench,
}

#[derive(Debug, Subcommand)]
enum Bench {
    /// The log beside stock postgres-es.
    Log(log::Args),
    /// The path from a command over HTTP to the screen.
    Path(path::Args),
    /// The log on the event bus.
    Bus(bus::Args),
    /// Agents at work.
    Agents(agents::Args),
    /// From tasks to merged code.
    Build(build::Args),
    /// Asks a model, for the benchmark of agents.
    #[command(hide = true)]
    Asks(agents::asks::Args),
}

fn main() -> anyhow::Result<ExitCode> {
    embedded::guard::run_if_asked();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    match Cli::parse().bench {
        Bench::Log(args) => runtime.block_on(log::run(&args)),
        Bench::Path(args) => runtime.block_on(path::run(&args)),
        Bench::Bus(args) => runtime.block_on(bus::run(&args)),
        Bench::Agents(args) => runtime.block_on(agents::run(&args)),
        Bench::Build(args) => runtime.block_on(build::run(&args)),
        Bench::Asks(args) => runtime.block_on(agents::asks::run(&args)),
    }
}
