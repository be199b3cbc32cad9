//! `cargo xtask bench NAME`: builds the load program and the product in release mode, and runs it.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, bail};

use crate::dashboard;

/// Options.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which benchmark: `log`, `path`, `bus`, `agents` or `build`.
    name: String,
    /// A short run beside the committed figure; red when it is far below, twice running.
    #[arg(long)]
    guard: bool,
    /// Further options of the benchmark; `-- --help` lists them.
    #[arg(last = true)]
    options: Vec<String>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    if args.guard {
        return guard(&args.name);
    }
    if args.name == "bus" {
        // The browser shows what the program carries.
        dashboard::build()?;
    }
    build(&["-p", "benches", "-p", "api"])?;
    let omoi = program("omoi")?;
    let mut command = Command::new(program("benches")?);
    command.arg(&args.name).arg("--omoi").arg(&omoi).args(&args.options);
    finish(&mut command)
}

/// The short run of `make test`.
pub(crate) fn guard(name: &str) -> anyhow::Result<()> {
    build(&["-p", "benches"])?;
    finish(Command::new(program("benches")?).args([name, "--guard"]))
}

fn build(packages: &[&str]) -> anyhow::Result<()> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    finish(Command::new(cargo).args(["build", "--quiet", "--release"]).args(packages))
}

fn finish(command: &mut Command) -> anyhow::Result<()> {
    let status =
        command.status().with_context(|| format!("cannot run {}", command.get_program().display()))?;
    if status.success() { Ok(()) } else { bail!("{} failed; see above", command.get_program().display()) }
}

/// A release program beside the profile this one was built in.
fn program(name: &str) -> anyhow::Result<PathBuf> {
    let me = env::current_exe().context("cannot find the xtask program")?;
    let target = me.parent().and_then(Path::parent).context("xtask lies in a target directory")?;
    Ok(target.join("release").join(name))
}
