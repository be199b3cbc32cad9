//! What may be asked of a spec.

use std::collections::BTreeSet;

use kernel::{ActorId, Timestamp, Usd};
use plan::{ContentHash, Layout, Phase, Plan};
use serde_json::{Map, Value};
use vocabulary::{Name, TaskId, TaskNumber, Text, TicketId, TicketNumber};

use super::{Gate, GateMode, Halt, Proof, Section};

/// An order to a spec. Which spec is the stream's id; who asks stands in the envelope, and where the spec itself
/// remembers who, also here.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Brings it into being from an idea.
    Submit {
        /// What people call it.
        title: Name,
        /// The idea, in somebody's words.
        idea: Text,
        /// Whether people are asked.
        gates: GateMode,
        /// What its model calls may cost together.
        budget: Option<Usd>,
    },
    /// Brings it into being from a plan that is there already.
    Import {
        /// What people call it.
        title: Name,
        /// How it was written down.
        layout: Layout,
        /// Whether people are asked.
        gates: GateMode,
        /// The plan.
        plan: Box<Plan>,
    },
    /// Begins an attempt at a phase; a repeat changes nothing.
    StartPhase {
        /// The phase.
        phase: Phase,
        /// The attempt.
        attempt: u32,
    },
    /// Writes down what came; what is there already is not written twice.
    WriteSections {
        /// The phase.
        phase: Phase,
        /// The attempt.
        attempt: u32,
        /// In the order in which they came.
        sections: Vec<Section>,
    },
    /// Says that everything is written, and asks for the verdict.
    SubmitOutput {
        /// The phase.
        phase: Phase,
        /// The attempt.
        attempt: u32,
        /// The time of the decision.
        now: Timestamp,
    },
    /// Gives an attempt up.
    FailAttempt {
        /// The phase.
        phase: Phase,
        /// The attempt.
        attempt: u32,
        /// What happened.
        message: Text,
        /// The same for programs, when it was that the repository could not be read.
        code: Option<Name>,
        /// The time of the decision.
        now: Timestamp,
    },
    /// Lets planning stand still.
    Halt {
        /// Why.
        reason: Halt,
    },
    /// Lets planning go on after a halt or a failure.
    Resume {
        /// Another budget; without one it stays as it is.
        budget: Option<Usd>,
    },
    /// Answers a question.
    Answer {
        /// Its number.
        question: u32,
        /// The answer.
        text: Text,
        /// Who answers.
        by: ActorId,
    },
    /// Approves of exactly what is shown.
    Approve {
        /// Where.
        gate: Gate,
        /// Of what was shown.
        content_hash: ContentHash,
        /// Who approves.
        by: ActorId,
    },
    /// Disapproves of what is shown: the phase is written again, heeding the reason.
    Reject {
        /// Where.
        gate: Gate,
        /// Of what was shown.
        content_hash: ContentHash,
        /// What should be otherwise.
        reason: Text,
        /// Who disapproves.
        by: ActorId,
    },
    /// Puts another content in the place of what is shown at a gate.
    Edit {
        /// Where.
        gate: Gate,
        /// Of what was shown when the edit began.
        content_hash: ContentHash,
        /// The whole output of the phase.
        content: Map<String, Value>,
        /// Who edits.
        by: ActorId,
    },
    /// Notes the work that the plan becomes. The caller has taken the numbers, and plans that work in the same unit.
    Materialize {
        /// Every ticket of the plan.
        tickets: Vec<Numbered>,
        /// Every task of the plan.
        tasks: Vec<NumberedTask>,
    },
    /// Puts another plan in the place of the accepted one; the work follows. What is the same is no news.
    Revise {
        /// The whole plan; without a design the one that there is stays.
        plan: Box<Plan>,
        /// Of the plan that was looked at: [`super::Details::plan_hash`].
        base: ContentHash,
        /// Who revises.
        by: ActorId,
    },
    /// Notes what became of the work when the plan was revised. The caller changes that work in the same unit.
    ReviseWork(Box<RevisedWork>),
    /// Notes that work on it has begun; a repeat changes nothing.
    StartExecution,
    /// Notes that all its work is done. The caller says which tickets are, and which tasks are completed; the spec checks that
    /// these are all its tickets, and that every requirement rests on one of its tasks.
    Complete {
        /// Tickets that are done.
        done: BTreeSet<TicketId>,
        /// How often the work had been revised when that was so: what is older may not be so any more.
        revision: u32,
        /// Its completed tasks.
        proofs: Vec<Proof>,
    },
    /// Accepts that requirements which hold the completion rest on nothing.
    AcceptUnproven {
        /// Which, by their ids in the plan.
        requirements: BTreeSet<String>,
        /// Why that is enough.
        reason: Text,
        /// Who accepts it.
        by: ActorId,
    },
    /// Gives it up.
    Cancel {
        /// Why.
        reason: Option<Text>,
    },
}

/// What becomes of the work when the plan has changed; by ids of the plan where nothing else is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevisedWork {
    /// Of the tasks of the plan that the work follows: [`super::Details::tasks_hash`].
    pub plan: ContentHash,
    /// Tickets that are new.
    pub tickets: Vec<Numbered>,
    /// Tasks that are new.
    pub tasks: Vec<NumberedTask>,
    /// Tickets and tasks that are something else now.
    pub changed: Vec<String>,
    /// Tickets and tasks that the plan no longer has.
    pub withdrawn: Vec<String>,
    /// Tickets and tasks that stay as they were, though the plan says something else of them.
    pub kept: Vec<String>,
}

/// A ticket of the plan as it is called in the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbered {
    /// Its id in the plan.
    pub local: String,
    /// Its stream.
    pub ticket: TicketId,
    /// Its number.
    pub number: TicketNumber,
}

/// A task of the plan as it is called in the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberedTask {
    /// Its id in the plan.
    pub local: String,
    /// Its stream.
    pub task: TaskId,
    /// Its number.
    pub number: TaskNumber,
}
