//! `cargo xtask`: the chores of this repository, in Rust so that they run wherever the product builds.

use clap::{Parser, Subcommand};

mod agents;
mod bench;
mod dashboard;
mod generate;
mod journeys;
mod omoi;
mod proof;
mod python;
mod schemathesis;
mod services;
mod test;
mod tidy;

#[derive(Debug, Parser)]
#[command(name = "xtask", about = "Chores of the OmoiOS repository")]
struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Debug, Subcommand)]
enum Chore {
    /// Start private services, run every test, stop them; ends with the test runner's summary.
    Test(test::Args),
    /// Check the floors of docs/ARCHITECTURE.md and the invariants a machine can check; report file sizes.
    Tidy(tidy::Args),
    /// Write the generated files (schemas/, docs/EVENTS.md), or check that they are fresh.
    Generate(generate::Args),
    /// Install the real agents that tests drive, and print where they are.
    Agents,
    /// Build the pages, unless they are built of what lies here; the next `cargo build` takes them into the program.
    Dashboard,
    /// Walk through the pages as people do, in a real browser beside a real server.
    Journeys(journeys::Args),
    /// Run a benchmark beside its peer and write benches/results/NAME.json.
    Bench(bench::Args),
    /// Run a long proof and write docs/proofs/NAME.json.
    Proof(proof::Args),
    /// Send made-up requests to a real server and compare each answer with the OpenAPI document.
    Schemathesis(schemathesis::Args),
}

fn main() -> anyhow::Result<()> {
    embedded::guard::run_if_asked();
    match Cli::parse().chore {
        Chore::Test(args) => test::run(&args),
        Chore::Tidy(args) => tidy::run(&args),
        Chore::Generate(args) => generate::run(&args),
        Chore::Agents => agents::run(),
        Chore::Dashboard => dashboard::build(),
        Chore::Journeys(args) => journeys::run(&args),
        Chore::Bench(args) => bench::run(&args),
        Chore::Proof(args) => proof::run(&args),
        Chore::Schemathesis(args) => schemathesis::run(&args),
    }
}
