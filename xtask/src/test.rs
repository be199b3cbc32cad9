//! `cargo xtask test`, the second command of the README: the checks that need no services, then every test
//! against one Postgres and one NATS of its own. The runner's summary is the last thing printed, and its
//! exit code is ours.

use std::{
    env,
    ffi::OsString,
    process::{Command, ExitStatus, Stdio},
};

use anyhow::{Context, bail};
use tokio::signal::unix::{SignalKind, signal};

use crate::agents;
use crate::dashboard;
use crate::proof;
use crate::services::Services;

/// Options.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Leave out the checks before the tests: format, lints, floors, generated files.
    #[arg(long)]
    tests_only: bool,
    /// What the test runner gets: a filter, or its own options.
    #[arg(last = true)]
    runner: Vec<OsString>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    if args.tests_only {
        dashboard::build()?;
    } else {
        check_all()?;
    }
    proof::say_what_is_stale();
    let agents = agents::environment()?;
    let runtime = tokio::runtime::Runtime::new()?;
    let status = runtime.block_on(with_services(agents, &args.runner))?;
    // A runner that a signal ended has no code.
    std::process::exit(status.code().unwrap_or(1));
}

/// What needs no services. The pages come before whatever compiles the product: it carries them, and tests look at them.
fn check_all() -> anyhow::Result<()> {
    check("format", cargo().args(["fmt", "--all", "--check"]))?;
    check("rules of the house", itself()?.arg("tidy"))?;
    eprintln!("== pages");
    dashboard::check()?;
    check("generated files", itself()?.args(["generate", "--check"]))?;
    let clippy = ["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"];
    check("lints", cargo().args(clippy))?;
    check("examples in the docs", cargo().args(["test", "--quiet", "--workspace", "--doc"]))?;
    check("speed of the log", itself()?.args(["bench", "log", "--guard"]))
}

fn check(what: &str, command: &mut Command) -> anyhow::Result<()> {
    eprintln!("== {what}");
    let status = command.stdin(Stdio::null()).status().with_context(|| format!("cannot check the {what}"))?;
    if status.success() { Ok(()) } else { bail!("the check of the {what} failed; see above") }
}

/// Runs the tests between the start and the end of the services they share.
async fn with_services(agents: Vec<(&str, OsString)>, arguments: &[OsString]) -> anyhow::Result<ExitStatus> {
    let services = Services::start().await?;
    let environment = services.environment().into_iter().chain(agents).collect();
    let status = run_tests(environment, arguments).await;
    services.stop().await;
    status
}

async fn run_tests(environment: Vec<(&str, OsString)>, arguments: &[OsString]) -> anyhow::Result<ExitStatus> {
    eprintln!("== tests");
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    let mut runner = tokio::process::Command::from(runner());
    let mut running = runner.args(arguments).envs(environment).envs(required()).kill_on_drop(true).spawn()?;
    loop {
        tokio::select! {
            status = running.wait() => return Ok(status?),
            // The terminal tells the runner as well; it ends, and then so do the services.
            _ = interrupted.recv() => {}
            _ = terminated.recv() => running.start_kill()?,
        }
    }
}

/// What the tests may not do without where they count: a sandbox that is missing fails those that need one.
fn required() -> Option<(&'static str, &'static str)> {
    (env::var_os("CI")? == "true").then_some(("REQUIRE_SANDBOX", "1"))
}

/// nextest where it is installed (it is never compiled for this), else cargo's own runner.
fn runner() -> Command {
    let mut command = cargo();
    if installed("cargo-nextest") {
        command.args(["nextest", "run", "--workspace", "--no-fail-fast"]);
    } else {
        command.args(["test", "--workspace", "--no-fail-fast"]);
    }
    command
}

fn installed(program: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|directory| directory.join(program).is_file())
}

pub(crate) fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

fn itself() -> anyhow::Result<Command> {
    Ok(Command::new(env::current_exe().context("cannot find the xtask program")?))
}
