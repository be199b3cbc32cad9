//! Which git there is.

use std::env;
use std::path::PathBuf;
use std::process::Stdio;

use ports::git::GitError;
use ports::llm::Said;
use tokio::process::Command;
use tokio::sync::OnceCell;

/// The first with protected configuration: before it, a repository could say that it is safe (CVE-2022-24765), and
/// `http.curloptResolve` did not keep a checked address.
pub const OLDEST: (u32, u32) = (2, 38);
/// The first that can be told not to fetch what is missing.
const NO_LAZY_FETCH: (u32, u32) = (2, 45);

/// A git that can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundGit {
    pub(super) program: PathBuf,
    version: (u32, u32),
}

/// Looked for once it is needed, and again as long as there is none.
#[derive(Debug, Default)]
pub(super) struct Program(OnceCell<FoundGit>);

impl Program {
    pub(super) async fn get(&self) -> Result<&FoundGit, GitError> {
        self.0.get_or_try_init(FoundGit::look).await
    }
}

impl FoundGit {
    /// Looks for git in `PATH`.
    ///
    /// # Errors
    /// When there is none, or one that is too old.
    pub async fn look() -> Result<Self, GitError> {
        // Found once: a directory that is put before it later changes nothing.
        let found = env::var_os("PATH").and_then(|path| {
            // Relative ones mean another program in every directory.
            let mut directories = env::split_paths(&path).filter(|directory| directory.is_absolute());
            directories.find_map(|directory| Some(directory.join("git")).filter(|program| program.is_file()))
        });
        Self::at(found.ok_or(GitError::GitMissing)?).await
    }

    /// The git at this path.
    ///
    /// # Errors
    /// When it is none, or too old.
    pub async fn at(program: PathBuf) -> Result<Self, GitError> {
        let mut command = Command::new(&program);
        command.arg("version").env_clear().env("LC_ALL", "C").stdin(Stdio::null()).kill_on_drop(true);
        let output = command.output().await.map_err(|_| GitError::GitMissing)?;
        let said = String::from_utf8_lossy(&output.stdout);
        let too_old = || GitError::GitTooOld { found: Said::new(said.trim_start_matches("git version ")) };
        let version = version(&said).filter(|version| *version >= OLDEST).ok_or_else(too_old)?;
        Ok(Self { program, version })
    }

    /// Its version as people write it.
    #[must_use]
    pub fn version(&self) -> String {
        let (major, minor) = self.version;
        format!("{major}.{minor}")
    }

    /// Whether it can fetch a commit without its large files, and read what was left incomplete.
    #[must_use]
    pub fn can_leave_files_out(&self) -> bool {
        self.version >= NO_LAZY_FETCH
    }
}

/// `git version 2.47.3`, `git version 2.39.5 (Apple Git-154)`.
fn version(said: &str) -> Option<(u32, u32)> {
    let mut numbers = said.strip_prefix("git version ")?.split(|c: char| !c.is_ascii_digit());
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_however_it_is_adorned() {
        assert_eq!(version("git version 2.47.3\n"), Some((2, 47)));
        assert_eq!(version("git version 2.39.5 (Apple Git-154)\n"), Some((2, 39)));
        assert_eq!(version("git version 3.0.0.rc1"), Some((3, 0)));
        assert_eq!(version("git"), None);
        assert_eq!(version("hello"), None);
        assert!(version("git version 2.9.1").unwrap() < OLDEST);
    }
}
