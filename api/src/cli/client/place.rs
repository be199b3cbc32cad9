//! Which server a command speaks to, and with which key.

use std::{
    env, fmt, fs,
    path::{Path, PathBuf},
};

use embedded::inspect;

use super::values::quoted;
use super::{Failure, address_file::AddressFile, sign_ins::SignIns};
use crate::{
    config::{Config, Flags},
    installation,
};

/// The variable that holds the key. There is no flag for it: flags are seen by every program of the machine.
const KEY: &str = "OMOI_KEY";
const URL: &str = "OMOI_URL";

/// Of each argument: one of the whole would hold for those that follow as well.
const HEADING: &str = "Server and output";

/// Which server, and how the answer is printed.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Connection {
    /// The server, e.g. http://127.0.0.1:4310; who you are is known from OMOI_KEY or `omoi account login`. [default:
    /// OMOI_URL, else the data directory]
    #[arg(long, global = true, help_heading = HEADING, value_name = "URL", conflicts_with = "data_dir")]
    url: Option<String>,
    /// The data directory of an `omoi up` that runs on this machine: its address is read there and, unless OMOI_KEY is
    /// set or you are signed in, its key. [default: .omoi]
    #[arg(long, global = true, help_heading = HEADING, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Print the API's own JSON, one line an answer; a refusal is one problem object on stderr.
    #[arg(long, global = true, help_heading = HEADING)]
    pub(in crate::cli) json: bool,
}

/// A server and what opens it.
#[derive(Debug)]
pub(super) struct Place {
    /// Without a slash at its end.
    pub(super) url: String,
    /// `None`: whoever asks is not signed in.
    pub(super) key: Option<Key>,
    /// For messages about a server that does not answer.
    pub(super) how_to_start: String,
}

/// The bearer token; never shown.
pub(super) struct Key {
    pub(super) value: String,
    /// Where it came from, for the message that it is refused.
    pub(super) source: String,
    /// Whether it is the access token of a session, which is turned over.
    pub(super) session: bool,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.source)
    }
}

impl Connection {
    /// Flags first, then the environment, then the default data directory.
    pub(super) fn place(&self) -> Result<Place, Failure> {
        match self.named() {
            Some(url) => of_url(&url),
            None => self.of_data_dir(),
        }
    }

    /// The server that a flag or the environment names; `None`: the one of the data directory is meant.
    pub(in crate::cli) fn named(&self) -> Option<String> {
        self.url.clone().or_else(|| variable(URL).filter(|_| self.data_dir.is_none()))
    }

    /// The flags that mean the same server again, as they are put behind a command.
    pub(in crate::cli) fn flags(&self) -> String {
        let flag = |name: &str, value: Option<String>| {
            value.map_or_else(String::new, |value| format!(" {name} {}", quoted(&value)))
        };
        let data_dir = self.data_dir.as_ref().map(|path| path.display().to_string());
        flag("--url", self.url.clone()) + &flag("--data-dir", data_dir)
    }

    /// The settings, with the data directory that is meant.
    pub(in crate::cli) fn config(&self) -> Result<Config, Failure> {
        let data_dir = self.data_dir.as_ref().map(|path| path.display().to_string());
        Config::load(Flags::default().with("data_dir", data_dir))
            .map_err(|error| Failure::local("settings", error.to_string()))
    }

    fn of_data_dir(&self) -> Result<Place, Failure> {
        let data_dir = self.config()?.data_dir;
        let start = format!("`omoi up --data-dir {}`", data_dir.display());
        // An address that a killed server has left may belong to another program by now: it must not get the key.
        let holder = inspect::data_dir(&data_dir).and_then(|found| found.holder);
        let url = AddressFile::read(&data_dir).map_err(|error| {
            Failure::local("data_dir", format!("cannot read {}: {error}", data_dir.display()))
        })?;
        let nobody = format!("nobody serves {}", data_dir.display());
        let Some(url) = url.filter(|_| holder.is_some()) else {
            let detail = match holder {
                Some(pid) => format!("{nobody} yet: process {pid} is starting or ending; ask again"),
                None => format!("{nobody}; start it with {start}, or name a server with --url or {URL}"),
            };
            return Err(Failure::local("not_running", detail));
        };
        let key = key_from_environment().or_else(|| session_at(&url)).or_else(|| key_of(&data_dir));
        Ok(Place { url, key, how_to_start: start })
    }
}

impl Place {
    /// A server that this command has started itself, opened by the key of its data directory and by nothing else.
    pub(super) fn own(url: &str, data_dir: &Path) -> Self {
        let start = format!("`omoi up --data-dir {}`", data_dir.display());
        Self { url: url.to_owned(), key: key_of(data_dir), how_to_start: start }
    }

    /// # Errors
    /// When nothing opens the server: says how to sign in.
    pub(super) fn must_open(&self) -> Result<(), Failure> {
        if self.key.is_some() {
            return Ok(());
        }
        let detail =
            format!("{} wants to know who you are: `omoi account login`, or a key in {KEY}", self.url);
        Err(Failure::local("no_key", detail))
    }
}

/// The operator's, for whoever may read the data directory.
fn key_of(data_dir: &Path) -> Option<Key> {
    let file = installation::key_file(data_dir);
    let value = fs::read_to_string(&file).ok()?;
    Some(Key { value: value.trim().to_owned(), source: file.display().to_string(), session: false })
}

/// The session of whoever signed in there by `omoi account`.
fn session_at(url: &str) -> Option<Key> {
    let signed_in = SignIns::of_user()?.at(url)?;
    let source = format!("`omoi account login` as {}", signed_in.email);
    Some(Key { value: signed_in.access_token, source, session: true })
}

fn of_url(url: &str) -> Result<Place, Failure> {
    let url = url.trim().trim_end_matches('/');
    let host = url.strip_prefix("http://").filter(|rest| !rest.is_empty());
    if host.is_none_or(|rest| rest.contains(['@', '?', '#', ' '])) {
        let form = "a server is written as http://HOST:PORT, without credentials; reach a distant one through `ssh -L`";
        return Err(Failure::local("invalid_url", form));
    }
    let key = key_from_environment().or_else(|| session_at(url));
    Ok(Place { url: url.to_owned(), key, how_to_start: "`omoi up`".to_owned() })
}

fn key_from_environment() -> Option<Key> {
    variable(KEY).map(|value| Key { value, source: format!("the variable {KEY}"), session: false })
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_address_of_a_server_is_taken() {
        for wrong in
            ["", "127.0.0.1:4310", "https://omoi.example", "http://", "http://me:secret@host", "http://h?x"]
        {
            let failure = of_url(wrong).unwrap_err();
            assert!(failure.detail().contains("http://HOST:PORT"), "{wrong}: {failure:?}");
            assert!(!failure.detail().contains("secret"));
        }
    }

    #[test]
    fn a_data_directory_that_nobody_serves_is_not_believed() {
        let directory = tempfile::tempdir().unwrap();
        let _left = AddressFile::write(directory.path(), "http://127.0.0.1:1").unwrap();
        let connection = Connection { url: None, data_dir: Some(directory.path().to_owned()), json: false };
        let failure = connection.place().unwrap_err();
        assert!(failure.detail().contains("start it with `omoi up --data-dir"), "{failure:?}");
    }

    #[test]
    fn a_key_is_not_shown() {
        let key =
            Key { value: "hidden".to_owned(), source: "the variable OMOI_KEY".to_owned(), session: false };
        assert_eq!(format!("{key:?}"), "Key(the variable OMOI_KEY)");
    }
}
