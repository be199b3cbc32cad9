//! Random passwords, made once and kept in the data directory with mode 0600.

use std::{fs, path::Path};

use rand::{TryRngCore, rngs::OsRng};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{Error, Result, data_dir::write_atomically};

/// A password that does not show itself in debug output.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Password(String);

impl Password {
    /// 192 random bits from the operating system, as hexadecimal digits: safe in a URL and in any
    /// configuration file without quoting.
    pub(crate) fn random() -> Self {
        let mut bytes = [0; 24];
        OsRng.try_fill_bytes(&mut bytes).expect("the operating system has randomness");
        Self(hex::encode(bytes))
    }

    /// The password itself.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(..)")
    }
}

/// Reads a small JSON file of ours; none when it does not exist.
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(Error::io("read", path)(e)),
    };
    serde_json::from_str(&text).map(Some).map_err(|e| Error::Damaged {
        file: path.to_path_buf(),
        problem: format!("cannot be understood ({e})"),
        remedy: "restore it from a backup of the data directory".to_owned(),
    })
}

/// Writes a small JSON file of ours.
pub(crate) fn write<T: Serialize>(path: &Path, value: &T) -> Result<()> {
    let text = serde_json::to_string_pretty(value).expect("plain structs become JSON");
    write_atomically(path, &text, None)
}
