//! `omoi agent-worker`: what runs beside an agent inside of its sandbox.

use std::process::ExitCode;

/// Does what the brief on the standard input says.
pub(crate) fn run() -> anyhow::Result<ExitCode> {
    Ok(agent_worker::work(&crate::wiring::drivers())?)
}
