//! What can be seen of a data directory without taking it, also while somebody uses it. For `omoi doctor`.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use crate::{
    DataDir, account, postgres,
    postgres_cluster::{CLUSTER, PASSWORD_FILE, kept_app_password},
    socket_dir, text,
};

/// The state of a data directory.
#[derive(Debug)]
pub struct Inspection {
    /// Its real path.
    pub path: PathBuf,
    /// Whether it lies where others could read it: permission bits beyond the owner's.
    pub open_to_others: bool,
    /// The process that holds it.
    pub holder: Option<u32>,
    /// Where the children keep their data; none before the first start.
    pub home: Option<PathBuf>,
    /// Whether that place exists.
    pub home_exists: bool,
    /// The cluster, when there is one.
    pub cluster: Option<Cluster>,
}

/// The state of a cluster.
#[derive(Debug)]
pub struct Cluster {
    /// Its directory.
    pub directory: PathBuf,
    /// The major version that made it, as far as it can be read.
    pub version: Option<String>,
    /// The process its pid file names.
    pub pid: Option<u32>,
    /// Whether that process exists.
    pub pid_is_alive: bool,
    /// The file with the passwords.
    pub password_file: PathBuf,
    /// Whether that file exists.
    pub password_kept: bool,
    /// Whether others could read that file.
    pub password_open_to_others: bool,
}

/// Looks at a data directory; none when it does not exist.
pub fn data_dir(path: &Path) -> Option<Inspection> {
    let path = path.canonicalize().ok().filter(|p| p.is_dir())?;
    let home = DataDir::existing_home(&path);
    Some(Inspection {
        open_to_others: open_to_others(&path),
        holder: DataDir::holder(&path),
        home_exists: home.as_deref().is_some_and(Path::is_dir),
        cluster: home.as_deref().and_then(|home| cluster(home, &path)),
        home,
        path,
    })
}

/// The URL of the product's own login at the server of a data directory that somebody runs now; none when
/// nobody does, or when its passwords cannot be read.
pub fn app_url(path: &Path) -> Option<String> {
    let path = path.canonicalize().ok()?;
    DataDir::holder(&path)?;
    let socket_dir = socket_dir::of_home(&DataDir::existing_home(&path)?)?;
    Some(postgres::app_url(&socket_dir, &kept_app_password(&path)?))
}

/// Whether `pid` names a running process.
pub fn is_alive(pid: u32) -> bool {
    let Some(pid) = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw) else { return false };
    // A process of another user answers EPERM: it exists.
    !matches!(rustix::process::test_kill_process(pid), Err(e) if e == rustix::io::Errno::SRCH)
}

/// Bytes that an unprivileged process may still write to the file system of `path`.
pub fn free_bytes(path: &Path) -> Option<u64> {
    let existing = path.ancestors().find(|p| p.exists()).filter(|p| !p.as_os_str().is_empty());
    let stat = rustix::fs::statvfs(existing.unwrap_or(Path::new("."))).ok()?;
    Some(stat.f_bavail.saturating_mul(stat.f_frsize))
}

/// The children's account and the first directory above `path` it cannot enter, as root only.
pub fn closed_to_children(path: &Path) -> Option<(String, PathBuf)> {
    let account = account::for_children().ok()??;
    Some((account.name, account::first_closed_directory(path.parent()?)?))
}

fn cluster(home: &Path, data_dir: &Path) -> Option<Cluster> {
    let directory = home.join(CLUSTER);
    if !directory.is_dir() {
        return None;
    }
    let pid = text::pid_in(&directory.join("postmaster.pid"));
    let password_file = data_dir.join(PASSWORD_FILE);
    Some(Cluster {
        version: fs::read_to_string(directory.join("PG_VERSION")).ok().map(|text| text.trim().to_owned()),
        pid,
        pid_is_alive: pid.is_some_and(is_alive),
        password_kept: password_file.is_file(),
        password_open_to_others: open_to_others(&password_file),
        password_file,
        directory,
    })
}

fn open_to_others(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|m| m.permissions().mode() & 0o077 != 0)
}
