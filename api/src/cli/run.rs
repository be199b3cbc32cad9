//! `omoi run`: attempts of agents at tasks, and what came of each.

mod atif;
mod evidence;
mod export;
mod interventions;
mod lines;
mod pages;
mod replay;
mod report;
mod standing;
mod told;
mod watch;

use std::process::ExitCode;

use clap::Subcommand;
use embedded::percent;
use kernel::Uuid;
use serde_json::json;

use self::export::Export;
use self::lines::Details;
pub(super) use self::replay::Replay;
use super::client::{Connection, Failure, Kind, Method, Reading, Session, Writing};

/// What a run may be asked to be.
const STATES: [&str; 9] =
    ["starting", "active", "stopping", "ended", "succeeded", "failed", "cancelled", "timed_out", "lost"];

#[derive(Debug, clap::Args)]
#[command(
    after_help = "A RUN is the UUID that `omoi run list` prints.\nExamples:\n  omoi run start TSK-001\n  omoi run list --project billing\n  \
omoi run list --task TSK-001\n  omoi run list --project billing --state failed\n  omoi run show RUN\n  omoi run export RUN --format atif --out trajectory.json"
)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Start a run of a task that is ready, e.g. `omoi run start TSK-001`.
    Start {
        /// The task: its number, or its UUID.
        task: String,
        /// The project whose number is meant: its name, slug or UUID. [default: the only active one]
        #[arg(long)]
        project: Option<String>,
        /// The profile of the agent. [default: that of the task, else of its project]
        #[arg(long, value_name = "NAME")]
        agent: Option<String>,
        #[command(flatten)]
        writing: Writing,
    },
    /// Follow a run as it happens: what its agent says and does, until it has ended.
    Watch {
        /// The run: its UUID.
        run: Uuid,
    },
    /// Show a run as it happened, from the log alone; the same as `omoi replay run`.
    Replay(Replay),
    /// Write what happened in a run into a file: its events, or a trajectory that other tools read.
    Export(Export),
    /// Say something to the agent of a run, without ending what it does.
    Steer {
        /// The run: its UUID.
        run: Uuid,
        /// What it is to know.
        text: String,
        #[command(flatten)]
        writing: Writing,
    },
    /// Interrupt the turn of the agent of a run; a message that waits becomes its next turn, else the run is over.
    Interrupt {
        /// The run: its UUID.
        run: Uuid,
        #[command(flatten)]
        writing: Writing,
    },
    /// Stop a run; what is in its workspace is kept first.
    Stop {
        /// The run: its UUID.
        run: Uuid,
        /// Why, in a line.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        #[command(flatten)]
        writing: Writing,
    },
    /// List the runs of a project, or of a task, newest first.
    #[command(group = clap::ArgGroup::new("of").required(true).multiple(true).args(["project", "task"]))]
    List {
        /// The project: its name, slug or UUID. With --task it says whose number that is.
        #[arg(long)]
        project: Option<String>,
        /// The task: its number, or its UUID.
        #[arg(long)]
        task: Option<String>,
        /// Only those that are so far, or that ended so.
        #[arg(long, requires = "project", value_parser = STATES)]
        state: Option<String>,
        /// Only those of this profile of an agent.
        #[arg(long, value_name = "NAME", requires = "project")]
        agent: Option<String>,
        #[command(flatten)]
        reading: Reading,
    },
    /// Show a run: how far it is, where it works, what was seen of its agent, what its work is worth, who stepped in.
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
            Self::Start { task, project, agent, writing } => {
                let task = session.numbered(Kind::Task, task, project.as_deref()).await?;
                let body = json!({ "agent": agent });
                let answer =
                    session.write(Method::POST, &format!("/tasks/{task}/runs"), body, writing).await?;
                session.out.show(&answer, lines::changed)
            }
            Self::Watch { run } => {
                tokio::select! {
                    watched = watch::until_it_ends(session, *run) => watched,
                    _ = tokio::signal::ctrl_c() => Err(Failure::Interrupted),
                }
            }
            Self::Replay(replay) => replay.carry_out(session).await,
            Self::Export(export) => export.carry_out(session).await,
            Self::Steer { run, text, writing } => {
                let body = json!({ "text": text });
                let answer =
                    session.write(Method::POST, &format!("/runs/{run}/messages"), body, writing).await?;
                session.out.show(&answer, lines::changed)
            }
            Self::Interrupt { run, writing } => {
                let path = format!("/runs/{run}/interrupt");
                let answer = session.write(Method::POST, &path, json!({}), writing).await?;
                session.out.show(&answer, lines::changed)
            }
            Self::Stop { run, reason, writing } => {
                let body = json!({ "reason": reason });
                let answer = session.write(Method::POST, &format!("/runs/{run}/stop"), body, writing).await?;
                session.out.show(&answer, lines::changed)
            }
            Self::List { project, task, state, agent, reading } => {
                let task = match task {
                    Some(task) => Some(session.numbered(Kind::Task, task, project.as_deref()).await?),
                    None => None,
                };
                let path = match task {
                    // All of them, however many runs others have had.
                    Some(task) if state.is_none() && agent.is_none() => format!("/tasks/{task}/runs"),
                    task => {
                        let which = [
                            state.as_ref().map(|state| format!("state={state}")),
                            agent.as_ref().map(|agent| format!("agent={}", percent::encode(agent))),
                            task.map(|task| format!("task={task}")),
                        ];
                        let which: Vec<_> = which.into_iter().flatten().collect();
                        let project = session.project(project.as_deref().unwrap_or_default()).await?;
                        format!("/projects/{project}/runs?{}", which.join("&"))
                    }
                };
                let answer = session.client.read(&path, reading.min_position).await?;
                session.out.show(&answer, lines::list)
            }
            Self::Show { run, reading } => {
                let answer = session.client.read(&format!("/runs/{run}"), reading.min_position).await?;
                // For programs the answer is one document, as it came.
                let stepped_in: interventions::List = if session.out.json {
                    interventions::List::default()
                } else {
                    let path = format!("/interventions?run={run}&limit=200");
                    session.client.read(&path, reading.min_position).await?.parse()?
                };
                session.out.show(&answer, |run: Details| {
                    let mut lines = run.lines();
                    lines.extend(stepped_in.lines());
                    lines
                })
            }
        }
    }
}
