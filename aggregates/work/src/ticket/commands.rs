//! What may be asked of a ticket.

use std::collections::BTreeSet;
use std::num::NonZeroU32;

use kernel::{ActorId, Uuid};
use vocabulary::{
    CommitId, Gates, Name, Phase, Priority, Reason, SpecId, TaskId, TaskNumber, Text, TicketId, TicketNumber,
};

use super::{EvidenceNote, Rank, Revision, TaskOutcome, WebAddress};

/// A ticket of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTicket {
    /// The number it got from the project's counter.
    pub number: TicketNumber,
    /// What it is about, in a line.
    pub title: Name,
    /// What it is about, at length.
    pub description: Option<Text>,
    /// How much it matters.
    pub priority: Priority,
    /// Where it starts; not in done.
    pub phase: Phase,
    /// The spec whose plan it comes from.
    pub spec: SpecId,
    /// Its tasks, in order.
    pub tasks: Vec<(TaskId, TaskNumber)>,
    /// The tickets that come before it. The work graph has refused a cycle.
    pub dependencies: BTreeSet<TicketId>,
}

/// An order to a ticket. Which ticket is the stream's id; who asks stands in the envelope, and where the ticket
/// itself remembers who, also here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Brings it into being.
    Create {
        /// The number it got from the project's counter.
        number: TicketNumber,
        /// What it is about, in a line.
        title: Name,
        /// What it is about, at length.
        description: Option<Text>,
        /// How much it matters.
        priority: Priority,
        /// Where it starts; not in done.
        phase: Phase,
    },
    /// Brings it into being as a plan says, with its tasks and what comes before it.
    Plan(Box<NewTicket>),
    /// Says better what it is about; nothing given stays as it is.
    Refine {
        /// Another title.
        title: Option<Name>,
        /// Another description.
        description: Option<Text>,
        /// Another priority.
        priority: Option<Priority>,
    },
    /// Makes it what another version of its plan says. New tasks open a completed ticket again.
    Revise(Box<Revision>),
    /// Puts a task under it; for a task it has, corrects the number or the phase.
    AttachTask {
        /// The task.
        task: TaskId,
        /// What people call the task.
        number: TaskNumber,
        /// The phase whose gate waits for it; not done.
        phase: Phase,
    },
    /// Takes a task from it.
    DetachTask {
        /// The task.
        task: TaskId,
    },
    /// Tells it what became of a task.
    NoteTaskOutcome {
        /// One of its tasks.
        task: TaskId,
        /// What became of it.
        outcome: TaskOutcome,
        /// What a completion rests on.
        evidence: Option<EvidenceNote>,
    },
    /// Puts it into a phase, or to another place of the same phase.
    Move {
        /// The phase to enter.
        to: Phase,
        /// The gates of the project now.
        gates: Gates,
        /// Goes although a gate is closed or the ticket is blocked.
        forced: bool,
        /// Who moves it.
        by: ActorId,
        /// Its place there; without one it keeps its key.
        rank: Option<Rank>,
    },
    /// Asks whether it is time to go on: a process does so when something was finished.
    Advance {
        /// The gates of the project now.
        gates: Gates,
    },
    /// Asks people whether it may leave a phase.
    RequestApproval {
        /// The phase to leave; without one that in which it stands.
        phase: Option<Phase>,
    },
    /// Says that it may.
    GrantApproval {
        /// The phase to leave.
        phase: Phase,
        /// Who says so.
        by: ActorId,
    },
    /// Says that it may not.
    RejectApproval {
        /// The phase to leave.
        phase: Phase,
        /// Who says so.
        by: ActorId,
        /// Why.
        reason: Reason,
    },
    /// Keeps it from moving.
    Block {
        /// Why.
        reason: Reason,
        /// Who says so.
        by: ActorId,
    },
    /// Lets it move again.
    Unblock {
        /// Who says so.
        by: ActorId,
    },
    /// Gives it another place among the cards of its column.
    Reorder {
        /// The place.
        rank: Rank,
    },
    /// Adds a comment. A repeat is recognised by the command's id, as everywhere.
    Comment {
        /// Names this comment.
        comment: Uuid,
        /// What it says.
        text: Text,
        /// Who says so.
        by: ActorId,
    },
    /// Says that a commit was made for it.
    LinkCommit {
        /// Which commit.
        sha: CommitId,
        /// Where to read it.
        url: Option<WebAddress>,
    },
    /// Says that a pull request was made for it.
    LinkPullRequest {
        /// Its number there.
        number: NonZeroU32,
        /// Where to read it.
        url: WebAddress,
    },
    /// Says that another ticket comes first. The work graph has refused a cycle before.
    AddDependency {
        /// The other ticket.
        on: TicketId,
    },
    /// Says that another ticket need not come first.
    RemoveDependency {
        /// The other ticket.
        on: TicketId,
    },
    /// Gives it up.
    Cancel {
        /// Why.
        reason: Option<Reason>,
    },
}
