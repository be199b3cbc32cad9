//! How a process opens the accounts of an installation: with which master keys, under which address.

use std::path::Path;
use std::process::{Command, Stdio};

use accounts::{ErasedList, Providers, Settings};
use anyhow::Context as _;
use kernel::Uuid;
use oauth::{Client, Kind, Provider};
use ports::{
    BoxFuture,
    mail::{Letter, MailError, Mailer},
};
use vault::{
    api_key::Environment,
    envelope::{MasterKey, MasterKeys},
    secret::SecretString,
};

use crate::{
    config::{self, Config},
    installation,
};

/// Keys of an installation with databases of its own open nothing in one on somebody's machine, nor the other way round.
pub(crate) fn environment(config: &Config) -> Environment {
    if config.database_url.is_some() { Environment::Live } else { Environment::Local }
}

/// Whether a master key is made where there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    /// In a data directory of one's own, at its first start.
    IsMade,
    /// Anywhere else: a new key would read nothing of what is there.
    IsRefused,
}

/// The master keys: those of the settings, else the one in the data directory.
///
/// # Errors
/// When there is none, or one is no key.
pub(crate) fn master_keys(config: &Config, missing: Missing) -> anyhow::Result<MasterKeys> {
    let read =
        |name: &str, text: &str| MasterKey::parse(&SecretString::from(text)).with_context(|| name.to_owned());
    let current = match (&config.master_key, &config.master_key_command) {
        (Some(_), Some(_)) => anyhow::bail!("master_key and master_key_command: give one of them"),
        (Some(text), None) => read("master_key", text.reveal())?,
        (None, Some(command)) => asked_for(command)?,
        (None, None) if missing == Missing::IsMade || installation::has_master_key(&config.data_dir) => {
            installation::master_key(&config.data_dir)?
        }
        (None, None) => anyhow::bail!(
            "a server with a database of its own needs a master key: set OMOI_MASTER_KEY or OMOI_MASTER_KEY_FILE \
             (`openssl rand -hex 32` makes one) or, with a key service, OMOI_MASTER_KEY_COMMAND, and keep it where no backup of the database goes"
        ),
    };
    let before = config.master_keys_before.as_ref().map_or("", |text| text.reveal());
    let before = before.split(',').map(str::trim).filter(|text| !text.is_empty());
    let before = before.map(|text| read("master_keys_before", text)).collect::<anyhow::Result<_>>()?;
    Ok(MasterKeys::new(current, before))
}

/// The master key that a command prints: that of a key service, in whatever words it wants to be asked. What it says on
/// stderr is for the operator.
fn asked_for(command: &str) -> anyhow::Result<MasterKey> {
    let mut asked = Command::new("sh");
    asked.args(["-c", command]).stdin(Stdio::null()).stderr(Stdio::inherit());
    let answered = asked.output().context("master_key_command: there is no shell to run it")?;
    if !answered.status.success() {
        anyhow::bail!("master_key_command: it ended with {}; run it by hand to see why", answered.status);
    }
    let text = SecretString::from(String::from_utf8(answered.stdout).unwrap_or_default());
    MasterKey::parse(&text).context("master_key_command: what it printed")
}

/// For whoever works beside a server: what is posted there is delivered by that server.
#[derive(Debug)]
pub(crate) struct LeftToTheServer;

impl Mailer for LeftToTheServer {
    fn send<'a>(&'a self, _: Uuid, _: &'a Letter) -> BoxFuture<'a, Result<(), MailError>> {
        Box::pin(std::future::ready(Err(MailError::Later { reason: "the server delivers letters".into() })))
    }
}

/// Who was erased: beside the master key, where no backup of the database goes.
pub(crate) fn erased(config: &Config) -> ErasedList {
    ErasedList::at(config.data_dir.join("erased.list"))
}

/// Where letters lie when there is no mail server.
pub(crate) fn outbox(data_dir: &Path) -> std::path::PathBuf {
    data_dir.join("outbox")
}

/// What the installation calls itself; `url`: where this server listens.
///
/// # Errors
/// When a provider of accounts is not configured rightly.
pub(crate) fn settings(config: &Config, url: &str) -> anyhow::Result<Settings> {
    let public_url = config.public_url.clone().unwrap_or_else(|| url.to_owned());
    let providers = providers(&config.providers, &public_url)?;
    Ok(Settings { environment: environment(config), public_url, providers })
}

/// By which accounts elsewhere people may sign in. Each has an address of its own to answer to, so that what one gives out
/// is never taken for another's.
fn providers(config: &config::Providers, public_url: &str) -> anyhow::Result<Providers> {
    let secret = |client: &config::Client| SecretString::from(client.secret.reveal());
    let github = config.github.as_ref().map(|client| {
        let web_base = config.github_url.trim_end_matches('/').to_owned();
        if web_base == "https://github.com" {
            return Provider::github(&client.id, secret(client));
        }
        let api_base = format!("{web_base}/api/v3");
        Provider::new("github", "GitHub", Kind::Github { web_base, api_base }, &client.id, secret(client))
    });
    let google = config.google.as_ref().map(|client| Provider::google(&client.id, secret(client)));
    let oidc = config.oidc.as_ref().map(|oidc| {
        let kind = Kind::Oidc { issuer: oidc.issuer.clone() };
        Provider::new("oidc", &oidc.name, kind, &oidc.client.id, secret(&oidc.client))
    });
    let clients = [("github", github), ("google", google), ("oidc", oidc)];
    let clients = clients.into_iter().filter_map(|(id, provider)| {
        let client = provider?.and_then(|it| Client::new(it, &format!("{public_url}/sign-in/oauth/{id}")));
        Some(client.with_context(|| format!("the settings of {id}")))
    });
    Ok(Providers::new(clients.collect::<anyhow::Result<_>>()?))
}
