//! `omoi agent`: the profiles of agents, what they have done, and whether they are trusted.

use std::process::ExitCode;

use clap::Subcommand;
use kernel::{Timestamp, Usd, Uuid};
use serde::Deserialize;
use serde_json::{Value, json};

use super::client::{
    Connection, Failure, Line, Method, Reading, Session, Writing, alarm, faint, plain, rows, strong, time,
};

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
    /// List the profiles: what each can do or lacks, how many runs of it go on, how the others ended, what they cost.
    List {
        /// What they have done in one project: its name, slug or UUID.
        #[arg(long)]
        project: Option<String>,
        #[command(flatten)]
        reading: Reading,
    },
    /// Let no run start with an agent by itself any more.
    Quarantine {
        /// Its profile.
        name: String,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        writing: Writing,
    },
    /// Trust an agent again that is in quarantine, e.g. once its program is installed.
    Release {
        /// Its profile.
        name: String,
        #[command(flatten)]
        writing: Writing,
    },
}

#[derive(Debug, Deserialize)]
struct Ids {
    agents: Vec<Known>,
}

#[derive(Debug, Deserialize)]
struct Known {
    id: Uuid,
    name: String,
}

#[derive(Debug, Deserialize)]
struct Told {
    name: String,
    health: String,
}

#[derive(Debug, Deserialize)]
struct List {
    agents: Vec<Agent>,
    #[serde(default)]
    profiles: Vec<Profile>,
}

#[derive(Debug, Deserialize)]
struct Profile {
    name: String,
    driver: String,
    takes_messages: bool,
    asked: bool,
    version: Option<String>,
    lack: Option<Lack>,
}

#[derive(Debug, Deserialize)]
struct Lack {
    reason: String,
    mend: String,
}

#[derive(Debug, Deserialize)]
struct Agent {
    name: String,
    health: String,
    code: Option<String>,
    reason: Option<String>,
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
    Session::run(&args.connection, async |session| match &args.verb {
        Verb::List { project, reading } => {
            let path = match project {
                Some(project) => format!("/agents?project={}", session.project(project).await?),
                None => "/agents".to_owned(),
            };
            let answer = session.client.read(&path, reading.min_position).await?;
            session.out.show(&answer, lines)
        }
        Verb::Quarantine { name, reason, writing } => {
            tell(session, name, "quarantine", json!({ "reason": reason }), writing).await
        }
        Verb::Release { name, writing } => tell(session, name, "release", json!({}), writing).await,
    })
    .await
}

async fn tell(
    session: &Session,
    name: &str,
    what: &str,
    body: Value,
    writing: &Writing,
) -> Result<(), Failure> {
    let known: Ids = session.client.read("/agents", None).await?.parse()?;
    let Some(agent) = known.agents.into_iter().find(|agent| agent.name == name) else {
        return Err(Failure::local(
            "not_found",
            format!(
                "no run of an agent {name} has ended here yet; `omoi agent list` shows those that there are"
            ),
        ));
    };
    let answer = session.write(Method::POST, &format!("/agents/{}/{what}", agent.id), body, writing).await?;
    session.out.show(&answer, |Told { name, health }| vec![vec![strong(name), plain(format!("  {health}"))]])
}

fn lines(list: List) -> Vec<Line> {
    let mut lines = if list.agents.is_empty() {
        vec![vec![faint("no agent has had a run yet")]]
    } else {
        rows(0, list.agents.into_iter().map(Agent::row).collect())
    };
    if !list.profiles.is_empty() {
        lines.extend([Vec::new(), vec![strong("profiles")]]);
        let (profiles, mends): (Vec<_>, Vec<_>) = list.profiles.into_iter().map(Profile::row).unzip();
        for (line, mend) in rows(2, profiles).into_iter().zip(mends) {
            lines.push(line);
            lines.extend(mend.map(|mend| vec![faint(format!("    {mend}"))]));
        }
    }
    lines
}

impl Profile {
    /// The profile, and what is to be done for it to run.
    fn row(self) -> (Line, Option<String>) {
        let drives = match &self.version {
            Some(version) => format!("{}, {version}", self.driver),
            None => self.driver.clone(),
        };
        let hears = if self.takes_messages { "hears people at work" } else { "hears nobody at work" };
        let can = match &self.lack {
            Some(lack) => alarm(format!("cannot run: {}", lack.reason)),
            None if !self.asked => faint("its program is being asked what it is"),
            None => plain("can run"),
        };
        let mend = self.lack.map(|lack| lack.mend);
        (vec![strong(self.name), plain(drives), plain(hears), can], mend)
    }
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
        let health = match (self.code, self.reason) {
            (Some(code), _) => alarm(format!("{} ({code})", self.health)),
            (_, Some(reason)) => alarm(format!("{}: {reason}", self.health)),
            _ => plain(self.health),
        };
        vec![
            strong(self.name),
            health,
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
        let line = "builder  degraded (agent_gone)  command, 1.2.3  1 running  14 succeeded, 2 failed, 1 timed out  $1.290400  \
                    last 2026-11-30 09:12:40";
        let shown = shown_plain(&lines(list));
        assert_eq!(
            shown,
            [
                line,
                "",
                "profiles",
                "  builder   command  hears nobody at work  can run",
                "  opencode  acp      hears people at work  cannot run: there is no program opencode on the server",
                "    Install it there, or name where it is by command in [agents.opencode] of omoi.toml. Then start the server again.",
            ]
        );
    }
}
