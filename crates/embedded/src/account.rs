//! Whom the children run as. Postgres refuses to run as root, so root's children run as somebody else.

use std::{os::unix::fs::chown, path::Path};

pub use children::account::{Account, first_closed_directory, is_root};

use crate::{Error, Result};

/// The account for children: none when we are not root (they run as we do); as root the user `omoi` when
/// the machine has one, because `nobody` is shared with other daemons, else `nobody`.
///
/// # Errors
/// [`Error::NoUnprivilegedUser`] as root on a machine with neither. initdb needs a named user: a bare
/// number is not enough.
pub fn for_children() -> Result<Option<Account>> {
    if !is_root() {
        return Ok(None);
    }
    let found = children::account::first_of(&["omoi", "nobody"]).map_err(Error::io("read", "/etc/passwd"))?;
    found.ok_or(Error::NoUnprivilegedUser).map(Some)
}

/// Gives a file or directory to this user.
pub(crate) fn give(path: &Path, account: &Account) -> Result<()> {
    chown(path, Some(account.uid), Some(account.gid)).map_err(Error::io("change the owner of", path))
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_directory_closed_to_others_is_named() {
        let outer = tempfile::tempdir().expect("a temporary directory");
        let inner = outer.path().join("a/b");
        fs::create_dir_all(&inner).expect("nested directories");
        fs::set_permissions(outer.path(), Permissions::from_mode(0o700)).expect("own directory");
        assert_eq!(first_closed_directory(&inner), Some(outer.path().to_path_buf()));
    }
}
