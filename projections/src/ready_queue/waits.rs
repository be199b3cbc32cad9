//! Why a task that is ready is not started: what people can give it, or that all places are taken.

use eventstore::Unavailable;
use kernel::{OrgId, ProjectId};
use schemars::JsonSchema;
use serde::Serialize;
use sqlx::Row as _;
use work::task::{Mode, Work};

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
    /// Its project has as many runs as it may; it is started when one of them ends.
    Slots,
}

/// What a task that is ready waits for, in a project with so many runs; `None` when it is started as soon as it is its turn.
#[must_use]
pub fn why_not_started(work: &Work, project: &ProjectAnswer, running: i64) -> Option<WaitsFor> {
    let nothing_verifies = work.validate.is_empty() && project.settings.verify.is_empty();
    if !project.autonomy || project.status != "active" {
        Some(WaitsFor::AutonomyOff)
    } else if work.agent.is_none() && project.settings.agent.is_none() {
        Some(WaitsFor::NoAgent)
    } else if project.repository.is_none() {
        Some(WaitsFor::NoRepository)
    } else if nothing_verifies && work.mode != Mode::Exploration {
        Some(WaitsFor::NoVerification)
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
        let running = self.running_in(org, project).await?;
        Ok(why_not_started(&task.plan.work, &known.project, running))
    }

    /// How many runs go on in a project.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn running_in(&self, org: OrgId, project: ProjectId) -> Result<i64, Unavailable> {
        let query = sqlx::query(
            "select count(*) from read_models.generations l join read_models.ready_queue r on r.gen = l.gen \
             and r.org_id = $1 and r.root = $2 and r.kind = 'run' where l.name = 'ready_queue' and l.state = 'live'",
        );
        let rows = self.of_org(org, query.bind(org.0).bind(project.0)).await?;
        Ok(rows.first().map(|row| row.try_get(0)).transpose()?.unwrap_or(0))
    }
}
