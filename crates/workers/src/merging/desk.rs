//! A merge and what it is about, read from the log and written under its lease.

use commands::{Actor, CallRules, CommandError, Handled, Intent, Step, WorkLease};
use eventstore::{GuardFault, Lease, Lost};
use execution::merge::{Command, Details, Merge};
use execution::trajectory::{self, Trajectory};
use kernel::{ActorId, CommandId, EventId, OrgId, ProjectId, Usd, Uuid, derived_uuid};
use tokio_util::sync::CancellationToken;
use vocabulary::{MergeId, TaskId};
use work::project::{Profile, Project};
use work::task::{self, Task};

use super::Parts;
use crate::running::RunnerError;

/// A merge that goes on.
#[derive(Clone, Copy)]
pub(super) struct Desk<'a> {
    pub(super) parts: &'a Parts,
    pub(super) org: OrgId,
    pub(super) merge: MergeId,
    pub(super) lease: &'a Lease,
    /// The event that caused it.
    pub(super) cause: EventId,
    pub(super) correlation: Uuid,
    pub(super) stop: &'a CancellationToken,
}

/// Whether a call to a model may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Announced {
    /// It may.
    Yes,
    /// The budget has not that much left.
    NoBudget,
}

impl Desk<'_> {
    /// The merge as the log has it.
    pub(super) async fn load(&self) -> Result<(ProjectId, Details), RunnerError> {
        let (project, merge) = self.state::<Merge>(self.merge.0).await?;
        match (project, merge) {
            (Some(project), Merge::Present(details)) => Ok((project, *details)),
            _ => Err(RunnerError::Broken(format!("there is no merge {} in the log", self.merge))),
        }
    }

    /// What the project has configured.
    pub(super) async fn project(&self, id: ProjectId) -> Result<Profile, RunnerError> {
        let (_, project) = self.state::<Project>(id.0).await?;
        let missing = || RunnerError::Broken(format!("there is no project {id} in the log"));
        project.profile().cloned().ok_or_else(missing)
    }

    /// A task as the log has it.
    pub(super) async fn task(&self, id: TaskId) -> Result<task::Details, RunnerError> {
        match self.state::<Task>(id.0).await?.1 {
            Task::Present(details) => Ok(*details),
            Task::Absent => Err(RunnerError::Broken(format!("there is no task {id} in the log"))),
        }
    }

    async fn state<D: Handled>(&self, id: Uuid) -> Result<(Option<ProjectId>, D), RunnerError> {
        let nothing = CommandId(Uuid::nil());
        let loaded = self.parts.store.load::<D>(self.org, &id.to_string(), nothing).await;
        let known = loaded.map_err(CommandError::from)?.aggregate;
        Ok((known.project, known.state))
    }

    /// Gives the merge a command; false when it was refused: somebody has decided otherwise meanwhile, so look again.
    pub(super) async fn tell(&self, command: Command) -> Result<bool, RunnerError> {
        match self.carry_out(Step::under::<Merge>(self.merge.0, command, self.work_lease())).await {
            Ok(()) => Ok(true),
            Err(RunnerError::Command(CommandError::Rejected { code, .. })) => {
                tracing::debug!(merge = %self.merge, code, "the merge is not where it was");
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Announces a call, and takes the most it can cost out of the budget of the merge.
    pub(super) async fn announce(
        &self,
        project: ProjectId,
        budget: Usd,
        start: trajectory::Command,
    ) -> Result<Announced, RunnerError> {
        match self.append(project, Some(budget), start).await {
            Ok(()) => Ok(Announced::Yes),
            Err(RunnerError::Command(CommandError::Guard { fault: GuardFault::Full, .. })) => {
                Ok(Announced::NoBudget)
            }
            Err(error) => Err(error),
        }
    }

    /// Says in the trajectory of the merge what was seen, or what became of calls.
    pub(super) async fn record(
        &self,
        project: ProjectId,
        command: trajectory::Command,
    ) -> Result<(), RunnerError> {
        self.append(project, None, command).await
    }

    async fn append(
        &self,
        project: ProjectId,
        budget: Option<Usd>,
        command: trajectory::Command,
    ) -> Result<(), RunnerError> {
        let rules = CallRules { lease: self.work_lease(), budget };
        let step = Step::under::<Trajectory>(self.merge.0, command, rules).in_project(project);
        self.carry_out(step).await
    }

    async fn carry_out(&self, step: Step) -> Result<(), RunnerError> {
        match self.parts.dispatcher.carry_out(&self.intent(), vec![step]).await {
            Ok(_) => Ok(()),
            Err(CommandError::Guard { fault: GuardFault::Fenced, .. }) => Err(Lost::Taken.into()),
            Err(error) => Err(error.into()),
        }
    }

    fn work_lease(&self) -> WorkLease {
        WorkLease(Some((self.lease.name.clone(), self.lease.epoch)))
    }

    /// A wish of its own for each command: the streams know by themselves what they have been told before.
    pub(super) fn intent(&self) -> Intent {
        let actor = ActorId(derived_uuid(&[b"process", b"merging"]));
        let mut intent = Intent::new(Actor::process(self.org, actor), &[]);
        intent.correlation_id = self.correlation;
        intent.causation_id = Some(self.cause.0);
        intent
    }
}
