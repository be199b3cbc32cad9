//! Processes of this machine that can be told by a word in their arguments.

use std::fs;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::support::descendants;

/// Whoever is to be gone has this long.
pub(crate) const GONE_WITHIN: Duration = Duration::from_secs(15);

/// A process, which is another one than a later one of the same number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) pid: u32,
    began: u64,
}

impl Known {
    /// Kills it; false when it has ended by itself.
    pub(crate) fn kill(&self) -> bool {
        let pid = i32::try_from(self.pid).ok().and_then(Pid::from_raw);
        pid.is_some_and(|pid| kill_process(pid, Signal::KILL).is_ok())
    }
}

/// This one, while it is there and is not just waiting to be reaped.
fn known(pid: u32) -> Option<Known> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may hold anything; the rest follows the last one.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    (*fields.first()? != "Z").then_some(())?;
    Some(Known { pid, began: fields.get(19)?.parse().ok()? })
}

/// A process, and all that it has begun.
pub(crate) fn tree(pid: u32) -> Vec<Known> {
    let below = descendants(pid).into_iter().map(|(pid, _)| pid);
    std::iter::once(pid).chain(below).filter_map(known).collect()
}

/// Those that have this word in their arguments.
pub(crate) fn marked(mark: &str) -> Vec<Known> {
    let listed = fs::read_dir("/proc").expect("Linux shows its processes").flatten();
    let pids = listed.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| words_of(*pid).iter().any(|word| word.contains(mark))).filter_map(known).collect()
}

/// The workers of a server, as they are inside of their sandboxes.
pub(crate) fn workers(server: u32) -> Vec<Known> {
    let all = descendants(server).into_iter().map(|(pid, _)| pid);
    let is_worker = |pid: &u32| {
        let words = words_of(*pid);
        matches!(&words[..], [program, command, ..] if program.ends_with("/omoi") && command == "agent-worker")
    };
    all.filter(is_worker).filter_map(known).collect()
}

/// Waits until all of these are gone; how long that took since `since`.
///
/// # Panics
/// When one of them is there after [`GONE_WITHIN`].
pub(crate) async fn until_gone(those: &[Known], since: Instant) -> Duration {
    loop {
        let left: Vec<&Known> = those.iter().filter(|one| known(one.pid) == Some(**one)).collect();
        if left.is_empty() {
            return since.elapsed();
        }
        assert!(since.elapsed() < GONE_WITHIN, "{:?} outlive it", named(&left));
        tokio::task::yield_now().await;
    }
}

fn named(left: &[&Known]) -> Vec<String> {
    left.iter().map(|one| format!("{} {}", one.pid, words_of(one.pid).join(" "))).collect()
}

fn words_of(pid: u32) -> Vec<String> {
    let text = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&text).split_terminator('\0').map(str::to_owned).collect()
}
