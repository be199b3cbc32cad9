//! Users of the bus besides the two that are always there: each reads one consumer. They change while the server runs.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    sync::watch,
    time::{Instant, sleep, timeout},
};

use crate::{
    Error, Result, State,
    nats::{Kept, MAX_PAYLOAD_BYTES, NatsOptions, STORE},
    nats_config::{Config, LOG_ACCOUNT},
    text,
};

/// How long the server may take to begin with another configuration.
const RELOADED_WITHIN: Duration = Duration::from_secs(5);
/// How long a server that is being started again is waited for.
const BACK_WITHIN: Duration = Duration::from_secs(5);
/// What every name begins with, so that it is no name of ours or of the server's.
const PREFIX: &str = "analyst_";

/// Somebody who reads the consumer of the same name, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BusUser {
    pub(crate) name: String,
    pub(crate) password_hash: String,
}

impl BusUser {
    /// A user of this name, `analyst_` and letters, digits or `-`, with the bcrypt hash of a password. Both become part
    /// of a file that says who may do what, so nothing else is taken.
    ///
    /// # Errors
    /// When either could mean something else there.
    pub fn new(name: &str, password_hash: &str) -> Result<Self> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let own = name.strip_prefix(PREFIX).filter(|own| !own.is_empty() && own.bytes().all(plain));
        if own.is_none() || !is_bcrypt(password_hash) {
            return Err(Error::NotABusUser);
        }
        Ok(Self { name: name.to_owned(), password_hash: password_hash.to_owned() })
    }
}

/// `$2b$04$` and 53 characters of its own base64.
fn is_bcrypt(hash: &str) -> bool {
    let parts: Vec<&str> = hash.split('$').collect();
    let ["", "2a" | "2b" | "2y", cost, rest] = parts.as_slice() else { return false };
    let of_base64 = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'/';
    cost.len() == 2
        && cost.bytes().all(|byte| byte.is_ascii_digit())
        && rest.len() == 53
        && rest.bytes().all(of_base64)
}

/// What the server is told at its start, and whenever it changes.
pub(crate) struct Told {
    pub(crate) kept: Kept,
    pub(crate) options: NatsOptions,
    users: Mutex<Vec<BusUser>>,
}

impl Told {
    pub(crate) fn new(kept: Kept, options: NatsOptions) -> Self {
        Self { kept, options, users: Mutex::default() }
    }

    /// Writes the configuration, in one step; where it is.
    pub(crate) fn write(&self) -> Result<PathBuf> {
        let NatsOptions { data_dir, stream, .. } = &self.options;
        let home = data_dir.home();
        let file = home.join("nats.conf");
        let users = self.users.lock().unwrap_or_else(PoisonError::into_inner);
        let text = Config {
            port: self.kept.port,
            store: &home.join(STORE),
            max_payload_bytes: MAX_PAYLOAD_BYTES,
            stream,
            relay_password: self.kept.relay.reveal(),
            reader_password: self.kept.reader.reveal(),
            users: &users,
        }
        .text();
        data_dir.write_private(&file, &text)?;
        Ok(file)
    }

    /// A server of before it had accounts kept the stream in the one that needs no name.
    pub(crate) fn move_stream_of_old(&self) -> Result<()> {
        let store = self.options.data_dir.home().join(STORE).join("jetstream");
        let (old, new) = (store.join("$G"), store.join(LOG_ACCOUNT));
        if old.is_dir() && !new.exists() {
            std::fs::rename(&old, &new).map_err(Error::io("rename", old))?;
        }
        Ok(())
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.options.data_dir.path().join("nats.log")
    }
}

/// Decides who reads the bus. Cheap to clone; of no use once the server is stopped.
#[derive(Clone)]
pub struct BusUsers {
    pub(crate) told: Arc<Told>,
    pub(crate) state: watch::Receiver<State>,
}

impl std::fmt::Debug for BusUsers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BusUsers").finish_non_exhaustive()
    }
}

impl BusUsers {
    /// Lets these in, and nobody else: whoever is connected and not among them is cut off before this answers. A server
    /// that is started again later knows them as well.
    ///
    /// # Errors
    /// When the server is away, or does not take them. They are let in at its next start even so.
    pub async fn let_in(&self, users: Vec<BusUser>) -> Result<()> {
        *self.told.users.lock().unwrap_or_else(PoisonError::into_inner) = users;
        self.told.write()?;
        // An import of an account that is new in a configuration works from the reload after the one that brought it.
        self.reload().await?;
        self.reload().await
    }

    /// The URL of a user with this password.
    #[must_use]
    pub fn url(&self, user: &str, password: &str) -> String {
        self.told.kept.url(user, password)
    }

    async fn reload(&self) -> Result<()> {
        let log = self.told.log();
        let pid = self.ready().await?;
        let length = text::length(&log);
        kill_process(pid, Signal::HUP)
            .map_err(|error| self.not_reloaded(format!("it cannot be signalled: {error}")))?;
        let begun = Instant::now();
        loop {
            let said = text::since(&log, length);
            if said.contains("Reloaded server configuration") {
                return Ok(());
            }
            if said.contains("Failed to reload server configuration") || begun.elapsed() > RELOADED_WITHIN {
                return Err(self.not_reloaded(text::last_lines(&said, 6)));
            }
            sleep(Duration::from_millis(5)).await;
        }
    }

    /// The process that answers.
    async fn ready(&self) -> Result<Pid> {
        let mut state = self.state.clone();
        let pid = async {
            loop {
                if let State::Ready { pid } = *state.borrow_and_update() {
                    return i32::try_from(pid).ok().and_then(Pid::from_raw);
                }
                if state.changed().await.is_err() {
                    return None;
                }
            }
        };
        let pid = timeout(BACK_WITHIN, pid).await.ok().flatten();
        pid.ok_or_else(|| self.not_reloaded("it does not run".to_owned()))
    }

    fn not_reloaded(&self, reason: String) -> Error {
        Error::NotReloaded { reason, log: self.told.log() }
    }
}
