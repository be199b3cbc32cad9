//! A command with the way out beside it, for what is checked without an agent.

use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{ExitCode, Stdio};

use crate::forward::{Forwarder, way_out};
use crate::worker::WorkerError;

/// What the shell says of a command that was ended by a signal.
const SIGNALLED: i32 = 128;

/// Runs `command`; its exit code is ours.
pub(crate) fn accompany(socket: PathBuf, token: &str, command: &[String]) -> Result<ExitCode, WorkerError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let local = tokio::task::LocalSet::new();
    local.block_on(&runtime, run(socket, token, command)).map_err(WorkerError::from)
}

async fn run(socket: PathBuf, token: &str, command: &[String]) -> std::io::Result<ExitCode> {
    let forwarder = Forwarder::open(socket, token).await?;
    let platform = forwarder.address()?;
    tokio::task::spawn_local(async move { forwarder.run().await });
    let (program, arguments) =
        command.split_first().ok_or_else(|| std::io::Error::other("there is no command"))?;
    let mut child = tokio::process::Command::new(program)
        .args(arguments)
        .envs(way_out(&platform))
        // What we were told there is not for it.
        .stdin(Stdio::null())
        .spawn()?;
    let status = child.wait().await?;
    let code = status.code().unwrap_or_else(|| SIGNALLED + status.signal().unwrap_or_default());
    Ok(ExitCode::from(u8::try_from(code).unwrap_or(u8::MAX)))
}
