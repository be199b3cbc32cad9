//! Workspaces of runs, and what comes of them, with git inside of them as an agent's worker calls it.

mod bundles;
mod files;
mod interrupted;
mod merges;
mod places;
pub(super) mod planted;
mod publishing;
mod results;
mod round_trip;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::{fs, io};

use adapters::git::{GitCli, GitOptions, Reach};
use ports::git::{
    Bundle, Checkout, CommitHash, GitError, Made, RepositoryUrl, ResultCommands, RunClone, Workspaces as _,
};
use tempfile::TempDir;

use super::{Repository, branch};

/// The adapter, with a keep of its own and room for workspaces.
pub(super) struct Desk {
    pub(super) git: GitCli,
    pub(super) home: TempDir,
}

impl Desk {
    pub(super) fn new() -> Self {
        Self::with(|_| ())
    }

    pub(super) fn with(adapt: impl FnOnce(&mut GitOptions)) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut options = GitOptions::new(home.path().join("git"), Reach::ThisAccount);
        adapt(&mut options);
        Self { git: GitCli::new(options), home }
    }

    /// The one keep there is.
    pub(super) fn keep(&self) -> PathBuf {
        let mut entries =
            fs::read_dir(self.home.path().join("keep")).unwrap().map(|entry| entry.unwrap().path());
        entries.find(|path| path.extension().is_some_and(|end| end == "git")).unwrap()
    }

    async fn clone(&self, url: &RepositoryUrl, at: CommitHash, name: &str) -> Workspace {
        self.try_clone(url, at, name).await.unwrap()
    }

    async fn try_clone(
        &self,
        url: &RepositoryUrl,
        at: CommitHash,
        name: &str,
    ) -> Result<Workspace, GitError> {
        let directory = self.home.path().join(name);
        let clone = RunClone {
            url,
            at,
            branch: &branch("omoi/work"),
            directory: &directory,
            identity: ("Omoi \"Agent\" \\ #1", "agent@omoi.example"),
        };
        self.git.clone_for_run(&clone).await.map(|()| Workspace { directory, base: at })
    }

    async fn keep_result(
        &self,
        url: &RepositoryUrl,
        base: CommitHash,
        file: &Path,
        run: &str,
        n: u32,
    ) -> Result<CommitHash, GitError> {
        self.git.keep(&Bundle { url, file, base, run, n }).await
    }

    /// A run from its clone to what was kept of it.
    async fn run(
        &self,
        url: &RepositoryUrl,
        at: CommitHash,
        run: &str,
        files: &[(&str, &str)],
    ) -> CommitHash {
        let workspace = self.clone(url, at, run).await;
        for (name, content) in files {
            workspace.write(name, content);
        }
        let (made, file) = workspace.result();
        let kept = self.keep_result(url, at, &file, run, 1).await.unwrap();
        assert_eq!(made, Made::Commit(kept));
        kept
    }

    pub(super) async fn check_out(
        &self,
        url: &RepositoryUrl,
        commit: CommitHash,
        restored: Option<(CommitHash, &[String])>,
        name: &str,
    ) -> Result<PathBuf, GitError> {
        let directory = self.home.path().join(name);
        let checkout = Checkout { url, commit, restored, directory: &directory };
        self.git.check_out(&checkout).await.map(|()| directory)
    }
}

/// A clone, as an agent has it.
struct Workspace {
    directory: PathBuf,
    base: CommitHash,
}

impl Workspace {
    fn write(&self, name: &str, content: &str) {
        let path = self.directory.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.directory.join(name)).unwrap()
    }

    fn git(&self, arguments: &[&str]) -> String {
        git(&self.directory, arguments)
    }

    /// An object of any content; its name.
    fn written(&self, kind: &str, content: &[u8]) -> String {
        fed(&self.directory, &["hash-object", "-w", "--literally", "-t", kind, "--stdin"], content)
    }

    /// The bundle, as the worker makes it.
    fn result(&self) -> (Made, PathBuf) {
        self.try_result().unwrap()
    }

    fn try_result(&self) -> io::Result<(Made, PathBuf)> {
        let file = self.directory.with_extension("bundle");
        let commands = ResultCommands {
            base: self.base,
            message: "Add an invoice",
            trailers: &[("Run", "0190a3"), ("Task", "7")],
            file: file.to_str().unwrap(),
        };
        let made = commands.make(|arguments| {
            let output = plain(&self.directory).args(arguments).output()?;
            let said = [output.stdout, output.stderr].concat();
            Ok((output.status.code().unwrap_or(-1), String::from_utf8_lossy(&said).into_owned()))
        })?;
        Ok((made, file))
    }
}

/// Bytes that cannot be made smaller.
fn noise(bytes: usize) -> Vec<u8> {
    let mut state = 1_u64;
    let next = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    });
    next.take(bytes).collect()
}

/// Git without anything of whoever runs the tests.
pub(super) fn plain(directory: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(directory).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    command
}

pub(super) fn git(directory: &Path, arguments: &[&str]) -> String {
    let output: Output = plain(directory).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}

/// What git says when it hears this.
pub(super) fn fed(directory: &Path, arguments: &[&str], content: &[u8]) -> String {
    let mut command = plain(directory);
    let mut child = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(content).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{arguments:?}");
    String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
}
