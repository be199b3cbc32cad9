//! [`LocalSandboxes`]: bubblewrap, and control groups where there are some.

use std::fmt::Display;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::process::{ChildStderr, Stdio};
use std::time::Duration;

use children::account::{self, Account};
use children::confine::{Argument, Confinement, ResourceLimit};
use children::{Child, Launch, Pipes, Task};
use ports::BoxFuture;
use ports::llm::Said;
use ports::sandbox::{Access, Capabilities, Exit, Level, Limits, Plan, Sandbox, SandboxError, Sandboxes};
use tokio::sync::OnceCell;
use tokio::time::timeout;

use super::groups::{Group, Groups};
use super::keeper::{Kept, Running, Tree};
use super::place::{Place, State};
use super::plan::{self, Found};
use super::ready::{SHELL, Status};
use super::tree::{self, Held};
use super::{bubblewrap, keeper, sweep, view};

/// A start takes a few hundredths of a second; on a machine that is very busy, some more.
const START_WITHIN: Duration = Duration::from_secs(30);
/// Of root: whom programs run as. The first is for machines that have made one for them.
const ACCOUNTS: [&str; 2] = ["omoi-agent", "nobody"];
/// Earlier than anything of ours, when memory is short.
const OOM_SCORE: u16 = 500;

/// What sandboxes need of this machine.
#[derive(Clone, Debug)]
pub struct Options {
    /// The program that acts as guard, see [`children::guard`].
    pub guard_exe: PathBuf,
    /// A directory of ours, for what belongs to sandboxes while they run.
    pub state: PathBuf,
    /// Bubblewrap, by its path or by its name in `PATH`.
    pub bubblewrap: PathBuf,
    /// Whether to use control groups where there are some.
    pub groups: bool,
}

impl Options {
    /// With all that the machine has.
    #[must_use]
    pub fn new(guard_exe: PathBuf, state: PathBuf) -> Self {
        Self { guard_exe, state, bubblewrap: "bwrap".into(), groups: true }
    }
}

/// Sandboxes on this machine, made by bubblewrap.
#[derive(Debug)]
pub struct LocalSandboxes {
    options: Options,
    state: State,
    ground: OnceCell<Ground>,
}

/// What was found out about this machine.
#[derive(Debug)]
struct Ground {
    bubblewrap: PathBuf,
    /// Whom programs run as; as we do when none.
    account: Option<Account>,
    groups: Option<Groups>,
    installation: String,
    lacking: Vec<String>,
}

impl LocalSandboxes {
    /// Nothing is looked at yet.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let state = State::new(options.state.clone());
        Self { options, state, ground: OnceCell::new() }
    }

    /// Looked at once it is needed, and again as long as it fails.
    async fn ground(&self) -> Result<&Ground, SandboxError> {
        self.ground.get_or_try_init(|| self.survey()).await
    }

    async fn survey(&self) -> Result<Ground, SandboxError> {
        let bubblewrap = bubblewrap::find(&self.options.bubblewrap).await?;
        let account = account()?;
        let installation = self.state.installation().map_err(failed)?;
        let mut ground = Ground { bubblewrap, account, groups: None, installation, lacking: Vec::new() };
        let groups = if self.options.groups {
            Groups::find()
        } else {
            Err("control groups are not to be used".into())
        };
        match groups {
            Ok(groups) => {
                ground.groups = Some(groups);
                let Err(error) = self.try_once(&ground).await else { return Ok(ground) };
                ground.groups = None;
                ground.lacking.push(format!("control groups cannot be used: {error}"));
            }
            Err(missing) => ground.lacking.push(missing),
        }
        self.try_once(&ground).await.map_err(|error| SandboxError::Unavailable {
            what: error.to_string(),
            remedy: "allow programs to make user namespaces (`sysctl kernel.unprivileged_userns_clone` and \
                     `kernel.apparmor_restrict_unprivileged_userns`, or the container's security profile)"
                .to_owned(),
        })?;
        Ok(ground)
    }

    /// Everything that a start does, with a program that does nothing.
    async fn try_once(&self, ground: &Ground) -> Result<(), SandboxError> {
        let plan = Plan {
            name: format!("probe-{}", std::process::id()),
            workspace: "/usr".into(),
            access: Access::Read,
            protected: Vec::new(),
            mounts: Vec::new(),
            sockets: Vec::new(),
            command: vec!["true".to_owned()],
            environment: Vec::new(),
            stdin: Vec::new(),
            limits: Limits::default(),
            at_least: Level::User,
        };
        match self.start_on(ground, &plan).await?.wait().await {
            Exit::Code(0) => Ok(()),
            exit => Err(failed(format!("a program that does nothing ended with {exit:?}"))),
        }
    }

    async fn start_on(&self, ground: &Ground, plan: &Plan) -> Result<Running, SandboxError> {
        let prepared = {
            let (plan, account) = (plan.clone(), ground.account.clone());
            blocking(move || prepare(&plan, account.as_ref())).await?
        };
        let place = self.state.place(&plan.name).map_err(|e| match e.kind() {
            io::ErrorKind::AlreadyExists => {
                SandboxError::BadPlan(format!("a sandbox {} runs already", plan.name))
            }
            _ => failed(e),
        })?;
        match self.spawn(ground, plan, &prepared, &place) {
            Ok(spawned) => self.wait_until_ready(ground, plan, prepared, place, spawned).await,
            Err(error) => {
                place.remove();
                Err(error)
            }
        }
    }

    fn spawn(
        &self,
        ground: &Ground,
        plan: &Plan,
        found: &Found,
        place: &Place,
    ) -> Result<Spawned, SandboxError> {
        let status = Status::open(&place.status()).map_err(failed)?;
        let group = match &ground.groups {
            Some(groups) => Some(groups.make(&ground.group_name(&plan.name), &plan.limits).map_err(failed)?),
            None => None,
        };
        let confinement = confinement(ground, plan, found, place, group.as_ref())?;
        let written = serde_json::to_vec(&confinement).map_err(failed)?;
        let started = place.write(&place.confinement(), &written).and_then(|()| {
            Child::spawn(Launch {
                guard_exe: &self.options.guard_exe,
                task: Task::Confined(&place.confinement()),
                directory: Path::new("/"),
                stdin: Stdio::piped(),
                stdout: Stdio::piped(),
                stderr: Stdio::piped(),
            })
        });
        match started {
            Ok((child, pipes)) => Ok(Spawned { status, group, child, pipes }),
            Err(e) => {
                if let Some(group) = group {
                    group.remove();
                }
                Err(failed(e))
            }
        }
    }

    async fn wait_until_ready(
        &self,
        ground: &Ground,
        plan: &Plan,
        found: Found,
        place: Place,
        spawned: Spawned,
    ) -> Result<Running, SandboxError> {
        let Spawned { status, group, child, mut pipes } = spawned;
        let mut tree = Tree { child, first: None, group, place, status };
        let ready = tokio::select! {
            ready = timeout(START_WITHIN, tree.status.ready()) => {
                ready.map_err(|_| failed(format!("it did not start within {} s", START_WITHIN.as_secs())))
            }
            _ = tree.child.ended() => Err(failed(complaint(pipes.stderr.take()))),
        };
        let first = match ready.and_then(|ready| ready.map_err(failed)) {
            Ok(first) => first,
            Err(error) => {
                keeper::finish(tree).await;
                return Err(error);
            }
        };
        let outer = i32::try_from(tree.child.pid()).unwrap_or(0);
        tree::of(outer).map_or(Ok(()), |process| tree.place.note(&process)).map_err(failed)?;
        // When it has ended by now there is nothing to hold.
        tree.first = first.and_then(|first| Some((first, Held::child_of(outer, first)?)));
        let level = if ground.groups.is_some() { Level::Full } else { Level::User };
        let workspace = (plan.access == Access::Write).then_some(found.workspace);
        let kept = Kept { level, limits: plan.limits, workspace, stdin: plan.stdin.clone() };
        Running::keep(tree, pipes, kept).map_err(failed)
    }
}

/// A guard that was started.
#[derive(Debug)]
struct Spawned {
    status: Status,
    group: Option<Group>,
    child: Child,
    pipes: Pipes,
}

impl Ground {
    fn best(&self) -> Level {
        if self.groups.is_some() { Level::Full } else { Level::User }
    }

    fn group_name(&self, name: &str) -> String {
        format!("{}{name}", group_names(&self.installation))
    }
}

/// How the names of all groups of an installation begin.
fn group_names(installation: &str) -> String {
    format!("omoi-{installation}-")
}

impl Sandboxes for LocalSandboxes {
    fn probe(&self) -> BoxFuture<'_, Result<Capabilities, SandboxError>> {
        Box::pin(async {
            let ground = self.ground().await?;
            Ok(Capabilities { provider: "local", level: ground.best(), lacking: ground.lacking.clone() })
        })
    }

    fn start<'a>(&'a self, plan: &'a Plan) -> BoxFuture<'a, Result<Box<dyn Sandbox>, SandboxError>> {
        Box::pin(async move {
            let ground = self.ground().await?;
            if plan.at_least > ground.best() {
                let why = ground.lacking.join("; ");
                return Err(SandboxError::TooWeak { wanted: plan.at_least, best: ground.best(), why });
            }
            let running = self.start_on(ground, plan).await?;
            Ok(Box::new(running) as Box<dyn Sandbox>)
        })
    }

    fn sweep(&self) -> BoxFuture<'_, Result<Vec<String>, SandboxError>> {
        Box::pin(async {
            // Without bubblewrap there may be some too: of a time when it was there.
            let groups = if self.options.groups { Groups::find().ok() } else { None };
            let beginning = group_names(&self.state.installation().map_err(failed)?);
            sweep::all(&self.state, groups.as_ref(), &beginning).await.map_err(failed)
        })
    }
}

/// What of a start waits for disks.
fn prepare(plan: &Plan, account: Option<&Account>) -> Result<Found, SandboxError> {
    let found = plan::check(plan)?;
    if let Some(account) = account {
        let named = plan.mounts.iter().chain(&plan.sockets).map(|mount| &*mount.from);
        for path in named.chain([&*found.workspace]) {
            if let Some(closed) = account::first_closed_directory(path.parent().unwrap_or(path)) {
                let (name, closed) = (&account.name, closed.display());
                let what = format!(
                    "{} cannot be reached by the user {name}: {closed} is closed to it",
                    path.display()
                );
                return Err(SandboxError::BadPlan(what));
            }
        }
        if plan.access == Access::Write {
            plan::give(&found.workspace, account).map_err(failed)?;
        }
    }
    Ok(found)
}

fn confinement(
    ground: &Ground,
    plan: &Plan,
    found: &Found,
    place: &Place,
    group: Option<&Group>,
) -> Result<Confinement, SandboxError> {
    let mut arguments = vec!["--args".into(), Argument::List(view::arguments(plan, found, place.status())?)];
    arguments.extend(["--", "/bin/sh", "-c", SHELL, "sh"].map(Argument::from));
    arguments.extend(plan.command.iter().map(|word| Argument::from(&**word)));
    let limits = &plan.limits;
    let mut of_each = vec![
        (ResourceLimit::Core, 0),
        (ResourceLimit::FileSize, limits.file_bytes),
        (ResourceLimit::OpenFiles, limits.open_files),
    ];
    if group.is_none() {
        let user = ground
            .account
            .as_ref()
            .map_or_else(|| rustix::process::geteuid().as_raw(), |account| account.uid);
        // Those of the user's that run already are counted with it.
        let processes = tree::threads_of_user(user) + u64::from(limits.processes);
        of_each.extend([(ResourceLimit::Data, limits.memory_bytes), (ResourceLimit::Processes, processes)]);
    }
    Ok(Confinement {
        groups: group.map(Group::lists).unwrap_or_default(),
        limits: of_each.into_iter().collect(),
        account: ground.account.as_ref().map(|account| (account.uid, account.gid)),
        oom_score: OOM_SCORE,
        third: Some(place.status()),
        directory: "/".into(),
        environment: Vec::new(),
        program: ground.bubblewrap.clone(),
        arguments,
    })
}

fn account() -> Result<Option<Account>, SandboxError> {
    if !account::is_root() {
        return Ok(None);
    }
    let found = account::first_of(&ACCOUNTS).map_err(failed)?;
    found.map(Some).ok_or_else(|| SandboxError::Unavailable {
        what: "programs must not run as root, and there is no other user".to_owned(),
        remedy: format!("make a user for them: `useradd --system {}`", ACCOUNTS[0]),
    })
}

/// What the guard or bubblewrap said before it ended.
fn complaint(stderr: Option<ChildStderr>) -> String {
    let mut said = Vec::new();
    // It has ended, so this waits for nobody.
    let _ = stderr.map(|stderr| stderr.take(4_096).read_to_end(&mut said));
    let said = String::from_utf8_lossy(&said).trim().to_owned();
    if said.is_empty() { "it ended at once without a word".to_owned() } else { said }
}

fn failed(why: impl Display) -> SandboxError {
    SandboxError::Failed { said: Said::new(&why.to_string()) }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SandboxError> + Send + 'static,
) -> Result<T, SandboxError> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|e| Err(failed(e)))
}
