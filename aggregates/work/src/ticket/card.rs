//! What is known of a ticket that exists.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;

use kernel::ActorId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::{CommitId, Name, Phase, Priority, Reason, TaskId, TaskNumber, Text, TicketId, TicketNumber};

use super::{Rank, WebAddress};

/// A ticket's content, place and children.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Card {
    /// What people call it in a sentence.
    pub number: TicketNumber,
    /// What it is about, in a line.
    pub title: Name,
    /// What it is about, at length.
    pub description: Option<Text>,
    /// How much it matters.
    pub priority: Priority,
    /// Where it stands.
    pub phase: Phase,
    /// Its place among the cards of a column; without one it stands after those that have one, by number.
    /// It stays when the phase changes: the keys order all tickets of a project.
    pub rank: Option<Rank>,
    /// What keeps it from moving.
    pub blocked: Option<Block>,
    /// Its tasks and what became of them.
    pub tasks: BTreeMap<TaskId, TaskNote>,
    /// The approvals asked for so far, by the phase to leave.
    pub approvals: BTreeMap<Phase, Approval>,
    /// The tickets that come first.
    pub dependencies: BTreeSet<TicketId>,
    /// Commits made for it, and where to read them.
    pub commits: BTreeMap<CommitId, Option<WebAddress>>,
    /// Pull requests made for it.
    pub pull_requests: BTreeSet<PullRequest>,
    /// How many comments it has; the log keeps their texts.
    pub comments: u32,
}

/// Why a ticket does not move.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "TicketBlock")]
pub struct Block {
    /// The reason in a line.
    pub reason: Reason,
    /// Who said so.
    pub by: ActorId,
}

/// What a ticket knows of one of its tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TaskNote {
    /// What people call the task.
    pub number: TaskNumber,
    /// The phase whose gate waits for it.
    pub phase: Phase,
    /// What became of it.
    pub outcome: TaskOutcome,
    /// What its completion rests on.
    pub evidence: Option<EvidenceNote>,
}

/// What became of a task, as far as its ticket cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum TaskOutcome {
    /// It is still to be done; also when it is to be done again.
    Open,
    /// It is done.
    Completed,
    /// It was tried and given up, until someone retries it.
    Failed,
    /// It need not be done.
    Cancelled,
}

impl TaskOutcome {
    /// Whether the work is neither done nor dropped.
    #[must_use]
    pub const fn is_unfinished(self) -> bool {
        matches!(self, Self::Open | Self::Failed)
    }
}

/// What the completion of a task rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum EvidenceNote {
    /// A person's word.
    Attested,
    /// Commands that the platform ran itself.
    Verified,
    /// A box that was checked where the task came from.
    Imported,
}

/// How far the approval of a phase is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Approval {
    /// It waits for a person.
    Requested,
    /// The phase may be left.
    Granted {
        /// Who said so.
        by: ActorId,
    },
    /// The phase may not be left; it can be asked for again.
    Rejected {
        /// Who said so.
        by: ActorId,
        /// Why.
        reason: Reason,
    },
}

/// A pull request of some repository.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct PullRequest {
    /// Its number there, from 1.
    pub number: NonZeroU32,
    /// Where to read it.
    pub url: WebAddress,
}

impl Card {
    /// The tasks of one phase, by id.
    pub(super) fn tasks_of(&self, phase: Phase) -> impl Iterator<Item = &TaskNote> {
        self.tasks.values().filter(move |task| task.phase == phase)
    }

    /// Whether no task of `phase` is open or failed.
    pub(super) fn nothing_unfinished_in(&self, phase: Phase) -> bool {
        self.tasks_of(phase).all(|task| !task.outcome.is_unfinished())
    }

    /// Whether no task of any phase is open or failed.
    pub(super) fn nothing_unfinished(&self) -> bool {
        self.tasks.values().all(|task| !task.outcome.is_unfinished())
    }

    /// Whether a person may be asked to let the ticket leave `phase`: nothing leaves done, and what was left
    /// needs no leave.
    pub(super) fn has_gate_ahead(&self, phase: Phase) -> bool {
        (self.phase..Phase::Done).contains(&phase)
    }

    /// The verbs of an open ticket, in the order of a menu.
    pub(super) fn possible(&self) -> Vec<&'static str> {
        let blocked = self.blocked.is_some();
        let pending = self.approvals.values().any(|approval| *approval == Approval::Requested);
        let askable =
            !matches!(self.approvals.get(&self.phase), Some(Approval::Requested | Approval::Granted { .. }));
        let verbs = [
            ("move", !blocked),
            ("refine", true),
            ("reorder", true),
            ("block", !blocked),
            ("unblock", blocked),
            ("request-approval", askable),
            ("grant-approval", pending),
            ("reject-approval", pending),
            ("depend", true),
            ("undepend", !self.dependencies.is_empty()),
            ("comment", true),
            ("cancel", true),
        ];
        verbs.into_iter().filter_map(|(verb, now)| now.then_some(verb)).collect()
    }
}
