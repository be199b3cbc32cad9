//! One running child: signal it and wait for it, without ever signalling a stranger that was given its
//! process id after it ended.

use std::{
    io,
    process::{Child as OsChild, ExitStatus},
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
use tokio::sync::watch;

use crate::spawner::{self, Launch, Pipes};

/// A child process and the thread that waits for it.
#[derive(Debug, Clone)]
pub struct Child {
    pid: u32,
    shared: Arc<Shared>,
    ended: watch::Receiver<Option<ExitStatus>>,
}

#[derive(Debug)]
struct Shared {
    /// Set under the lock before the child is reaped, so a signal sent under the lock finds the child.
    ended: Mutex<bool>,
    changed: Condvar,
}

impl Child {
    /// Starts `launch` and a thread that waits for its end.
    ///
    /// # Errors
    /// When the guard cannot be started; whether the program could be, its end tells.
    pub fn spawn(launch: Launch<'_>) -> io::Result<(Self, Pipes)> {
        let mut child = spawner::spawn(launch)?;
        let pipes =
            Pipes { stdin: child.stdin.take(), stdout: child.stdout.take(), stderr: child.stderr.take() };
        let pid = child.id();
        let shared = Arc::new(Shared { ended: Mutex::new(false), changed: Condvar::new() });
        let (sender, ended) = watch::channel(None);
        let of_thread = Arc::clone(&shared);
        thread::Builder::new()
            .name("child-wait".to_owned())
            .spawn(move || {
                let status = of_thread.wait_and_reap(&mut child);
                sender.send_replace(Some(status));
            })
            .expect("a process that starts can start one more thread");
        Ok((Self { pid, shared, ended }, pipes))
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Sends a signal, unless it has ended.
    pub fn signal(&self, signal: Signal) {
        let ended = self.shared.ended.lock().unwrap_or_else(PoisonError::into_inner);
        if !*ended && let Some(pid) = as_pid(self.pid) {
            // It may be a zombie by now; there is nothing to do about a failure.
            let _ = kill_process(pid, signal);
        }
    }

    /// How it ended, if it has.
    pub fn status(&self) -> Option<ExitStatus> {
        *self.ended.borrow()
    }

    /// Waits for its end.
    pub async fn ended(&self) -> ExitStatus {
        let mut ended = self.ended.clone();
        let status = ended.wait_for(Option::is_some).await.expect("the waiting thread always reports");
        status.expect("waited for exactly this")
    }

    /// Blocks until it has ended, at most `limit`; whether it has.
    pub fn wait_blocking(&self, limit: Duration) -> bool {
        let until = Instant::now() + limit;
        let mut ended = self.shared.ended.lock().unwrap_or_else(PoisonError::into_inner);
        while !*ended {
            let Some(left) = until.checked_duration_since(Instant::now()) else { return false };
            (ended, _) =
                self.shared.changed.wait_timeout(ended, left).unwrap_or_else(PoisonError::into_inner);
        }
        true
    }
}

impl Shared {
    fn wait_and_reap(&self, child: &mut OsChild) -> ExitStatus {
        if let Some(pid) = as_pid(child.id()) {
            // Waits without reaping: the id stays ours until the lock is held.
            while waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT)
                .is_err_and(|e| e == rustix::io::Errno::INTR)
            {}
        }
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        *ended = true;
        let status = child.wait().unwrap_or_default();
        self.changed.notify_all();
        status
    }
}

fn as_pid(pid: u32) -> Option<Pid> {
    i32::try_from(pid).ok().and_then(Pid::from_raw)
}
