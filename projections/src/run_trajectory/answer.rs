//! How runs are answered.

use std::collections::BTreeMap;

use eventstore::Unavailable;
use execution::run::{Evidence, Limits, Outcome, Place, Snapshot, Status, SteerId, SteerState};
use kernel::{ActorId, OrgId, ProjectId, Timestamp, Usd};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::{CommandLine, CommitId, FilePattern, Line, Mode, Name, RunId, TaskId};

use super::{BEGUN, Head, RUN, RunRow, RunTrajectory, Seen, TASK};
use crate::ReadModels;

/// Runs of a task that its list has, the newest.
const OF_A_TASK: usize = 200;

/// A run as it is answered.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Run")]
pub struct RunAnswer {
    /// What lists say of it too.
    #[serde(flatten)]
    pub line: RunLine,
    /// What is behind the status: why it is to stop, or how and why it ended.
    pub progress: Status,
    /// The claim under which it holds its task.
    pub epoch: i64,
    /// What the agent calls itself; `null` before its sandbox is ready.
    pub agent_version: Option<Line<200>>,
    /// Who started it; `null` when work started by itself.
    pub by: Option<ActorId>,
    /// When it is ended by us.
    pub limits: Limits,
    /// Where it works; `null` before that is decided.
    pub place: Option<Place>,
    /// What holds its sandbox: `full`, `user` or `process`; `null` before it is ready.
    pub level: Option<Name>,
    /// Its sandbox went away under it.
    pub sandbox_lost: bool,
    /// Its workspace was removed; all that was in it is kept.
    pub released: bool,
    /// The newest state of its workspace that is kept.
    pub snapshot: Option<Snapshot>,
    /// What was said to the agent and is still on its way.
    pub steer: Option<OpenSteer>,
    /// What was found out about its work; `null` before.
    pub evidence: Option<EvidenceAnswer>,
    /// What was seen of the agent, counted.
    pub seen: Seen,
    /// Its version.
    pub version: i64,
    /// Everything up to here is shown.
    pub position: i64,
    /// The answer stands still since this event, because it cannot be applied; `null` when all is well.
    pub stale: Option<i64>,
}

/// A run in a list.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct RunLine {
    /// The run.
    pub id: RunId,
    /// Its project.
    pub project: Option<ProjectId>,
    /// What it works on.
    pub task: TaskId,
    /// The profile of the agent.
    pub agent: Name,
    /// What drives the agent.
    pub driver: Name,
    /// What it may change.
    pub mode: Mode,
    /// How far it is, in one word: `starting`, `active`, `stopping`, `ended`.
    pub status: &'static str,
    /// How it ended; `null` before.
    pub outcome: Option<Outcome>,
    /// What its calls to models cost so far, in micro-dollars.
    pub cost: Usd,
    /// When something was last seen of the agent; `null` before.
    pub last_seen_at: Option<Timestamp>,
    /// When it took its task.
    pub created_at: Timestamp,
    /// When it last got further.
    pub updated_at: Timestamp,
    /// When it ended; `null` before.
    pub ended_at: Option<Timestamp>,
}

/// Something that was said to an agent and is still on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct OpenSteer {
    /// Which one.
    pub id: SteerId,
    /// How far it is.
    #[serde(flatten)]
    pub state: SteerState,
}

/// What was found out about the work of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "RunEvidence")]
pub struct EvidenceAnswer {
    /// What was looked at.
    pub commit: CommitId,
    /// What it was compared with.
    pub base: CommitId,
    /// How many files differ.
    pub files: u32,
    /// Lines added.
    pub added: u64,
    /// Lines removed.
    pub removed: u64,
    /// Protected files that the run had changed, and that were put back.
    pub restored: Vec<FilePattern>,
    /// The commands that were run to find out.
    pub commands: Vec<CheckedAnswer>,
}

/// A command that was run to find out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "RunChecked")]
pub struct CheckedAnswer {
    /// The command line.
    pub cmd: CommandLine,
    /// Its exit code; 0 is success.
    pub exit: i32,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
}

/// Runs of a project or of a task.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Runs")]
pub struct RunsAnswer {
    /// Everything up to here is shown.
    pub position: i64,
    /// The answer stands still since this event; `null` when all is well.
    pub stale: Option<i64>,
    /// The one that began last first.
    pub runs: Vec<RunLine>,
    /// What to ask with as `before` for the next page; `null` on the last one.
    pub next: Option<i64>,
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

    /// A page of the runs of a project: `limit` of them, those that began before the position `before` when it is given.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn runs_of_project(
        &self,
        org: OrgId,
        project: ProjectId,
        before: Option<i64>,
        limit: i64,
    ) -> Result<RunsAnswer, Unavailable> {
        let before = before.map(place);
        let begun = self.newest::<RunTrajectory>(org, project.0, BEGUN, before.as_deref(), limit).await?;
        let full = i64::try_from(begun.rows.len()).is_ok_and(|rows| rows == limit);
        let next = begun.rows.last().filter(|_| full).map(|row| row.position);
        let ids = begun.rows.iter().filter_map(|row| match &row.row {
            RunRow::Begun { run } => Some(*run),
            RunRow::Run(_) | RunRow::Task { .. } => None,
        });
        let runs = self.lines(org, ids.collect()).await?;
        Ok(RunsAnswer { position: begun.position, stale: begun.stale, runs, next })
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
    async fn lines(&self, org: OrgId, ids: Vec<RunId>) -> Result<Vec<RunLine>, Unavailable> {
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

fn head_of(row: RunRow) -> Option<Head> {
    match row {
        RunRow::Run(head) => Some(*head),
        RunRow::Begun { .. } | RunRow::Task { .. } => None,
    }
}

impl Head {
    fn line(&self, id: RunId) -> Option<RunLine> {
        let run = self.state.details()?;
        let outcome = match run.status {
            Status::Ended { outcome, .. } => Some(outcome),
            Status::Starting | Status::Active | Status::Stopping { .. } => None,
        };
        Some(RunLine {
            id,
            project: self.project,
            task: run.start.task,
            agent: run.start.agent.clone(),
            driver: run.start.driver.clone(),
            mode: run.start.mode,
            status: run.status_name(),
            outcome,
            cost: self.seen.calls.cost,
            last_seen_at: self.seen.last_at,
            created_at: self.created_at,
            updated_at: self.updated_at,
            ended_at: self.ended_at,
        })
    }

    pub(super) fn answer(self, id: RunId, position: i64, stale: Option<i64>) -> Option<RunAnswer> {
        let line = self.line(id)?;
        let run = self.state.details()?.clone();
        Some(RunAnswer {
            line,
            progress: run.status,
            epoch: run.start.epoch,
            agent_version: self.agent_version,
            by: run.start.by,
            limits: run.start.limits,
            place: run.place,
            level: run.level,
            sandbox_lost: run.sandbox_lost,
            released: run.released,
            snapshot: run.snapshot,
            steer: run.steer.map(|steer| OpenSteer { id: steer.id, state: steer.state }),
            evidence: self.evidence,
            seen: self.seen,
            version: self.version,
            position,
            stale,
        })
    }
}

impl EvidenceAnswer {
    /// Without what the commands wrote and the names of the files: the event has them.
    pub(super) fn of(evidence: &Evidence) -> Self {
        Self {
            commit: evidence.commit.clone(),
            base: evidence.base.clone(),
            files: evidence.files,
            added: evidence.added,
            removed: evidence.removed,
            restored: evidence.restored.to_vec(),
            commands: evidence
                .commands
                .iter()
                .map(|checked| CheckedAnswer {
                    cmd: checked.cmd.clone(),
                    exit: checked.exit,
                    duration_ms: checked.duration_ms,
                })
                .collect(),
        }
    }
}
