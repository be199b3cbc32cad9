//! `omoi agent`: the profiles of agents, and what they have done.

use std::process::ExitCode;

use clap::Subcommand;
use kernel::{Timestamp, Usd};
use serde::Deserialize;

use super::client::{Connection, Line, Reading, Session, alarm, faint, plain, rows, strong, time};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example: omoi agent list --project billing")]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the profiles that have had a run: how many go on, how the others ended, what they cost.
    List {
        /// What they have done in one project: its name, slug or UUID.
        #[arg(long)]
        project: Option<String>,
        #[command(flatten)]
        reading: Reading,
    },
}

#[derive(Debug, Deserialize)]
struct List {
    agents: Vec<Agent>,
}

#[derive(Debug, Deserialize)]
struct Agent {
    name: String,
    driver: String,
    version: Option<String>,
    running: u32,
    succeeded: u32,
    failed: u32,
    cancelled: u32,
    timed_out: u32,
    lost: u32,
    cost: Usd,
    last_run_at: Timestamp,
}

pub(crate) async fn run(args: &Args) -> ExitCode {
    let Verb::List { project, reading } = &args.verb;
    Session::run(&args.connection, async |session| {
        let path = match project {
            Some(project) => format!("/agents?project={}", session.project(project).await?),
            None => "/agents".to_owned(),
        };
        let answer = session.client.read(&path, reading.min_position).await?;
        session.out.show(&answer, lines)
    })
    .await
}

fn lines(list: List) -> Vec<Line> {
    if list.agents.is_empty() {
        return vec![vec![faint("no agent has had a run yet")]];
    }
    rows(0, list.agents.into_iter().map(|agent| agent.row()).collect())
}

impl Agent {
    fn row(self) -> Line {
        let drives =
            self.version.map_or_else(|| self.driver.clone(), |version| format!("{}, {version}", self.driver));
        let mut came_to = vec![format!("{} succeeded", self.succeeded)];
        let others = [
            (self.failed, "failed"),
            (self.cancelled, "cancelled"),
            (self.timed_out, "timed out"),
            (self.lost, "lost"),
        ];
        came_to
            .extend(others.iter().filter(|(runs, _)| *runs > 0).map(|(runs, what)| format!("{runs} {what}")));
        let came_to = came_to.join(", ");
        let none_succeeded = self.succeeded == 0 && others.iter().any(|(runs, _)| *runs > 0);
        vec![
            strong(self.name),
            plain(drives),
            plain(format!("{} running", self.running)),
            if none_succeeded { alarm(came_to) } else { plain(came_to) },
            plain(self.cost),
            faint(format!("last {}", time(self.last_run_at))),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::client::shown_plain;

    #[test]
    fn a_profile_says_what_its_runs_came_to() {
        let list = serde_json::from_str(include_str!("../openapi/examples/agents.json")).expect("an answer");
        let line = "builder  command, 1.2.3  1 running  14 succeeded, 2 failed, 1 timed out  $1.290400  \
                    last 2026-11-30 09:12:40";
        assert_eq!(shown_plain(&lines(list)), [line]);
    }
}
