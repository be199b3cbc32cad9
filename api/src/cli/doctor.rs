//! `omoi doctor`: what is wrong with this machine or a data directory, and how to mend it. It changes
//! nothing, and it may run beside `omoi up`.

mod agents;
mod data_dir;
mod database;
mod guards;
mod machine;
mod models;
mod report;
mod sandbox;

use std::{path::PathBuf, process::ExitCode};

use self::report::Report;
use crate::config::{Config, Flags};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The data directory to look at. [default: .omoi]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Also rebuild the guards (names taken, places used, claims) from the whole log of the running installation
    /// and compare them with the live ones.
    #[arg(long)]
    guards: bool,
    /// Print one JSON object: {"ok":..,"findings":[{"level":"ok|note|wrong","what":..,"found":..,"mend":..}]}.
    #[arg(long)]
    json: bool,
}

/// Exit code 1 when something is wrong.
pub(crate) async fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let flags = Flags::new(None).with("data_dir", args.data_dir.as_ref().map(|p| p.display().to_string()));
    let mut report = Report::default();
    match Config::load(flags) {
        Ok(config) => {
            report.ok("settings", "valid");
            machine::check(&mut report, &config);
            machine::git(&mut report).await;
            sandbox::check(&mut report).await;
            database::check(&mut report, &config).await;
            models::check(&mut report, &config);
            agents::check(&mut report, &config).await;
            data_dir::check(&mut report, &config.data_dir);
            if args.guards {
                guards::check(&mut report, &config).await;
            }
        }
        Err(error) => report.wrong("settings", error.to_string(), "correct the places the lines name"),
    }
    report.print(args.json)?;
    Ok(if report.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
