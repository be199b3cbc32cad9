//! `omoi run`: attempts of agents at tasks, and what came of each.

mod lines;

use std::process::ExitCode;

use clap::Subcommand;
use kernel::Uuid;

use self::lines::Details;
use super::client::{Connection, Failure, Kind, Reading, Session};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "A RUN is the UUID that `omoi run list` prints.\nExamples:\n  omoi run list --project billing\n  \
omoi run list --task TSK-001\n  omoi run show RUN"
)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the runs of a project, or of a task, newest first.
    #[command(group = clap::ArgGroup::new("of").required(true).multiple(true).args(["project", "task"]))]
    List {
        /// The project: its name, slug or UUID. With --task it says whose number that is.
        #[arg(long)]
        project: Option<String>,
        /// The task: its number, or its UUID.
        #[arg(long)]
        task: Option<String>,
        #[command(flatten)]
        reading: Reading,
    },
    /// Show a run: how far it is, where it works, what was seen of its agent, what its work is worth.
    Show {
        /// The run: its UUID.
        run: Uuid,
        #[command(flatten)]
        reading: Reading,
    },
}

pub(crate) async fn run(args: &Args) -> ExitCode {
    Session::run(&args.connection, async |session| args.verb.carry_out(session).await).await
}

impl Verb {
    async fn carry_out(&self, session: &Session) -> Result<(), Failure> {
        match self {
            Self::List { project, task, reading } => {
                let project = project.as_deref();
                let path = match (task, project) {
                    (Some(task), project) => {
                        format!("/tasks/{}/runs", session.numbered(Kind::Task, task, project).await?)
                    }
                    (None, project) => {
                        format!("/projects/{}/runs", session.project(project.unwrap_or_default()).await?)
                    }
                };
                let answer = session.client.read(&path, reading.min_position).await?;
                session.out.show(&answer, lines::list)
            }
            Self::Show { run, reading } => {
                let answer = session.client.read(&format!("/runs/{run}"), reading.min_position).await?;
                session.out.show(&answer, |run: Details| run.lines())
            }
        }
    }
}
