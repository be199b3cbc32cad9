//! `omoi user`: people, by whoever keeps the installation.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Subcommand;
use serde_json::json;
use vocabulary::UserId;

use super::running;
use crate::{config::Config, opening};

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    user: User,
    /// The data directory of a running `omoi up`; DATABASE_URL, when set, is used instead. [default: .omoi]
    #[arg(long, value_name = "DIR", global = true)]
    data_dir: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum User {
    /// Forget a person for good: what the log has of them is noise from then on. There is no way back.
    Erase {
        /// Their e-mail address or id.
        person: String,
        /// Do it: without this it is only said what would happen.
        #[arg(long)]
        yes: bool,
    },
}

impl Args {
    pub(crate) fn data_dir(&self) -> Option<&PathBuf> {
        self.data_dir.as_ref()
    }
}

pub(crate) async fn run(args: &Args, config: &Config) -> anyhow::Result<()> {
    let User::Erase { person, yes } = &args.user;
    let beside = running::accounts(config).await?;
    let erased = async {
        let user = match person.parse::<UserId>() {
            Ok(user) => user,
            Err(_) => beside.accounts.person_of(person).await?,
        };
        if !yes {
            bail!(
                "{user} would leave every organization, be signed out everywhere, and be forgotten for good: the key \
                 that seals their name and address is destroyed. Repeat it with --yes to do that"
            );
        }
        beside.accounts.erase(user, &opening::erased(config)).await.context("nobody was erased")?;
        Ok(user)
    };
    let erased = erased.await;
    beside.close().await;
    let user = erased?;
    if args.json {
        println!("{}", json!({ "erased": user }));
    } else {
        println!("erased {user}");
    }
    Ok(())
}
