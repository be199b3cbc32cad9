//! Which server a command speaks to, and with which key.

use std::{env, fmt, fs, path::PathBuf};

use embedded::inspect;

use super::{Failure, address_file::AddressFile};
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
    /// The server, e.g. http://127.0.0.1:4310; the key is read from OMOI_KEY. [default: OMOI_URL, else the data
    /// directory]
    #[arg(long, global = true, help_heading = HEADING, value_name = "URL", conflicts_with = "data_dir")]
    url: Option<String>,
    /// The data directory of an `omoi up` that runs on this machine: its address and, unless OMOI_KEY is set, its
    /// key are read there. [default: .omoi]
    #[arg(long, global = true, help_heading = HEADING, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Print the API's own JSON, one line an answer; a refusal is one problem object on stderr.
    #[arg(long, global = true, help_heading = HEADING)]
    pub(super) json: bool,
}

/// A server and the key to it.
#[derive(Debug)]
pub(super) struct Place {
    /// Without a slash at its end.
    pub(super) url: String,
    pub(super) key: Key,
    /// For messages about a server that does not answer.
    pub(super) how_to_start: String,
}

/// The bearer token; never shown.
pub(super) struct Key {
    pub(super) value: String,
    /// Where it came from, for the message that it is refused.
    pub(super) source: String,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.source)
    }
}

impl Connection {
    /// Flags first, then the environment, then the default data directory.
    pub(super) fn place(&self) -> Result<Place, Failure> {
        let from_environment = || variable(URL).filter(|_| self.data_dir.is_none());
        match self.url.clone().or_else(from_environment) {
            Some(url) => of_url(&url),
            None => self.of_data_dir(),
        }
    }

    fn of_data_dir(&self) -> Result<Place, Failure> {
        let data_dir = self.data_dir.as_ref().map(|path| path.display().to_string());
        let config = Config::load(Flags::default().with("data_dir", data_dir))
            .map_err(|error| Failure::local("settings", error.to_string()))?;
        let data_dir = config.data_dir;
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
        let key_file = installation::key_file(&data_dir);
        let key = match key_from_environment() {
            Some(key) => key,
            None => {
                let read = fs::read_to_string(&key_file);
                let value = read.map_err(|error| {
                    Failure::local(
                        "no_key",
                        format!("cannot read {}: {error}; set {KEY}", key_file.display()),
                    )
                })?;
                Key { value: value.trim().to_owned(), source: key_file.display().to_string() }
            }
        };
        Ok(Place { url, key, how_to_start: start })
    }
}

fn of_url(url: &str) -> Result<Place, Failure> {
    let url = url.trim().trim_end_matches('/');
    let host = url.strip_prefix("http://").filter(|rest| !rest.is_empty());
    if host.is_none_or(|rest| rest.contains(['@', '?', '#', ' '])) {
        let form = "a server is written as http://HOST:PORT, without credentials; reach a distant one through `ssh -L`";
        return Err(Failure::local("invalid_url", form));
    }
    let key = key_from_environment().ok_or_else(|| {
        Failure::local("no_key", format!("{url} wants a key: put it into the variable {KEY}"))
    })?;
    Ok(Place { url: url.to_owned(), key, how_to_start: "`omoi up`".to_owned() })
}

fn key_from_environment() -> Option<Key> {
    variable(KEY).map(|value| Key { value, source: format!("the variable {KEY}") })
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
        let key = Key { value: "hidden".to_owned(), source: "the variable OMOI_KEY".to_owned() };
        assert_eq!(format!("{key:?}"), "Key(the variable OMOI_KEY)");
    }
}
