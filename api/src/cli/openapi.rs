//! `omoi openapi`: the document of the HTTP API, without a server.

use std::io::{self, Write as _};

pub(crate) fn run() -> anyhow::Result<()> {
    writeln!(io::stdout(), "{:#}", crate::openapi::document())?;
    Ok(())
}
