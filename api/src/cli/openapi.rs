//! `omoi openapi`: the documents of the HTTP API and of the live socket, without a server.

use std::io::{self, Write as _};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The frames of the live socket instead (JSON Schema, as schemas/ws.json).
    #[arg(long)]
    socket: bool,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let document = if args.socket { crate::ws::document() } else { crate::openapi::document() };
    writeln!(io::stdout(), "{document:#}")?;
    Ok(())
}
