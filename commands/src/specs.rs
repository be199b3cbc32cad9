//! What people do with specs, where it takes more than the spec's own stream: a new one stands in a project, and an
//! accepted plan becomes tickets, tasks and edges in one append.

mod completion;
mod revision;
mod work;

use kernel::{CommandId, ProjectId, Uuid, derived_uuid};
use planning::spec::{Command, Details, Spec};
use vocabulary::SpecId;

pub use self::revision::Preview;

use crate::tickets::unknown;
use crate::{CommandError, Dispatcher, Intent, Permission, Receipt, Step};

/// A spec as the log has it.
struct Found {
    project: ProjectId,
    details: Details,
    version: i64,
}

impl Dispatcher {
    /// Whether somebody may submit specs to a project that is in use.
    ///
    /// # Errors
    /// As [`Dispatcher::create_spec`].
    pub async fn takes_specs(&self, intent: &Intent, project: ProjectId) -> Result<(), CommandError> {
        intent.actor.require(Permission::WriteSpecs)?;
        if !intent.actor.sees(project) {
            return Err(unknown("project"));
        }
        if self.settled(intent).await?.is_some() {
            return Ok(());
        }
        let profile = self.profile(intent.actor.org, project).await;
        self.early(intent, profile).await.map(|_| ())
    }

    /// Submits or imports a spec in a project. The id follows from the command, so a repeat makes it once.
    ///
    /// # Errors
    /// `not_found` without such a project, `archived` when it is put away, `vetoed` for a plan that cannot be.
    pub async fn create_spec(
        &self,
        intent: &Intent,
        project: ProjectId,
        command: Command,
    ) -> Result<(SpecId, Receipt), CommandError> {
        let id = SpecId(derived_uuid(&[b"spec", intent.command_id.0.as_bytes()]));
        intent.actor.require(Permission::WriteSpecs)?;
        if !intent.actor.sees(project) {
            return Err(unknown("project"));
        }
        if let Some(receipt) = self.settled(intent).await? {
            return Ok((id, receipt));
        }
        let profile = self.profile(intent.actor.org, project).await;
        self.early(intent, profile).await?;
        let step = Step::on::<Spec>(id.0, command).beginning().in_project(project);
        Ok((id, self.carry_out(intent, vec![step]).await?))
    }

    /// Carries out a command that concerns the spec alone.
    ///
    /// # Errors
    /// As [`Dispatcher::execute`].
    pub async fn on_spec(
        &self,
        intent: &Intent,
        spec: SpecId,
        command: Command,
        expected: Option<i64>,
    ) -> Result<Receipt, CommandError> {
        self.carry_out(intent, vec![Step::on::<Spec>(spec.0, command).expecting(expected)]).await
    }

    /// Makes tickets, tasks and edges of an accepted plan, or makes them follow one that was revised: all in one append,
    /// once. A repeat changes nothing.
    ///
    /// # Errors
    /// `not_planned` before the plan is accepted.
    pub async fn materialize_spec(&self, intent: &Intent, spec: SpecId) -> Result<Receipt, CommandError> {
        intent.actor.require(Permission::WriteSpecs)?;
        loop {
            match self.materialize(intent, spec).await {
                // Others were quicker: what they have made is what was asked for.
                Err(CommandError::Rejected { .. }) if self.is_materialized(intent, spec).await? => {
                    return Ok(Receipt::nothing());
                }
                // The plan is another one than the one that was looked at.
                Err(CommandError::Moved { .. }) => {}
                outcome => return outcome,
            }
        }
    }

    async fn is_materialized(&self, intent: &Intent, spec: SpecId) -> Result<bool, CommandError> {
        match self.find_spec(intent, spec).await {
            Ok(Found { details, .. }) => Ok(details.is_accepted() && details.is_up_to_date()),
            Err(CommandError::Rejected { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn materialize(&self, intent: &Intent, spec: SpecId) -> Result<Receipt, CommandError> {
        if let Some(receipt) = self.settled(intent).await? {
            return Ok(receipt);
        }
        let found = self.find_spec(intent, spec).await;
        let Found { project, details, version } = self.early(intent, found).await?;
        let profile = self.profile(intent.actor.org, project).await;
        let board = self.early(intent, profile).await?.board;
        let open = details.is_accepted() && !details.stage.is_over();
        if open && details.work.is_some() && !details.is_up_to_date() {
            return self.follow_plan(intent, spec, &board).await;
        }
        if !open || details.work.is_some() {
            // Nothing to plan: the spec says by itself what is so.
            let command = Command::Materialize { tickets: Vec::new(), tasks: Vec::new() };
            let step = Step::on::<Spec>(spec.0, command).expecting(Some(version));
            return self.carry_out(intent, vec![step]).await;
        }
        let plan = details.plan().tasks;
        let numbers = self.numbers_for(intent, project, (plan.tickets.len(), plan.tasks.len())).await?;
        let place = work::Place { spec, project, board: &board };
        self.carry_out(intent, work::steps(&place, &plan, &numbers, version)?).await
    }

    /// From the log: what this node has in memory may be a moment older than what others made.
    async fn find_spec(&self, intent: &Intent, spec: SpecId) -> Result<Found, CommandError> {
        let nobody = CommandId(Uuid::nil());
        let known = self.store().load::<Spec>(intent.actor.org, &spec.to_string(), nobody).await?.aggregate;
        match (known.state.details(), known.project) {
            (Some(details), Some(project)) if intent.actor.sees(project) => {
                Ok(Found { project, details: details.clone(), version: known.version })
            }
            _ => Err(unknown("spec")),
        }
    }

    /// A block of so many numbers for tickets, and one for tasks; of nothing there is no block.
    async fn numbers_for(
        &self,
        intent: &Intent,
        project: ProjectId,
        (tickets, tasks): (usize, usize),
    ) -> Result<work::Numbers, CommandError> {
        let scopes = [(format!("ticket/{project}"), tickets), (format!("task/{project}"), tasks)];
        let wanted: Vec<_> = scopes
            .iter()
            .filter(|(_, count)| *count > 0)
            .map(|(scope, count)| (intent.actor.org, &**scope, *count))
            .collect();
        let mut firsts = self.store().take_numbers_of(&wanted).await?.into_iter();
        let mut first = |count: usize| if count > 0 { firsts.next() } else { Some(1) };
        match (first(tickets), first(tasks)) {
            (Some(tickets), Some(tasks)) => Ok(work::Numbers { tickets, tasks }),
            _ => Err(CommandError::Broken("as many blocks of numbers as were asked for".into())),
        }
    }
}

/// The stream of what a spec's plan calls `local`, made when its work had been revised `round` times. It follows from
/// these, so it is the same whoever makes it.
fn stream_of(kind: &str, spec: SpecId, local: &str, round: u32) -> Uuid {
    let (spec, local, round_bytes) = (spec.0.as_bytes(), local.as_bytes(), round.to_be_bytes());
    match round {
        0 => derived_uuid(&[b"spec", kind.as_bytes(), spec, local]),
        _ => derived_uuid(&[b"spec", kind.as_bytes(), spec, local, &round_bytes]),
    }
}
