//! Refuses appends before the disk of the database is full: Postgres stops itself when its WAL cannot grow,
//! and does not come back alone. Only for a database on this machine; a remote one answers `DiskFull` itself.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::{Store, Unavailable};

/// How often the free space is looked at. At 200 MB/s the reserve must hold for this long.
const LOOK: Duration = Duration::from_millis(250);

/// Watches one file system.
#[derive(Clone, Debug)]
pub struct DiskBrake {
    directory: PathBuf,
    reserve_bytes: u64,
}

impl DiskBrake {
    /// Appends are refused while less than `reserve_bytes` are free where `directory` lies, and let through
    /// again at a quarter more.
    #[must_use]
    pub fn new(directory: &Path, reserve_bytes: u64) -> Self {
        Self { directory: directory.to_owned(), reserve_bytes }
    }

    /// Watches until `stop` is cancelled.
    pub async fn watch(self, store: Store, stop: CancellationToken) {
        let mut look = tokio::time::interval(LOOK);
        let mut braking = false;
        while stop.run_until_cancelled(look.tick()).await.is_some() {
            let Some(free) = self.free_bytes() else { continue };
            let enough =
                if braking { self.reserve_bytes + self.reserve_bytes / 4 } else { self.reserve_bytes };
            if (free < enough) == braking {
                continue;
            }
            braking = !braking;
            if braking {
                let text = format!("{free} bytes are free, {} are kept", self.reserve_bytes);
                tracing::error!(
                    free_bytes = free,
                    reserve_bytes = self.reserve_bytes,
                    "the disk is nearly full: nothing is appended"
                );
                store.set_brake(Some(Unavailable::DiskFull(text)));
            } else {
                tracing::info!(free_bytes = free, "there is room again: appends go on");
                store.set_brake(None);
            }
        }
    }

    /// What an unprivileged process may still write; `None` when the file system does not say.
    fn free_bytes(&self) -> Option<u64> {
        let stat = rustix::fs::statvfs(&self.directory).ok()?;
        Some(stat.f_bavail.saturating_mul(stat.f_frsize))
    }
}
