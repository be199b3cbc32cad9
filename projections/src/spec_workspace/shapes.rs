//! How a spec is answered: the shapes.

use kernel::{ProjectId, Timestamp, Usd};
use plan::ears::Ears;
use plan::phases::{
    Coverage, CriterionKind, Design, Explore, PlannedTask, PlannedTicket, Prd, Requirement, Statement,
};
use plan::{ContentHash, Layout, Phase};
use planning::spec::{Gate, GateMode, Materialized, Stage};
use schemars::JsonSchema;
use serde::Serialize;
use vocabulary::{Name, SpecId, Text};

use super::{Attempt, Calls, Drift, Revision};
use crate::near_duplicates::NearDuplicate;

/// A spec as its page shows it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Spec")]
pub struct SpecAnswer {
    /// The spec.
    pub id: SpecId,
    /// Its project.
    pub project: Option<ProjectId>,
    /// What people call it.
    pub title: Name,
    /// How far it is.
    #[serde(flatten)]
    pub stage: Stage,
    /// What a person can do with it now.
    pub possible: Vec<&'static str>,
    /// Where it comes from.
    pub origin: OriginAnswer,
    /// Whether people are asked at the gates.
    pub gates: GateMode,
    /// What its model calls may cost together, in micro-dollars; `null` for no limit.
    pub budget: Option<Usd>,
    /// What models were asked for it so far, and what that cost.
    pub calls: Calls,
    /// Its phases, in order; of an imported plan those that it brought along.
    pub phases: Vec<PhaseAnswer>,
    /// What was asked.
    pub questions: Vec<QuestionAnswer>,
    /// Where people are asked before planning goes on, and what they said.
    pub approvals: Vec<Approval>,
    /// What was found in the repository, once that is written.
    pub explore: Option<Explore>,
    /// What is wanted, once that is written.
    pub prd: Option<Prd>,
    /// The plan as far as it is written, and what is computed from it.
    #[serde(flatten)]
    pub content: ContentAnswer,
    /// The work that the plan became; `null` before.
    pub work: Option<WorkAnswer>,
    /// Specs of the project that say nearly the same, the closest first: a warning, never a refusal. `null` while it is not
    /// compared yet, a moment after it was submitted.
    pub near_duplicates: Option<Vec<NearDuplicate>>,
    /// Of everything that the accepted plan says, for a revision; `null` before it is accepted.
    pub plan_hash: Option<ContentHash>,
    /// How often the accepted plan was revised, and what became of the work: the newest, oldest first.
    pub revisions: Vec<Revision>,
    /// Where requirements and work say different things.
    pub drift: Vec<Drift>,
    /// When it was submitted.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Its version, for `If-Match`.
    pub version: i64,
    /// Everything up to here is shown.
    pub position: i64,
    /// The answer stands still since this event, because it cannot be applied; `null` when all is well.
    pub stale: Option<i64>,
}

/// Where a spec comes from.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "from", rename_all = "snake_case")]
#[schemars(rename = "SpecOrigin")]
pub enum OriginAnswer {
    /// Somebody's idea.
    Idea {
        /// In their words.
        idea: Text,
    },
    /// A plan that was there already.
    Import {
        /// How it was written down.
        layout: Layout,
    },
}

/// A phase.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "SpecPhase")]
pub struct PhaseAnswer {
    /// Which.
    pub phase: Phase,
    /// How far it is.
    pub status: PhaseStatus,
    /// Of what it wrote, once that was judged.
    pub content_hash: Option<ContentHash>,
    /// The parts that the newest version has so far.
    pub written: Vec<String>,
    /// The newest versions, oldest first.
    pub attempts: Vec<Attempt>,
}

/// How far a phase is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PhaseStatus {
    /// It has not begun.
    Waiting,
    /// It is being written, or will be tried again.
    Running,
    /// It was written and people are asked.
    AwaitingApproval,
    /// It is done.
    Passed,
    /// It did not pass in as many attempts as it has.
    Failed,
}

/// A question.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "SpecQuestion")]
pub struct QuestionAnswer {
    /// Its number.
    pub question: u32,
    /// What it is about.
    pub category: String,
    /// The question.
    pub text: Text,
    /// The answer, when there is one.
    pub answer: Option<Text>,
}

/// A gate and what was said there.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "SpecApproval")]
pub struct Approval {
    /// After which phase.
    pub gate: Gate,
    /// What was said.
    pub status: ApprovalStatus,
    /// Of what is shown there now; `null` before anything is.
    pub content_hash: Option<ContentHash>,
}

/// What was said at a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "SpecApprovalStatus")]
pub enum ApprovalStatus {
    /// Nothing is shown there yet.
    NotReached,
    /// People are asked now.
    Requested,
    /// Somebody said yes to what is shown.
    Granted,
    /// Nobody is asked: gates open by themselves.
    Automatic,
}

/// The plan as far as it is written.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "SpecContent")]
pub struct ContentAnswer {
    /// What must hold.
    pub requirements: Vec<RequirementAnswer>,
    /// Lines that are kept as text.
    pub statements: Vec<Statement>,
    /// What the requirements take for granted.
    pub assumptions: Vec<String>,
    /// What they do not mean.
    pub out_of_scope: Vec<String>,
    /// What nobody could say yet.
    pub open_questions: Vec<String>,
    /// How it is built; `null` before that is written.
    pub design: Option<Design>,
    /// Groups of tasks.
    pub tickets: Vec<PlannedTicket>,
    /// The steps.
    pub tasks: Vec<PlannedTask>,
    /// Which requirement is met by which tasks; computed.
    pub coverage: Vec<Coverage>,
    /// The chain of tasks that takes longest; computed by hours.
    pub critical_path: Vec<String>,
    /// How long that takes, in hours.
    pub critical_path_hours: f64,
    /// How long all tasks take together, in hours.
    pub total_hours: f64,
    /// Tasks that do not wait for each other, wave after wave; computed.
    pub waves: Vec<Vec<String>>,
}

/// A requirement, taken apart.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "SpecRequirement")]
pub struct RequirementAnswer {
    /// The requirement itself.
    #[serde(flatten)]
    pub requirement: Requirement,
    /// Its sentence in EARS, when it is one.
    pub ears: Option<Ears>,
    /// Its criteria, in order.
    pub criteria: Vec<CriterionAnswer>,
}

/// A criterion, taken apart.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "SpecCriterion")]
pub struct CriterionAnswer {
    /// What it says.
    pub text: String,
    /// How it is said.
    pub kind: CriterionKind,
    /// Its sentence in EARS, when it is one.
    pub ears: Option<Ears>,
}

/// The work that a plan became.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "SpecWork")]
pub struct WorkAnswer {
    /// Its tickets, by their id in the plan.
    pub tickets: Vec<Materialized>,
    /// Its tasks, by their id in the plan.
    pub tasks: Vec<Materialized>,
}

/// A spec in a list.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct SpecLine {
    /// The spec.
    pub id: SpecId,
    /// What people call it.
    pub title: Name,
    /// How far it is.
    #[serde(flatten)]
    pub stage: Stage,
    /// Tickets that it became.
    pub tickets: usize,
    /// Tasks that it became.
    pub tasks: usize,
    /// When it was submitted.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// The specs of a project.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Specs")]
pub struct SpecsAnswer {
    /// Everything up to here is shown.
    pub position: i64,
    /// The answer stands still since this event; `null` when all is well.
    pub stale: Option<i64>,
    /// The one that changed last first; at most 500.
    pub specs: Vec<SpecLine>,
}
