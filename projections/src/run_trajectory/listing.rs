//! One run, the runs of a project and of a task, and which of them are asked for.

use std::collections::BTreeMap;

use eventstore::Unavailable;
use execution::run::Outcome;
use kernel::{OrgId, ProjectId};
use schemars::JsonSchema;
use serde::Deserialize;
use vocabulary::{Name, RunId, TaskId};

use super::answer::head_of;
use super::{BEGUN, RUN, RunAnswer, RunLine, RunRow, RunTrajectory, RunsAnswer, TASK};
use crate::ReadModels;

/// Runs of a task that its list has, the newest.
const OF_A_TASK: usize = 200;

/// Runs that are looked at for those that are asked for, at once and how often.
const LOOKED_AT: i64 = 200;
const LOOKS: usize = 5;

/// Which runs are asked for; all when nothing is said.
#[derive(Clone, Debug, Default)]
pub struct RunFilter {
    /// How far they are, or how they ended, in one word.
    pub state: Option<RunState>,
    /// By this profile of an agent.
    pub agent: Option<Name>,
    /// At this task.
    pub task: Option<TaskId>,
}

/// How far a run is, or how it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// Its sandbox is being made.
    Starting,
    /// The agent works.
    Active,
    /// It was told to stop.
    Stopping,
    /// It is over, however.
    Ended,
    /// What it made was verified.
    Succeeded,
    /// It came to nothing that holds.
    Failed,
    /// Somebody stopped it.
    Cancelled,
    /// It took longer, or did less, or cost more, than it may.
    TimedOut,
    /// Whoever ran it is gone.
    Lost,
}

impl RunFilter {
    fn is_all(&self) -> bool {
        self.state.is_none() && self.agent.is_none() && self.task.is_none()
    }

    fn has(&self, run: &RunLine) -> bool {
        self.state.is_none_or(|state| state.is_of(run))
            && self.agent.as_ref().is_none_or(|agent| *agent == run.agent)
            && self.task.is_none_or(|task| task == run.task)
    }
}

impl RunState {
    fn is_of(self, run: &RunLine) -> bool {
        match self {
            Self::Starting => run.status == "starting",
            Self::Active => run.status == "active",
            Self::Stopping => run.status == "stopping",
            Self::Ended => run.status == "ended",
            Self::Succeeded => run.outcome == Some(Outcome::Succeeded),
            Self::Failed => run.outcome == Some(Outcome::Failed),
            Self::Cancelled => run.outcome == Some(Outcome::Cancelled),
            Self::TimedOut => run.outcome == Some(Outcome::TimedOut),
            Self::Lost => run.outcome == Some(Outcome::Lost),
        }
    }
}

/// A position as a key: as many digits as a position can have, so that keys sort as positions do.
pub(super) fn place(position: i64) -> String {
    format!("{position:019}")
}

impl ReadModels {
    /// A run; `None` when this organization has no such run.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn run(&self, org: OrgId, id: RunId) -> Result<Option<RunAnswer>, Unavailable> {
        let Some(answer) = self.one::<RunTrajectory>(org, RUN, id.0).await? else { return Ok(None) };
        let (position, stale) = (answer.position, answer.stale);
        let head = answer.rows.into_iter().next().and_then(|row| head_of(row.row));
        Ok(head.and_then(|head| head.answer(id, position, stale)))
    }

    /// A page of the runs of a project that are so: `limit` of them at most, those that began before the position `before` when it
    /// is given. When few are so it may have none, and there is more all the same.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn runs_of_project(
        &self,
        org: OrgId,
        project: ProjectId,
        which: &RunFilter,
        before: Option<i64>,
        limit: i64,
    ) -> Result<RunsAnswer, Unavailable> {
        let most = usize::try_from(limit).unwrap_or(usize::MAX);
        let at_once = if which.is_all() { limit } else { LOOKED_AT };
        let mut answer = RunsAnswer { position: 0, stale: None, runs: Vec::new(), next: before };
        for _ in 0..LOOKS {
            let from = answer.next.map(place);
            let begun = self.newest::<RunTrajectory>(org, project.0, BEGUN, from.as_deref(), at_once).await?;
            (answer.position, answer.stale) = (begun.position, begun.stale);
            let is_full = i64::try_from(begun.rows.len()).is_ok_and(|rows| rows == at_once);
            let ids = begun.rows.iter().filter_map(|row| match &row.row {
                RunRow::Begun { run } => Some((*run, row.position)),
                RunRow::Run(_) | RunRow::Task { .. } => None,
            });
            let places: BTreeMap<RunId, i64> = ids.clone().collect();
            let lines = self.lines(org, ids.map(|(run, _)| run).collect()).await?;
            answer.runs.extend(lines.into_iter().filter(|line| which.has(line)));
            let is_enough = answer.runs.len() >= most;
            answer.next = begun.rows.last().filter(|_| is_full).map(|row| row.position);
            if answer.runs.len() > most {
                answer.runs.truncate(most);
                answer.next = answer.runs.last().and_then(|last| places.get(&last.id).copied());
            }
            if is_enough || answer.next.is_none() {
                break;
            }
        }
        Ok(answer)
    }

    /// The newest runs of a task. Without any, whether there is such a task is not said.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn runs_of_task(&self, org: OrgId, task: TaskId) -> Result<RunsAnswer, Unavailable> {
        let Some(known) = self.one::<RunTrajectory>(org, TASK, task.0).await? else {
            let position = self.position::<RunTrajectory>().await?;
            return Ok(RunsAnswer { position, stale: None, runs: Vec::new(), next: None });
        };
        let ids = known.rows.into_iter().flat_map(|row| match row.row {
            RunRow::Task { runs } => runs,
            RunRow::Run(_) | RunRow::Begun { .. } => Vec::new(),
        });
        let mut ids: Vec<RunId> = ids.collect();
        ids.reverse();
        ids.truncate(OF_A_TASK);
        let runs = self.lines(org, ids).await?;
        Ok(RunsAnswer { position: known.position, stale: known.stale, runs, next: None })
    }

    /// These runs, in this order.
    pub(super) async fn lines(&self, org: OrgId, ids: Vec<RunId>) -> Result<Vec<RunLine>, Unavailable> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let named: Vec<String> = ids.iter().map(RunId::to_string).collect();
        let limit = i64::try_from(named.len()).unwrap_or(i64::MAX);
        let rows = self.named::<RunTrajectory>(org, RUN, &named, limit).await?.rows;
        let known = rows.into_iter().filter_map(|row| {
            let id = RunId(row.id.parse().ok()?);
            Some((id, head_of(row.row)?.line(id)?))
        });
        let mut known: BTreeMap<RunId, RunLine> = known.collect();
        Ok(ids.into_iter().filter_map(|id| known.remove(&id)).collect())
    }
}
