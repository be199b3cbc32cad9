//! The commands of `omoi`, one file each.

mod audit;
mod children;
mod doctor;
mod migrate;
mod running;
mod serve;
mod signals;
mod up;

use std::{process::ExitCode, time::Duration};

use clap::{Parser, Subcommand};

use crate::config::{Config, Flags};

/// Turns feature ideas into merged, tested code, and proves afterwards what happened.
#[derive(Debug, Parser)]
#[command(name = "omoi", version, propagate_version = true, after_help = AFTER_HELP)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "Settings come from, later ones winning: defaults, omoi.toml (or the file OMOI_CONFIG \
names), the environment (OMOI_*, DATABASE_URL, DATABASE_ADMIN_URL, NATS_URL), flags.";

#[derive(Debug, Subcommand)]
enum Command {
    /// Start everything on this machine: a private Postgres, a private event bus, and the server.
    Up(up::Args),
    /// Serve against the Postgres of DATABASE_URL and the NATS of NATS_URL.
    Serve(serve::Args),
    /// Bring the schema of DATABASE_ADMIN_URL up to date, and make the login of DATABASE_URL.
    Migrate(migrate::Args),
    /// Say what is wrong with this machine or a data directory, and how to mend it.
    Doctor(doctor::Args),
    /// Check that the log is what we say it is.
    Audit(audit::Args),
    /// Run a child process that ends with its parent (used by `omoi up`).
    #[command(name = embedded::guard::SUBCOMMAND, hide = true)]
    ChildGuard,
}

/// Parses the command line, runs the command, and says on stderr why it failed.
pub(crate) fn run() -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.into()),
    };
    let result = runtime.block_on(run_command(Cli::parse().command));
    // A download may still run in a thread; nobody waits for it.
    runtime.shutdown_timeout(Duration::from_millis(200));
    result.unwrap_or_else(|error| failed(&error))
}

async fn run_command(command: Command) -> anyhow::Result<ExitCode> {
    let done = |()| ExitCode::SUCCESS;
    match command {
        Command::Up(args) => up::run(&args, load(args.flags())?).await.map(done),
        Command::Serve(args) => serve::run(&args, load(args.flags())?).await.map(done),
        Command::Migrate(args) => migrate::run(&args, load(Flags::default())?).await.map(done),
        Command::Doctor(args) => doctor::run(&args).await,
        Command::Audit(args) => {
            let data_dir = args.data_dir().map(|path| path.display().to_string());
            audit::run(&args, &load(Flags::default().with("data_dir", data_dir))?).await
        }
        Command::ChildGuard => anyhow::bail!("child-guard has to be the first argument"),
    }
}

/// Reads the settings and starts the log output they ask for.
fn load(flags: Flags) -> anyhow::Result<Config> {
    let config = Config::load(flags)?;
    crate::config::start_logging(&config);
    Ok(config)
}

fn failed(error: &anyhow::Error) -> ExitCode {
    // The whole chain in one line: the outermost says what was tried, the innermost why not.
    eprintln!("omoi: {error:#}");
    ExitCode::FAILURE
}
