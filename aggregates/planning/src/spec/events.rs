//! What may have happened to a spec. These names and fields are for ever.

use kernel::{ActorId, EventKind, Timestamp, Usd, Uuid};
use plan::{ContentHash, Layout, Phase, Verdict};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::{Name, Text};

use super::{Failure, Gate, GateMode, Halt, Section};

/// A fact about a spec.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "$type")]
pub enum Event {
    /// Somebody has an idea.
    #[serde(rename = "spec.submitted")]
    Submitted {
        /// What people call it.
        title: Name,
        /// The idea, in their words.
        idea: Text,
        /// Whether people are asked at the gates.
        gates: GateMode,
        /// What the model calls may cost together, in micro-dollars; without one there is no limit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        budget: Option<Usd>,
    },
    /// Somebody brought a plan along; what it says follows as sections.
    #[serde(rename = "spec.imported")]
    Imported {
        /// What people call it.
        title: Name,
        /// How it was written down.
        layout: Layout,
        /// Whether people are asked at the gates.
        gates: GateMode,
    },
    /// An attempt at a phase began.
    #[serde(rename = "spec.phase_started")]
    PhaseStarted {
        /// The phase.
        phase: Phase,
        /// The version of its output that this attempt writes, from 1.
        attempt: u32,
    },
    /// A part of the phase's output was written.
    #[serde(rename = "spec.phase_section_written")]
    PhaseSectionWritten {
        /// The phase.
        phase: Phase,
        /// The attempt.
        attempt: u32,
        /// The part.
        section: Section,
    },
    /// The output of a phase is written: all its sections make it.
    #[serde(rename = "spec.phase_output_submitted")]
    PhaseOutputSubmitted {
        /// The phase.
        phase: Phase,
        /// The attempt.
        attempt: u32,
        /// Of the output.
        content_hash: ContentHash,
    },
    /// The output was judged.
    #[serde(rename = "spec.phase_evaluated")]
    PhaseEvaluated {
        /// The phase.
        phase: Phase,
        /// The attempt.
        attempt: u32,
        /// What the judge says.
        verdict: Verdict,
    },
    /// The attempt did not pass; there will be another one.
    #[serde(rename = "spec.phase_retry_scheduled")]
    PhaseRetryScheduled {
        /// The phase.
        phase: Phase,
        /// The attempt that did not pass.
        attempt: u32,
        /// Why.
        reason: Failure,
        /// When the next one may begin.
        at: Timestamp,
    },
    /// The phase is done.
    #[serde(rename = "spec.phase_passed")]
    PhasePassed {
        /// The phase.
        phase: Phase,
        /// The attempt that passed.
        attempt: u32,
        /// Of its output.
        content_hash: ContentHash,
    },
    /// The phase did not pass in as many attempts as it has.
    #[serde(rename = "spec.phase_failed")]
    PhaseFailed {
        /// The phase.
        phase: Phase,
        /// The last attempt.
        attempt: u32,
        /// Why it did not pass.
        reason: Failure,
    },
    /// Something came up that only people can know.
    #[serde(rename = "spec.question_asked")]
    QuestionAsked {
        /// Its number in the spec, from 1.
        question: u32,
        /// What it is about.
        category: String,
        /// The question.
        text: Text,
    },
    /// A question was answered.
    #[serde(rename = "spec.question_answered")]
    QuestionAnswered {
        /// Its number.
        question: u32,
        /// The answer.
        text: Text,
        /// Who answered; nobody when no one was asked and the plan has to assume something.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<ActorId>,
    },
    /// People were asked whether to go on with what a phase wrote.
    #[serde(rename = "spec.approval_requested")]
    ApprovalRequested {
        /// After which phase.
        gate: Gate,
        /// Of what is shown to them.
        content_hash: ContentHash,
    },
    /// Somebody said yes.
    #[serde(rename = "spec.approval_granted")]
    ApprovalGranted {
        /// After which phase.
        gate: Gate,
        /// Of what was shown.
        content_hash: ContentHash,
        /// Who said so.
        by: ActorId,
    },
    /// Somebody said no: the phase is written again.
    #[serde(rename = "spec.approval_rejected")]
    ApprovalRejected {
        /// After which phase.
        gate: Gate,
        /// Of what was shown.
        content_hash: ContentHash,
        /// What should be otherwise.
        reason: Text,
        /// Who said so.
        by: ActorId,
    },
    /// Somebody wrote the output of a phase anew; what it says follows as sections.
    #[serde(rename = "spec.content_edited")]
    ContentEdited {
        /// The phase.
        phase: Phase,
        /// The version of its output that the edit makes.
        attempt: u32,
        /// Who.
        by: ActorId,
    },
    /// Every phase and every gate is passed.
    #[serde(rename = "spec.plan_accepted")]
    PlanAccepted {
        /// Of the computed check of the whole.
        content_hash: ContentHash,
    },
    /// The plan became tickets and tasks of the project.
    #[serde(rename = "spec.work_materialized")]
    WorkMaterialized {
        /// The tickets, in the order of the plan.
        tickets: Vec<Materialized>,
        /// The tasks, in the order of the plan.
        tasks: Vec<Materialized>,
    },
    /// Somebody put another plan in the place of the accepted one; what it says follows, phase by phase.
    #[serde(rename = "spec.revised")]
    Revised {
        /// Who.
        by: ActorId,
    },
    /// The work was made to follow the revised plan.
    #[serde(rename = "spec.work_revised")]
    WorkRevised {
        /// The tickets that are new.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tickets: Vec<Materialized>,
        /// The tasks that are new.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tasks: Vec<Materialized>,
        /// Ids in the plan of tickets and tasks that are something else now.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        changed: Vec<String>,
        /// Ids of those that the plan no longer has.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        withdrawn: Vec<String>,
        /// Ids of those that stay as they were, though the plan says something else of them: somebody had begun them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        kept: Vec<String>,
    },
    /// Somebody took up the first of its tasks.
    #[serde(rename = "spec.execution_started")]
    ExecutionStarted,
    /// All its tickets are done, and requirements of it rest on nothing: no task that addresses them is completed.
    #[serde(rename = "spec.completion_held")]
    CompletionHeld {
        /// Which, by their ids in the plan, in the order of the plan.
        unproven: Vec<String>,
    },
    /// Somebody accepted that these requirements rest on nothing.
    #[serde(rename = "spec.unproven_accepted")]
    UnprovenAccepted {
        /// Which, by their ids in the plan.
        requirements: Vec<String>,
        /// Why that is enough.
        reason: Text,
        /// Who.
        by: ActorId,
    },
    /// All its work is done, and every requirement rests on evidence or was accepted without.
    #[serde(rename = "spec.completed")]
    Completed,
    /// It was given up; work that it became stays.
    #[serde(rename = "spec.cancelled")]
    Cancelled {
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Text>,
    },
    /// Planning stands still.
    #[serde(rename = "spec.halted")]
    Halted {
        /// In which phase.
        phase: Phase,
        /// Why.
        reason: Halt,
    },
    /// Planning goes on.
    #[serde(rename = "spec.resumed")]
    Resumed {
        /// With which phase.
        phase: Phase,
        /// Which attempt at it.
        attempt: u32,
        /// The budget from now on, when it is another one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        budget: Option<Usd>,
    },
}

/// A ticket or task of the plan and what it became.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Materialized {
    /// Its id in the plan, e.g. `TSK-001`.
    pub local: String,
    /// Its id in the project.
    pub id: Uuid,
    /// What people call it there, e.g. `TSK-042`.
    pub number: String,
}

impl EventKind for Event {
    const TYPES: &'static [(&'static str, i32)] = &[
        ("spec.submitted", 1),
        ("spec.imported", 1),
        ("spec.phase_started", 1),
        ("spec.phase_section_written", 1),
        ("spec.phase_output_submitted", 1),
        ("spec.phase_evaluated", 1),
        ("spec.phase_retry_scheduled", 1),
        ("spec.phase_passed", 1),
        ("spec.phase_failed", 1),
        ("spec.question_asked", 1),
        ("spec.question_answered", 1),
        ("spec.approval_requested", 1),
        ("spec.approval_granted", 1),
        ("spec.approval_rejected", 1),
        ("spec.content_edited", 1),
        ("spec.plan_accepted", 1),
        ("spec.work_materialized", 1),
        ("spec.revised", 1),
        ("spec.work_revised", 1),
        ("spec.execution_started", 1),
        ("spec.completion_held", 1),
        ("spec.unproven_accepted", 1),
        ("spec.completed", 1),
        ("spec.cancelled", 1),
        ("spec.halted", 1),
        ("spec.resumed", 1),
    ];

    fn event_type(&self) -> &'static str {
        match self {
            Self::Submitted { .. } => "spec.submitted",
            Self::Imported { .. } => "spec.imported",
            Self::PhaseStarted { .. } => "spec.phase_started",
            Self::PhaseSectionWritten { .. } => "spec.phase_section_written",
            Self::PhaseOutputSubmitted { .. } => "spec.phase_output_submitted",
            Self::PhaseEvaluated { .. } => "spec.phase_evaluated",
            Self::PhaseRetryScheduled { .. } => "spec.phase_retry_scheduled",
            Self::PhasePassed { .. } => "spec.phase_passed",
            Self::PhaseFailed { .. } => "spec.phase_failed",
            Self::QuestionAsked { .. } => "spec.question_asked",
            Self::QuestionAnswered { .. } => "spec.question_answered",
            Self::ApprovalRequested { .. } => "spec.approval_requested",
            Self::ApprovalGranted { .. } => "spec.approval_granted",
            Self::ApprovalRejected { .. } => "spec.approval_rejected",
            Self::ContentEdited { .. } => "spec.content_edited",
            Self::PlanAccepted { .. } => "spec.plan_accepted",
            Self::WorkMaterialized { .. } => "spec.work_materialized",
            Self::Revised { .. } => "spec.revised",
            Self::WorkRevised { .. } => "spec.work_revised",
            Self::ExecutionStarted => "spec.execution_started",
            Self::CompletionHeld { .. } => "spec.completion_held",
            Self::UnprovenAccepted { .. } => "spec.unproven_accepted",
            Self::Completed => "spec.completed",
            Self::Cancelled { .. } => "spec.cancelled",
            Self::Halted { .. } => "spec.halted",
            Self::Resumed { .. } => "spec.resumed",
        }
    }
}
