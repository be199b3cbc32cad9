//! Turns among all servers that use the same directory.

use std::fs::{File, OpenOptions};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ports::git::GitError;
use rustix::fs::{FlockOperation, flock};
use tokio::sync::OwnedMutexGuard;

use super::disk::unwritable;
use crate::git::GitCli;
use crate::git::mirror::make_directory;

/// How often is looked whether another server has ended its turn.
const AGAIN: Duration = Duration::from_millis(20);

/// A turn; it ends when this is gone, and with it whoever has got the file from here.
#[derive(Debug)]
pub(in crate::git) struct Lock {
    pub(in crate::git) file: Arc<File>,
    _turn: OwnedMutexGuard<()>,
}

impl GitCli {
    /// Waits for the turn that this file stands for; it is in the directory of the keeps.
    pub(in crate::git) async fn lock(&self, file: &Path) -> Result<Lock, GitError> {
        let turn = self.keeps.of(file).lock_owned().await;
        make_directory(&self.options.keep).await.map_err(|error| unwritable(&error))?;
        let opened = OpenOptions::new().create(true).append(true).open(file);
        let opened = opened.map_err(|error| unwritable(&error))?;
        let (within, since) = (self.options.keep_within, Instant::now());
        while let Err(error) = flock(&opened, FlockOperation::NonBlockingLockExclusive) {
            if error != rustix::io::Errno::WOULDBLOCK {
                return Err(unwritable(&error.into()));
            }
            if since.elapsed() > within {
                return Err(GitError::Timeout { within });
            }
            tokio::time::sleep(AGAIN).await;
        }
        Ok(Lock { file: Arc::new(opened), _turn: turn })
    }
}
