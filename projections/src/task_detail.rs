//! A task with everything that is known of it.

use std::collections::BTreeMap;

use eventstore::Unavailable;
use kernel::{Decider as _, OrgId, ProjectId, Recorded, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::TaskId;
use work::task::{Block, Details, Feedback, Plan, Status, Task};

use crate::near_duplicates::NearDuplicate;
use crate::ready_queue::WaitsFor;
use crate::{Fact, Key, Projection, ReadModels};

pub(crate) const TASK: &str = "task";

/// The read model `task_detail`.
#[derive(Debug)]
pub struct TaskDetail;

/// A task as its own events have made it: the fold is the aggregate's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskRow {
    project: Option<ProjectId>,
    state: Task,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// A task as it is answered.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Task")]
pub struct TaskAnswer {
    /// The task.
    pub id: TaskId,
    /// Its project.
    pub project: Option<ProjectId>,
    /// How far it is, in one word; `blocked` while something keeps it from being worked on.
    pub status: &'static str,
    /// What is behind the word: the claim, the worker, the time of the next attempt.
    pub progress: Status,
    /// What a person can do with it now.
    pub possible: Vec<&'static str>,
    /// What is to be done.
    #[serde(flatten)]
    pub plan: Plan,
    /// What keeps it from being worked on.
    pub blockers: Vec<Block>,
    /// Failed attempts so far.
    pub attempt: u32,
    /// Evidence submitted so far.
    pub iteration: u32,
    /// What the last validation missed.
    pub feedback: Option<Feedback>,
    /// Why it is not started by itself although it is ready; `null` when it is not ready, or is started when it is its turn.
    pub waits_for: Option<WaitsFor>,
    /// Tasks of the project that say nearly the same, the closest first: a warning, never a refusal. `null` while it is not
    /// compared yet, a moment after it was planned.
    pub near_duplicates: Option<Vec<NearDuplicate>>,
    /// When it was planned.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Its version, for `If-Match`.
    pub version: i64,
    /// Everything up to here is shown.
    pub position: i64,
    /// The answer stands still since this event, because it cannot be applied; `null` when all is well.
    pub stale: Option<i64>,
}

impl Projection for TaskDetail {
    const NAME: &'static str = "task_detail";
    const VERSION: i32 = 1;
    const READS: &'static [&'static str] = &["task"];
    type Row = TaskRow;

    fn keys(event: &Recorded<Fact>) -> Vec<Key> {
        match &event.event {
            Fact::Task(_) => vec![Key::new(TASK, &event.envelope.aggregate_id)],
            _ => Vec::new(),
        }
    }

    fn fold(_: &Key, row: &mut Option<TaskRow>, event: &Recorded<Fact>) {
        let Fact::Task(fact) = &event.event else { return };
        let envelope = &event.envelope;
        let row = row.get_or_insert_with(|| TaskRow {
            project: envelope.project_id,
            state: Task::default(),
            version: 0,
            created_at: envelope.recorded_at,
            updated_at: envelope.recorded_at,
        });
        row.state.evolve(fact);
        row.version = envelope.sequence;
        row.updated_at = envelope.recorded_at;
    }
}

impl ReadModels {
    /// A task; `None` when this organization has no such task. What is near to it and what it waits for
    /// is asked for by itself.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn task(&self, org: OrgId, id: TaskId) -> Result<Option<TaskAnswer>, Unavailable> {
        let Some(answer) = self.one::<TaskDetail>(org, TASK, id.0).await? else { return Ok(None) };
        let (position, stale) = (answer.position, answer.stale);
        Ok(answer.rows.into_iter().next().and_then(|row| row.row.answer(id, position, stale)))
    }

    /// These tasks as their events have made them, those that there are.
    pub(crate) async fn tasks_named(
        &self,
        org: OrgId,
        ids: &[String],
    ) -> Result<BTreeMap<TaskId, Details>, Unavailable> {
        let limit = i64::try_from(ids.len()).unwrap_or(i64::MAX);
        let rows = self.named::<TaskDetail>(org, TASK, ids, limit).await?.rows;
        let known = rows
            .into_iter()
            .filter_map(|row| Some((TaskId(row.id.parse().ok()?), row.row.state.details()?.clone())));
        Ok(known.collect())
    }
}

impl TaskRow {
    /// How far the task is, in one word.
    pub(crate) fn status_name(&self) -> &'static str {
        self.state.status_name()
    }

    fn answer(self, id: TaskId, position: i64, stale: Option<i64>) -> Option<TaskAnswer> {
        let details = self.state.details()?.clone();
        Some(TaskAnswer {
            id,
            project: self.project,
            status: self.state.status_name(),
            possible: self.state.possible(),
            progress: details.status,
            plan: details.plan,
            blockers: details.blockers,
            attempt: details.attempt,
            iteration: details.iteration,
            feedback: details.feedback,
            waits_for: None,
            near_duplicates: None,
            created_at: self.created_at,
            updated_at: self.updated_at,
            version: self.version,
            position,
            stale,
        })
    }
}
