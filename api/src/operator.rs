//! Who may use the API until sign-in exists: whoever holds the operator key of this installation. Without it
//! every program of the machine, and every page its browser shows, could act.

use std::{
    fs,
    io::{ErrorKind, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use kernel::{ActorId, OrgId, Uuid, derived_uuid};
use rand::{Rng as _, distr::Alphanumeric};
use sha2::{Digest, Sha256};

/// The one key. Only its hash is kept in memory.
pub(crate) struct OperatorKey {
    hash: [u8; 32],
}

impl std::fmt::Debug for OperatorKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OperatorKey")
    }
}

impl OperatorKey {
    pub(crate) fn new(key: &str) -> Self {
        Self { hash: Sha256::digest(key.trim()).into() }
    }

    /// Reads the key of a data directory, or makes one that only its owner can read.
    ///
    /// # Errors
    /// When the file can be neither read nor written.
    pub(crate) fn of_data_dir(data_dir: &Path) -> anyhow::Result<Self> {
        let path = Self::path(data_dir);
        match fs::read_to_string(&path) {
            Ok(key) if !key.trim().is_empty() => return Ok(Self::new(&key)),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
        let key: String = rand::rng().sample_iter(Alphanumeric).take(40).map(char::from).collect();
        // Beside it, then renamed: a crash leaves the old file or the whole key, never half a key.
        let half = path.with_extension("new");
        let write = || -> std::io::Result<()> {
            let mut file =
                fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&half)?;
            file.write_all(key.as_bytes())?;
            file.sync_all()?;
            fs::rename(&half, &path)
        };
        write().with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self::new(&key))
    }

    pub(crate) fn path(data_dir: &Path) -> PathBuf {
        data_dir.join("operator.key")
    }

    /// Hashes are compared, so the time it takes says nothing of the key.
    pub(crate) fn matches(&self, offered: &str) -> bool {
        <[u8; 32]>::from(Sha256::digest(offered)) == self.hash
    }
}

/// Who the operator is in the log, and the organization everything belongs to until there are several.
pub(crate) fn operator() -> (OrgId, ActorId) {
    let id = |name: &str| -> Uuid { derived_uuid(&[b"omoi", name.as_bytes()]) };
    (OrgId(id("local organization")), ActorId(id("operator")))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_key_is_made_once_and_only_its_owner_reads_it() {
        let directory = tempfile::tempdir().unwrap();
        let first = OperatorKey::of_data_dir(directory.path()).unwrap();
        let path = OperatorKey::path(directory.path());
        let key = fs::read_to_string(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(first.matches(&key) && OperatorKey::of_data_dir(directory.path()).unwrap().matches(&key));
        assert!(!first.matches("") && !first.matches(&key[1..]));
    }
}
