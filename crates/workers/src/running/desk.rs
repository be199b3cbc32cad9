//! A run and what it is about, read from the log and written under its lease.

use commands::{Actor, CallRules, CommandError, Handled, Intent, RunRules, RunSlots, Step, WorkLease};
use eventstore::{Context, GuardFault, Lease, Lost};
use execution::run::{self, Run};
use execution::trajectory::{self, Trajectory};
use kernel::{ActorId, CommandId, EventId, OrgId, ProjectId, Uuid, derived_uuid};
use tokio_util::sync::CancellationToken;
use vocabulary::{RunId, TaskId};
use work::project::{self, Project};
use work::task::{self, Task};

use super::{Parts, RunnerError};

/// A run that is carried through.
#[derive(Clone, Copy)]
pub(super) struct Desk<'a> {
    pub(super) parts: &'a Parts,
    pub(super) org: OrgId,
    pub(super) run: RunId,
    pub(super) lease: &'a Lease,
    /// The event that caused it.
    pub(super) cause: EventId,
    pub(super) correlation: Uuid,
    pub(super) stop: &'a CancellationToken,
}

/// What became of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// It stands in the log.
    Taken,
    /// It was refused, with this code: somebody has decided otherwise meanwhile.
    Refused(String),
}

impl Desk<'_> {
    /// The run as the log has it.
    pub(super) async fn load(&self) -> Result<(ProjectId, run::Details), RunnerError> {
        let (project, run) = self.state::<Run>(self.run.0).await?;
        match (project, run) {
            (Some(project), Run::Present(details)) => Ok((project, *details)),
            _ => Err(RunnerError::Broken(format!("there is no run {} in the log", self.run))),
        }
    }

    /// A task as the log has it.
    pub(super) async fn task(&self, id: TaskId) -> Result<task::Details, RunnerError> {
        match self.state::<Task>(id.0).await?.1 {
            Task::Present(details) => Ok(*details),
            Task::Absent => Err(RunnerError::Broken(format!("there is no task {id} in the log"))),
        }
    }

    /// What the project has configured.
    pub(super) async fn project(&self, id: ProjectId) -> Result<project::Profile, RunnerError> {
        let (_, project) = self.state::<Project>(id.0).await?;
        let missing = || RunnerError::Broken(format!("there is no project {id} in the log"));
        project.profile().cloned().ok_or_else(missing)
    }

    pub(super) async fn state<D: Handled>(&self, id: Uuid) -> Result<(Option<ProjectId>, D), RunnerError> {
        let nothing = CommandId(Uuid::nil());
        let loaded = self.parts.store.load::<D>(self.org, &id.to_string(), nothing).await;
        let known = loaded.map_err(CommandError::from)?.aggregate;
        Ok((known.project, known.state))
    }

    /// Gives the run a command.
    pub(super) async fn tell(&self, command: run::Command) -> Result<Told, RunnerError> {
        self.carry_out(vec![self.step(command)]).await
    }

    /// Gives the run and its task a command each: both act, or none.
    pub(super) async fn tell_both(
        &self,
        command: run::Command,
        task: TaskId,
        of_task: task::Command,
    ) -> Result<Told, RunnerError> {
        self.carry_out(vec![Step::on::<Task>(task.0, of_task), self.step(command)]).await
    }

    /// Says that nobody will hear the end of the calls to models that are open, and of the ways out of the sandbox.
    pub(super) async fn give_up_calls(&self) -> Result<(), RunnerError> {
        let ways = trajectory::Command::CloseWays { at: self.parts.store.now().await? };
        for command in [trajectory::Command::GiveUpOpenCalls, ways] {
            let rules = CallRules { lease: self.work_lease(), budget: None };
            self.carry_out(vec![Step::under::<Trajectory>(self.run.0, command, rules)]).await?;
        }
        Ok(())
    }

    fn step(&self, command: run::Command) -> Step {
        let rules = RunRules { lease: self.work_lease(), slots: RunSlots::default() };
        Step::under::<Run>(self.run.0, command, rules)
    }

    fn work_lease(&self) -> WorkLease {
        WorkLease(Some((self.lease.name.clone(), self.lease.epoch)))
    }

    async fn carry_out(&self, steps: Vec<Step>) -> Result<Told, RunnerError> {
        match self.parts.dispatcher.carry_out(&self.intent(), steps).await {
            Ok(_) => Ok(Told::Taken),
            Err(CommandError::Guard { fault: GuardFault::Fenced, .. }) => Err(Lost::Taken.into()),
            Err(CommandError::Rejected { code, .. }) => Ok(Told::Refused(code)),
            Err(error) => Err(error.into()),
        }
    }

    /// A wish of its own for each command: the streams know by themselves what they have been told before.
    fn intent(&self) -> Intent {
        let mut intent = Intent::new(Actor::process(self.org, actor()), &[]);
        intent.correlation_id = self.correlation;
        intent.causation_id = Some(self.cause.0);
        intent
    }

    /// Where batches of the run's trajectory come from.
    pub(super) fn context(&self) -> Context {
        Context {
            org: self.org,
            actor: actor(),
            command_id: CommandId(Uuid::nil()),
            request_hash: [0; 32],
            correlation_id: self.correlation,
            causation_id: Some(self.cause.0),
            epoch: None,
            metadata: std::collections::BTreeMap::new(),
        }
    }
}

fn actor() -> ActorId {
    ActorId(derived_uuid(&[b"process", b"running"]))
}
