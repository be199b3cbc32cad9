//! `omoi explain`: why a line is there, and why a task stands as it does. From git, and from what events say of their causes.

mod blame;
mod causes;
mod line;
mod standing;
mod task;
mod touched;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;

use self::blame::Place;
use super::client::{Connection, Kind, Session};

#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "Examples:\n  omoi explain src/sums.rs:12\n  omoi explain task TSK-003"
)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,
    /// A line of a file, e.g. src/sums.rs:12: which commit it is of, which run made that, for which task, requirement and
    /// approval.
    #[arg(value_name = "FILE:LINE", required = true, value_parser = blame::place)]
    place: Option<Place>,
    /// The repository. [default: the one that FILE is in]
    #[arg(long, value_name = "PATH")]
    repo: Option<PathBuf>,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Explain a task: why it started, what it waits for, why it failed; each event with what caused it.
    Task {
        /// The task: its number, e.g. TSK-003, or its UUID.
        task: String,
        /// The project whose number is meant: its name, slug or UUID. [default: the only active one]
        #[arg(long, value_name = "PROJECT")]
        project: Option<String>,
    },
}

pub(crate) async fn run(args: &Args) -> ExitCode {
    Session::run(&args.connection, async |session| match (&args.verb, &args.place) {
        (Some(Verb::Task { task, project }), _) => {
            let id = session.numbered(Kind::Task, task, project.as_deref()).await?;
            task::explain(session, id).await
        }
        (None, Some(place)) => line::explain(session, place, args.repo.as_deref()).await,
        (None, None) => Ok(()),
    })
    .await
}
