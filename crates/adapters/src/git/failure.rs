//! What it means that git failed. It speaks English here (`LC_ALL=C`), and its exit codes say nothing.

use ports::git::{GitError, WorkError};
use ports::llm::Said;

/// Words of git, of curl and of ssh; the first that is found counts.
const WORDS: &[(&str, Meaning)] = &[
    ("no space left on device", Meaning::Disk),
    ("out of diskspace", Meaning::Disk),
    ("disk quota exceeded", Meaning::Disk),
    // Of a checkout; it does not say why.
    ("unable to write file", Meaning::Disk),
    ("host key verification failed", Meaning::UnknownHost),
    ("not a git repository", Meaning::NotARepository),
    ("does not appear to be a git repository", Meaning::NotARepository),
    ("repository not found", Meaning::NotARepository),
    ("' not found", Meaning::NotARepository),
    ("could not read username", Meaning::Refused),
    ("could not read password", Meaning::Refused),
    ("unable to get password", Meaning::Refused),
    ("authentication failed", Meaning::Refused),
    ("permission denied", Meaning::Refused),
    ("returned error: 401", Meaning::Refused),
    ("returned error: 403", Meaning::Refused),
    ("returned error: 30", Meaning::Moved),
    ("unable to access", Meaning::Unreachable),
    ("could not resolve host", Meaning::Unreachable),
    ("connection refused", Meaning::Unreachable),
    ("connection timed out", Meaning::Unreachable),
    ("connection reset", Meaning::Unreachable),
    ("hung up unexpectedly", Meaning::Unreachable),
    ("could not read from remote repository", Meaning::Unreachable),
    ("early eof", Meaning::Unreachable),
];

enum Meaning {
    Disk,
    NotARepository,
    Refused,
    Unreachable,
    UnknownHost,
    Moved,
}

/// Sorts what git complained of by what can be done.
pub(super) fn sort(complaint: &str) -> GitError {
    let lower = complaint.to_lowercase();
    let meaning = WORDS.iter().find(|(words, _)| lower.contains(words)).map(|(_, meaning)| meaning);
    match meaning {
        Some(Meaning::Disk) => WorkError::Disk { said: said(complaint) }.into(),
        Some(Meaning::NotARepository) => GitError::NotARepository,
        Some(Meaning::Refused) => GitError::Refused,
        Some(Meaning::Unreachable) => GitError::Unreachable { said: said(complaint) },
        Some(Meaning::UnknownHost) => GitError::Unreachable {
            said: Said::new(
                "ssh does not know the key of this host; connect to it once by ssh on the server",
            ),
        },
        Some(Meaning::Moved) => GitError::Unreachable {
            said: Said::new("the host sends to another address; give that one, perhaps with .git at its end"),
        },
        None => GitError::Failed { said: said(complaint) },
    }
}

/// The line that says why; those before it are of the other side.
fn said(complaint: &str) -> Said {
    let reason = complaint.lines().find_map(|line| line.strip_prefix("fatal: "));
    Said::new(reason.or_else(|| complaint.lines().last()).unwrap_or("it said nothing"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_git_says_is_sorted_by_what_can_be_done() {
        let codes = [
            ("fatal: not a git repository: '/srv/x'", "not_a_repository"),
            ("fatal: repository 'https://a.example/b/' not found", "not_a_repository"),
            (
                "ERROR: Repository not found.\nfatal: Could not read from remote repository.",
                "not_a_repository",
            ),
            (
                "fatal: could not read Username for 'https://a.example': terminal prompts disabled",
                "repository_refused",
            ),
            (
                "git@a.example: Permission denied (publickey).\nfatal: Could not read from remote repository.",
                "repository_refused",
            ),
            (
                "fatal: unable to access 'https://a.example/b/': Could not resolve host: a.example",
                "repository_unreachable",
            ),
            (
                "fatal: unable to access 'https://a.example/b/': The requested URL returned error: 301",
                "repository_unreachable",
            ),
            (
                "Host key verification failed.\nfatal: Could not read from remote repository.",
                "repository_unreachable",
            ),
            ("fatal: write error: No space left on device\nfatal: index-pack failed", "disk_failed"),
            ("error: unable to write file 'a.bin'", "disk_failed"),
            ("fatal: bad object HEAD", "git_failed"),
            ("", "git_failed"),
        ];
        for (complaint, code) in codes {
            assert_eq!(sort(complaint).code(), code, "{complaint}");
        }
        let moved = sort("fatal: unable to access 'https://a/b/': The requested URL returned error: 301");
        assert!(moved.to_string().contains("another address"), "{moved}");
    }

    #[test]
    fn a_complaint_is_one_line_without_what_moves_a_terminal() {
        let sorted = sort("remote: \u{1b}[2Jhello\nfatal: something \u{1b}[2J new\nmore");
        assert_eq!(sorted, GitError::Failed { said: Said::new("something [2J new") });
    }
}
