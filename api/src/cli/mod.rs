//! The commands of `omoi`, one file each.

mod account;
mod activity;
mod agent;
mod agent_worker;
mod audit;
mod board;
mod build;
mod bus;
mod children;
mod client;
mod demo;
mod dev;
mod doctor;
mod events;
mod explain;
mod git;
mod graph;
mod inbox;
mod key;
mod login_link;
mod mail;
mod merge;
mod migrate;
mod near;
mod of_project;
mod openapi;
mod org;
mod processes;
mod project;
mod projections;
mod replay;
mod repo;
mod run;
mod running;
mod sandbox;
mod serve;
mod signals;
mod spec;
mod task;
mod things;
mod ticket;
mod up;
mod user;
mod vault;

use std::{path::PathBuf, process::ExitCode, time::Duration};

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
    /// Build a plan or an idea in a repository: agents do the tasks, and what they did comes together, verified.
    Build(Box<build::Args>),
    /// See it work: a small repository and a plan that are part of this program, built before your eyes.
    Demo(demo::Args),
    /// Serve against the Postgres of DATABASE_URL and the NATS of NATS_URL.
    Serve(serve::Args),
    /// Bring the schema of DATABASE_ADMIN_URL up to date, and make the login of DATABASE_URL.
    Migrate(migrate::Args),
    /// Say what is wrong with this machine or a data directory, and how to mend it.
    Doctor(doctor::Args),
    /// Check that the log is what we say it is.
    Audit(audit::Args),
    /// Make, list and revoke API keys.
    Key(key::Args),
    /// Print a link that signs the owner of a local installation in, once.
    LoginLink(login_link::Args),
    /// Forget a person for good.
    User(user::Args),
    /// Change the keys that wrap and sign.
    Vault(vault::Args),
    /// Show the letters of an installation without a mail server.
    Mail(mail::Args),
    /// Register, sign in and out at a server; sessions and passwords.
    Account(account::Args),
    /// Found organizations, invite people, say who may what, make keys.
    Org(org::Args),
    /// Say who reads the events of an organization on the event bus.
    Bus(bus::Args),
    /// Create, list and change projects.
    Project(project::Args),
    /// Link projects with their repositories.
    Repo(repo::Args),
    /// Hand in ideas and plans, follow how they are planned, approve, answer, export.
    Spec(spec::Args),
    /// Create, move and change tickets.
    Ticket(ticket::Args),
    /// Plan tasks, do them, and attest what was done.
    Task(task::Args),
    /// Start, follow, steer and stop runs: attempts of agents at tasks.
    Run(run::Args),
    /// Show what happened once more, from the log alone.
    Replay(replay::Args),
    /// See how finished work comes together, bring together what does not, approve what is ready.
    Merge(merge::Args),
    /// See what waits for you, and what moves.
    Inbox(inbox::Args),
    /// Say why a line is there, or why a task stands as it does.
    Explain(explain::Args),
    /// See what the profiles of agents have done.
    Agent(agent::Args),
    /// See where agents work.
    Sandbox(sandbox::Args),
    /// Show the board of a project: columns, limits, cards.
    Board(board::Args),
    /// Show what waits for what in a project, and the critical path.
    Graph(graph::Args),
    /// Show what happened in a project, newest first.
    Activity(activity::Args),
    /// Follow the log.
    Events(events::Args),
    /// See how far the read models are, rebuild them beside those that serve, and switch.
    Projections(projections::Args),
    /// See how far the processes are that let work go on by itself, and let one go on that stands still.
    Processes(processes::Args),
    /// Print the document of the HTTP API (OpenAPI 3.1), as a server answers it at /openapi.json.
    #[command(name = "openapi")]
    OpenApi(openapi::Args),
    /// Stand-ins for what costs money or needs an account, for those who try or develop.
    Dev(dev::Args),
    /// Run a child process that ends with its parent (used by `omoi up`).
    #[command(name = embedded::guard::SUBCOMMAND, hide = true)]
    ChildGuard,
    /// Drive an agent inside of its sandbox (started by the server, with a brief on the standard input).
    #[command(name = crate::wiring::AGENT_WORKER, hide = true)]
    AgentWorker,
}

/// Parses the command line, runs the command, and says on stderr why it failed.
pub(crate) fn run() -> ExitCode {
    let command = Cli::parse().command;
    // One thread and little memory: there are hundreds of it beside each other.
    if let Command::AgentWorker = command {
        return agent_worker::run().unwrap_or_else(|error| failed(&error));
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.into()),
    };
    let result = runtime.block_on(run_command(command));
    crate::telemetry::end();
    // A download may still run in a thread; nobody waits for it.
    runtime.shutdown_timeout(Duration::from_millis(200));
    result.unwrap_or_else(|error| failed(&error))
}

async fn run_command(command: Command) -> anyhow::Result<ExitCode> {
    let done = |()| ExitCode::SUCCESS;
    match command {
        Command::Up(args) => up::run(&args, load(args.flags())?).await.map(done),
        Command::Build(args) => Ok(Box::pin(build::run(&args)).await),
        Command::Demo(args) => Ok(Box::pin(demo::run(&args)).await),
        Command::Serve(args) => serve::run(&args, load(args.flags())?).await.map(done),
        Command::Migrate(args) => migrate::run(&args, load(Flags::default())?).await.map(done),
        Command::Doctor(args) => doctor::run(&args).await,
        Command::Audit(args) => audit::run(&args, &load_of(args.data_dir())?).await,
        Command::Key(args) => key::run(&args, &load_of(args.data_dir())?).await.map(done),
        Command::LoginLink(args) => login_link::run(&args, &load_of(args.data_dir())?).await.map(done),
        Command::User(args) => user::run(&args, &load_of(args.data_dir())?).await.map(done),
        Command::Vault(args) => vault::run(&args, &load_of(args.data_dir())?).await.map(done),
        Command::Mail(args) => mail::run(&args, &load_of(args.data_dir())?).map(done),
        Command::Account(args) => Ok(Box::pin(account::run(&args)).await),
        Command::Org(args) => Ok(Box::pin(org::run(&args)).await),
        Command::Bus(args) => Ok(Box::pin(bus::run(&args)).await),
        Command::Project(args) => Ok(Box::pin(project::run(&args)).await),
        Command::Repo(args) => Ok(Box::pin(repo::run(&args)).await),
        Command::Spec(args) => Ok(Box::pin(spec::run(&args)).await),
        Command::Ticket(args) => Ok(Box::pin(ticket::run(&args)).await),
        Command::Task(args) => Ok(Box::pin(task::run(&args)).await),
        Command::Replay(args) => Ok(Box::pin(replay::run(&args)).await),
        Command::Run(args) => Ok(Box::pin(run::run(&args)).await),
        Command::Merge(args) => Ok(Box::pin(merge::run(&args)).await),
        Command::Inbox(args) => Ok(Box::pin(inbox::run(&args)).await),
        Command::Explain(args) => Ok(Box::pin(explain::run(&args)).await),
        Command::Agent(args) => Ok(Box::pin(agent::run(&args)).await),
        Command::Sandbox(args) => Ok(Box::pin(sandbox::run(&args)).await),
        Command::Board(args) => Ok(Box::pin(board::run(&args)).await),
        Command::Graph(args) => Ok(Box::pin(graph::run(&args)).await),
        Command::Activity(args) => Ok(Box::pin(activity::run(&args)).await),
        Command::Events(args) => Ok(Box::pin(events::run(&args)).await),
        Command::Projections(args) => projections::run(&args, &load_of(args.data_dir())?).await,
        Command::Processes(args) => processes::run(&args, &load_of(args.data_dir())?).await,
        Command::OpenApi(args) => openapi::run(&args).map(done),
        Command::Dev(args) => dev::run(&args).await.map(done),
        Command::AgentWorker => unreachable!("it is run before there is a runtime"),
        Command::ChildGuard => anyhow::bail!("child-guard has to be the first argument"),
    }
}

/// Reads the settings and starts the log output they ask for.
fn load(flags: Flags) -> anyhow::Result<Config> {
    let config = Config::load(flags)?;
    crate::telemetry::start(&config)?;
    Ok(config)
}

/// The same, of the installation in this directory.
fn load_of(data_dir: Option<&PathBuf>) -> anyhow::Result<Config> {
    load(Flags::default().with("data_dir", data_dir.map(|path| path.display().to_string())))
}

fn failed(error: &anyhow::Error) -> ExitCode {
    // The whole chain in one line: the outermost says what was tried, the innermost why not.
    eprintln!("omoi: {error:#}");
    ExitCode::FAILURE
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_commands_do_not_contradict_each_other() {
        Cli::command().debug_assert();
    }

    #[test]
    fn words_are_taken_where_people_put_them() {
        for line in [
            "omoi --version",
            "omoi ticket create billing Pay --phase design --json --url http://h:1",
            "omoi ticket --project billing --json move TKT-001 testing --force --position b",
            "omoi task create TKT-001 Form --depends-on TSK-001,TSK-002 --hours 2 --files a,b --validate x --validate y",
            "omoi task submit-evidence TSK-001 --command a=0 --command b=1 --commit 0123456",
            "omoi events tail --after 0 --type task.failed --project billing --no-follow --json",
            "omoi project autonomy billing on --if-match 3 --idempotency-key k",
            "omoi project settings billing --no-agent --verify a --verify b --if-match 3",
            "omoi project columns billing Open=backlog,requirements,design,implementation,testing,deployment:5 Done=done",
            "omoi project gates billing testing=approval,evidence:verified --json",
            "omoi project gates billing",
            "omoi repo link billing git@git.example.org:acme/billing.git --branch main --if-match 3",
            "omoi repo show billing --json",
            "omoi repo unlink billing",
            "omoi account register --email ada@example.org --name Ada --password-stdin",
            "omoi account end --others",
            "omoi org invite bob@example.org --role member --days 3",
            "omoi org key create CI --scope projects:read,tickets:write --project billing --days 30",
            "omoi bus credential create warehouse --from 17 --json",
            "omoi run list --task TSK-001 --project billing --json",
            "omoi run list --project billing --min-position 3",
            "omoi build --repo . --spec plan.md --agent command --parallel 4 --verify a --verify b --yes --resume --json",
            "omoi build --idea idea.md --url http://h:1",
            "omoi demo --exit",
            "omoi merge list billing --min-position 3",
            "omoi merge --project billing show omoi/spec-invoices --json",
            "omoi merge approve Invoices --head 1d2e3f4 --if-match 3",
            "omoi merge resolve Invoices --task TSK-003 --commit HEAD --repo .",
            "omoi merge retry Invoices",
            "omoi merge leave-out Invoices --task TSK-003 --reason no",
            "omoi merge abandon Invoices --project billing",
            "omoi inbox --project billing --json",
            "omoi explain src/sums.rs:12 --repo . --json",
            "omoi explain task TSK-003 --project billing --json",
            "omoi run show 5b0f8a1e-2d4c-8e6f-9a3b-7c1d2e3f4a5b",
            "omoi agent list --json",
            "omoi sandbox list --released --project billing",
            "omoi dev llm --listen 127.0.0.1:0 --record said.jsonl --pace 0.5",
            "omoi processes unpark retry_timers --root 00000000-0000-0000-0000-000000000000 --json",
        ] {
            let parsed = Cli::try_parse_from(line.split(' '));
            let fault = parsed.err().filter(clap::Error::use_stderr);
            assert!(fault.is_none(), "{line}: {}", fault.map(|e| e.to_string()).unwrap_or_default());
        }
    }

    #[test]
    fn words_that_mean_nothing_are_refused() {
        for line in [
            "omoi ticket move TKT-001 shipping",
            "omoi ticket move TKT-001",
            "omoi ticket create billing Pay --priority urgent",
            "omoi ticket list billing --min-position -1",
            "omoi task create TKT-001 Form --hours NaN",
            "omoi task submit-evidence TSK-001",
            "omoi task submit-evidence TSK-001 --command make",
            "omoi project settings billing",
            "omoi repo link billing",
            "omoi project settings billing --agent a --no-agent",
            "omoi project columns billing",
            "omoi project columns billing Open=shipping",
            "omoi project gates billing testing=trust",
            "omoi account login --email a@b --password secret",
            "omoi account end",
            "omoi org invite bob@example.org --role god",
            "omoi bus credential create warehouse --from 0",
            "omoi run list",
            "omoi run show TSK-001",
            "omoi build --repo .",
            "omoi build --spec a --idea b",
            "omoi build --spec a --parallel 0",
            "omoi merge show",
            "omoi merge resolve Invoices --task TSK-003",
            "omoi explain",
            "omoi explain src/sums.rs",
            "omoi explain src/sums.rs:0",
            "omoi explain task",
            "omoi dev",
            "omoi dev llm --pace -1",
            "omoi dev llm --script a.toml --pace 1",
            "omoi board billing --key secret",
            "omoi board billing --url http://h --data-dir d",
        ] {
            assert!(Cli::try_parse_from(line.split(' ')).is_err(), "{line}");
        }
    }
}
