//! A run: one attempt of one agent at one task, from the claim to its one outcome.
//!
//! ```text
//!          start              sandbox ready            stop requested
//! absent --------> starting ----------------> active ----------------> stopping
//!                     |                          |                        |
//!                     +------------ end ---------+---------- end ---------+-----> ended{outcome}
//!                                                                                     | its workspace is
//!                                                                                     v removed
//!                                                                                  released
//! ```
//!
//! | command | starting | active | stopping | ended |
//! |---|---|---|---|---|
//! | `RequestSandbox` | sandbox_requested, once | `!not_starting` | `!not_starting` | `!already_ended` |
//! | `SandboxReady` | → active | `!not_starting` | - | `!already_ended` |
//! | `LoseSandbox` | sandbox_lost, once | the same | the same | `!already_ended` |
//! | `RequestSteer` | steer_requested, `!steer_open` | the same | `!stopping` | `!already_ended` |
//! | `AdvanceSteer` | its next state, `!unknown_steer` | the same | the same | `!already_ended` |
//! | `RequestInterrupt` | `!not_active` | interrupt_requested, once until it is settled | `!stopping` | `!already_ended` |
//! | `SettleInterrupt` | - | interrupt_settled when one is open | the same | `!already_ended` |
//! | `RequestStop` | → stopping | → stopping | - | `!already_ended` |
//! | `TakeSnapshot` | `!no_sandbox` | snapshot_taken | snapshot_taken | snapshot_taken, until it is released |
//! | `GatherEvidence` | `!no_sandbox` | evidence_gathered | `!stopping` | `!already_ended` |
//! | `NotePublished` | `!no_sandbox` | work_published, once a commit | the same | `!already_ended` |
//! | `End` | → ended | → ended | → ended | `!already_ended` |
//! | `ReleaseSandbox` | `!not_ended` | `!not_ended` | `!not_ended` | sandbox_released, once |
//! | `RefuseLateInput` | `!not_ended` | `!not_ended` | `!not_ended` | late_input_refused, once |
//!
//! An absent run takes only `Start` (!not_found); one that exists refuses it (!already_exists).
//!
//! Invariants: a run ends once, in one outcome; at most one steer is open, and one that was written when the run ended, or
//! when nobody knows what became of it, is ambiguous and never sent again; a workspace is released only after the run has
//! ended, and whoever releases it has seen a snapshot of what was in it. That a project has no more runs at a time than it may,
//! and no two with the same lock, are guards of the append that starts it.

mod commands;
mod decide;
mod events;
mod evolve;
mod rejection;
mod steer;
#[cfg(test)]
mod tests;

use kernel::{ActorId, Usd};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::{Bounded, BranchName, CommitId, FilePattern, Line, Mode, Name, Reason, TaskId};

use crate::content::Content;

pub use crate::checked::Checked;

pub use self::commands::{Command, End, Start};
pub use self::events::Event;
pub use self::rejection::Rejection;
pub use self::steer::{Steer, SteerId, SteerState};

/// A run as its events have made it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Run {
    /// No event yet.
    #[default]
    Absent,
    /// It was started once.
    Present(Box<Details>),
}

/// What a run that exists knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// What it is to do, and how.
    pub start: Started,
    /// How far it is.
    pub status: Status,
    /// Where it works, once that is decided.
    pub place: Option<Place>,
    /// What holds its sandbox: `full`, `user` or `process`; none before it is ready.
    pub level: Option<Name>,
    /// The sandbox went away under it.
    pub sandbox_lost: bool,
    /// Its workspace was removed.
    pub released: bool,
    /// Its newest snapshot.
    pub snapshot: Option<Snapshot>,
    /// Where its branch in the repository was put.
    #[serde(default)]
    pub published: Option<CommitId>,
    /// The steer that nobody knows the end of yet.
    pub steer: Option<Steer>,
    /// How often somebody interrupted its agent.
    #[serde(default)]
    pub interrupts: u32,
    /// The interruption that no turn has ended by yet: which one, from 1.
    #[serde(default)]
    pub interrupt: Option<u32>,
    /// Somebody came too late, and it was noted.
    pub late: bool,
}

/// What a run is to do, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Started {
    /// The task.
    pub task: TaskId,
    /// The claim under which it holds the task: what it reports counts as long as the task is at this claim.
    pub epoch: i64,
    /// The profile of the agent, as the configuration names it.
    pub agent: Name,
    /// What drives the agent, e.g. `command`.
    pub driver: Name,
    /// What it may change.
    pub mode: Mode,
    /// Who started it; none when work starts by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<ActorId>,
    /// What it has for itself alone until it ends, as its task says.
    #[serde(default, skip_serializing_if = "Bounded::is_empty")]
    pub locks: Bounded<Name, 0, 10>,
    /// When it is ended by us.
    pub limits: Limits,
}

/// When a run is ended by us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Limits {
    /// After so many seconds in all.
    pub wall_s: u32,
    /// After so many seconds in which nothing was seen of the agent.
    pub idle_s: u32,
    /// After so many seconds in which it changed no file and ran no command.
    pub no_progress_s: u32,
    /// When its calls to models would cost more, in micro-dollars.
    pub budget: Usd,
}

impl Default for Limits {
    /// An hour, 10 minutes, 15 minutes, 20 dollars.
    fn default() -> Self {
        Self { wall_s: 3_600, idle_s: 600, no_progress_s: 900, budget: Usd::from_micros(20_000_000) }
    }
}

/// Where a run works.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Place {
    /// The kind of sandbox, e.g. `local`.
    pub provider: Name,
    /// The node that has it.
    pub node: Line<200>,
    /// The branch that it works on.
    pub branch: BranchName,
    /// The commit that its work is measured from.
    pub base: CommitId,
    /// The commit that it began at: the base, with what an earlier run of the task had come to, if they go together.
    pub at: CommitId,
    /// Whose work is in the base besides the default branch, in the order of merging.
    #[serde(default, skip_serializing_if = "Bounded::is_empty")]
    pub on: Bounded<Prerequisite, 0, 200>,
}

/// A task whose work another one stands on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Prerequisite {
    /// The task.
    pub task: TaskId,
    /// The verified end of its branch.
    pub commit: CommitId,
}

/// How far a run is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "status", rename_all = "snake_case")]
#[schemars(rename = "RunProgress")]
pub enum Status {
    /// Its sandbox is being made.
    Starting,
    /// The agent works.
    Active,
    /// It was told to stop.
    Stopping {
        /// Why.
        reason: Reason,
    },
    /// It is over.
    Ended {
        /// How.
        outcome: Outcome,
        /// Why, for programs, e.g. `idle`.
        code: Name,
        /// Why, for people.
        reason: Reason,
    },
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Outcome {
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

impl Outcome {
    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::TimedOut => "timed_out",
            Self::Lost => "lost",
        }
    }
}

/// A state of a workspace that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Snapshot {
    /// Which of the run's, from 1: it is kept as `refs/omoi/runs/<run>/<n>`.
    pub n: u32,
    /// The commit.
    pub commit: CommitId,
    /// When it was taken.
    pub at: Moment,
}

/// When a snapshot is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Moment {
    /// The agent had finished a turn.
    TurnEnd,
    /// The run was about to be stopped.
    Stop,
    /// The run was over, and nobody had taken one.
    Rescue,
}

/// What was found out about a run's work, on a fresh checkout and in a clean sandbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Evidence {
    /// What was looked at.
    pub commit: CommitId,
    /// What it was compared with.
    pub base: CommitId,
    /// The files that differ, at most 500 of them.
    #[serde(default, skip_serializing_if = "Bounded::is_empty")]
    pub changed: Bounded<FilePattern, 0, 500>,
    /// How many files differ.
    pub files: u32,
    /// Lines added.
    pub added: u64,
    /// Lines removed.
    pub removed: u64,
    /// Protected files that the run had changed, and that were put back as the base has them before anything was run.
    #[serde(default, skip_serializing_if = "Bounded::is_empty")]
    pub restored: Bounded<FilePattern, 0, 500>,
    /// The commands that were run.
    #[serde(default, skip_serializing_if = "Bounded::is_empty")]
    pub commands: Bounded<Checked, 0, 50>,
    /// What a run that explores has found out: JSON of a report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<Content>,
}

impl Run {
    /// The run that exists.
    #[must_use]
    pub fn details(&self) -> Option<&Details> {
        match self {
            Self::Absent => None,
            Self::Present(details) => Some(details),
        }
    }
}

impl Details {
    /// Whether it is over.
    #[must_use]
    pub const fn has_ended(&self) -> bool {
        matches!(self.status, Status::Ended { .. })
    }

    /// The status in one word: `starting`, `active`, `stopping`, `ended`.
    #[must_use]
    pub const fn status_name(&self) -> &'static str {
        match self.status {
            Status::Starting => "starting",
            Status::Active => "active",
            Status::Stopping { .. } => "stopping",
            Status::Ended { .. } => "ended",
        }
    }
}

impl kernel::Decider for Run {
    const TYPE: &'static str = "run";
    const LOGIC_VERSION: i32 = 3;

    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command) -> Result<Vec<Event>, Rejection> {
        decide::decide(self, command)
    }

    fn evolve(&mut self, event: &Event) {
        evolve::evolve(self, event);
    }
}
