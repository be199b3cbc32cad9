//! `omoi vault`: the keys that the database keeps, by whoever keeps the installation.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Subcommand;
use serde_json::json;

use super::running;
use crate::config::Config;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    vault: Vault,
    /// The data directory of a running `omoi up`; DATABASE_URL, when set, is used instead. [default: .omoi]
    #[arg(long, value_name = "DIR", global = true)]
    data_dir: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Vault {
    /// Say by which master keys the keys of the database are wrapped.
    Status,
    /// Wrap every key by the present master key, so that those of before can be destroyed.
    ///
    /// To change the master key: start the servers with the new one as OMOI_MASTER_KEY and the old one in
    /// OMOI_MASTER_KEYS_BEFORE, run this with the same two, and start them again without the old one. In a data directory
    /// the old one is the file `master.key`; put the new one in its place at the end.
    Rewrap,
    /// Make another key that signs access tokens. It signs from a minute on; nobody is signed out.
    NewSigningKey,
}

impl Args {
    pub(crate) fn data_dir(&self) -> Option<&PathBuf> {
        self.data_dir.as_ref()
    }
}

pub(crate) async fn run(args: &Args, config: &Config) -> anyhow::Result<()> {
    let beside = running::accounts(config).await?;
    let accounts = &beside.accounts;
    let done = match &args.vault {
        Vault::Status => status(accounts, args.json).await,
        Vault::Rewrap => rewrap(accounts, args.json).await,
        Vault::NewSigningKey => new_signing_key(accounts, args.json).await,
    };
    beside.close().await;
    done
}

async fn status(accounts: &accounts::Accounts, json: bool) -> anyhow::Result<()> {
    let wrapped = accounts.wrapped().await?;
    if json {
        println!("{}", json!({ "wrapped": wrapped }));
        return Ok(());
    }
    for (master, keys) in wrapped {
        println!("{keys} keys are wrapped by master key {master}");
    }
    Ok(())
}

async fn rewrap(accounts: &accounts::Accounts, json: bool) -> anyhow::Result<()> {
    let progress = indicatif::ProgressBar::new_spinner().with_message("keys are wrapped again");
    let changed = accounts.rewrap(|so_far| progress.set_position(so_far)).await;
    progress.finish_and_clear();
    let changed = changed.context("not every key was wrapped again; what was done is good, run it again")?;
    if json {
        println!("{}", json!({ "rewrapped": changed }));
    } else {
        println!("{changed} keys were wrapped again; no other master key is needed");
    }
    Ok(())
}

async fn new_signing_key(accounts: &accounts::Accounts, json: bool) -> anyhow::Result<()> {
    let id = accounts.rotate_signing_key().await?;
    if json {
        println!("{}", json!({ "kid": id }));
    } else {
        println!("{id} signs access tokens in a minute");
    }
    Ok(())
}
