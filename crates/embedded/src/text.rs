//! Small readings of text files: the end of a log, the number in a pid file.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::Path,
};

/// The last `lines` lines of a log, empty when there is none. Reads at most 8 KiB.
pub(crate) fn tail(path: &Path, lines: usize) -> String {
    let Ok(mut file) = File::open(path) else { return String::new() };
    let length = file.metadata().map_or(0, |m| m.len());
    let mut bytes = Vec::new();
    let read = file
        .seek(SeekFrom::Start(length.saturating_sub(8 * 1024)))
        .and_then(|_| file.read_to_end(&mut bytes));
    if read.is_err() {
        return String::new();
    }
    last_lines(&String::from_utf8_lossy(&bytes), lines)
}

/// How long a log is now, to read later what came after; 0 when there is none.
pub(crate) fn length(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |log| log.len())
}

/// What was written to a log after it was this long, at most 64 KiB of it. One that is shorter now was begun anew.
pub(crate) fn since(path: &Path, length: u64) -> String {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|mut log| {
        let begun_anew = log.metadata()?.len() < length;
        log.seek(SeekFrom::Start(if begun_anew { 0 } else { length }))?;
        log.take(64 * 1024).read_to_end(&mut bytes)
    });
    if read.is_err() {
        return String::new();
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The last `lines` lines of a text.
pub(crate) fn last_lines(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}

/// The process id on the first line of a pid file.
pub(crate) fn pid_in(path: &Path) -> Option<u32> {
    std::fs::read_to_string(path).ok()?.lines().next()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_of_a_log_is_its_last_lines() {
        assert_eq!(last_lines("a\nb\nc\n", 2), "b\nc");
        assert_eq!(last_lines("a", 5), "a");
        assert_eq!(tail(Path::new("/nonexistent/log"), 5), "");
    }

    #[test]
    fn what_was_said_since_is_all_that_came_later() {
        let directory = tempfile::tempdir().unwrap();
        let log = directory.path().join("log");
        assert_eq!((length(&log), since(&log, 0)), (0, String::new()));
        std::fs::write(&log, "before\n").unwrap();
        let then = length(&log);
        assert_eq!(since(&log, then), "");
        std::fs::write(&log, "before\nafter\nand more\n").unwrap();
        assert_eq!(since(&log, then), "after\nand more\n");
        std::fs::write(&log, "new\n").unwrap();
        assert_eq!(since(&log, then), "new\n", "it was put aside meanwhile");
    }
}
