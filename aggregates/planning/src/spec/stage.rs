//! How far a spec is.

use kernel::{Timestamp, Usd};
use plan::{ContentHash, Phase};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::{Name, Text};

/// How far a spec is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "status", rename_all = "snake_case")]
#[schemars(rename = "SpecStage")]
pub enum Stage {
    /// A phase is being written, or waits for its next attempt.
    Planning {
        /// Which phase.
        phase: Phase,
        /// Which attempt at it, from 1.
        attempt: u32,
        /// When the attempt may begin; at once without a time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due: Option<Timestamp>,
    },
    /// People were asked what only they can know.
    AwaitingAnswers,
    /// People were asked whether to go on with what is shown.
    AwaitingApproval {
        /// After which phase.
        gate: Gate,
        /// Of what is shown.
        content_hash: ContentHash,
    },
    /// Planning stands still for a reason that is not the plan's; it can be resumed.
    Halted {
        /// Before or in which phase.
        phase: Phase,
        /// Why.
        reason: Halt,
    },
    /// The plan is accepted.
    Planned,
    /// Work on it has begun.
    Executing,
    /// All its work is done.
    Completed,
    /// A phase did not pass in as many attempts as it has; it can be resumed.
    Failed {
        /// Which phase.
        phase: Phase,
        /// Why the last attempt failed.
        reason: Text,
    },
    /// It was given up.
    Cancelled,
}

impl Stage {
    /// Its name on the wire.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Planning { .. } => "planning",
            Self::AwaitingAnswers => "awaiting_answers",
            Self::AwaitingApproval { .. } => "awaiting_approval",
            Self::Halted { .. } => "halted",
            Self::Planned => "planned",
            Self::Executing => "executing",
            Self::Completed => "completed",
            Self::Failed { .. } => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether nothing more can happen to it.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        matches!(self, Self::Completed | Self::Cancelled)
    }
}

/// Where people are asked before planning goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "SpecGate")]
pub enum Gate {
    /// After the requirements.
    Requirements,
    /// After the design.
    Design,
}

impl Gate {
    /// The phase it stands after.
    #[must_use]
    pub const fn phase(self) -> Phase {
        match self {
            Self::Requirements => Phase::Requirements,
            Self::Design => Phase::Design,
        }
    }

    /// The gate after a phase, if there is one.
    #[must_use]
    pub const fn after(phase: Phase) -> Option<Self> {
        match phase {
            Phase::Requirements => Some(Self::Requirements),
            Phase::Design => Some(Self::Design),
            Phase::Explore | Phase::Prd | Phase::Tasks | Phase::Sync => None,
        }
    }
}

/// Whether people are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "SpecGates")]
pub enum GateMode {
    /// At every gate, and when questions come up.
    Review,
    /// Never: gates open by themselves, and the plan states what it assumes.
    Auto,
}

/// Why planning stands still.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(rename = "SpecHalt")]
pub enum Halt {
    /// The next model call could cost more than is left of the budget.
    BudgetExhausted {
        /// What the call is counted with before it is made, in micro-dollars: the longest answer that it may give, at the
        /// price of its model.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        needs: Option<Usd>,
    },
    /// No model is configured for the phase, or its provider refuses us for good.
    NoModel {
        /// What must be done.
        message: Text,
    },
}

/// Why an attempt failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(rename = "AttemptFailure")]
pub enum Failure {
    /// The judge did not pass it.
    Evaluation,
    /// Nothing came that could be judged.
    Error {
        /// What happened.
        message: Text,
        /// The same for programs, when it was that the repository could not be read, e.g. `not_a_repository`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        code: Option<Name>,
    },
}

impl Failure {
    /// In words.
    #[must_use]
    pub fn to_text(&self) -> Text {
        match self {
            Self::Evaluation => Text::new("the output did not pass its evaluation").expect("it has words"),
            Self::Error { message, .. } => message.clone(),
        }
    }
}
