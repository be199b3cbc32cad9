//! A place where programs of strangers run: they reach what they are given, and nothing else of the machine.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::io::AsyncRead;

use crate::BoxFuture;
use crate::llm::Said;

/// Where the workspace is inside of every sandbox.
pub const WORKSPACE: &str = "/workspace";

/// Makes sandboxes of one kind.
pub trait Sandboxes: fmt::Debug + Send + Sync {
    /// What it can do here, found out by doing it once. It fails with what is missing and how to get it.
    fn probe(&self) -> BoxFuture<'_, Result<Capabilities, SandboxError>>;

    /// Starts a program in a new sandbox. Fails closed: when a layer of the level that is asked for cannot be applied, nothing
    /// runs.
    fn start<'a>(&'a self, plan: &'a Plan) -> BoxFuture<'a, Result<Box<dyn Sandbox>, SandboxError>>;

    /// Ends whatever an earlier process of this installation left running, and removes what belongs to it but workspaces.
    /// Answers the names of all whose end nobody saw. Called once, before the first start.
    fn sweep(&self) -> BoxFuture<'_, Result<Vec<String>, SandboxError>>;
}

/// A sandbox and the program in it. Dropping it ends the whole tree at once.
pub trait Sandbox: fmt::Debug + Send {
    /// What really holds it.
    fn level(&self) -> Level;

    /// What the program writes to its standard output; once.
    fn stdout(&mut self) -> Option<Box<dyn AsyncRead + Send + Unpin>>;

    /// What it complains; once.
    fn stderr(&mut self) -> Option<Box<dyn AsyncRead + Send + Unpin>>;

    /// Waits for the end of the program, and then ends whatever it has left running. May be dropped and called again.
    fn wait(&mut self) -> BoxFuture<'_, Exit>;

    /// Asks the program to end (SIGTERM), waits for at most `grace`, then ends the whole tree. When it answers, no process
    /// of it is left; that takes no longer than `grace` and 5 s.
    fn stop(&mut self, grace: Duration) -> BoxFuture<'_, Exit>;
}

/// What kind of sandboxes there can be here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// E.g. `local`.
    pub provider: &'static str,
    /// The best that can be had.
    pub level: Level,
    /// What keeps it from being better, in a line for people each.
    pub lacking: Vec<String>,
}

/// What holds a sandbox, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Nothing: the program runs as any other.
    Process,
    /// Namespaces, a filter of system calls, limits of each process; what the whole tree uses is watched, not limited.
    User,
    /// As `User`, and the kernel limits what the whole tree uses.
    Full,
}

impl Level {
    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Process => "process",
            Self::User => "user",
            Self::Full => "full",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is to run, and what it may reach.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Names it on this machine, once at a time: letters, digits and hyphens, at most 60.
    pub name: String,
    /// The directory of the host that is [`WORKSPACE`] inside; the program's own directory.
    pub workspace: PathBuf,
    /// Whether it may write there.
    pub access: Access,
    /// Below the workspace, what it may read and not write, e.g. `.git/config`; what does not exist is left out.
    pub protected: Vec<PathBuf>,
    /// What else of the host it sees, read-only; nothing of the system need be named.
    pub mounts: Vec<Mount>,
    /// Unix sockets of the host that it may connect to.
    pub sockets: Vec<Mount>,
    /// The program, as it is called inside, and its arguments. Never a secret: everybody can read them.
    pub command: Vec<String>,
    /// Its whole environment but `PATH`, `HOME`, `TMPDIR` and `LANG`, which every sandbox has. Never a secret.
    pub environment: Vec<(String, String)>,
    /// What its standard input holds; the end comes after it. Secrets go this way.
    pub stdin: Vec<u8>,
    /// What it may use.
    pub limits: Limits,
    /// The weakest level that will do.
    pub at_least: Level,
}

/// Whether a workspace may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// It may.
    Write,
    /// It may not.
    Read,
}

/// Something of the host, and where it is inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// On the host.
    pub from: PathBuf,
    /// Inside, absolute.
    pub to: PathBuf,
}

/// What the programs of a sandbox may use together; at the level `user` most of these hold for each process, and the whole is
/// watched: who is over it is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Memory, in bytes.
    pub memory_bytes: u64,
    /// Processes and threads.
    pub processes: u32,
    /// Processor time, in hundredths of a core.
    pub cpu_percent: u32,
    /// The largest file, in bytes.
    pub file_bytes: u64,
    /// `/tmp` and the home directory each, in bytes.
    pub scratch_bytes: u64,
    /// What the workspace may grow by, in bytes; it is watched.
    pub workspace_bytes: u64,
    /// Files that are open in a process.
    pub open_files: u64,
    /// How long it may run.
    pub wall: Duration,
}

impl Default for Limits {
    /// 4 GiB, 512 processes, 2 cores, files of 2 GiB, scratch of 1 GiB, 8 GiB of workspace, 4,096 open files, an hour.
    fn default() -> Self {
        Self {
            memory_bytes: 4 << 30,
            processes: 512,
            cpu_percent: 200,
            file_bytes: 2 << 30,
            scratch_bytes: 1 << 30,
            workspace_bytes: 8 << 30,
            open_files: 4_096,
            wall: Duration::from_secs(3_600),
        }
    }
}

/// How a program in a sandbox came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It ended by itself, with this code.
    Code(i32),
    /// A signal ended it, that was not ours.
    Signal(i32),
    /// It was over a limit.
    Limit(Limit),
    /// We ended it, because it was asked for.
    Stopped,
    /// The sandbox went away under it, e.g. because its parent was killed.
    Lost,
}

/// Which limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// [`Limits::memory_bytes`].
    Memory,
    /// [`Limits::processes`]; where the kernel keeps to it, it is the next one that fails, and nothing is ended.
    Processes,
    /// [`Limits::wall`].
    Wall,
    /// [`Limits::workspace_bytes`].
    Workspace,
}

/// Why there is no sandbox.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SandboxError {
    /// The machine lacks something.
    #[error("no sandbox can be made here: {what}; {remedy}")]
    Unavailable {
        /// What is missing.
        what: String,
        /// What the operator can do.
        remedy: String,
    },
    /// The best that can be had is not enough.
    #[error("a sandbox of level {wanted} is asked for, and this machine gives {best} at best: {why}")]
    TooWeak {
        /// What was asked for.
        wanted: Level,
        /// What can be had.
        best: Level,
        /// What is missing.
        why: String,
    },
    /// The plan cannot be carried out by anybody, e.g. a mount that does not exist.
    #[error("the sandbox cannot be made as planned: {0}")]
    BadPlan(String),
    /// One of this name is there, or is not gone yet.
    #[error("a sandbox {name} runs already, or is not gone yet")]
    Running {
        /// The name.
        name: String,
    },
    /// Something else.
    #[error("the sandbox could not be started: {said}")]
    Failed {
        /// The reason.
        said: Said,
    },
}
