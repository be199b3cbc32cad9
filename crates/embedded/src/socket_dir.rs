//! A directory for Postgres' Unix socket whose path is short enough for every operating system.

use std::{
    fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::{Path, PathBuf},
};

use crate::{DataDir, Error, Result, data_dir::write_atomically};

/// The longest path of a Unix socket: 107 bytes on Linux, 103 on macOS and the BSDs.
pub(crate) const LONGEST_SOCKET_PATH: usize = 103;
/// What Postgres calls its socket, and the longest name it puts beside it.
const SOCKET_NAME: &str = ".s.PGSQL.5432.lock";
/// Remembers a directory outside the home, so that the next start can use it again or remove it.
const POINTER: &str = "socket_dir";

/// The directory for the socket of `data_dir`'s server: `run` in the home, or a private directory under
/// the system's temporary directory when that path would be too long.
pub(crate) fn prepare(data_dir: &DataDir) -> Result<PathBuf> {
    let near = data_dir.home().join("run");
    if fits(&near) {
        return data_dir.private_directory("run");
    }
    let pointer = data_dir.home().join(POINTER);
    if let Ok(text) = fs::read_to_string(&pointer) {
        let known = PathBuf::from(text);
        if is_private_to(&known, data_dir) {
            return Ok(known);
        }
    }
    let far = tempfile::Builder::new()
        .prefix("omoi-")
        .permissions(fs::Permissions::from_mode(0o700))
        .tempdir_in("/tmp")
        .map_err(Error::io("make a directory in", "/tmp"))?
        .keep();
    data_dir.make_private(&far)?;
    write_atomically(&pointer, &far.display().to_string(), None)?;
    Ok(far)
}

/// Where the socket of the server of a home is, without taking the data directory.
pub(crate) fn of_home(home: &Path) -> Option<PathBuf> {
    let near = home.join("run");
    if fits(&near) {
        return Some(near);
    }
    fs::read_to_string(home.join(POINTER)).ok().map(PathBuf::from)
}

/// Removes the directory when it is not in the home.
pub(crate) fn remove(data_dir: &DataDir, directory: &Path) {
    if !directory.starts_with(data_dir.home()) && is_private_to(directory, data_dir) {
        // What stays behind is empty and is used again by the next start.
        let _ = fs::remove_dir_all(directory);
    }
}

/// Whether a socket in `directory` has a path the operating system accepts.
pub(crate) fn fits(directory: &Path) -> bool {
    directory.join(SOCKET_NAME).as_os_str().len() <= LONGEST_SOCKET_PATH
}

/// Somebody else could have made a directory of that name in a temporary directory that was emptied.
fn is_private_to(directory: &Path, data_dir: &DataDir) -> bool {
    let owner = data_dir.account().map_or_else(|| rustix::process::geteuid().as_raw(), |a| a.uid);
    fs::symlink_metadata(directory)
        .is_ok_and(|m| m.is_dir() && m.uid() == owner && m.permissions().mode() & 0o077 == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deep_directory_gets_a_short_private_socket_directory() {
        let outer = tempfile::tempdir().expect("a temporary directory");
        let deep = outer.path().join("x".repeat(120)).join("Übung mit Leerzeichen");
        let data_dir = DataDir::open_self_contained(&deep).expect("a data directory");
        let directory = prepare(&data_dir).expect("a socket directory");
        assert!(fits(&directory), "{}", directory.display());
        assert_eq!(prepare(&data_dir).expect("the same again"), directory);
        remove(&data_dir, &directory);
        assert!(!directory.exists());
        assert!(prepare(&data_dir).expect("another one").exists());
        remove(&data_dir, &prepare(&data_dir).expect("a directory"));
    }
}
