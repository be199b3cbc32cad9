//! Processes: who descends from whom, and signals that cannot reach a stranger who was given the same number since.

use std::collections::HashMap;
use std::fs;
use std::os::fd::OwnedFd;
use std::os::unix::fs::MetadataExt;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

/// A process as `/proc` shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its number.
    pub pid: i32,
    /// The number of its parent.
    pub parent: i32,
    /// The number of its process group: of the process that began it, who may have ended since.
    pub group: i32,
    /// Its threads.
    pub threads: u64,
    /// Memory that is in use, in pages.
    pub pages: u64,
    /// When it began, in ticks since the machine did.
    pub begun: u64,
}

/// A process that can be signalled for as long as this is kept.
#[derive(Debug)]
pub struct Held(OwnedFd);

impl Held {
    /// Takes hold of a process, if it is a child of `parent`.
    pub fn child_of(parent: i32, pid: i32) -> Option<Self> {
        let held = Self::open(pid)?;
        // Asked after it is held: who has the number now is who had it when it was held, or it has ended.
        (of(pid)?.parent == parent).then_some(held)
    }

    /// Takes hold of whoever has this number.
    pub fn open(pid: i32) -> Option<Self> {
        pidfd_open(Pid::from_raw(pid)?, PidfdFlags::NONBLOCK).ok().map(Self)
    }

    /// Sends it a signal, unless it has ended.
    pub fn signal(&self, signal: Signal) {
        // When it has ended there is nothing to signal.
        let _ = pidfd_send_signal(&self.0, signal);
    }

    /// Waits for its end, and of all in its namespace when it is the first there: the kernel lets it end as the last. It
    /// blocks, for no longer than `most`.
    pub fn wait(&self, most: Duration) {
        let most = Timespec::try_from(most).ok();
        // An error would mean that nothing is to be waited for.
        let _ = poll(&mut [PollFd::new(&self.0, PollFlags::IN)], most.as_ref());
    }
}

/// All processes of this machine that we can see and that have not ended.
pub fn all() -> Vec<Process> {
    let Ok(listed) = fs::read_dir("/proc") else { return Vec::new() };
    let numbers = listed.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    numbers.filter_map(of).collect()
}

/// Those among `all` that descend from `root`, without it.
pub fn descendants(all: &[Process], root: i32) -> Vec<Process> {
    let mut children: HashMap<i32, Vec<Process>> = HashMap::new();
    for process in all {
        children.entry(process.parent).or_default().push(*process);
    }
    let mut found = Vec::new();
    let mut left = vec![root];
    while let Some(parent) = left.pop() {
        for child in children.remove(&parent).unwrap_or_default() {
            left.push(child.pid);
            found.push(child);
        }
    }
    found
}

/// How many threads a user has.
pub fn threads_of_user(user: u32) -> u64 {
    let owned = |pid: i32| fs::metadata(format!("/proc/{pid}")).is_ok_and(|found| found.uid() == user);
    all().into_iter().filter(|process| owned(process.pid)).map(|process| process.threads).sum()
}

/// The number of a process in the innermost namespace that it is in.
pub fn number_inside(pid: i32) -> Option<i32> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("NSpid:"))?.split_whitespace().last()?.parse().ok()
}

/// A process by its number, unless it has ended.
pub fn of(pid: i32) -> Option<Process> {
    parse(pid, &fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// Whether a process does something: it neither waits, nor has it ended.
pub fn is_awake(pid: i32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    state(&stat).is_some_and(|state| !matches!(state, "S" | "Z" | "X"))
}

/// The letter by which the kernel says what a process does. The name is in brackets and may hold anything, brackets too.
fn state(stat: &str) -> Option<&str> {
    stat.rsplit_once(')')?.1.split_whitespace().next()
}

fn parse(pid: i32, stat: &str) -> Option<Process> {
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    // Of one that has ended, only the number is left, until its parent asks.
    (!matches!(state(stat)?, "Z" | "X")).then_some(())?;
    let number = |index: usize| fields.get(index)?.parse::<u64>().ok();
    Some(Process {
        pid,
        parent: fields.get(1)?.parse().ok()?,
        group: fields.get(2)?.parse().ok()?,
        threads: number(17)?,
        pages: number(21)?,
        begun: number(19)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_does_not_mislead() {
        let stat = "77 (a) S 1 (b)) R 5 77 77 0 -1 0 1 0 0 0 0 0 0 0 20 0 9 0 100 4096 33 0 0";
        let seen = Process { pid: 77, parent: 5, group: 77, threads: 9, pages: 33, begun: 100 };
        assert_eq!(parse(77, stat), Some(seen));
        assert_eq!(state(stat), Some("R"));
        assert_eq!(parse(77, &stat.replacen(") R", ") Z", 1)), None);
    }

    #[test]
    fn descendants_are_found_however_deep_and_strangers_are_not() {
        let process = |pid, parent| Process { pid, parent, group: 2, threads: 1, pages: 1, begun: 1 };
        let all = [process(2, 1), process(5, 2), process(9, 5), process(7, 1), process(5_000, 9)];
        let found: Vec<i32> = descendants(&all, 2).iter().map(|process| process.pid).collect();
        assert_eq!(found, [5, 9, 5_000]);
    }

    #[test]
    fn this_process_is_seen() {
        let own = i32::try_from(std::process::id()).unwrap();
        assert!(of(own).is_some_and(|seen| seen.threads > 0 && seen.pages > 0));
        assert_eq!(number_inside(own), Some(own));
    }
}
