//! `omoi processes`: how far the processes have heard the log; unpark. It talks to the database of a running
//! installation, so that it works when the API does not.

use std::{path::PathBuf, process::ExitCode};

use clap::Subcommand;
use eventstore::Store;
use kernel::Uuid;
use workers::processes::{self, Listed};

use super::projections::{parked_line, print_json};
use super::running;
use crate::config::Config;

#[derive(Debug, clap::Args)]
#[command(after_help = "Example: omoi processes unpark task_dependencies")]
pub(crate) struct Args {
    #[command(subcommand)]
    wish: Wish,
    /// The data directory of a running `omoi up`; DATABASE_URL, when set, is used instead. [default: .omoi]
    #[arg(long, value_name = "DIR", global = true)]
    data_dir: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Wish {
    /// Show each process, how many events it is behind, and what is parked.
    List,
    /// Let it hear again what it could not, and act on it.
    Unpark {
        /// Its name, from `omoi processes list`.
        name: String,
        /// One project or organization; all that are parked when absent.
        #[arg(long, value_name = "ID")]
        root: Option<Uuid>,
    },
}

impl Args {
    pub(crate) fn data_dir(&self) -> Option<&PathBuf> {
        self.data_dir.as_ref()
    }
}

pub(crate) async fn run(args: &Args, config: &Config) -> anyhow::Result<ExitCode> {
    let store = running::store(config)?;
    let done = match &args.wish {
        Wish::List => list(&store, args.json).await,
        Wish::Unpark { name, root } => unpark(&store, name, *root, args.json).await,
    };
    store.pools().close().await;
    done.map(|()| ExitCode::SUCCESS)
}

async fn list(store: &Store, json: bool) -> anyhow::Result<()> {
    let listed = processes::list(store).await?;
    if json {
        return print_json(&listed);
    }
    print!("{}", table(&listed));
    Ok(())
}

async fn unpark(store: &Store, name: &str, root: Option<Uuid>, json: bool) -> anyhow::Result<()> {
    let roots = processes::unpark(store, name, root).await?;
    if json {
        return print_json(&serde_json::json!({ "roots": roots }));
    }
    println!("{} parked roots of {name} follow the log again", roots.len());
    Ok(())
}

/// A line a process, a line a parked root below it.
fn table(listed: &Listed) -> String {
    let mut lines = vec![format!("{:<20} {:>12} {:>10}", "process", "position", "behind")];
    for process in &listed.processes {
        lines.push(format!("{:<20} {:>12} {:>10}", process.name, process.position, process.behind));
        lines.extend(process.parked.iter().map(|it| parked_line(it.root, it.position, &it.error)));
    }
    lines.push(format!("the log is at {}\n", listed.position));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use kernel::Timestamp;
    use workers::processes::{ParkedRoot, Standing};

    use super::*;

    #[test]
    fn the_table_names_what_is_behind_and_what_is_parked() {
        let parked = ParkedRoot {
            root: Uuid::nil(),
            position: 4,
            error: "no \u{1b}[31mway".to_owned(),
            attempts: 1,
            parked_at: Timestamp::from(chrono::DateTime::UNIX_EPOCH),
        };
        let process = Standing { name: "retry_timers", position: 7, behind: 3, parked: vec![parked] };
        let table = table(&Listed { position: 10, processes: vec![process] });
        let lines: Vec<_> = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).collect();
        assert_eq!(lines[1], ["retry_timers", "7", "3"]);
        assert_eq!(lines[2].join(" "), format!("parked: {} at 4, no [31mway", Uuid::nil()));
        assert_eq!(lines[3].join(" "), "the log is at 10");
    }
}
