//! A spec and its trajectories, read from the log and written under the planner's lease.

use commands::{Actor, CallRules, CommandError, Intent, Step, WorkLease};
use eventstore::{GuardFault, Lease, Lost};
use execution::trajectory::{self, Subject, Trajectory};
use kernel::{ActorId, CommandId, EventId, OrgId, ProjectId, Usd, Uuid, derived_uuid};
use plan::Phase;
use planning::spec::{self, Details, Spec};
use tokio_util::sync::CancellationToken;
use vocabulary::{Name, SpecId};
use work::project::{self, Project};

use super::{Planner, PlannerError};

/// A spec that is being planned.
#[derive(Clone, Copy)]
pub(super) struct Desk<'a> {
    pub(super) planner: &'a Planner,
    pub(super) org: OrgId,
    pub(super) spec: SpecId,
    pub(super) lease: &'a Lease,
    /// The event that caused it.
    pub(super) cause: EventId,
    pub(super) correlation: Uuid,
    pub(super) stop: &'a CancellationToken,
}

/// What became of a command to the spec.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// It stands in the log.
    Taken,
    /// The spec is not where it was: somebody has cancelled it, or decided otherwise.
    Overtaken,
}

/// Whether a call may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Announced {
    /// It may.
    Yes,
    /// The budget has not that much left.
    NoBudget,
}

impl Desk<'_> {
    /// The spec as the log has it.
    pub(super) async fn load(&self) -> Result<(ProjectId, Details), PlannerError> {
        let id = self.spec.to_string();
        let loaded = self.planner.store.load::<Spec>(self.org, &id, CommandId(Uuid::nil())).await;
        let known = loaded.map_err(CommandError::from)?.aggregate;
        match (known.project, known.state) {
            (Some(project), Spec::Present(details)) => Ok((project, *details)),
            _ => Err(PlannerError::Broken(format!("there is no spec {id} in the log"))),
        }
    }

    /// In which repository the code of the project is.
    pub(super) async fn repository(
        &self,
        project: ProjectId,
    ) -> Result<Option<project::Repository>, PlannerError> {
        let known = self.planner.dispatcher.peek::<Project>(self.org, project.0).await?;
        Ok(known.state.profile().and_then(|profile| profile.repository.clone()))
    }

    /// Gives the spec a command.
    pub(super) async fn tell(&self, command: spec::Command) -> Result<Told, PlannerError> {
        let step = Step::under::<Spec>(self.spec.0, command, self.rules());
        match self.carry_out(step).await {
            Ok(()) => Ok(Told::Taken),
            Err(PlannerError::Command(CommandError::Rejected { .. })) => Ok(Told::Overtaken),
            Err(error) => Err(error),
        }
    }

    /// Announces a call, and takes the most it can cost out of the budget.
    pub(super) async fn announce(
        &self,
        trajectory: &TrajectoryOf,
        budget: Option<Usd>,
        start: trajectory::Command,
    ) -> Result<Announced, PlannerError> {
        match self.append(trajectory, budget, start).await {
            Ok(()) => Ok(Announced::Yes),
            Err(PlannerError::Command(CommandError::Guard { fault: GuardFault::Full, .. })) => {
                Ok(Announced::NoBudget)
            }
            Err(error) => Err(error),
        }
    }

    /// Says in the trajectory what became of calls.
    pub(super) async fn record(
        &self,
        trajectory: &TrajectoryOf,
        command: trajectory::Command,
    ) -> Result<(), PlannerError> {
        self.append(trajectory, None, command).await
    }

    async fn append(
        &self,
        trajectory: &TrajectoryOf,
        budget: Option<Usd>,
        command: trajectory::Command,
    ) -> Result<(), PlannerError> {
        let rules = CallRules { lease: self.rules(), budget };
        let step = Step::under::<Trajectory>(trajectory.id, command, rules).in_project(trajectory.project);
        self.carry_out(step).await
    }

    async fn carry_out(&self, step: Step) -> Result<(), PlannerError> {
        match self.planner.dispatcher.carry_out(&self.intent(), vec![step]).await {
            Ok(_) => Ok(()),
            Err(CommandError::Guard { fault: GuardFault::Fenced, .. }) => Err(Lost::Taken.into()),
            Err(error) => Err(error.into()),
        }
    }

    fn rules(&self) -> WorkLease {
        WorkLease(Some((self.lease.name.clone(), self.lease.epoch)))
    }

    /// A wish of its own for each command: the streams know by themselves what they have been told before.
    fn intent(&self) -> Intent {
        let actor = ActorId(derived_uuid(&[b"process", b"planning"]));
        let mut intent = Intent::new(Actor::process(self.org, actor), &[]);
        intent.correlation_id = self.correlation;
        intent.causation_id = Some(self.cause.0);
        intent
    }
}

/// The trajectory of one attempt at a phase.
pub(super) struct TrajectoryOf {
    id: Uuid,
    project: ProjectId,
    /// What its calls are for.
    pub(super) of: Subject,
}

impl TrajectoryOf {
    pub(super) fn attempt(project: ProjectId, spec: SpecId, phase: Phase, attempt: u32) -> Self {
        let of = Subject::Planning {
            spec,
            phase: Name::new(phase.as_str()).expect("a phase has a name"),
            attempt,
        };
        let id = trajectory::of_attempt(spec, phase.as_str(), attempt);
        Self { id, project, of }
    }
}
