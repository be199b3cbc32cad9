//! What may have happened to a ticket. These names and fields are for ever.

use std::num::NonZeroU32;

use kernel::{ActorId, EventKind, Uuid};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::{
    CommitId, Criterion, Name, Phase, Priority, Reason, SpecId, TaskId, TaskNumber, Text, TicketId,
    TicketNumber,
};

use super::{EvidenceNote, Rank, TaskOutcome, Unmet, WebAddress};

/// A fact about a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "$type")]
pub enum Event {
    /// The ticket came into being.
    #[serde(rename = "ticket.created")]
    Created {
        /// What people call it in a sentence.
        number: TicketNumber,
        /// What it is about, in a line.
        title: Name,
        /// What it is about, at length.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<Text>,
        /// How much it matters.
        priority: Priority,
        /// Where it starts.
        phase: Phase,
        /// The spec whose plan it comes from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        spec: Option<SpecId>,
    },
    /// It was said better what the ticket is about. What is absent stayed as it was.
    #[serde(rename = "ticket.refined")]
    Refined {
        /// The other title.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        title: Option<Name>,
        /// The other description.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<Text>,
        /// The other priority.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        priority: Option<Priority>,
    },
    /// A task was put under the ticket; of a task it had, the number or the phase was corrected.
    #[serde(rename = "ticket.task_attached")]
    TaskAttached {
        /// The task.
        task: TaskId,
        /// What people call the task.
        number: TaskNumber,
        /// The phase whose gate waits for it.
        phase: Phase,
    },
    /// A task was taken from the ticket.
    #[serde(rename = "ticket.task_detached")]
    TaskDetached {
        /// The task.
        task: TaskId,
    },
    /// The ticket learned what became of a task.
    #[serde(rename = "ticket.task_outcome_noted")]
    TaskOutcomeNoted {
        /// The task.
        task: TaskId,
        /// What became of it.
        outcome: TaskOutcome,
        /// What its completion rests on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        evidence: Option<EvidenceNote>,
    },
    /// The ticket stands in another phase. Backwards, the approvals from that phase on are void.
    #[serde(rename = "ticket.phase_entered")]
    PhaseEntered {
        /// Where it stood.
        from: Phase,
        /// Where it stands now.
        to: Phase,
        /// Whether someone asked to go regardless of gates and blocks.
        forced: bool,
        /// Who moved it; absent when it advanced by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<ActorId>,
    },
    /// The gate of a phase that the ticket leaves was evaluated.
    #[serde(rename = "ticket.gate_evaluated")]
    GateEvaluated {
        /// The phase to leave.
        phase: Phase,
        /// Whether every criterion held.
        passed: bool,
        /// Whether someone asked to go regardless of it.
        forced: bool,
        /// The criteria that held.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        met: Vec<Criterion>,
        /// The criteria that did not hold, when it was forced.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        unmet: Vec<Unmet>,
    },
    /// People were asked whether the ticket may leave a phase.
    #[serde(rename = "ticket.gate_approval_requested")]
    GateApprovalRequested {
        /// The phase to leave.
        phase: Phase,
    },
    /// Someone said that it may.
    #[serde(rename = "ticket.gate_approval_granted")]
    GateApprovalGranted {
        /// The phase to leave.
        phase: Phase,
        /// Who said so.
        by: ActorId,
    },
    /// Someone said that it may not.
    #[serde(rename = "ticket.gate_approval_rejected")]
    GateApprovalRejected {
        /// The phase to leave.
        phase: Phase,
        /// Who said so.
        by: ActorId,
        /// Why.
        reason: Reason,
    },
    /// Something keeps the ticket from moving.
    #[serde(rename = "ticket.blocked")]
    Blocked {
        /// Why.
        reason: Reason,
        /// Who said so.
        by: ActorId,
    },
    /// Nothing keeps the ticket from moving any more.
    #[serde(rename = "ticket.unblocked")]
    Unblocked {
        /// Who said so.
        by: ActorId,
    },
    /// The ticket has another place among the cards of its column.
    #[serde(rename = "ticket.reordered")]
    Reordered {
        /// The place: keys compare byte by byte.
        rank: Rank,
    },
    /// Someone commented.
    #[serde(rename = "ticket.commented")]
    Commented {
        /// Names this comment.
        comment: Uuid,
        /// What it says.
        text: Text,
        /// Who said so.
        by: ActorId,
    },
    /// A commit was made for the ticket, or became known where to read it.
    #[serde(rename = "ticket.commit_linked")]
    CommitLinked {
        /// Which commit.
        sha: CommitId,
        /// Where to read it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        url: Option<WebAddress>,
    },
    /// A pull request was made for the ticket.
    #[serde(rename = "ticket.pull_request_linked")]
    PullRequestLinked {
        /// Its number there.
        number: NonZeroU32,
        /// Where to read it.
        url: WebAddress,
    },
    /// Another ticket comes first.
    #[serde(rename = "ticket.dependency_added")]
    DependencyAdded {
        /// The other ticket.
        on: TicketId,
    },
    /// Another ticket need not come first any more.
    #[serde(rename = "ticket.dependency_removed")]
    DependencyRemoved {
        /// The other ticket.
        on: TicketId,
    },
    /// Nothing is left to do. A block ends with it.
    #[serde(rename = "ticket.completed")]
    Completed,
    /// The ticket was given up. A block ends with it.
    #[serde(rename = "ticket.cancelled")]
    Cancelled {
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Reason>,
    },
}

impl EventKind for Event {
    const TYPES: &'static [(&'static str, i32)] = &[
        ("ticket.created", 1),
        ("ticket.refined", 1),
        ("ticket.task_attached", 1),
        ("ticket.task_detached", 1),
        ("ticket.task_outcome_noted", 1),
        ("ticket.phase_entered", 1),
        ("ticket.gate_evaluated", 1),
        ("ticket.gate_approval_requested", 1),
        ("ticket.gate_approval_granted", 1),
        ("ticket.gate_approval_rejected", 1),
        ("ticket.blocked", 1),
        ("ticket.unblocked", 1),
        ("ticket.reordered", 1),
        ("ticket.commented", 1),
        ("ticket.commit_linked", 1),
        ("ticket.pull_request_linked", 1),
        ("ticket.dependency_added", 1),
        ("ticket.dependency_removed", 1),
        ("ticket.completed", 1),
        ("ticket.cancelled", 1),
    ];

    fn event_type(&self) -> &'static str {
        match self {
            Self::Created { .. } => "ticket.created",
            Self::Refined { .. } => "ticket.refined",
            Self::TaskAttached { .. } => "ticket.task_attached",
            Self::TaskDetached { .. } => "ticket.task_detached",
            Self::TaskOutcomeNoted { .. } => "ticket.task_outcome_noted",
            Self::PhaseEntered { .. } => "ticket.phase_entered",
            Self::GateEvaluated { .. } => "ticket.gate_evaluated",
            Self::GateApprovalRequested { .. } => "ticket.gate_approval_requested",
            Self::GateApprovalGranted { .. } => "ticket.gate_approval_granted",
            Self::GateApprovalRejected { .. } => "ticket.gate_approval_rejected",
            Self::Blocked { .. } => "ticket.blocked",
            Self::Unblocked { .. } => "ticket.unblocked",
            Self::Reordered { .. } => "ticket.reordered",
            Self::Commented { .. } => "ticket.commented",
            Self::CommitLinked { .. } => "ticket.commit_linked",
            Self::PullRequestLinked { .. } => "ticket.pull_request_linked",
            Self::DependencyAdded { .. } => "ticket.dependency_added",
            Self::DependencyRemoved { .. } => "ticket.dependency_removed",
            Self::Completed => "ticket.completed",
            Self::Cancelled { .. } => "ticket.cancelled",
        }
    }
}
