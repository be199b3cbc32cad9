//! A merge: the finished work of a spec, or of a ticket that is of no spec, on its way together on a branch of ours, verified, and from
//! there to the branch that people work on, when somebody approves of it.
//!
//! ```text
//!        add               take base        begin step          finish step
//! absent ---> waiting tasks --------> scored ---------> a step ------------> merged into the head
//!                 ^  ^                   |                 |
//!                 |  | retry             | conflict        | red: bisected to one, or a pair
//!                 |  +----- parked <-----+-----------------+
//!                 |           ^          v
//!                 |           +------ resolving
//!                 +---------------------+ propose
//!
//! all tasks done, all candidates merged or left out: merged --- approve ---> approved --- the default branch follows ---> landed
//! ```
//!
//! | command | absent | open | a step goes on | abandoned |
//! |---|---|---|---|---|
//! | `Add` | queued candidate_added | candidate_added, once a task | the same | `!abandoned` |
//! | `TakeBase` | `!not_found` | base_taken, once | - | `!abandoned` |
//! | `Score` | `!not_found` | scored, once for a head and its candidates | `!in_step` | `!abandoned` |
//! | `BeginStep` | `!not_found` | step_begun, `!not_waiting`, `!head_moved` | - when it is this one, else `!in_step` | `!abandoned` |
//! | `Judge` | `!not_found` | `!no_step` | verification_passed or _failed, once a trial | `!abandoned` |
//! | `FinishStep` | `!not_found` | `!no_step` | bisected, step_merged, base_followed, landing_refused, `!not_verified`; then maybe merged | `!abandoned` |
//! | `FindConflict` | `!not_found` | conflict_found, `!not_waiting` | `!in_step` | `!abandoned` |
//! | `StartResolution` | `!not_found` | resolution_started, `!not_conflicted` | `!in_step` | `!abandoned` |
//! | `Propose`, `GiveUpResolution` | `!not_found` | resolution_proposed, resolution_failed, `!not_resolving` | `!in_step` | `!abandoned` |
//! | `Park` | `!not_found` | parked, `!not_waiting` | `!in_step` | `!abandoned` |
//! | `Retry` | `!not_found` | retried, `!nothing_parked` | the same | `!abandoned` |
//! | `ResolveByHand` | `!not_found` | resolved, `!already_merged`, `!unknown_candidate` | `!in_step` | `!abandoned` |
//! | `LeaveOut` | `!not_found` | candidate_left_out, `!already_merged` | `!in_step` | `!abandoned` |
//! | `NoteWorkCompleted` | `!not_found` | work_completed, once; then maybe merged | the same | the same |
//! | `NoteWorkExtended` | `!not_found` | work_extended, once it was completed | the same | the same |
//! | `Approve` | `!not_found` | approved, `!not_whole`, `!head_moved`, `!already_landed` | `!not_whole` | `!abandoned` |
//! | `RefuseLanding`, `NoteLanded` | `!not_found` | landing_refused, landed, `!not_approved` | `!not_approved` | `!abandoned` |
//! | `Abandon` | `!not_found` | abandoned | abandoned | - |
//!
//! Invariants: nothing is dropped, what is not merged is waiting, parked or left out by somebody, with its commit; the head is the end of
//! a trial that passed, or the base; a step holds the tasks it began with until it is finished; approval is of one head, and a head that
//! has moved needs another one. That no two merges have one branch is a guard of the append that begins it.

mod candidate;
mod commands;
mod decide;
mod events;
mod evolve;
mod rejection;
mod step;
#[cfg(test)]
mod tests;

use kernel::ActorId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::{BranchName, CommitId, MergeId, Name, Reason, SpecId, TaskId, TicketId};

pub use self::candidate::{Candidate, Finished, Resolved, Resolver, Standing};
pub use self::commands::{Command, Verdict};
pub use self::events::{Event, Fit};
pub use self::rejection::Rejection;
pub use self::step::{Joined, Judged, Step, Trial};

/// A merge as its events have made it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Merge {
    /// No event yet.
    #[default]
    Absent,
    /// It was begun once.
    Present(Box<Details>),
}

/// What a merge that exists knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// Whose work it is.
    pub of: Of,
    /// What people call that.
    pub title: Name,
    /// The branch on which it comes together.
    pub branch: BranchName,
    /// On what it stands, once somebody has looked.
    pub base: Option<Base>,
    /// The end of the branch: the base, or the end of a trial that passed.
    pub head: Option<CommitId>,
    /// What is to come together, in the order in which it was finished.
    pub candidates: Vec<Candidate>,
    /// The head for which the waiting candidates were scored last.
    pub scored: Option<Scored>,
    /// The step that goes on.
    pub step: Option<Step>,
    /// Steps so far.
    pub steps: u32,
    /// Every task of it is done.
    pub complete: bool,
    /// Everything that is done is in the head, and nothing more is to come.
    pub merged: bool,
    /// Somebody wants the default branch to have this head.
    pub approved: Option<Approval>,
    /// Why the default branch does not have it, when that was tried.
    pub refused: Option<Refusal>,
    /// The head that the default branch has had.
    pub landed: Option<CommitId>,
    /// A commit of a person, which holds the head and the default branch as it is now.
    pub by_hand: Option<CommitId>,
    /// Nobody wants it any more.
    pub abandoned: bool,
}

/// Whose work comes together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
#[schemars(rename = "MergeOf")]
pub enum Of {
    /// That of a spec.
    Spec(SpecId),
    /// That of a ticket that is of no spec.
    Ticket(TicketId),
}

impl Of {
    /// The merge of it: the id follows.
    #[must_use]
    pub fn merge(self) -> MergeId {
        let (kind, id) = match self {
            Self::Spec(spec) => (&b"spec"[..], spec.0),
            Self::Ticket(ticket) => (&b"ticket"[..], ticket.0),
        };
        MergeId(kernel::derived_uuid(&[b"merge", kind, id.as_bytes()]))
    }
}

/// On what a merge stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Base {
    /// The branch that people work on.
    pub target: BranchName,
    /// Its newest commit that the head holds.
    pub commit: CommitId,
}

/// How far the waiting candidates were looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scored {
    /// For which head.
    pub head: CommitId,
    /// Candidates in the order in which they are tried, the easiest first.
    pub order: Vec<TaskId>,
}

/// Somebody wants the default branch to have a head.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Who.
    pub by: ActorId,
    /// Which head.
    pub head: CommitId,
}

/// Why the default branch does not have a head.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// For programs.
    pub code: Name,
    /// For people, with what to do.
    pub reason: Reason,
}

impl Merge {
    /// The merge that exists.
    #[must_use]
    pub fn details(&self) -> Option<&Details> {
        match self {
            Self::Absent => None,
            Self::Present(details) => Some(details),
        }
    }
}

impl Details {
    /// The candidate of a task.
    #[must_use]
    pub fn candidate(&self, task: TaskId) -> Option<&Candidate> {
        self.candidates.iter().find(|one| one.finished.task == task)
    }

    /// Whether the head holds the work of one of these.
    pub fn holds_any(&self, mut tasks: impl Iterator<Item = TaskId>) -> bool {
        let merged = |task| self.candidate(task).is_some_and(|one| one.standing == Standing::Merged);
        tasks.any(merged)
    }

    /// Its name on the wire.
    #[must_use]
    pub fn status(&self) -> &'static str {
        let any = |standing: fn(&Standing) -> bool| self.candidates.iter().any(|one| standing(&one.standing));
        if self.abandoned {
            "abandoned"
        } else if self.step.is_some() || any(|one| one.is_for_us()) {
            "merging"
        } else if any(|one| matches!(one, Standing::Parked { .. })) {
            "parked"
        } else if self.approved.is_some() {
            "approved"
        } else if self.merged && self.landed == self.head {
            "landed"
        } else if self.merged {
            "ready"
        } else {
            "queued"
        }
    }
}

impl kernel::Decider for Merge {
    const TYPE: &'static str = "merge";
    const LOGIC_VERSION: i32 = 1;

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
