//! Why a task that is ready is not started: what people can give it, what its ticket says, or that all places are taken.

use eventstore::Unavailable;
use kernel::OrgId;
use schemars::JsonSchema;
use serde::Serialize;
use work::task::{Mode, Work};
use work::ticket::Held;

use crate::ReadModels;
use crate::projects::ProjectAnswer;
use crate::task_detail::TaskAnswer;

/// What a task that is ready waits for before it is started by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "TaskWaitsFor")]
pub enum WaitsFor {
    /// Nothing starts by itself in its project: autonomy is off, or the project is archived.
    AutonomyOff,
    /// Neither it nor its project names the profile of an agent.
    NoAgent,
    /// Its project has no repository.
    NoRepository,
    /// Neither it nor its project has a command that shows whether the work is done.
    NoVerification,
    /// Its ticket is cancelled.
    TicketCancelled,
    /// Its ticket is blocked.
    TicketBlocked,
    /// Its ticket depends on one that is not done.
    TicketWaits,
    /// Its ticket has not come to its phase: a gate before that has not opened.
    PhaseAhead,
    /// Its agent is in quarantine; a person may try it.
    AgentQuarantined,
    /// Another run has what it needs for itself alone.
    Lock,
    /// Its project has as many runs as it may; it is started when one of them ends.
    Slots,
}

/// What a task that is ready waits for; `held` is what its ticket, its agent or its locks say, `running` counts the runs of its project.
/// `None` when it is started as soon as it is its turn.
#[must_use]
pub fn why_not_started(
    work: &Work,
    project: &ProjectAnswer,
    held: Option<WaitsFor>,
    running: i64,
) -> Option<WaitsFor> {
    let nothing_verifies = work.validate.is_empty() && project.settings.verify.is_empty();
    if !project.autonomy || project.status != "active" {
        Some(WaitsFor::AutonomyOff)
    } else if work.agent.is_none() && project.settings.agent.is_none() {
        Some(WaitsFor::NoAgent)
    } else if project.repository.is_none() {
        Some(WaitsFor::NoRepository)
    } else if nothing_verifies && work.mode != Mode::Exploration {
        Some(WaitsFor::NoVerification)
    } else if held.is_some() {
        held
    } else if running >= i64::from(project.settings.max_concurrent_runs.get()) {
        Some(WaitsFor::Slots)
    } else {
        None
    }
}

impl ReadModels {
    /// What this task waits for; `None` of one that is not ready.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn waits_for(&self, org: OrgId, task: &TaskAnswer) -> Result<Option<WaitsFor>, Unavailable> {
        let (Some(project), "ready") = (task.project, task.status) else { return Ok(None) };
        let Some(known) = self.project(org, project).await? else { return Ok(None) };
        let work = &task.plan.work;
        let agent = work.agent.as_ref().or(known.project.settings.agent.as_ref());
        let around = self.around(org, project, &task.plan, agent).await?;
        let quarantined = around.quarantined.then_some(WaitsFor::AgentQuarantined);
        let locked = around.locked.then_some(WaitsFor::Lock);
        let held = around.held.as_ref().map(WaitsFor::ticket).or(quarantined).or(locked);
        Ok(why_not_started(work, &known.project, held, around.running))
    }
}

impl WaitsFor {
    const fn ticket(held: &Held) -> Self {
        match held {
            Held::Cancelled { .. } => Self::TicketCancelled,
            Held::Blocked { .. } => Self::TicketBlocked,
            Held::Waits { .. } => Self::TicketWaits,
            Held::PhaseAhead { .. } => Self::PhaseAhead,
        }
    }
}
