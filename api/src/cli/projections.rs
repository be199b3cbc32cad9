//! `omoi projections`: how far the read models are; rebuild one beside the one that serves, switch, unpark. It talks
//! to the database of a running installation, so that it works when the API does not.

mod rebuild;

use std::{path::PathBuf, process::ExitCode};

use anyhow::bail;
use clap::Subcommand;
use kernel::Uuid;
use serde::Serialize;
use workers::Generations;
use workers::generations::{Projections, ReadModel};

use super::running;
use crate::config::Config;

#[derive(Debug, clap::Args)]
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
    /// Show each read model, its generations, how many events each is behind, and what is parked.
    List,
    /// Build the generation that does not serve from the start of the log, beside the one that does. Asking again
    /// shows how far it is.
    Rebuild(rebuild::Args),
    /// Let the other generation serve: the one that was built, or, within 24 hours, the one that served before.
    Switch {
        /// Its name, from `omoi projections list`.
        name: String,
    },
    /// Apply again what could not be applied, and let it follow the log.
    Unpark {
        /// Its name, from `omoi projections list`.
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
    let generations = Generations::new(&store);
    let done = match &args.wish {
        Wish::List => list(&generations, args.json).await,
        Wish::Rebuild(wish) => rebuild::run(&generations, wish, args.json).await,
        Wish::Switch { name } => switch(&generations, name, args.json).await,
        Wish::Unpark { name, root } => unpark(&generations, name, *root, args.json).await,
    };
    store.pools().close().await;
    done
}

async fn list(generations: &Generations, json: bool) -> anyhow::Result<ExitCode> {
    let listed = generations.list(None).await?;
    if json {
        print_json(&listed)?;
    } else {
        print!("{}", table(&listed));
    }
    Ok(ExitCode::SUCCESS)
}

async fn switch(generations: &Generations, name: &str, json: bool) -> anyhow::Result<ExitCode> {
    generations.switch_soon(name).await?;
    let model = named(generations, name).await?;
    if json {
        print_json(&model)?;
    } else {
        println!("the other generation of {name} serves now; `omoi projections switch {name}` goes back");
    }
    Ok(ExitCode::SUCCESS)
}

async fn unpark(
    generations: &Generations,
    name: &str,
    root: Option<Uuid>,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let mut roots: Vec<_> = named(generations, name).await?.parked.iter().map(|parked| parked.root).collect();
    roots.retain(|parked| root.is_none_or(|root| *parked == root));
    roots.sort_unstable();
    roots.dedup();
    if let (Some(root), true) = (root, roots.is_empty()) {
        bail!("{root} is not parked in {name}; `omoi projections list` shows what is");
    }
    for root in &roots {
        generations.unpark(name, *root).await?;
    }
    if json {
        print_json(&serde_json::json!({ "roots": roots }))?;
    } else {
        println!("{} parked roots of {name} follow the log again", roots.len());
    }
    Ok(ExitCode::SUCCESS)
}

/// The read model of this name, as it is now.
async fn named(generations: &Generations, name: &str) -> anyhow::Result<ReadModel> {
    let listed = generations.list(None).await?;
    let Some(model) = listed.projections.into_iter().find(|model| model.name == name) else {
        bail!("there is no read model {name}; `omoi projections list` shows those that are");
    };
    Ok(model)
}

pub(super) fn print_json<T: Serialize>(value: &T) -> anyhow::Result<()> {
    println!("{}", serde_json::to_string(value)?);
    Ok(())
}

/// A line a generation, a line a parked root below it.
fn table(listed: &Projections) -> String {
    let mut lines = vec![format!(
        "{:<16} {:>3}  {:<9} {:>7} {:>12} {:>10}",
        "read model", "gen", "state", "version", "position", "behind"
    )];
    for model in &listed.projections {
        for generation in &model.generations {
            lines.push(format!(
                "{:<16} {:>3}  {:<9} {:>7} {:>12} {:>10}",
                model.name,
                generation.generation,
                generation.state.name(),
                generation.version,
                generation.position,
                generation.behind
            ));
            let parked = model.parked.iter().filter(|parked| parked.generation == generation.generation);
            lines.extend(parked.map(|it| parked_line(it.root, it.position, &it.error)));
        }
    }
    lines.push(format!("the log is at {}\n", listed.position));
    lines.join("\n")
}

/// What stands still, and why. What went wrong is text of the log: it must not speak to the terminal.
pub(super) fn parked_line(root: Uuid, position: i64, error: &str) -> String {
    format!("  parked: {root} at {position}, {}", error.replace(char::is_control, " "))
}

#[cfg(test)]
mod tests {
    use kernel::Timestamp;
    use workers::generations::{Generation, ParkedRoot, State};

    use super::*;

    #[test]
    fn the_table_names_what_is_behind_and_what_is_parked() {
        let generation = |generation, state, position| Generation {
            generation,
            state,
            version: 1,
            position,
            behind: 10 - position,
            updated_at: None,
            parked: 0,
        };
        let parked = ParkedRoot {
            generation: 2,
            root: Uuid::nil(),
            position: 4,
            error: "no \u{1b}[31mway".to_owned(),
            attempts: 1,
            parked_at: Timestamp::from(chrono::DateTime::UNIX_EPOCH),
        };
        let board = ReadModel {
            name: "board",
            version: 1,
            generations: vec![generation(1, State::Live, 10), generation(2, State::Building, 7)],
            parked: vec![parked],
        };
        let table = table(&Projections { position: 10, projections: vec![board] });
        let lines: Vec<_> = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).collect();
        assert_eq!(lines[1], ["board", "1", "live", "1", "10", "0"]);
        assert_eq!(lines[2], ["board", "2", "building", "1", "7", "3"]);
        assert_eq!(lines[3].join(" "), format!("parked: {} at 4, no [31mway", Uuid::nil()));
        assert_eq!(lines[4].join(" "), "the log is at 10");
    }
}
