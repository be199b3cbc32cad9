//! [`LocalSandboxes`]: bubblewrap, and control groups where there are some.

use std::path::PathBuf;

use children::account::Account;
use children::confine::{Argument, Confinement};
use ports::BoxFuture;
use ports::sandbox::{Access, Capabilities, Exit, Level, Limits, Plan, Sandbox, SandboxError, Sandboxes};
use tokio::sync::OnceCell;

use super::groups::{Group, Groups};
use super::keeper::{Kept, Running};
use super::place::{Place, State};
use super::plan::Found;
use super::ready::{GO, SHELL};
use super::start::{self, OOM_SCORE, failed};
use super::{bubblewrap, limits, sweep, view};

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
        let account = start::account()?;
        let installation = self.state.installation().map_err(failed)?;
        let mut ground = Ground { bubblewrap, account, groups: None, installation, lacking: Vec::new() };
        match self.groups() {
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

    fn groups(&self) -> Result<Groups, String> {
        if self.options.groups { Groups::find() } else { Err("control groups are not to be used".to_owned()) }
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
        let found = start::prepare(plan, ground.account.as_ref()).await?;
        let place = start::place(&self.state, &plan.name)?;
        let made = ground.confinement(plan, &found, &place);
        let (confinement, group) = made.inspect_err(|_| place.remove())?;
        // It does nothing before it is let go on, so the one need not wait for the other.
        let started = start::start(&self.options.guard_exe, &confinement, place, group);
        let (started, workspace) = tokio::join!(started, start::workspace(plan, found));
        let (tree, pipes) = started?;
        let (tree, workspace) = tree.or_finish(workspace).await?;
        let stdin = [GO, &plan.stdin].concat();
        let kept = Kept { level: ground.best(), limits: plan.limits, workspace, stdin };
        Running::keep(tree, pipes, kept).await.map_err(failed)
    }
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
            let groups = self.groups().ok();
            let beginning = group_names(&self.state.installation().map_err(failed)?);
            sweep::all(&self.state, groups.as_ref(), &beginning).await.map_err(failed)
        })
    }
}

impl Ground {
    fn best(&self) -> Level {
        if self.groups.is_some() { Level::Full } else { Level::User }
    }

    fn confinement(
        &self,
        plan: &Plan,
        found: &Found,
        place: &Place,
    ) -> Result<(Confinement, Option<Group>), SandboxError> {
        let seen = view::arguments(plan, found, place.status())?;
        let mut arguments = vec!["--args".into(), Argument::List(seen)];
        // Bubblewrap's own process inside is counted too.
        let processes = plan.limits.processes.saturating_add(1).to_string();
        arguments.extend(["--", "/bin/sh", "-c", SHELL, &processes].map(Argument::from));
        arguments.extend(plan.command.iter().map(|word| Argument::from(&**word)));
        let name = format!("{}{}", group_names(&self.installation), plan.name);
        let group = match &self.groups {
            Some(groups) => Some(groups.make(&name, &plan.limits).map_err(failed)?),
            None => None,
        };
        let confinement = Confinement {
            groups: group.as_ref().map(Group::lists).unwrap_or_default(),
            limits: limits::of_each(&plan.limits, group.is_some()),
            account: self.account.as_ref().map(|account| (account.uid, account.gid)),
            oom_score: OOM_SCORE,
            third: Some(place.status()),
            note: Some(place.notes()),
            life: None,
            directory: "/".into(),
            environment: Vec::new(),
            program: self.bubblewrap.clone(),
            arguments,
        };
        Ok((confinement, group))
    }
}

/// How the names of all groups of an installation begin.
fn group_names(installation: &str) -> String {
    format!("omoi-{installation}-")
}
