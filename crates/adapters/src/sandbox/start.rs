//! A start, as every provider makes it: the guard is given what to do, and either says that the program is about to run, or why
//! it is not.

use std::fmt::Display;
use std::io::{self, Read as _};
use std::path::Path;
use std::process::{ChildStderr, Stdio};
use std::time::Duration;

use children::account::{self, Account};
use children::confine::Confinement;
use children::tree::{self, Held};
use children::{Child, Launch, Pipes, Task};
use ports::llm::Said;
use ports::sandbox::{Access, Plan, SandboxError};
use tokio::time::{Instant, sleep, timeout};

use super::groups::Group;
use super::keeper::Tree;
use super::place::{Place, State};
use super::plan::{self, Found};
use super::ready::Status;
use super::watch::Workspace;

/// A start takes a few hundredths of a second; on a machine that is very busy, some more.
const START_WITHIN: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(1);
/// Of root: whom programs run as. The first is for machines that have made one for them.
const ACCOUNTS: [&str; 2] = ["omoi-agent", "nobody"];
/// Earlier than anything of ours, when memory is short.
pub(super) const OOM_SCORE: u16 = 500;

/// Whom programs run as; as we do when none.
///
/// # Errors
/// When we are root, and there is nobody else.
pub(crate) fn account() -> Result<Option<Account>, SandboxError> {
    if !account::is_root() {
        return Ok(None);
    }
    let found = account::first_of(&ACCOUNTS).map_err(failed)?;
    found.map(Some).ok_or_else(|| SandboxError::Unavailable {
        what: "programs must not run as root, and there is no other user".to_owned(),
        remedy: format!("make a user for them: `useradd --system {}`", ACCOUNTS[0]),
    })
}

/// Checks a plan and gives the workspace to who will work there.
pub(super) async fn prepare(plan: &Plan, account: Option<&Account>) -> Result<Found, SandboxError> {
    let (plan, account) = (plan.clone(), account.cloned());
    // It waits for disks.
    let prepared = tokio::task::spawn_blocking(move || {
        let found = plan::check(&plan)?;
        let Some(account) = account else { return Ok(found) };
        let named = plan.mounts.iter().chain(&plan.sockets).map(|mount| &*mount.from);
        for path in named.chain([&*found.workspace]) {
            if let Some(closed) = account::first_closed_directory(path.parent().unwrap_or(path)) {
                let (name, closed) = (&account.name, closed.display());
                let what =
                    format!("the user {name} cannot reach {}: {closed} is closed to it", path.display());
                return Err(SandboxError::BadPlan(what));
            }
        }
        if plan.access == Access::Write {
            plan::give(&found.workspace, &account).map_err(failed)?;
        }
        Ok(found)
    });
    prepared.await.unwrap_or_else(|e| Err(failed(e)))
}

/// What may grow in the sandbox, as it is before.
pub(super) async fn workspace(plan: &Plan, found: Found) -> Result<Option<Workspace>, SandboxError> {
    if plan.access == Access::Read {
        return Ok(None);
    }
    Workspace::measure(found.workspace).await.map(Some).map_err(failed)
}

/// The directory of a sandbox that is about to be.
pub(super) fn place(state: &State, name: &str) -> Result<Place, SandboxError> {
    state.place(name).map_err(|e| match e.kind() {
        io::ErrorKind::AlreadyExists => SandboxError::Running { name: name.to_owned() },
        _ => failed(e),
    })
}

/// Starts the guard and waits until the program is about to run.
///
/// # Errors
/// With what the guard complains. Nothing runs then, and nothing is left but the group.
pub(super) async fn start(
    guard_exe: &Path,
    confinement: &Confinement,
    place: Place,
    group: Option<Group>,
) -> Result<(Tree, Pipes), SandboxError> {
    let opened = serde_json::to_vec(confinement).map_err(io::Error::from).and_then(|written| {
        place.write(&place.confinement(), &written)?;
        Ok((Status::open(&place.status())?, Status::open(&place.life())?))
    });
    let started = opened.and_then(|pipes_of_ours| {
        let (child, pipes) = Child::spawn(Launch {
            guard_exe,
            task: Task::Confined(&place.confinement()),
            directory: Path::new("/"),
            stdin: Stdio::piped(),
            stdout: Stdio::piped(),
            stderr: Stdio::piped(),
        })?;
        Ok((pipes_of_ours, child, pipes))
    });
    let ((status, life), child, mut pipes) = match started {
        Ok(started) => started,
        Err(e) => {
            place.remove();
            if let Some(group) = group {
                group.remove();
            }
            return Err(failed(e));
        }
    };
    let mut tree = Tree {
        child,
        first: None,
        guard_stays: confinement.life.is_some(),
        group,
        place,
        status,
        _life: life,
    };
    let ready = until_ready(&mut tree, &mut pipes).await;
    let (tree, ()) = tree.or_finish(ready).await?;
    Ok((tree, pipes))
}

async fn until_ready(tree: &mut Tree, pipes: &mut Pipes) -> Result<(), SandboxError> {
    let first = tokio::select! {
        ready = timeout(START_WITHIN, tree.status.ready()) => match ready {
            Ok(ready) => ready.map_err(failed)?,
            Err(_) => return Err(failed(format!("it did not start within {} s", START_WITHIN.as_secs()))),
        },
        _ = tree.child.ended() => {
            if tree.status.was_ready() {
                return Ok(());
            }
            return Err(failed(complaint(pipes.stderr.take())));
        }
    };
    let outer = i32::try_from(tree.child.pid()).unwrap_or(0);
    // When it has ended by now there is nothing to hold.
    tree.first = first.and_then(|first| Some((first, Held::child_of(outer, first)?)));
    let Some((first, _)) = tree.first else { return Ok(()) };
    if !tree.guard_stays {
        until_bound(first).await.map_err(failed)?;
    }
    // The guard has noted itself.
    tree::of(first).map_or(Ok(()), |process| tree.place.note(&process)).map_err(failed)
}

/// Waits until the first process inside waits for others. It asks the kernel to be ended with its parent only after it has begun
/// the program, just before that; until then, whoever kills us would leave it behind.
async fn until_bound(first: i32) -> io::Result<()> {
    let over = Instant::now() + START_WITHIN;
    while tree::is_awake(first) {
        if Instant::now() > over {
            return Err(io::Error::other("its first process did not come to wait for the others"));
        }
        sleep(LOOK_EVERY).await;
    }
    Ok(())
}

/// What the guard or bubblewrap said before it ended.
fn complaint(stderr: Option<ChildStderr>) -> String {
    let mut said = Vec::new();
    // It has ended, so this waits for nobody.
    let _ = stderr.map(|stderr| stderr.take(4_096).read_to_end(&mut said));
    let said = String::from_utf8_lossy(&said).trim().to_owned();
    if said.is_empty() { "it ended at once without a word".to_owned() } else { said }
}

pub(super) fn failed(why: impl Display) -> SandboxError {
    SandboxError::Failed { said: Said::new(&why.to_string()) }
}
