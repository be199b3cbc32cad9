//! `omoi login-link`: another link that signs the operator in, for whoever can read the data directory.

use std::path::PathBuf;

use serde_json::json;
use vault::secret::ExposeSecret as _;

use super::{client::address_file::AddressFile, running};
use crate::config::Config;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The data directory of a running `omoi up`. [default: .omoi]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
}

impl Args {
    pub(crate) fn data_dir(&self) -> Option<&PathBuf> {
        self.data_dir.as_ref()
    }
}

pub(crate) async fn run(args: &Args, config: &Config) -> anyhow::Result<()> {
    let beside = running::accounts(config).await?;
    let made = beside.accounts.login_link().await;
    beside.close().await;
    let token = made?;
    let here = AddressFile::read(&config.data_dir)?.unwrap_or_else(|| format!("http://{}", config.listen));
    let url = config.public_url.clone().unwrap_or(here);
    let login_url = format!("{url}/welcome#token={}", token.expose_secret());
    if args.json {
        println!("{}", json!({ "login_url": login_url }));
    } else {
        println!("{login_url}");
        eprintln!("Signs the owner of this installation in, once, within 15 minutes.");
    }
    Ok(())
}
