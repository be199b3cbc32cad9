//! The story of a run: a place, a clone, a sandbox, an agent at work, and an end.

use std::sync::Arc;

use execution::run::{Command, Details, Status};
use kernel::ProjectId;
use tokio::sync::mpsc;
use vocabulary::Name;
use work::task;

use super::at_work::{AtWork, Ways};
use super::desk::{Desk, Told};
use super::egress::Egress;
use super::ending::Ending;
use super::evidence::remove;
use super::gateway::Gateway;
use super::journal::Journal;
use super::leftover::UNKEPT;
use super::live::Here;
use super::socket::Said;
use super::tools::Tools;
use super::{RunnerError, brief, report, socket, tools};

impl Desk<'_> {
    /// Does what is next for the run, until it has ended and left nothing here.
    pub(super) async fn work(&self) -> Result<(), RunnerError> {
        let (project, run) = self.load().await?;
        if run.has_ended() {
            return self.clear_up(project, &run).await;
        }
        if run.place.is_some() {
            // Whoever began it is gone, and its sandbox with it, and nobody heard the end of its calls.
            self.give_up_calls().await?;
            self.rescue(project, &run).await?;
            self.end(&run, &Ending::node_lost()).await?;
        } else {
            let here = self.parts.live.enter(self.run);
            let ending = match self.attempt(project, &run, &here).await {
                Ok(ending) => ending,
                // Tried anew it would meet the same: the task says so, and waits a little. What is in the workspace is perhaps not
                // kept yet.
                Err(RunnerError::Disk(error)) => {
                    self.end(&run, &Ending::disk(&error)).await?;
                    let (_, run) = self.load().await?;
                    return self.clear_up(project, &run).await;
                }
                Err(error) => return Err(error),
            };
            self.end(&run, &ending).await?;
        }
        self.leave().await
    }

    /// Leaves a run that had ended before: whoever ended it was perhaps another node, which could not keep what is here.
    pub(super) async fn clear_up(&self, project: ProjectId, run: &Details) -> Result<(), RunnerError> {
        if !run.released {
            self.rescue(project, run).await?;
        }
        self.leave().await
    }

    async fn attempt(
        &self,
        project: ProjectId,
        run: &Details,
        here: &Here<'_>,
    ) -> Result<Ending, RunnerError> {
        let profile = self.project(project).await?;
        let task = self.task(run.start.task).await?;
        let Some(agent) = self.parts.means.agents.get(&run.start.agent) else {
            return Ok(Ending::no_agent(&run.start.agent));
        };
        let decided = match self.decide_place(&profile, &task).await? {
            Ok(decided) => decided,
            Err(ending) => return Ok(ending),
        };
        if let Told::Refused(_) = self.tell(Command::RequestSandbox(Box::new(decided.place.clone()))).await? {
            return self.why_not().await;
        }
        let workspace = match self.clone(&decided).await? {
            Ok(workspace) => workspace,
            Err(ending) => return Ok(ending),
        };
        let seal = self.parts.means.seals.of_project(project).await?;
        let token = brief::token();
        let directory = self.parts.directory_of(self.run);
        let mut gateway = None;
        let background = self.background(&task).await?;
        let brief = self.brief(&token, agent, (&task, &background), &decided);
        let report = report::Desk::default();
        let journal = Arc::new(self.journal(project, run, "host"));
        let tools = Tools::new(tools::Parts {
            store: self.parts.store.clone(),
            org: self.org,
            seal: seal.clone(),
            journal: journal.clone(),
            task: task.clone(),
            background,
            report: report.clone(),
        });
        let hosts = profile.settings.hosts.clone();
        let egress = Egress::new(hosts, self.parts.means.outside.clone(), self.parts.store.clone(), journal);
        let (socket, heard) = socket::open(&directory, &token, |said| {
            let models = gateway.insert(self.gateway(project, run, said)).router();
            models.merge(tools.router()).merge(egress.router())
        })?;
        let gateway = gateway.expect("it was made for the socket");
        let plan = self.plan(run, agent, &workspace, &socket, &brief);
        let sandbox = match self.parts.means.sandboxes.start(&plan).await {
            Ok(sandbox) => sandbox,
            Err(error) => return Ok(Ending::no_sandbox(&error.to_string(), false)),
        };
        let level = Name::new(sandbox.level().as_str()).expect("a level has a name");
        let versions = self.parts.means.versions.get();
        let version = versions.and_then(|known| known.get(&run.start.agent)).cloned();
        let ready = Command::SandboxReady { level, version };
        let start = task::Command::Start { epoch: run.start.epoch };
        if let Told::Refused(code) = self.tell_both(ready, run.start.task, start).await? {
            drop(sandbox);
            tracing::info!(run = %self.run, code, "the task is not the run's any more");
            return self.why_not().await;
        }
        let ways = Ways { socket, gateway, egress, report };
        let at_work = AtWork::begin(*self, project, run, &decided, &*seal, ways);
        at_work.until_the_end(sandbox, heard, here, &task, &profile).await
    }

    fn gateway(&self, project: ProjectId, run: &Details, said: mpsc::Sender<Said>) -> Gateway {
        let journal = self.journal(project, run, "gateway");
        Gateway::new(self.run, run.start.limits.budget, self.parts.means.models.clone(), journal, said)
    }

    fn journal(&self, project: ProjectId, run: &Details, source: &'static str) -> Journal {
        Journal::begin(&self.parts.store, self.context(), (self.run.0, run.start.epoch), project, source)
    }

    /// Somebody has stopped the run before it began, or the task is another's.
    pub(super) async fn why_not(&self) -> Result<Ending, RunnerError> {
        let (_, run) = self.load().await?;
        match run.status {
            Status::Stopping { reason } => Ok(Ending::stopped(&reason)),
            _ => Ok(Ending::node_stopped()),
        }
    }

    /// Removes what the run has here, once all of it is kept.
    async fn leave(&self) -> Result<(), RunnerError> {
        let (_, run) = self.load().await?;
        let directory = self.parts.directory_of(self.run);
        if run.place.is_none() || run.released {
            return remove(&directory).await;
        }
        if run.place.as_ref().is_some_and(|place| place.node.as_str() != self.parts.node) {
            // Its node removes it, once it looks back.
            return Ok(());
        }
        if tokio::fs::try_exists(directory.join(UNKEPT)).await? {
            return Ok(());
        }
        self.tell(Command::ReleaseSandbox).await?;
        remove(&directory).await
    }
}
