//! What is watched because nothing limits it: growth of the workspace, and without control groups what all processes of a
//! sandbox use together.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

use ports::sandbox::{Limit, Limits};
use tokio::time::{Instant, sleep};

use children::tree;

/// How often processes are looked at. They can take memory between two looks; each has a limit of its own.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// The workspace is walked through, so more seldom, and most of the time not at all.
const WALK_EVERY: Duration = Duration::from_secs(1);
const WALK_PART: u32 = 10;
/// What a name costs at least: a million empty files are no small thing.
const ENTRY_BYTES: u64 = 4_096;

/// Waits until all descendants of `root` together are over a limit; for ever, when they never are.
pub(super) async fn processes(root: i32, limits: Limits) -> Limit {
    let page = u64::try_from(rustix::param::page_size()).unwrap_or(4_096);
    loop {
        sleep(LOOK_EVERY).await;
        let seen = tokio::task::spawn_blocking(move || tree::descendants(&tree::all(), root)).await;
        let Ok(seen) = seen else { continue };
        let pages: u64 = seen.iter().map(|process| process.pages).sum();
        let threads: u64 = seen.iter().map(|process| process.threads).sum();
        if pages.saturating_mul(page) > limits.memory_bytes {
            return Limit::Memory;
        }
        // The first process inside is bubblewrap's.
        if threads > u64::from(limits.processes) + 1 {
            return Limit::Processes;
        }
    }
}

/// A workspace, and what it holds before anybody works there.
#[derive(Debug)]
pub(super) struct Workspace {
    path: PathBuf,
    before: u64,
}

impl Workspace {
    pub(super) async fn measure(path: PathBuf) -> io::Result<Self> {
        let before = measured(&path).await?;
        Ok(Self { path, before })
    }
}

/// Waits until a workspace holds more than `most` bytes more than before.
pub(super) async fn workspace(Workspace { path, before }: &Workspace, most: u64) -> Limit {
    loop {
        let begun = Instant::now();
        if measured(path).await.is_ok_and(|bytes| bytes > before.saturating_add(most)) {
            return Limit::Workspace;
        }
        sleep(WALK_EVERY.max(begun.elapsed() * WALK_PART)).await;
    }
}

async fn measured(directory: &Path) -> io::Result<u64> {
    let directory = directory.to_owned();
    tokio::task::spawn_blocking(move || bytes_of(&directory))
        .await
        .unwrap_or_else(|e| Err(io::Error::other(e)))
}

/// What all that is in a directory takes, without following links.
fn bytes_of(directory: &Path) -> io::Result<u64> {
    let device = fs::symlink_metadata(directory)?.dev();
    let mut bytes: u64 = 0;
    let mut left = vec![directory.to_path_buf()];
    while let Some(directory) = left.pop() {
        // The program works here meanwhile: what has gone is not counted.
        let Ok(listed) = fs::read_dir(&directory) else { continue };
        for entry in listed.flatten() {
            let Ok(found) = entry.metadata() else { continue };
            bytes = bytes.saturating_add((found.blocks() * 512).max(ENTRY_BYTES));
            if found.is_dir() && found.dev() == device {
                left.push(entry.path());
            }
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_files_count_and_links_are_not_followed() {
        let directory = tempfile::tempdir().unwrap();
        for name in 0..10 {
            fs::write(directory.path().join(name.to_string()), "").unwrap();
        }
        std::os::unix::fs::symlink("/usr", directory.path().join("link")).unwrap();
        assert_eq!(bytes_of(directory.path()).unwrap(), 11 * ENTRY_BYTES);
        fs::create_dir(directory.path().join("inner")).unwrap();
        fs::write(directory.path().join("inner/large"), vec![1; 100_000]).unwrap();
        assert!(bytes_of(directory.path()).unwrap() > 12 * ENTRY_BYTES + 100_000);
    }
}
