//! `omoi child-guard`: the first program of every child. It asks the kernel to signal it when its parent
//! dies, makes sure the parent is still there, and becomes the real program.
//!
//! The order matters. The kernel forgets the request when a process changes its user, so whoever spawns
//! the guard drops the user first; it follows the parent's *thread*, so children are spawned by one
//! thread that never ends ([`crate::Child::spawn`] sees to that). Linux only: on
//! other systems the guard just becomes the program, and children of a killed parent are met by the next
//! start.

use std::{
    ffi::OsString,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::Command,
};

#[cfg(target_os = "linux")]
use crate::confine;

/// The first argument that makes a program of ours act as the guard.
pub const SUBCOMMAND: &str = "child-guard";

/// Names the program to use as guard where the running one cannot be it (a test harness).
pub const VARIABLE: &str = "OMOI_GUARD_EXE";

/// In the place of a signal: the program is held, by what a file says.
pub(crate) const CONFINED: &str = "confined";

/// What a child is told when its parent dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnParentDeath {
    /// SIGTERM: stop in order.
    Terminate,
    /// SIGQUIT: Postgres' immediate shutdown, with recovery from the write-ahead log at the next start.
    Quit,
}

impl OnParentDeath {
    pub(crate) fn as_argument(self) -> &'static str {
        match self {
            Self::Terminate => "term",
            Self::Quit => "quit",
        }
    }
}

/// Becomes the guard, and through it the real program, when the command line asks for it; returns
/// otherwise. Call it first in `main`.
pub fn run_if_asked() {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_some_and(|first| first == SUBCOMMAND) {
        let message = become_program(arguments);
        eprintln!("{SUBCOMMAND}: {message}");
        std::process::exit(126);
    }
}

/// The program that is running, in a form that can be started again by another user, even when it lies
/// under a directory that user cannot enter, and even when the file was replaced meanwhile.
pub fn this_exe() -> PathBuf {
    let link = Path::new("/proc/self/exe");
    if link.exists() { link.to_path_buf() } else { std::env::current_exe().unwrap_or_else(|_| "omoi".into()) }
}

/// The guard for tests and benchmarks: what `OMOI_GUARD_EXE` names (`cargo xtask` sets it), else this
/// program, which then has to call [`run_if_asked`].
pub fn exe_from_env() -> PathBuf {
    std::env::var_os(VARIABLE).map_or_else(this_exe, PathBuf::from)
}

/// Returns only when the program could not be started: with the reason.
fn become_program(mut arguments: impl Iterator<Item = OsString>) -> String {
    let parent = arguments.next().and_then(|a| a.to_str().and_then(|text| text.parse::<i32>().ok()));
    let signal = arguments.next();
    let (Some(parent), Some(signal), Some(program)) = (parent, signal, arguments.next()) else {
        return "usage: child-guard PARENT_PID term|quit PROGRAM [ARGUMENT]...\n       child-guard PARENT_PID confined FILE"
            .to_owned();
    };
    #[cfg(target_os = "linux")]
    if signal == CONFINED {
        return confine::become_program(parent, Path::new(&program));
    }
    if let Err(reason) = die_with(parent, &signal) {
        return reason;
    }
    let error = Command::new(&program).args(arguments).exec();
    format!("cannot run {}: {error}", program.display())
}

#[cfg(target_os = "linux")]
pub(crate) fn die_with(parent: i32, signal: &std::ffi::OsStr) -> Result<(), String> {
    use rustix::process::{Signal, getppid, set_parent_process_death_signal};
    let signal = match signal.to_str() {
        Some("term") => Signal::TERM,
        Some("quit") => Signal::QUIT,
        Some("kill") => Signal::KILL,
        _ => return Err("the signal is `term`, `quit` or `kill`".to_owned()),
    };
    set_parent_process_death_signal(Some(signal)).map_err(|e| format!("no parent-death signal: {e}"))?;
    // The parent may have died before the request was made; then nothing would ever signal us.
    match getppid() {
        Some(actual) if actual.as_raw_nonzero().get() == parent => Ok(()),
        _ => Err("the parent is gone already".to_owned()),
    }
}

/// Takes the request back: whoever stays has something to do when the parent dies.
#[cfg(target_os = "linux")]
pub(crate) fn outlive_the_parent() -> Result<(), String> {
    rustix::process::set_parent_process_death_signal(None)
        .map_err(|e| format!("no end of the parent's death signal: {e}"))
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn outlive_the_parent() -> Result<(), String> {
    Ok(())
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn die_with(_parent: i32, _signal: &std::ffi::OsStr) -> Result<(), String> {
    Ok(())
}
