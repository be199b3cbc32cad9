//! How runs are answered.

use execution::content::Content;
use execution::run::{Limits, Outcome, Place, Snapshot, Status, SteerId, SteerState};
use kernel::{ActorId, ProjectId, Timestamp, Usd};
use schemars::JsonSchema;
use serde::Serialize;
use vocabulary::{Line, Mode, Name, RunId, TaskId};

use super::{EvidenceAnswer, Head, RunRow, Seen};

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
    /// Somebody has interrupted the turn of the agent, and it has not ended yet.
    pub interrupting: bool,
    /// What was found out about its work; `null` before.
    pub evidence: Option<EvidenceAnswer>,
    /// The report of the evidence, as long as nobody has opened it.
    #[serde(skip)]
    pub report: Option<Content>,
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

pub(super) fn head_of(row: RunRow) -> Option<Head> {
    match row {
        RunRow::Run(head) => Some(*head),
        RunRow::Begun { .. } | RunRow::Task { .. } => None,
    }
}

impl Head {
    pub(super) fn line(&self, id: RunId) -> Option<RunLine> {
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
            interrupting: run.interrupt.is_some(),
            evidence: self.evidence,
            report: self.report,
            seen: self.seen,
            version: self.version,
            position,
            stale,
        })
    }
}
