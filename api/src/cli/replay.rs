//! `omoi replay`: what happened once more, from the log alone.

use std::process::ExitCode;

use clap::Subcommand;

use super::client::{Connection, Session};
use super::run::Replay;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  omoi replay run RUN\n  omoi replay run RUN --speed 1\n  omoi replay run RUN --at 4711\n  \
omoi replay run RUN --format atif > trajectory.json"
)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Show a run as it happened: what its agent said and did, and what came of it.
    Run(Replay),
}

pub(crate) async fn run(args: &Args) -> ExitCode {
    let What::Run(replay) = &args.what;
    Session::run(&args.connection, async |session| replay.carry_out(session).await).await
}
