//! What becomes of a sandbox once it runs: it ends by itself, it is asked to, or it is over a limit. Whichever it is, everything
//! of it is ended then, and only after that the end is told.

use std::future::pending;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::Duration;

use children::{Child, Pipes};
use ports::BoxFuture;
use ports::sandbox::{Exit, Level, Limit, Limits, Sandbox};
use rustix::process::Signal;
use tokio::io::{AsyncRead, AsyncWriteExt as _};
use tokio::process::{ChildStderr, ChildStdin, ChildStdout};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::groups::Group;
use super::place::Place;
use super::ready::Status;
use super::watch::{self as watching, Workspace};
use children::tree::{self, Held};

/// How long the end of everything may take once it is killed.
const DEATH_WITHIN: Duration = Duration::from_secs(5);
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// The number of the program inside: the first process there is bubblewrap's.
const PROGRAM: i32 = 2;

/// The processes of a sandbox, and what they are held by. Dropped, all of them are killed.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) child: Child,
    /// The process with which everything ends: the first inside of bubblewrap, or the program of a guard that stays.
    pub(super) first: Option<(i32, Held)>,
    /// Whether the child is such a guard.
    pub(super) guard_stays: bool,
    pub(super) group: Option<Group>,
    pub(super) place: Place,
    /// Open to the end: bubblewrap tells the end of the program by it too, and a broken pipe would end it before.
    pub(super) status: Status,
    /// Ends with us, for a guard that stays.
    pub(super) _life: Status,
}

/// A sandbox that runs, for whoever started it.
#[derive(Debug)]
pub(super) struct Running {
    level: Level,
    stdout: Option<ChildStdout>,
    stderr: Option<ChildStderr>,
    /// How long a program that is asked to end may take. Closed, it is killed at once.
    stop: mpsc::Sender<Duration>,
    exit: watch::Receiver<Option<Exit>>,
}

/// What of a plan is needed while it runs.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) level: Level,
    pub(super) limits: Limits,
    /// What may grow by how much; none when it cannot be written.
    pub(super) workspace: Option<Workspace>,
    pub(super) stdin: Vec<u8>,
}

impl Running {
    /// # Errors
    /// When the pipes cannot be waited for. Nothing is left then.
    pub(super) async fn keep(tree: Tree, pipes: Pipes, kept: Kept) -> io::Result<Self> {
        let (tree, (stdin, stdout, stderr)) = tree.or_finish(waited_for(pipes)).await?;
        let (stop, stops) = mpsc::channel(1);
        let (tell, exit) = watch::channel(None);
        let level = kept.level;
        tokio::spawn(async move {
            let feed = async {
                if let Some(mut stdin) = stdin {
                    // A program that does not read what it is given has its reasons.
                    let _ = stdin.write_all(&kept.stdin).await;
                }
                pending().await
            };
            let why = tokio::select! {
                why = until_over(&tree, &kept, stops) => why,
                never = feed => never,
            };
            let (status, starved) = finish(tree).await;
            tell.send_replace(Some(match why {
                Why::Over(limit) => Exit::Limit(limit),
                Why::Asked => Exit::Stopped,
                Why::Itself => ended(status, starved),
            }));
        });
        Ok(Self { level, stdout, stderr, stop, exit })
    }
}

type Ours = (Option<ChildStdin>, Option<ChildStdout>, Option<ChildStderr>);

fn waited_for(pipes: Pipes) -> io::Result<Ours> {
    let stdin = pipes.stdin.map(ChildStdin::from_std).transpose()?;
    let stdout = pipes.stdout.map(ChildStdout::from_std).transpose()?;
    let stderr = pipes.stderr.map(ChildStderr::from_std).transpose()?;
    Ok((stdin, stdout, stderr))
}

/// Why it ends.
enum Why {
    Itself,
    Over(Limit),
    Asked,
}

async fn until_over(tree: &Tree, kept: &Kept, mut stops: mpsc::Receiver<Duration>) -> Why {
    let workspace = async {
        match &kept.workspace {
            Some(workspace) => watching::workspace(workspace, kept.limits.workspace_bytes).await,
            None => pending().await,
        }
    };
    let processes = async {
        if kept.level == Level::Full {
            return pending().await;
        }
        watching::processes(i32::try_from(tree.child.pid()).unwrap_or(0), kept.limits).await
    };
    tokio::select! {
        // Whoever has ended by itself is not said to have been stopped.
        biased;
        _ = tree.child.ended() => Why::Itself,
        grace = stops.recv() => {
            if let Some(grace) = grace {
                tree.ask_to_end();
                let _ = timeout(grace, tree.child.ended()).await;
            }
            Why::Asked
        }
        () = sleep_until(Instant::now() + kept.limits.wall) => Why::Over(Limit::Wall),
        limit = workspace => Why::Over(limit),
        limit = processes => Why::Over(limit),
    }
}

/// Ends all that is left. Answers how bubblewrap ended, and whether the kernel ended something for want of memory.
async fn finish(mut tree: Tree) -> (ExitStatus, bool) {
    tree.kill();
    if timeout(DEATH_WITHIN, tree.child.ended()).await.is_err() {
        tree.child.signal(Signal::KILL);
    }
    let status = tree.child.ended().await;
    let over = Instant::now() + DEATH_WITHIN;
    if let Some((_, first)) = tree.first.take() {
        // Later than that it is told all the same: whoever waits has to go on.
        // Blocks for as long as it takes, so elsewhere.
        let _ = tokio::task::spawn_blocking(move || first.wait(DEATH_WITHIN)).await;
    }
    let mut starved = false;
    if let Some(group) = &tree.group {
        while !group.processes().is_empty() && Instant::now() < over {
            group.kill();
            sleep(LOOK_EVERY).await;
        }
        starved = group.ran_out_of_memory();
        // The kernel lets go of a group a little after its last process.
        while !group.remove() && Instant::now() < over {
            sleep(LOOK_EVERY).await;
        }
    }
    tree.place.remove();
    (status, starved)
}

/// Bubblewrap ends with the code of the program, or as a shell does with 128 and the signal that ended it.
fn ended(status: ExitStatus, starved: bool) -> Exit {
    let said = match (status.code(), status.signal()) {
        (Some(code @ 129..=159), _) => Exit::Signal(code - 128),
        (Some(code), _) => Exit::Code(code),
        // Nobody but us ends bubblewrap, so somebody else did.
        (None, _) => Exit::Lost,
    };
    let killed = matches!(said, Exit::Lost) || said == Exit::Signal(Signal::KILL.as_raw());
    if starved && killed { Exit::Limit(Limit::Memory) } else { said }
}

impl Tree {
    /// Goes on with what was made beside it; when that failed, with the error, once nothing of the tree is left.
    pub(super) async fn or_finish<T, E>(self, made: Result<T, E>) -> Result<(Self, T), E> {
        match made {
            Ok(made) => Ok((self, made)),
            Err(error) => {
                finish(self).await;
                Err(error)
            }
        }
    }

    /// Kills everything; it takes its time to end.
    fn kill(&self) {
        if let Some((_, first)) = &self.first {
            first.signal(Signal::KILL);
        }
        // A guard that stays ends the others when its program has ended, and then itself.
        if !self.guard_stays || self.first.is_none() {
            self.child.signal(Signal::KILL);
        }
        if let Some(group) = &self.group {
            group.kill();
        }
    }

    fn ask_to_end(&self) {
        let Some((first, held)) = &self.first else { return };
        if self.guard_stays {
            return held.signal(Signal::TERM);
        }
        let first = *first;
        let program = tree::all()
            .into_iter()
            .find(|process| process.parent == first && tree::number_inside(process.pid) == Some(PROGRAM));
        if let Some(program) = program.and_then(|program| Held::child_of(first, program.pid)) {
            program.signal(Signal::TERM);
        }
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        self.kill();
    }
}

impl Sandbox for Running {
    fn level(&self) -> Level {
        self.level
    }

    fn stdout(&mut self) -> Option<Box<dyn AsyncRead + Send + Unpin>> {
        self.stdout.take().map(|pipe| Box::new(pipe) as _)
    }

    fn stderr(&mut self) -> Option<Box<dyn AsyncRead + Send + Unpin>> {
        self.stderr.take().map(|pipe| Box::new(pipe) as _)
    }

    fn wait(&mut self) -> BoxFuture<'_, Exit> {
        Box::pin(async {
            // It goes without a word only when the runtime ends under it, and the sandbox with it.
            self.exit.wait_for(Option::is_some).await.ok().and_then(|exit| *exit).unwrap_or(Exit::Lost)
        })
    }

    fn stop(&mut self, grace: Duration) -> BoxFuture<'_, Exit> {
        Box::pin(async move {
            // When it cannot be told, it is ending already, or was told before.
            let _ = self.stop.try_send(grace);
            self.wait().await
        })
    }
}
