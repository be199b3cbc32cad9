//! [`ProcessSandboxes`]: no sandboxes at all, for machines that have none and programs that are trusted. The program runs as any
//! other of its account: it sees the files that the account may see, and the network. What it has in common with a sandbox is
//! how it begins, what it is given, what each of its processes may use, and that all of it ends.

use std::path::PathBuf;

use children::confine::{Argument, Confinement};
use ports::BoxFuture;
use ports::sandbox::{Capabilities, Level, Plan, Sandbox, SandboxError, Sandboxes};

use super::keeper::{Kept, Running};
use super::place::State;
use super::start::{self, OOM_SCORE, failed};
use super::{limits, plan, sweep};

/// Programs that nothing holds.
#[derive(Debug)]
pub struct ProcessSandboxes {
    guard_exe: PathBuf,
    state: State,
}

impl ProcessSandboxes {
    /// `guard_exe` acts as guard, see [`children::guard`]; `state` is a directory of ours.
    #[must_use]
    pub fn new(guard_exe: PathBuf, state: PathBuf) -> Self {
        Self { guard_exe, state: State::new(state) }
    }

    async fn run(&self, plan: &Plan) -> Result<Running, SandboxError> {
        plan::check(plan)?;
        if let Some(mount) = plan.mounts.iter().chain(&plan.sockets).find(|mount| mount.from != mount.to) {
            let (from, to) = (mount.from.display(), mount.to.display());
            return Err(SandboxError::BadPlan(format!("a mere process cannot be shown {from} at {to}")));
        }
        let account = start::account()?;
        let found = start::prepare(plan, account.as_ref()).await?;
        let place = start::place(&self.state, &plan.name)?;
        let home = place.home(account.as_ref()).inspect_err(|_| place.remove()).map_err(failed)?;
        let mut environment = vec![("PATH".to_owned(), "/usr/local/bin:/usr/bin:/bin".to_owned())];
        environment.extend(["HOME", "TMPDIR"].map(|name| (name.to_owned(), home.display().to_string())));
        environment.extend(
            [("LANG", "C.UTF-8"), ("PWD", &*found.workspace.display().to_string())]
                .map(|(name, value)| (name.to_owned(), value.to_owned())),
        );
        environment.extend(plan.environment.iter().cloned());
        let (program, arguments) = plan.command.split_first().expect("checked: there is a program");
        let mut of_each = limits::of_each(&plan.limits, false);
        of_each.extend([limits::processes_of_user(&plan.limits, account.as_ref())]);
        let confinement = Confinement {
            groups: Vec::new(),
            limits: of_each,
            account: account.map(|account| (account.uid, account.gid)),
            oom_score: OOM_SCORE,
            third: Some(place.status()),
            note: Some(place.notes()),
            life: Some(place.life()),
            directory: found.workspace.clone(),
            environment,
            program: program.into(),
            arguments: arguments.iter().map(|word| Argument::from(&**word)).collect(),
        };
        let workspace = start::workspace(plan, found).await.inspect_err(|_| place.remove())?;
        let (tree, pipes) = start::start(&self.guard_exe, &confinement, place, None).await?;
        let kept = Kept { level: Level::Process, limits: plan.limits, workspace, stdin: plan.stdin.clone() };
        Running::keep(tree, pipes, kept).await.map_err(failed)
    }
}

impl Sandboxes for ProcessSandboxes {
    fn probe(&self) -> BoxFuture<'_, Result<Capabilities, SandboxError>> {
        Box::pin(async {
            start::account()?;
            let lacking =
                "programs are not held: they see the files of their account, and the network".to_owned();
            Ok(Capabilities { provider: "process", level: Level::Process, lacking: vec![lacking] })
        })
    }

    fn start<'a>(&'a self, plan: &'a Plan) -> BoxFuture<'a, Result<Box<dyn Sandbox>, SandboxError>> {
        Box::pin(async move {
            if plan.at_least > Level::Process {
                let why = "the provider `process` holds nothing".to_owned();
                return Err(SandboxError::TooWeak { wanted: plan.at_least, best: Level::Process, why });
            }
            Ok(Box::new(self.run(plan).await?) as Box<dyn Sandbox>)
        })
    }

    fn sweep(&self) -> BoxFuture<'_, Result<Vec<String>, SandboxError>> {
        Box::pin(async { sweep::all(&self.state, None, "").await.map_err(failed) })
    }
}
