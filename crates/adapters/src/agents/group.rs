//! A program with all that it has started, as long as it stays in its process group.

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::Child;

/// It is killed when this is dropped.
#[derive(Debug)]
pub(super) struct Group(Option<Pid>);

impl Group {
    /// The one that this program leads: it was started with `process_group(0)`.
    pub(super) fn of(leader: &Child) -> Self {
        Self(leader.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)))
    }

    pub(super) fn kill(&self) {
        if let Some(leader) = self.0 {
            // That none is left is fine.
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}
