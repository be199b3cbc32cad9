//! Whom the children of root run as: Postgres refuses to run as root, and a stranger's program must not.

use std::{
    fs, io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

/// An unprivileged user of this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

/// The first of these users that the machine has.
///
/// # Errors
/// When the user database cannot be read.
pub fn first_of(names: &[&str]) -> io::Result<Option<Account>> {
    let users = fs::read_to_string("/etc/passwd")?;
    Ok(names.iter().find_map(|name| find(&users, name)))
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
}
