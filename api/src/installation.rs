//! The files that `omoi up` keeps beside its data, for whoever owns the directory: the operator's key, which opens the
//! API, and the master key, without which nobody reads what the database has sealed.

use std::{
    fs,
    io::{ErrorKind, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use vault::api_key::{ApiKey, Environment};
use vault::envelope::MasterKey;
use vault::secret::{ExposeSecret as _, SecretString};

/// Where the operator's key lies.
pub(crate) fn key_file(data_dir: &Path) -> PathBuf {
    data_dir.join("operator.key")
}

/// Where the master key lies: beside the database, never in it, and in none of its backups.
pub(crate) fn master_key_file(data_dir: &Path) -> PathBuf {
    data_dir.join("master.key")
}

/// Whether there is one.
pub(crate) fn has_master_key(data_dir: &Path) -> bool {
    master_key_file(data_dir).exists()
}

/// Reads the operator's key, or makes one that only its owner can read.
///
/// # Errors
/// When the file can be neither read nor written.
pub(crate) fn operator_key(data_dir: &Path, environment: Environment) -> anyhow::Result<ApiKey> {
    let path = key_file(data_dir);
    if let Some(text) = read(&path)? {
        match ApiKey::parse_for(environment, text.expose_secret().trim()) {
            Ok(key) => return Ok(key),
            // The operator can always be let in by another one.
            Err(reason) => tracing::warn!(path = %path.display(), %reason, "a new key takes its place"),
        }
    }
    let key = ApiKey::random(environment);
    write(&path, key.reveal())?;
    Ok(key)
}

/// Reads the master key, or makes one. A damaged one is never replaced: what it sealed would be lost for good.
///
/// # Errors
/// When the file can be neither read nor written, or holds no key.
pub(crate) fn master_key(data_dir: &Path) -> anyhow::Result<MasterKey> {
    let path = master_key_file(data_dir);
    if let Some(text) = read(&path)? {
        return MasterKey::parse(&text).with_context(|| {
            format!("{} holds no master key; put the one back that was there", path.display())
        });
    }
    let key = MasterKey::random();
    write(&path, &key.to_text())?;
    Ok(key)
}

fn read(path: &Path) -> anyhow::Result<Option<SecretString>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text.into())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// Beside it, then renamed: a crash leaves no file or the whole key, never half a key.
fn write(path: &Path, text: &SecretString) -> anyhow::Result<()> {
    let half = path.with_extension("new");
    let write = || -> std::io::Result<()> {
        let mut file =
            fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&half)?;
        file.write_all(text.expose_secret().as_bytes())?;
        file.sync_all()?;
        fs::rename(&half, path)
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use accounts::Operator;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn keys_are_made_once_and_only_their_owner_reads_them() {
        let directory = tempfile::tempdir().unwrap();
        let key = operator_key(directory.path(), Environment::Local).unwrap();
        let master = master_key(directory.path()).unwrap();
        assert_eq!(mode(&key_file(directory.path())), 0o600);
        assert_eq!(mode(&master_key_file(directory.path())), 0o600);
        assert_eq!(
            operator_key(directory.path(), Environment::Local).unwrap().fingerprint(),
            key.fingerprint()
        );
        assert_eq!(master_key(directory.path()).unwrap().id(), master.id());
    }

    #[test]
    fn a_file_that_holds_no_operator_key_is_replaced() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(key_file(directory.path()), "not a key").unwrap();
        let made = operator_key(directory.path(), Environment::Local).unwrap();
        assert_eq!(
            operator_key(directory.path(), Environment::Local).unwrap().fingerprint(),
            made.fingerprint()
        );
    }

    #[test]
    fn a_file_that_holds_no_master_key_is_left_as_it_is() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(master_key_file(directory.path()), "not a key").unwrap();
        let refused = format!("{:#}", master_key(directory.path()).unwrap_err());
        assert!(refused.contains("put the one back"), "{refused}");
        assert_eq!(fs::read_to_string(master_key_file(directory.path())).unwrap(), "not a key");
    }

    /// The migration and the code mean the same organization.
    #[test]
    fn the_organization_local_is_the_one_of_the_first_migration() {
        let sql = include_str!("../../migrations/20261123000500_vault.sql");
        assert!(sql.contains(&format!("('{}', 'local'", Operator::org())), "{}", Operator::org());
    }
}
