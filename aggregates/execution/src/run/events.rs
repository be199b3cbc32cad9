//! What may have happened to a run. These names and fields are for ever.

use kernel::{ActorId, EventKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::{BranchName, CommitId, Line, Name, Reason};

use super::{Evidence, Outcome, Place, Snapshot, Started, SteerId};
use crate::content::Content;

/// A fact about a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "$type")]
pub enum Event {
    /// The run has taken its task.
    #[serde(rename = "run.started")]
    Started(Box<Started>),
    /// It was decided where it works; nothing is made there yet.
    #[serde(rename = "run.sandbox_requested")]
    SandboxRequested(Box<Place>),
    /// Its sandbox is there, and the agent begins.
    #[serde(rename = "run.sandbox_ready")]
    SandboxReady {
        /// What holds it: `full`, `user` or `process`.
        level: Name,
        /// What the agent calls itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        version: Option<Line<200>>,
    },
    /// The sandbox went away under it.
    #[serde(rename = "run.sandbox_lost")]
    SandboxLost {
        /// What was seen.
        reason: Reason,
    },
    /// Its workspace was removed; all that was in it is kept.
    #[serde(rename = "run.sandbox_released")]
    SandboxReleased,
    /// Somebody has something to say to the agent.
    #[serde(rename = "run.steer_requested")]
    SteerRequested {
        /// Names it.
        steer: SteerId,
        /// The words.
        text: Content,
        /// Who.
        by: ActorId,
    },
    /// The words were handed to the agent.
    #[serde(rename = "run.steer_written")]
    SteerWritten {
        /// Which ones.
        steer: SteerId,
        /// By which way, e.g. `hook`.
        mechanism: Name,
    },
    /// The agent's program has taken the words.
    #[serde(rename = "run.steer_accepted")]
    SteerAccepted {
        /// Which ones.
        steer: SteerId,
    },
    /// The agent has the words within the turn that was going on.
    #[serde(rename = "run.steer_folded")]
    SteerFolded {
        /// Which ones.
        steer: SteerId,
        /// That turn.
        turn: u32,
    },
    /// The agent has the words as its next turn.
    #[serde(rename = "run.steer_deferred")]
    SteerDeferred {
        /// Which ones.
        steer: SteerId,
        /// That turn.
        turn: u32,
    },
    /// The words provably never reached the agent.
    #[serde(rename = "run.steer_degraded")]
    SteerDegraded {
        /// Which ones.
        steer: SteerId,
        /// Why.
        reason: Reason,
    },
    /// Nobody knows whether the words reached the agent; they are never sent again.
    #[serde(rename = "run.steer_ambiguous")]
    SteerAmbiguous {
        /// Which ones.
        steer: SteerId,
        /// Why.
        reason: Reason,
    },
    /// The turn of its agent is to end.
    #[serde(rename = "run.interrupt_requested")]
    InterruptRequested {
        /// Who wants it.
        by: ActorId,
    },
    /// The turn that somebody interrupted is over.
    #[serde(rename = "run.interrupt_settled")]
    InterruptSettled {
        /// Which turn.
        turn: u32,
        /// Why it is over, as its agent says: `cancelled` when by that, another word when it was faster.
        stop: Name,
    },
    /// The run is to stop, after a snapshot.
    #[serde(rename = "run.stop_requested")]
    StopRequested {
        /// Why.
        reason: Reason,
        /// Who wants it; none when a limit does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<ActorId>,
    },
    /// What is in its workspace is kept.
    #[serde(rename = "run.snapshot_taken")]
    SnapshotTaken(Snapshot),
    /// What its work is worth was found out.
    #[serde(rename = "run.evidence_gathered")]
    EvidenceGathered(Box<Evidence>),
    /// Its branch in the repository shows what it has come to.
    #[serde(rename = "run.work_published")]
    WorkPublished {
        /// The branch.
        branch: BranchName,
        /// The commit at which it is since.
        commit: CommitId,
        /// The commit that the work is measured from.
        base: CommitId,
        /// Whether the branch was not there before.
        created: bool,
    },
    /// The run is over.
    #[serde(rename = "run.ended")]
    Ended {
        /// How.
        outcome: Outcome,
        /// Why, for programs, e.g. `idle`.
        code: Name,
        /// Why, for people.
        reason: Reason,
    },
    /// Somebody reported something after its end; the first time.
    #[serde(rename = "run.late_input_refused")]
    LateInputRefused {
        /// Who: `worker`, `gateway` or `host`.
        source: Name,
    },
}

impl EventKind for Event {
    const TYPES: &'static [(&'static str, i32)] = &[
        ("run.started", 1),
        ("run.sandbox_requested", 1),
        ("run.sandbox_ready", 1),
        ("run.sandbox_lost", 1),
        ("run.sandbox_released", 1),
        ("run.steer_requested", 1),
        ("run.steer_written", 1),
        ("run.steer_accepted", 1),
        ("run.steer_folded", 1),
        ("run.steer_deferred", 1),
        ("run.steer_degraded", 1),
        ("run.steer_ambiguous", 1),
        ("run.interrupt_requested", 1),
        ("run.interrupt_settled", 1),
        ("run.stop_requested", 1),
        ("run.snapshot_taken", 1),
        ("run.evidence_gathered", 1),
        ("run.work_published", 1),
        ("run.ended", 1),
        ("run.late_input_refused", 1),
    ];

    fn event_type(&self) -> &'static str {
        match self {
            Self::Started(_) => "run.started",
            Self::SandboxRequested(_) => "run.sandbox_requested",
            Self::SandboxReady { .. } => "run.sandbox_ready",
            Self::SandboxLost { .. } => "run.sandbox_lost",
            Self::SandboxReleased => "run.sandbox_released",
            Self::SteerRequested { .. } => "run.steer_requested",
            Self::SteerWritten { .. } => "run.steer_written",
            Self::SteerAccepted { .. } => "run.steer_accepted",
            Self::SteerFolded { .. } => "run.steer_folded",
            Self::SteerDeferred { .. } => "run.steer_deferred",
            Self::SteerDegraded { .. } => "run.steer_degraded",
            Self::SteerAmbiguous { .. } => "run.steer_ambiguous",
            Self::InterruptRequested { .. } => "run.interrupt_requested",
            Self::InterruptSettled { .. } => "run.interrupt_settled",
            Self::StopRequested { .. } => "run.stop_requested",
            Self::SnapshotTaken(_) => "run.snapshot_taken",
            Self::EvidenceGathered(_) => "run.evidence_gathered",
            Self::WorkPublished { .. } => "run.work_published",
            Self::Ended { .. } => "run.ended",
            Self::LateInputRefused { .. } => "run.late_input_refused",
        }
    }
}
