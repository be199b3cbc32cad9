//! The one thread that starts children. The parent-death signal follows the thread that spawned a child,
//! not the process, so this thread is started once and never ends.

use std::{
    ffi::OsString,
    fs::File,
    io,
    os::{fd::AsRawFd, unix::process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Stdio},
    sync::{
        OnceLock,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
};

use crate::guard::{CONFINED, OnParentDeath, SUBCOMMAND};

/// What to start behind the guard, and what its standard files are.
#[derive(Debug)]
pub struct Launch<'a> {
    /// The program that acts as the guard.
    pub guard_exe: &'a Path,
    /// What the guard becomes.
    pub task: Task<'a>,
    /// The working directory, which the child must be able to enter.
    pub directory: &'a Path,
    /// Its standard input.
    pub stdin: Stdio,
    /// Its standard output.
    pub stdout: Stdio,
    /// Its standard error.
    pub stderr: Stdio,
}

/// What a guard becomes.
#[derive(Debug)]
pub enum Task<'a> {
    /// A program of the product.
    Program {
        /// What it is told when we die.
        on_parent_death: OnParentDeath,
        /// User and group it runs as; ours when none.
        account: Option<(u32, u32)>,
        /// The program.
        program: &'a Path,
        /// Its arguments. Never a secret: everyone on the machine can read them.
        arguments: &'a [String],
    },
    /// A program that is held: the file has a [`crate::confine::Confinement`].
    Confined(&'a Path),
}

/// Our ends of the standard files that are pipes.
#[derive(Debug)]
pub struct Pipes {
    /// Into its standard input.
    pub stdin: Option<ChildStdin>,
    /// Out of its standard output.
    pub stdout: Option<ChildStdout>,
    /// Out of its standard error.
    pub stderr: Option<ChildStderr>,
}

type Request = (Command, Sender<io::Result<Child>>);

/// Starts a child behind the guard.
pub(crate) fn spawn(launch: Launch<'_>) -> io::Result<Child> {
    // An open file can be run by a user who could not reach it by its path: a binary under root's home.
    let guard = File::open(launch.guard_exe)?;
    let mut command = Command::new(runnable_path(&guard, launch.guard_exe));
    command.arg(SUBCOMMAND).args(arguments(&launch.task));
    if let Task::Program { account: Some((uid, gid)), .. } = launch.task {
        command.uid(uid).gid(gid);
    }
    command
        .current_dir(launch.directory)
        // Nothing of our environment may steer the children, and no secret of it may leak into them.
        .env_clear()
        .env("LC_ALL", "C")
        .env("TZ", "UTC")
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .stdin(launch.stdin)
        .stdout(launch.stdout)
        .stderr(launch.stderr)
        // A Ctrl-C at the terminal reaches us alone; the children are then stopped in order.
        .process_group(0);
    start(command)
}

fn arguments(task: &Task<'_>) -> Vec<OsString> {
    let parent = std::process::id().to_string().into();
    match task {
        Task::Program { on_parent_death, program, arguments, .. } => {
            let mut all = vec![parent, on_parent_death.as_argument().into(), program.into()];
            all.extend(arguments.iter().map(Into::into));
            all
        }
        Task::Confined(file) => vec![parent, CONFINED.into(), file.into()],
    }
}

fn runnable_path(guard: &File, path: &Path) -> PathBuf {
    let link = PathBuf::from(format!("/proc/self/fd/{}", guard.as_raw_fd()));
    if link.exists() { link } else { path.to_path_buf() }
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
