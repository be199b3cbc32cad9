//! What may have happened to a task. These names and fields are for ever.

use kernel::{EventKind, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::{CommitId, Priority, Reason, TaskId, Text};

use super::{Blocker, CommandResults, EvidenceKind, FailureClass, Feedback, Plan, Revision, Worker};

/// A fact about a task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "$type")]
pub enum Event {
    /// The task came into being.
    #[serde(rename = "task.planned")]
    Planned(Box<Plan>),
    /// The task waits for another; if it was ready it is no longer.
    #[serde(rename = "task.dependency_added")]
    DependencyAdded {
        /// The other task.
        on: TaskId,
    },
    /// The task waits no longer for another, and is no longer blocked by it.
    #[serde(rename = "task.dependency_removed")]
    DependencyRemoved {
        /// The other task.
        on: TaskId,
    },
    /// The task can be taken.
    #[serde(rename = "task.became_ready")]
    BecameReady {
        /// It had failed, and a person retried it: attempts and iterations are counted anew.
        #[serde(default, skip_serializing_if = "is_false")]
        retried: bool,
    },
    /// Somebody took the task.
    #[serde(rename = "task.claimed")]
    Claimed {
        /// The number of this claim, from 1.
        epoch: i64,
        /// Who took it.
        by: Worker,
    },
    /// The run that took the task was not heard of in time; the task can be taken again.
    #[serde(rename = "task.claim_expired")]
    ClaimExpired {
        /// The claim that is void.
        epoch: i64,
        /// What the run had come to, where that is kept: the next one goes on from it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        commit: Option<CommitId>,
        /// The run went down with its node; otherwise it was given back.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        lost: bool,
    },
    /// Work on the task began.
    #[serde(rename = "task.started")]
    Started {
        /// The claim.
        epoch: i64,
        /// Who works on it.
        by: Worker,
    },
    /// Evidence that the work is done was submitted.
    #[serde(rename = "task.evidence_submitted")]
    EvidenceSubmitted {
        /// Which evidence it is, from 1.
        iteration: u32,
        /// What it rests on.
        kind: EvidenceKind,
        /// The commands that were run, with their exit codes.
        commands: CommandResults,
        /// The state of the repository they were run on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        commit: Option<CommitId>,
    },
    /// The evidence is enough.
    #[serde(rename = "task.validation_passed")]
    ValidationPassed {
        /// Which evidence was judged.
        iteration: u32,
    },
    /// The evidence is not enough; the task can be taken again.
    #[serde(rename = "task.revision_requested")]
    RevisionRequested {
        /// Which evidence was judged.
        iteration: u32,
        /// What is missing.
        feedback: Feedback,
    },
    /// The task is done.
    #[serde(rename = "task.completed")]
    Completed {
        /// What the evidence rests on.
        kind: EvidenceKind,
    },
    /// An attempt failed; what follows from it is the next event.
    #[serde(rename = "task.attempt_failed")]
    AttemptFailed {
        /// Which attempt, from 1.
        attempt: u32,
        /// Why.
        reason: Reason,
        /// Whether another attempt can help.
        class: FailureClass,
        /// What a run had come to, where that is kept: the next one goes on from it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        commit: Option<CommitId>,
    },
    /// The task will be tried again.
    #[serde(rename = "task.retry_scheduled")]
    RetryScheduled {
        /// The attempt that failed.
        attempt: u32,
        /// When the next one may begin.
        at: Timestamp,
    },
    /// Something keeps the task from being worked on.
    #[serde(rename = "task.blocked")]
    Blocked {
        /// The source.
        by: Blocker,
        /// Why.
        reason: Text,
    },
    /// A blocker was taken back; others may be left.
    #[serde(rename = "task.unblocked")]
    Unblocked {
        /// The source that had blocked it.
        by: Blocker,
    },
    /// The plan that the task comes from says something else of it.
    #[serde(rename = "task.revised")]
    Revised(Box<Revision>),
    /// The task matters more or less than before.
    #[serde(rename = "task.priority_changed")]
    PriorityChanged {
        /// How much it matters.
        priority: Priority,
    },
    /// The task failed for good, unless a person retries it.
    #[serde(rename = "task.failed")]
    Failed {
        /// Why.
        reason: Reason,
    },
    /// The task was given up for good.
    #[serde(rename = "task.cancelled")]
    Cancelled {
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Text>,
    },
}

fn is_false(flag: &bool) -> bool {
    !flag
}

impl EventKind for Event {
    const TYPES: &'static [(&'static str, i32)] = &[
        ("task.planned", 1),
        ("task.dependency_added", 1),
        ("task.dependency_removed", 1),
        ("task.became_ready", 1),
        ("task.claimed", 1),
        ("task.claim_expired", 1),
        ("task.started", 1),
        ("task.evidence_submitted", 1),
        ("task.validation_passed", 1),
        ("task.revision_requested", 1),
        ("task.completed", 1),
        ("task.attempt_failed", 1),
        ("task.retry_scheduled", 1),
        ("task.blocked", 1),
        ("task.unblocked", 1),
        ("task.revised", 1),
        ("task.priority_changed", 1),
        ("task.failed", 1),
        ("task.cancelled", 1),
    ];

    fn event_type(&self) -> &'static str {
        match self {
            Self::Planned(_) => "task.planned",
            Self::DependencyAdded { .. } => "task.dependency_added",
            Self::DependencyRemoved { .. } => "task.dependency_removed",
            Self::BecameReady { .. } => "task.became_ready",
            Self::Claimed { .. } => "task.claimed",
            Self::ClaimExpired { .. } => "task.claim_expired",
            Self::Started { .. } => "task.started",
            Self::EvidenceSubmitted { .. } => "task.evidence_submitted",
            Self::ValidationPassed { .. } => "task.validation_passed",
            Self::RevisionRequested { .. } => "task.revision_requested",
            Self::Completed { .. } => "task.completed",
            Self::AttemptFailed { .. } => "task.attempt_failed",
            Self::RetryScheduled { .. } => "task.retry_scheduled",
            Self::Blocked { .. } => "task.blocked",
            Self::Unblocked { .. } => "task.unblocked",
            Self::Revised(_) => "task.revised",
            Self::PriorityChanged { .. } => "task.priority_changed",
            Self::Failed { .. } => "task.failed",
            Self::Cancelled { .. } => "task.cancelled",
        }
    }
}
