//! `omoi serve`: the server against databases that somebody else runs.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;

use super::signals;
use crate::{
    config::{Config, Flags},
    opening::{self, Missing},
    serve::{self, Backends, Exposure},
    wiring::{self, Services},
};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Address of the server. [default: 127.0.0.1:4310]
    #[arg(long, value_name = "HOST:PORT")]
    listen: Option<String>,
    /// Settings file. [default: omoi.toml in the working directory, when it exists]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Allow an address that other machines reach, although keys travel to it unencrypted: for a container whose
    /// port is published on the loopback only, or behind a proxy that speaks TLS.
    #[arg(long)]
    trusted_network: bool,
}

impl Args {
    pub(crate) fn flags(&self) -> Flags {
        Flags::new(self.config.clone()).with("listen", self.listen.clone())
    }
}

pub(crate) async fn run(args: &Args, config: Config) -> anyhow::Result<()> {
    let stop = signals::stop_on_signal()?;
    let database_url = config.database_url.as_ref().context("omoi serve needs DATABASE_URL")?;
    let nats_url = config.nats_url.as_ref().context("omoi serve needs NATS_URL")?;
    let exposure = if args.trusted_network { Exposure::TrustedNetwork } else { Exposure::ThisMachine };
    let door = serve::bind(&config.listen, exposure)?;
    let address = door.address()?;
    let backends = tokio::select! {
        backends = Backends::connect(database_url, nats_url) => backends?,
        () = stop.cancelled() => return Ok(()),
    };
    let services = Services::new(database_url, backends.bus())?;
    let settings = opening::settings(&config, &format!("http://{address}"))?;
    let (masters, mailer) = (opening::master_keys(&config, Missing::IsRefused)?, wiring::mailer(&config)?);
    services.open_accounts(masters, mailer, settings, &opening::erased(&config)).await?;
    // Whoever asks would read with the rights of this account.
    services.read_repositories(&config, false);
    services.ask_models(Arc::new(config.models()?));
    let loops = services.start_loops(None, &config, &stop).await?;
    let served =
        serve::serve(door, &config, &backends, &services, &stop, || tracing::info!(%address, "serving"))
            .await;
    stop.cancel();
    loops.wait().await;
    services.close().await;
    served
}
