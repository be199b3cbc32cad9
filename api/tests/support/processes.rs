//! Processes as the operating system shows them.

use std::{collections::HashMap, fs};

use rustix::process::{Pid, Signal, kill_process};

/// Sends a signal.
pub(crate) fn signal(pid: u32, signal: Signal) {
    let raw = i32::try_from(pid).expect("process ids are small");
    kill_process(Pid::from_raw(raw).expect("process ids are not zero"), signal).expect("the process exists");
}

/// Whether the process exists and is not just waiting to be reaped.
pub(crate) fn is_running(pid: u32) -> bool {
    stat(pid).is_some_and(|(state, _)| state != 'Z')
}

/// Children of `pid` by name, then theirs: a Postgres has a dozen.
pub(crate) fn descendants(pid: u32) -> Vec<(u32, String)> {
    let mut by_parent: HashMap<u32, Vec<u32>> = HashMap::new();
    for entry in fs::read_dir("/proc").expect("Linux shows its processes").flatten() {
        let Some(child) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        if let Some((_, parent)) = stat(child) {
            by_parent.entry(parent).or_default().push(child);
        }
    }
    let mut found = Vec::new();
    let mut next = vec![pid];
    while let Some(parent) = next.pop() {
        for child in by_parent.remove(&parent).unwrap_or_default() {
            let name = fs::read_to_string(format!("/proc/{child}/comm")).unwrap_or_default();
            found.push((child, name.trim().to_owned()));
            next.push(child);
        }
    }
    found
}

/// State and parent of a process.
fn stat(pid: u32) -> Option<(char, u32)> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may hold anything; the rest follows the last one.
    let mut fields = text.rsplit_once(')')?.1.split_whitespace();
    Some((fields.next()?.chars().next()?, fields.next()?.parse().ok()?))
}
