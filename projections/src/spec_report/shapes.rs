//! The report as it is answered.

use kernel::{ActorId, ProjectId, Timestamp, Usd};
use planning::spec::{Evidence, Stage};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::{
    BranchName, CommitId, MergeId, Name, Reason, SpecId, TaskId, TaskNumber, Text, TicketId, TicketNumber,
};
use work::task::CommandResult;

use crate::merge_queue::{CandidateState, LandedAnswer, MergeState};

/// What a spec has come to so far.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "SpecReport")]
pub struct SpecReportAnswer {
    /// The spec.
    pub id: SpecId,
    /// Its project.
    pub project: Option<ProjectId>,
    /// What people call it.
    pub title: Name,
    /// How far it is.
    #[serde(flatten)]
    pub stage: Stage,
    /// When it was done, and how long that took.
    pub times: Times,
    /// What its calls to models cost so far, in micro-dollars.
    pub cost: Cost,
    /// Each requirement of the plan, and on what it rests.
    pub requirements: Vec<RequirementReport>,
    /// Requirements that rest on nothing, and that nobody has accepted like that, by their ids.
    pub unproven: Vec<String>,
    /// What somebody has accepted without evidence, of the plan as it is now.
    pub accepted: Vec<Accepted>,
    /// Its tickets, in the order of their numbers.
    pub tickets: Vec<TicketReport>,
    /// Its tasks, in the order of their numbers.
    pub tasks: Vec<TaskReport>,
    /// The agents that have worked on it.
    pub agents: Vec<AgentTally>,
    /// What people did, the oldest first.
    pub people: Vec<Deed>,
    /// How its work came together; `null` while none of it has.
    pub merge: Option<MergeReport>,
    /// Everything up to here is shown.
    pub position: i64,
    /// The answer stands still since this event, because it cannot be applied; `null` when all is well.
    pub stale: Option<i64>,
}

/// When a spec was done, and how long that took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Times {
    /// When it was submitted or imported.
    pub submitted_at: Timestamp,
    /// When the first of its tasks was taken up; `null` before.
    pub started_at: Option<Timestamp>,
    /// When it was completed; `null` before, and while it is open again.
    pub completed_at: Option<Timestamp>,
    /// How long its runs took together, in milliseconds: those that have ended.
    pub runs_ms: u64,
}

/// What calls to models cost, in micro-dollars.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct Cost {
    /// Those of planning.
    pub planning: Usd,
    /// Those of its runs.
    pub runs: Usd,
    /// Those that resolved conflicts.
    pub merge: Usd,
    /// All of them.
    pub total: Usd,
}

/// A requirement, and on what it rests.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "RequirementReport")]
pub struct RequirementReport {
    /// Its id in the plan.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// What it says.
    pub text: String,
    /// The best that a completed task shows of it; `null` when none does.
    pub evidence: Option<Evidence>,
    /// The completed tasks that address it.
    pub proofs: Vec<ProofAnswer>,
    /// Numbers of the tasks that address it and are not completed.
    pub open: Vec<TaskNumber>,
    /// Who accepted that nothing shows it, and why; `null` when nobody did.
    pub accepted: Option<Accepted>,
}

/// A completed task that shows something.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "RequirementProof")]
pub struct ProofAnswer {
    /// The task.
    pub task: TaskId,
    /// What people call it.
    pub number: TaskNumber,
    /// What it was about.
    pub title: Name,
    /// What its completion rests on.
    pub evidence: Evidence,
    /// What was looked at; `null` when nobody said.
    pub commit: Option<CommitId>,
    /// The commands that were run, with their exit codes.
    pub commands: Vec<CommandResult>,
    /// Who attests it; `null` when it is not a person's word.
    pub by: Option<ActorId>,
}

/// Requirements that somebody accepted without evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "AcceptedUnproven")]
pub struct Accepted {
    /// Which, by their ids in the plan.
    pub requirements: Vec<String>,
    /// Why that is enough.
    pub reason: Text,
    /// Who.
    pub by: ActorId,
    /// When.
    pub at: Timestamp,
}

/// A ticket of the spec.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "TicketReport")]
pub struct TicketReport {
    /// The ticket.
    pub id: TicketId,
    /// Its id in the plan.
    pub local: String,
    /// What people call it.
    pub number: TicketNumber,
    /// What it is about.
    pub title: Name,
    /// The name of its phase, or `cancelled`.
    pub status: &'static str,
    /// The plan no longer has it.
    pub withdrawn: bool,
}

/// A task of the spec.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "TaskReport")]
pub struct TaskReport {
    /// The task.
    pub id: TaskId,
    /// Its id in the plan; `null` when somebody added it to a ticket of the spec by hand.
    pub local: Option<String>,
    /// What people call it.
    pub number: TaskNumber,
    /// What it is about.
    pub title: Name,
    /// Its ticket.
    pub ticket: TicketId,
    /// How far it is, in one word.
    pub status: &'static str,
    /// The plan no longer has it.
    pub withdrawn: bool,
    /// What its completion rests on; `null` before it is completed.
    pub evidence: Option<Evidence>,
    /// What work on it has come to; `null` before there is any.
    pub commit: Option<CommitId>,
    /// The commit that brought it into the branch of the spec; `null` before.
    pub merged_as: Option<CommitId>,
    /// How much the run that did it has changed; `null` when no run did it, or nobody measured.
    pub changed: Option<Changed>,
    /// How many runs have tried it.
    pub runs: usize,
    /// The profiles of their agents, each once, the last one last.
    pub agents: Vec<Name>,
    /// What drove these agents, each once.
    pub drivers: Vec<Name>,
    /// How long its runs took together, in milliseconds: those that have ended.
    pub runs_ms: u64,
    /// What its runs cost, in micro-dollars.
    pub cost: Usd,
    /// When somebody first took it up; `null` before.
    pub started_at: Option<Timestamp>,
    /// When it was completed; `null` before.
    pub completed_at: Option<Timestamp>,
}

/// How much was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Changed {
    /// How many files differ.
    pub files: u32,
    /// Lines added.
    pub added: u64,
    /// Lines removed.
    pub removed: u64,
}

/// What an agent has done for the spec.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "AgentTally")]
pub struct AgentTally {
    /// The profile of the agent.
    pub agent: Name,
    /// What drives it.
    pub driver: Name,
    /// How many runs it had.
    pub runs: usize,
    /// How many of them succeeded.
    pub succeeded: usize,
    /// How long they took together, in milliseconds: those that have ended.
    pub runs_ms: u64,
    /// What they cost, in micro-dollars.
    pub cost: Usd,
}

/// Something that a person did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SpecDeed")]
pub struct Deed {
    /// Who.
    pub by: ActorId,
    /// What.
    pub did: Did,
    /// Of what it was: a phase, a requirement, the number of a task, a branch; `null` when it was the spec itself.
    pub of: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// What a person did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Did {
    /// Handed the idea or the plan in.
    Submitted,
    /// Answered a question.
    Answered,
    /// Approved of what a phase wrote.
    Approved,
    /// Disapproved of it.
    Rejected,
    /// Wrote it anew.
    Edited,
    /// Put another plan in the place of the accepted one.
    Revised,
    /// Gave their word that a task is done.
    Attested,
    /// Accepted that a requirement rests on nothing.
    Accepted,
    /// Let the default branch have the work.
    ApprovedMerge,
}

/// How the work came together.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "MergeReport")]
pub struct MergeReport {
    /// The merge.
    pub id: MergeId,
    /// How far it is.
    pub status: MergeState,
    /// The branch on which it comes together.
    pub branch: BranchName,
    /// The end of that branch; `null` before somebody has looked.
    pub head: Option<CommitId>,
    /// The branch that people work on; `null` before somebody has looked.
    pub target: Option<BranchName>,
    /// The commit of it that the head holds.
    pub base: Option<CommitId>,
    /// Work that is not in the head.
    pub not_in: Vec<ParkedWork>,
    /// What the default branch has had of it.
    pub landed: Option<LandedAnswer>,
}

/// Work that is not in the head of a merge.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct ParkedWork {
    /// The task.
    pub number: TaskNumber,
    /// How it stands.
    pub state: CandidateState,
    /// The verified end of its branch.
    pub commit: CommitId,
    /// Why it waits for a person; `null` when it does not.
    pub reason: Option<Reason>,
}
