//! The data directory: who owns it, and where in it (or, as root, beside it) the children keep their data.

use std::{
    fs::{self, File, Permissions, TryLockError},
    io::Write,
    os::unix::{ffi::OsStrExt, fs::PermissionsExt},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

use crate::{
    Error, Result,
    account::{self, Account},
    text,
};

/// Where root's children keep their data: every directory above is open to every user.
const ROOT_HOMES: &str = "/var/lib/omoi";
/// The pointer from a data directory of root to the home of its children.
const POINTER: &str = "home";
/// The pointer back, so that homes nobody points to can be found.
const BACK_POINTER: &str = "data_dir";

/// A data directory this process owns until the value is dropped.
///
/// As root the children run as another user, who may not be able to enter the directory (a checkout under
/// root's home): their data then lies in `/var/lib/omoi/<hash of the real path>`, the *home*, and the file
/// `home` in the data directory says so. Otherwise the home is the data directory itself.
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    home: PathBuf,
    account: Option<Account>,
    _locks: Vec<File>,
}

impl DataDir {
    /// Takes the directory for this process, making it when there is none.
    ///
    /// # Errors
    /// [`Error::Locked`] when another process has it; file errors otherwise.
    pub fn open(path: &Path) -> Result<Self> {
        let (path, lock) = claim(path)?;
        let Some(account) = account::for_children()? else {
            return Ok(Self { home: path.clone(), path, account: None, _locks: vec![lock] });
        };
        let home = home_of_root(&path, &account)?;
        // A copied data directory points to the home of the original: two owners of one cluster.
        let home_lock = lock_file(&home, &path)?;
        Ok(Self { path, home, account: Some(account), _locks: vec![lock, home_lock] })
    }

    /// Takes a directory whose parents every user can enter, and keeps everything in it.
    pub(crate) fn open_self_contained(path: &Path) -> Result<Self> {
        let (path, lock) = claim(path)?;
        let account = account::for_children()?;
        if let Some(account) = &account {
            account::give(&path, account)?;
        }
        Ok(Self { home: path.clone(), path, account, _locks: vec![lock] })
    }

    /// The real path of the data directory.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the children keep their data.
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Whom the children run as, when not as we do.
    pub fn account(&self) -> Option<&Account> {
        self.account.as_ref()
    }

    /// Where the home of an existing data directory is, without taking it. For `omoi doctor`.
    pub fn existing_home(path: &Path) -> Option<PathBuf> {
        if account::is_root() { read_pointer(&path.join(POINTER)) } else { Some(path.to_path_buf()) }
    }

    /// The process that holds the directory now, if one does. For `omoi doctor`.
    pub fn holder(path: &Path) -> Option<u32> {
        let file = File::open(path.join("lock")).ok()?;
        match file.try_lock_shared() {
            Err(TryLockError::WouldBlock) => text::pid_in(&path.join("lock")),
            _ => None,
        }
    }

    /// Homes of root's children whose data directory is gone or points elsewhere. For `omoi doctor`.
    pub fn orphaned_homes() -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(ROOT_HOMES) else { return Vec::new() };
        entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|home| {
                read_pointer(&home.join(BACK_POINTER)).is_some_and(|data_dir| {
                    read_pointer(&data_dir.join(POINTER)).as_deref() != Some(home.as_path())
                })
            })
            .collect()
    }

    /// Makes a directory only the children's user can enter, at `name` in the home.
    pub(crate) fn private_directory(&self, name: &str) -> Result<PathBuf> {
        let directory = self.home.join(name);
        self.make_private(&directory)?;
        Ok(directory)
    }

    /// Makes `directory` if there is none, and only the children's user may enter it.
    pub(crate) fn make_private(&self, directory: &Path) -> Result<()> {
        fs::create_dir_all(directory).map_err(Error::io("make the directory", directory))?;
        fs::set_permissions(directory, Permissions::from_mode(0o700))
            .map_err(Error::io("set the permissions of", directory))?;
        self.account.as_ref().map_or(Ok(()), |account| account::give(directory, account))
    }

    /// Writes a file only the children's user can read, in one step.
    pub(crate) fn write_private(&self, path: &Path, content: &str) -> Result<()> {
        write_atomically(path, content, self.account.as_ref())
    }
}

/// Writes a file with mode 0600: complete or not at all, also after a power cut.
pub(crate) fn write_atomically(path: &Path, content: &str, owner: Option<&Account>) -> Result<()> {
    let directory = path.parent().expect("a file of ours lies in a directory of ours");
    // tempfile makes the file with mode 0600.
    let mut file = tempfile::NamedTempFile::new_in(directory).map_err(Error::io("write in", directory))?;
    file.write_all(content.as_bytes()).map_err(Error::io("write", path))?;
    file.as_file().sync_all().map_err(Error::io("write", path))?;
    if let Some(account) = owner {
        account::give(file.path(), account)?;
    }
    file.persist(path).map_err(|e| Error::io("write", path)(e.error))?;
    sync_directory(directory)
}

/// Makes renames in a directory survive a power cut.
pub(crate) fn sync_directory(directory: &Path) -> Result<()> {
    File::open(directory).and_then(|d| d.sync_all()).map_err(Error::io("write to the directory", directory))
}

fn claim(path: &Path) -> Result<(PathBuf, File)> {
    if !path.exists() {
        fs::create_dir_all(path).map_err(Error::io("make the data directory", path))?;
        fs::set_permissions(path, Permissions::from_mode(0o700))
            .map_err(Error::io("set the permissions of", path))?;
    }
    let path = path.canonicalize().map_err(Error::io("use the data directory", path))?;
    let lock = lock_file(&path, &path)?;
    Ok((path, lock))
}

/// Locks `directory/lock` and writes our process id into it. The kernel drops the lock when we die.
fn lock_file(directory: &Path, data_dir: &Path) -> Result<File> {
    let path = directory.join("lock");
    let mut file = File::options()
        .create(true)
        .read(true)
        .write(true)
        .truncate(false)
        .open(&path)
        .map_err(Error::io("open", &path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(Error::Locked { data_dir: data_dir.to_path_buf(), pid: text::pid_in(&path) });
        }
        Err(TryLockError::Error(e)) => return Err(Error::io("lock", &path)(e)),
    }
    file.set_len(0)
        .and_then(|()| writeln!(file, "{}", std::process::id()))
        .map_err(Error::io("write", &path))?;
    Ok(file)
}

fn home_of_root(data_dir: &Path, account: &Account) -> Result<PathBuf> {
    let pointer = data_dir.join(POINTER);
    if let Some(home) = read_pointer(&pointer) {
        return if home.is_dir() {
            Ok(home)
        } else {
            Err(Error::Damaged {
                file: pointer,
                problem: format!("points to {}, which is gone, and the data with it", home.display()),
                remedy: format!("put it back, or remove {} to start empty", data_dir.display()),
            })
        };
    }
    let homes = Path::new(ROOT_HOMES);
    fs::create_dir_all(homes).map_err(Error::io("make the directory", homes))?;
    fs::set_permissions(homes, Permissions::from_mode(0o755))
        .map_err(Error::io("set the permissions of", homes))?;
    let home = fresh_home(homes, data_dir)?;
    fs::set_permissions(&home, Permissions::from_mode(0o700))
        .map_err(Error::io("set the permissions of", &home))?;
    account::give(&home, account)?;
    write_atomically(&home.join(BACK_POINTER), &data_dir.display().to_string(), None)?;
    write_atomically(&pointer, &home.display().to_string(), None)?;
    Ok(home)
}

/// A home that nobody had: a data directory that was removed and made again starts empty, it does not
/// find the old data, whose passwords went with it.
fn fresh_home(homes: &Path, data_dir: &Path) -> Result<PathBuf> {
    let hash = hex::encode(&Sha256::digest(data_dir.as_os_str().as_bytes())[..8]);
    let mut home = homes.join(&hash);
    for attempt in 2.. {
        match fs::create_dir(&home) {
            Ok(()) => return Ok(home),
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {
                home = homes.join(format!("{hash}-{attempt}"));
            }
            Err(e) => return Err(Error::io("make the directory", &home)(e)),
        }
    }
    unreachable!("the numbers do not end")
}

fn read_pointer(path: &Path) -> Option<PathBuf> {
    fs::read_to_string(path).ok().map(|text| PathBuf::from(text.trim_end_matches('\n')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_has_one_owner_and_names_it() {
        let outer = tempfile::tempdir().expect("a temporary directory");
        let path = outer.path().join("data");
        let first = DataDir::open_self_contained(&path).expect("a new directory");
        let pid = match DataDir::open_self_contained(&path) {
            Err(Error::Locked { pid, .. }) => pid,
            other => panic!("a second owner got {other:?}"),
        };
        assert_eq!(pid, Some(std::process::id()));
        assert_eq!(DataDir::holder(&path), Some(std::process::id()));
        drop(first);
        assert_eq!(DataDir::holder(&path), None);
        DataDir::open_self_contained(&path).expect("the directory is free again");
    }

    #[test]
    fn private_files_are_private_and_whole() {
        let outer = tempfile::tempdir().expect("a temporary directory");
        let path = outer.path().join("secret");
        write_atomically(&path, "one", None).expect("a file");
        write_atomically(&path, "two", None).expect("the file again");
        assert_eq!(fs::read_to_string(&path).expect("the file"), "two");
        let mode = fs::metadata(&path).expect("the file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
