//! The one thread that starts children. The parent-death signal follows the thread that spawned a child,
//! not the process, so this thread is started once and never ends.

use std::{
    fs::{self, File},
    io,
    os::{fd::AsRawFd, unix::process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
};

use crate::{
    Error, Result,
    account::Account,
    guard::{OnParentDeath, SUBCOMMAND},
};

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

type Request = (Command, Sender<io::Result<Child>>);

/// Starts a child behind the guard.
pub(crate) fn spawn(launch: &Launch) -> Result<Child> {
    let log = open_log(&launch.log)?;
    let errors = log.try_clone().map_err(Error::io("write to", &launch.log))?;
    // An open file can be run by a user who could not reach it by its path: a binary under root's home.
    let guard = File::open(&launch.guard_exe).map_err(Error::io("open", &launch.guard_exe))?;
    let mut command = Command::new(runnable_path(&guard, &launch.guard_exe));
    command
        .arg(SUBCOMMAND)
        .arg(std::process::id().to_string())
        .arg(launch.on_parent_death.as_argument())
        .arg(&launch.program)
        .args(&launch.arguments)
        .current_dir(&launch.directory)
        // Nothing of our environment may steer the children, and no secret of it may leak into them.
        .env_clear()
        .env("LC_ALL", "C")
        .env("TZ", "UTC")
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .stdin(Stdio::null())
        .stdout(log)
        .stderr(errors)
        // A Ctrl-C at the terminal reaches us alone; the children are then stopped in order.
        .process_group(0);
    if let Some(account) = &launch.account {
        command.uid(account.uid).gid(account.gid);
    }
    start(command).map_err(|source| Error::Spawn { program: launch.program.clone(), source })
}

fn runnable_path(guard: &File, path: &Path) -> PathBuf {
    let link = PathBuf::from(format!("/proc/self/fd/{}", guard.as_raw_fd()));
    if link.exists() { link } else { path.to_path_buf() }
}

fn open_log(path: &Path) -> Result<File> {
    if fs::metadata(path).is_ok_and(|m| m.len() > LARGEST_LOG_BYTES) {
        let old = path.with_extension("log.old");
        fs::rename(path, &old).map_err(Error::io("rename", path))?;
    }
    File::options().create(true).append(true).open(path).map_err(Error::io("write to", path))
}

/// Hands a command to the thread and waits until the child runs.
fn start(command: Command) -> io::Result<Child> {
    static THREAD: OnceLock<Sender<Request>> = OnceLock::new();
    let requests = THREAD.get_or_init(|| {
        let (sender, receiver) = channel();
        thread::Builder::new()
            .name("spawner".to_owned())
            .spawn(move || spawn_for_ever(&receiver))
            .expect("a process that starts can start one more thread");
        sender
    });
    let (answer, answered) = channel();
    requests.send((command, answer)).expect("the spawner thread never ends");
    answered.recv().expect("the spawner thread answers every request")
}

fn spawn_for_ever(requests: &Receiver<Request>) {
    // The sender is in a static, so this loop ends only with the process.
    for (mut command, answer) in requests {
        // A caller that went away drops the child handle, not the child; it dies with us at the latest.
        let _ = answer.send(command.spawn());
    }
}
