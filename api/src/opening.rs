//! How a process opens the accounts of an installation: with which master keys, under which address.

use std::path::Path;

use accounts::{ErasedList, Settings};
use anyhow::Context as _;
use kernel::Uuid;
use ports::{
    BoxFuture,
    mail::{Letter, MailError, Mailer},
};
use vault::{
    api_key::Environment,
    envelope::{MasterKey, MasterKeys},
    secret::SecretString,
};

use crate::{config::Config, installation};

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
    let current = match &config.master_key {
        Some(text) => read("master_key", text.reveal())?,
        None if missing == Missing::IsMade || installation::has_master_key(&config.data_dir) => {
            installation::master_key(&config.data_dir)?
        }
        None => anyhow::bail!(
            "a server with a database of its own needs a master key: set OMOI_MASTER_KEY or OMOI_MASTER_KEY_FILE \
             (`openssl rand -hex 32` makes one), and keep it where no backup of the database goes"
        ),
    };
    let before = config.master_keys_before.as_ref().map_or("", |text| text.reveal());
    let before = before.split(',').map(str::trim).filter(|text| !text.is_empty());
    let before = before.map(|text| read("master_keys_before", text)).collect::<anyhow::Result<_>>()?;
    Ok(MasterKeys::new(current, before))
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
pub(crate) fn settings(config: &Config, url: &str) -> Settings {
    Settings {
        environment: environment(config),
        public_url: config.public_url.clone().unwrap_or_else(|| url.to_owned()),
    }
}
