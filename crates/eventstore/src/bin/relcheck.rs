//! `relcheck`: does this log keep its promises? Exit status 0: yes; 1: no, and the first offenders are listed;
//! 2: that could not be found out.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Parser;
use eventstore::relcheck::{EffectTable, Report, check, gather, parse_journal};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

/// Checks an event log against what its clients and its consumers know. Let the clients come to rest first.
#[derive(Debug, Parser)]
struct Args {
    /// The database; a login that may take on the role omoi_project.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    url: String,
    /// A client's journal, one line of JSON a call; may be repeated.
    #[arg(long, value_name = "FILE")]
    journal: Vec<PathBuf>,
    /// The journals name every command there was.
    #[arg(long)]
    complete: bool,
    /// What a consumer of every event applied, a row with its `position` each; may be repeated.
    #[arg(long, value_name = "CONSUMER=TABLE")]
    effects: Vec<EffectTable>,
    /// Which log.
    #[arg(long, default_value_t = 1)]
    log_id: i16,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let args = Args::parse();
    match run(&args).await {
        Ok(report) => {
            print(&report, args.json);
            ExitCode::from(u8::from(!report.is_clean()))
        }
        Err(error) => {
            eprintln!("relcheck: {error:#}");
            ExitCode::from(2)
        }
    }
}

async fn run(args: &Args) -> anyhow::Result<Report> {
    let mut journals = Vec::new();
    for path in &args.journal {
        let read = || anyhow::Ok(parse_journal(&std::fs::read_to_string(path)?)?);
        journals.push(read().with_context(|| format!("cannot read the journal {}", path.display()))?);
    }
    let options: PgConnectOptions = args.url.parse().context("the URL of the database")?;
    let mut connection =
        options.options([("role", "omoi_project")]).connect().await.context("cannot reach the database")?;
    let mut transaction = connection.begin_with("begin isolation level repeatable read, read only").await?;
    let (log, mut evidence) = gather(&mut transaction, args.log_id, &args.effects).await?;
    transaction.rollback().await?;
    evidence.journals = journals;
    evidence.journals_are_complete = args.complete;
    Ok(check(log, &evidence))
}

fn print(report: &Report, json: bool) {
    if json {
        println!("{}", serde_json::to_string(report).expect("a report is JSON"));
        return;
    }
    println!(
        "{} events up to position {}; {} commands sent: {} acknowledged, {} refused, {} unsettled",
        report.events, report.head, report.sent, report.acknowledged, report.refused, report.unsettled
    );
    for (rule, count) in &report.violations {
        println!("{rule}: {count}");
    }
    for offender in &report.offenders {
        let place = offender.position.map_or_else(String::new, |position| format!(" at {position}"));
        println!("  {}{place}: {}", offender.rule, offender.detail);
    }
    println!("{}", if report.is_clean() { "every promise is kept" } else { "promises are broken" });
}
