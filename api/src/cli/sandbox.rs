//! `omoi sandbox`: where agents work.

use std::process::ExitCode;

use clap::Subcommand;
use kernel::{Timestamp, Uuid};
use serde::Deserialize;

use super::client::{Connection, Line, Reading, Session, alarm, faint, plain, rows, strong, time};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example: omoi sandbox list")]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the sandboxes that there are; with --released those that were removed, too.
    List {
        /// Of one project: its name, slug or UUID.
        #[arg(long)]
        project: Option<String>,
        /// Those that were removed, too.
        #[arg(long)]
        released: bool,
        #[command(flatten)]
        reading: Reading,
    },
}

#[derive(Debug, Deserialize)]
struct List {
    sandboxes: Vec<Sandbox>,
    next: Option<Uuid>,
}

#[derive(Debug, Deserialize)]
struct Sandbox {
    run: Uuid,
    provider: String,
    node: String,
    branch: String,
    level: Option<String>,
    state: String,
    requested_at: Timestamp,
}

pub(crate) async fn run(args: &Args) -> ExitCode {
    let Verb::List { project, released, reading } = &args.verb;
    Session::run(&args.connection, async |session| {
        let mut path = format!("/sandboxes?limit=200&released={released}");
        if let Some(project) = project {
            path.push_str(&format!("&project={}", session.project(project).await?));
        }
        let answer = session.client.read(&path, reading.min_position).await?;
        session.out.show(&answer, lines)
    })
    .await
}

fn lines(list: List) -> Vec<Line> {
    if list.sandboxes.is_empty() {
        return vec![vec![faint("no sandboxes")]];
    }
    let row = |sandbox: Sandbox| {
        let state = sandbox.state;
        vec![
            if state == "lost" { alarm(state) } else { strong(state) },
            plain(format!("{} on {}", sandbox.provider, sandbox.node)),
            plain(sandbox.level.as_deref().unwrap_or("-")),
            plain(sandbox.branch),
            faint(time(sandbox.requested_at)),
            faint(format!("run {}", sandbox.run)),
        ]
    };
    let mut lines = rows(0, list.sandboxes.into_iter().map(row).collect());
    lines.extend(list.next.map(|_| vec![faint("there are more; --json says how to ask for them")]));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::client::shown_plain;

    #[test]
    fn a_sandbox_says_where_it_is_and_what_holds_it() {
        let list =
            serde_json::from_str(include_str!("../openapi/examples/sandboxes.json")).expect("an answer");
        let line = "ready  local on node-1  full  omoi/TSK-001-render-the-invoice-as-pdf  2026-11-30 09:12:40  \
                    run 5b0f8a1e-2d4c-8e6f-9a3b-7c1d2e3f4a5b";
        assert_eq!(shown_plain(&lines(list)), [line]);
    }
}
