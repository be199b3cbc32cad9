//! Whom the children run as. Postgres refuses to run as root, so root's children run as somebody else.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, chown},
    path::{Path, PathBuf},
};

use crate::{Error, Result};

/// An unprivileged user of this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its name in the user database.
    pub name: String,
    /// Its user id.
    pub uid: u32,
    /// Its primary group.
    pub gid: u32,
}

/// Whether this process runs as root.
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

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
    let users = fs::read_to_string("/etc/passwd").map_err(Error::io("read", "/etc/passwd"))?;
    find(&users, "omoi").or_else(|| find(&users, "nobody")).map(Some).ok_or(Error::NoUnprivilegedUser)
}

impl Account {
    /// Gives a file or directory to this user.
    pub(crate) fn own(&self, path: &Path) -> Result<()> {
        chown(path, Some(self.uid), Some(self.gid)).map_err(Error::io("change the owner of", path))
    }
}

/// The first directory at or above `path` that other users cannot enter, if there is one.
pub fn first_closed_directory(path: &Path) -> Option<PathBuf> {
    let mut directories: Vec<&Path> = path.ancestors().filter(|p| !p.as_os_str().is_empty()).collect();
    directories.reverse();
    directories
        .into_iter()
        .find(|dir| fs::metadata(dir).is_ok_and(|m| m.is_dir() && m.permissions().mode() & 0o001 == 0))
        .map(Path::to_path_buf)
}

fn find(users: &str, name: &str) -> Option<Account> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        if fields.next()? != name {
            return None;
        }
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        Some(Account { name: name.to_owned(), uid, gid })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_its_exact_name() {
        let users = "root:x:0:0:root:/root:/bin/sh\nomoi2:x:7:7::/:/bin/false\nnobody:x:65534:65533:n:/:/x\n";
        assert_eq!(find(users, "omoi"), None);
        assert_eq!(find(users, "nobody"), Some(Account { name: "nobody".into(), uid: 65534, gid: 65533 }));
    }

    #[test]
    fn a_directory_closed_to_others_is_named() {
        let outer = tempfile::tempdir().expect("a temporary directory");
        let inner = outer.path().join("a/b");
        fs::create_dir_all(&inner).expect("nested directories");
        fs::set_permissions(outer.path(), fs::Permissions::from_mode(0o700)).expect("own directory");
        assert_eq!(first_closed_directory(&inner), Some(outer.path().to_path_buf()));
    }
}
