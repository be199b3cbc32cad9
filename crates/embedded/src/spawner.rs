//! Starts Postgres and NATS behind the guard, with their output in a log.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Stdio,
};

use children::{Child, Task};

use crate::{Error, Result, account::Account, guard::OnParentDeath};

/// What to start: a program behind the guard.
#[derive(Debug, Clone)]
pub(crate) struct Launch {
    /// The program that acts as the guard.
    pub(crate) guard_exe: PathBuf,
    /// What the child is told when we die.
    pub(crate) on_parent_death: OnParentDeath,
    /// Whom it runs as; nobody else when none.
    pub(crate) account: Option<Account>,
    /// Its working directory, which it must be able to enter.
    pub(crate) directory: PathBuf,
    /// The real program.
    pub(crate) program: PathBuf,
    /// Its arguments. Never a secret: everyone on the machine can read them.
    pub(crate) arguments: Vec<String>,
    /// Where its output goes, appended.
    pub(crate) log: PathBuf,
}

/// A log beyond this size is put aside at the next start of its child; one old log is kept.
const LARGEST_LOG_BYTES: u64 = 16 * 1024 * 1024;

/// Starts a child behind the guard.
pub(crate) fn spawn(launch: &Launch) -> Result<Child> {
    let log = open_log(&launch.log)?;
    let errors = log.try_clone().map_err(Error::io("write to", &launch.log))?;
    let started = Child::spawn(children::Launch {
        guard_exe: &launch.guard_exe,
        task: Task::Program {
            on_parent_death: launch.on_parent_death,
            account: launch.account.as_ref().map(|account| (account.uid, account.gid)),
            program: &launch.program,
            arguments: &launch.arguments,
        },
        directory: &launch.directory,
        stdin: Stdio::null(),
        stdout: log.into(),
        stderr: errors.into(),
    });
    let (child, _) = started.map_err(|source| Error::Spawn { program: launch.program.clone(), source })?;
    Ok(child)
}

fn open_log(path: &Path) -> Result<File> {
    if fs::metadata(path).is_ok_and(|m| m.len() > LARGEST_LOG_BYTES) {
        let old = path.with_extension("log.old");
        fs::rename(path, &old).map_err(Error::io("rename", path))?;
    }
    File::options().create(true).append(true).open(path).map_err(Error::io("write to", path))
}
