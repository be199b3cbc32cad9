//! `omoi key`: API keys, made beside a running installation by whoever can reach its database.

use std::path::PathBuf;

use accounts::Accounts;
use anyhow::{Context as _, bail};
use clap::Subcommand;
use commands::Role;
use kernel::{ActorId, Uuid};
use serde_json::json;
use vault::api_key::{ApiKey, Environment};
use vault::secret::ExposeSecret as _;

use super::running;
use crate::config::Config;
use crate::opening;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    key: Key,
    /// The data directory of a running `omoi up`; DATABASE_URL, when set, is used instead. [default: .omoi]
    #[arg(long, value_name = "DIR", global = true)]
    data_dir: Option<PathBuf>,
    /// Print one JSON object.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Key {
    /// Make a key and print it: this once, nobody can show it again.
    Create {
        /// The organization it belongs to; made when there is none of this name. [lower case, digits, `-`]
        #[arg(long, value_name = "NAME", default_value = "local")]
        org: String,
        /// What it allows: owner, admin, member, viewer or auditor.
        #[arg(long)]
        role: Role,
    },
    /// List the keys, without what would open anything.
    List,
    /// End a key: within five seconds it opens nothing.
    Revoke {
        /// Its id, from `omoi key list`.
        id: Uuid,
    },
}

impl Args {
    pub(crate) fn data_dir(&self) -> Option<&PathBuf> {
        self.data_dir.as_ref()
    }
}

pub(crate) async fn run(args: &Args, config: &Config) -> anyhow::Result<()> {
    let beside = running::accounts(config).await?;
    let accounts = &beside.accounts;
    let done = match &args.key {
        Key::Create { org, role } => {
            create(accounts, opening::environment(config), org, *role, args.json).await
        }
        Key::List => list(accounts, args.json).await,
        Key::Revoke { id } => revoke(accounts, *id, args.json).await,
    };
    beside.close().await;
    done
}

async fn create(
    accounts: &Accounts,
    environment: Environment,
    org: &str,
    role: Role,
    json: bool,
) -> anyhow::Result<()> {
    if !is_org_name(org) {
        bail!("{org:?} cannot name an organization: 1 to 40 of a-z, 0-9 and `-`, not at an end");
    }
    let org_id =
        accounts.organization_named(org).await.context("the organization could not be found or made")?;
    let (id, key) = (Uuid::now_v7(), ApiKey::random(environment));
    accounts.add_key(id, org_id, ActorId(id), role, &key).await.context("the key could not be stored")?;
    if json {
        let made = json!({
            "key": key.reveal().expose_secret(), "id": id, "role": role.as_str(), "org": { "id": org_id, "name": org },
        });
        println!("{made}");
    } else {
        println!("{}", key.reveal().expose_secret());
        eprintln!("{role} of {org}; this is the only time it is shown. `omoi key revoke {id}` ends it.");
    }
    Ok(())
}

/// As the database checks it.
fn is_org_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    (1..=40).contains(&name.len())
        && name.bytes().all(|byte| plain(byte) || byte == b'-')
        && !name.starts_with('-')
        && !name.ends_with('-')
}

async fn list(accounts: &Accounts, json: bool) -> anyhow::Result<()> {
    let keys = accounts.keys().await?;
    if json {
        println!("{}", json!({ "keys": keys }));
        return Ok(());
    }
    for key in keys {
        let state = key.revoked_at.map_or(String::new(), |at| format!("  revoked {at}"));
        println!("{}  {:<8}{:<20}  made {}{state}", key.id, key.role, key.org, key.made_at);
    }
    Ok(())
}

async fn revoke(accounts: &Accounts, id: Uuid, json: bool) -> anyhow::Result<()> {
    if !accounts.end_key(id).await? {
        bail!("there is no key {id} that still opens something; `omoi key list` names them");
    }
    if json {
        println!("{}", json!({ "revoked": id }));
    } else {
        println!("revoked {id}");
    }
    Ok(())
}
