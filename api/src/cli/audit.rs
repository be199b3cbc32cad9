//! `omoi audit`: is the log what we say it is? Read by somebody who is not us.

use std::{path::PathBuf, process::ExitCode};

use clap::Subcommand;
use eventstore::{Crosscheck, crosscheck};
use identity::{organization::Organization, user::User};
use work::{project::Project, task::Task, ticket::Ticket, work_graph::WorkGraph};

use super::running;
use crate::config::Config;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    audit: Audit,
}

#[derive(Debug, Subcommand)]
enum Audit {
    /// Read every stream with stock postgres-es, an independent reader, and compare with ours: each envelope
    /// and the state the events fold to. Exit code 1 when they differ.
    Crosscheck(CrosscheckArgs),
}

#[derive(Debug, clap::Args)]
struct CrosscheckArgs {
    /// The data directory of a running `omoi up`; DATABASE_URL, when set, is used instead. [default: .omoi]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Most streams of each kind; all when absent.
    #[arg(long, value_name = "STREAMS")]
    most: Option<u64>,
    /// Print one JSON object: {"ok":..,"kinds":[{"aggregate_type":..,"streams":..,"events":..,"different":..}]}.
    #[arg(long)]
    json: bool,
}

impl Args {
    pub(crate) fn data_dir(&self) -> Option<&PathBuf> {
        let Audit::Crosscheck(args) = &self.audit;
        args.data_dir.as_ref()
    }
}

pub(crate) async fn run(args: &Args, config: &Config) -> anyhow::Result<ExitCode> {
    let Audit::Crosscheck(args) = &args.audit;
    let store = running::store(config)?;
    // One line an aggregate that is sourced.
    let kinds = vec![
        crosscheck::<Project>(&store, args.most).await?,
        crosscheck::<WorkGraph>(&store, args.most).await?,
        crosscheck::<Ticket>(&store, args.most).await?,
        crosscheck::<Task>(&store, args.most).await?,
        crosscheck::<Organization>(&store, args.most).await?,
        crosscheck::<User>(&store, args.most).await?,
    ];
    store.pools().close().await;
    let ok = kinds.iter().all(|kind| kind.different == 0);
    if args.json {
        println!("{}", serde_json::to_string(&serde_json::json!({ "ok": ok, "kinds": kinds }))?);
    } else {
        kinds.iter().for_each(print);
    }
    Ok(if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print(kind: &Crosscheck) {
    let verdict =
        if kind.different == 0 { "the same".to_owned() } else { format!("{} DIFFER", kind.different) };
    println!(
        "{}: {} streams, {} events read by both: {verdict}",
        kind.aggregate_type, kind.streams, kind.events
    );
    for difference in &kind.differences {
        let place = difference.sequence.map_or(String::new(), |sequence| format!("@{sequence}"));
        println!(
            "  {}{place}: {} is {} to stock postgres-es, {} to us",
            difference.aggregate_id, difference.what, difference.stock, difference.ours
        );
    }
}
