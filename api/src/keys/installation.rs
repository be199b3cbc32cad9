//! The key that `omoi up` keeps in its data directory, so that whoever owns the directory can use the installation.

use std::{
    fs,
    io::{ErrorKind, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use commands::{Actor, Grants, Role};
use kernel::{ActorId, OrgId, Uuid, derived_uuid};

use super::{ApiKey, Environment};

/// Where the key lies.
pub(crate) fn path_in(data_dir: &Path) -> PathBuf {
    data_dir.join("operator.key")
}

/// Reads the key of a data directory, or makes one that only its owner can read.
///
/// # Errors
/// When the file can be neither read nor written.
pub(crate) fn key_of_data_dir(data_dir: &Path) -> anyhow::Result<ApiKey> {
    let path = path_in(data_dir);
    match fs::read_to_string(&path) {
        Ok(text) => {
            if let Some(key) = ApiKey::parse(text.trim()) {
                return Ok(key);
            }
            tracing::warn!(path = %path.display(), "this is not a key; a new one takes its place");
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
    let key = ApiKey::random(Environment::Local);
    // Beside it, then renamed: a crash leaves the old file or the whole key, never half a key.
    let half = path.with_extension("new");
    let write = || -> std::io::Result<()> {
        let mut file =
            fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&half)?;
        file.write_all(key.reveal().as_bytes())?;
        file.sync_all()?;
        fs::rename(&half, &path)
    };
    write().with_context(|| format!("cannot write {}", path.display()))?;
    Ok(key)
}

/// The operator of an installation: owner of the organization `local`, which every installation has.
pub(crate) fn operator() -> Actor {
    let id = |name: &str| -> Uuid { derived_uuid(&[b"omoi", name.as_bytes()]) };
    Actor {
        org: OrgId(id("local organization")),
        id: ActorId(id("operator")),
        grants: Grants::Role(Role::Owner),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_key_is_made_once_and_only_its_owner_reads_it() {
        let directory = tempfile::tempdir().unwrap();
        let first = key_of_data_dir(directory.path()).unwrap();
        let path = path_in(directory.path());
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_to_string(&path).unwrap(), first.reveal());
        assert_eq!(key_of_data_dir(directory.path()).unwrap().hash(), first.hash());
    }

    #[test]
    fn a_file_that_holds_no_key_is_replaced() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(path_in(directory.path()), "not a key").unwrap();
        let made = key_of_data_dir(directory.path()).unwrap();
        assert_eq!(key_of_data_dir(directory.path()).unwrap().hash(), made.hash());
    }

    /// The migration and the code mean the same organization.
    #[test]
    fn the_organization_local_is_the_one_of_the_first_migration() {
        let sql = include_str!("../../../migrations/20261123000500_vault.sql");
        assert!(sql.contains(&format!("('{}', 'local'", operator().org)), "{}", operator().org);
    }
}
