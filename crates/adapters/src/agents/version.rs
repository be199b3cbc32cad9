//! Which version a program of an agent is, as it says when it is asked by `--version`.

use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::process::Command;
use tokio::time::timeout;

use children::account::Account;

use super::group::Group;
use super::profile::fits;

/// How long it is waited for.
const WITHIN: Duration = Duration::from_secs(10);
/// Most bytes of its answer; a version is a word.
const BYTES: u64 = 4 << 10;
/// Programs that start another one: theirs is no version of an agent.
const STARTERS: [&str; 12] =
    ["sh", "bash", "dash", "zsh", "env", "node", "npx", "bun", "bunx", "deno", "uvx", "python3"];

/// Asks a program; none when it does not say, or is one that only starts others. It finds nothing of ours in its environment, and
/// a home that is gone afterwards. A program of an agent never runs as root, here neither: there it is asked as whoever runs in
/// sandboxes, and does not say when that one cannot reach it.
pub async fn version_of(program: &Path) -> Option<String> {
    let name = program.file_name()?.to_str()?;
    if STARTERS.contains(&name) {
        return None;
    }
    let home = Home::new()?;
    let mut command = Command::new(program);
    command.arg("--version").current_dir(&home.0).env_clear().env("HOME", &home.0);
    command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    if let Some(Account { uid, gid, .. }) = crate::sandbox::account().ok()? {
        chown(&home.0, Some(uid), Some(gid)).ok()?;
        command.uid(uid).gid(gid);
    }
    let mut child = command.process_group(0).kill_on_drop(true).spawn().ok()?;
    let _group = Group::of(&child);
    let stdout = child.stdout.take()?;
    let mut answer = Vec::new();
    let reading = async {
        stdout.take(BYTES).read_to_end(&mut answer).await.ok()?;
        child.wait().await.ok().filter(std::process::ExitStatus::success)
    };
    timeout(WITHIN, reading).await.ok()??;
    word(&String::from_utf8_lossy(&answer))
}

/// Whether a version is the one that a profile wants.
#[must_use]
pub fn is_version(wanted: &str, found: &str) -> bool {
    fits(wanted, found)
}

/// The first word that looks like one, e.g. of `my-agent v1.2.3 (stable)`.
fn word(answer: &str) -> Option<String> {
    let words = answer.split_whitespace().map(|word| word.trim_matches(|c: char| "v(),".contains(c)));
    let is_version = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit()) && word.contains('.');
    words.into_iter().find(is_version).map(|word| word.chars().take(100).collect())
}

/// A directory of its own.
struct Home(PathBuf);

impl Home {
    fn new() -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("omoi-version-{}-{number}", std::process::id()));
        std::fs::create_dir(&path).ok()?;
        Some(Self(path))
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // What is left of it is in a place for what is left.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_version_is_found_among_other_words() {
        for (answer, version) in [
            ("2.1.119 (Claude Code)\n", Some("2.1.119")),
            ("1.18.33", Some("1.18.33")),
            ("my-agent v0.4.0-beta, for 2 people", Some("0.4.0-beta")),
            ("usage: agent [options]", None),
            ("", None),
        ] {
            assert_eq!(word(answer).as_deref(), version, "{answer}");
        }
    }

    #[tokio::test]
    async fn a_program_is_asked_and_one_that_does_not_say_is_none() {
        let home = tempfile::tempdir().unwrap();
        std::fs::set_permissions(home.path(), Permissions::from_mode(0o755)).unwrap();
        let agent = |name: &str, lines: &str| {
            let path = home.path().join(name);
            std::fs::write(&path, format!("#!/bin/sh\n{lines}\n")).unwrap();
            std::fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
            path
        };
        let good = agent("good", "test \"$1\" = --version && echo \"$0 7.1.2 $SECRET\"; touch $HOME/x");
        // While a test beside us starts a program, a file just written may still be open for writing.
        while Command::new(&good)
            .spawn()
            .is_err_and(|error| error.kind() == std::io::ErrorKind::ExecutableFileBusy)
        {}
        assert_eq!(version_of(&good).await.as_deref(), Some("7.1.2"));
        let by = version_of(&agent("by", "echo 7.1.$(id -u)")).await.unwrap();
        assert_ne!(by, "7.1.0", "not as root, whoever we are");
        assert_eq!(version_of(&agent("bad", "echo 7.1.2; exit 1")).await, None);
        assert_eq!(version_of(Path::new("/no/such/agent")).await, None);
        assert_eq!(version_of(Path::new("/bin/sh")).await, None, "it only starts others");
    }
}
