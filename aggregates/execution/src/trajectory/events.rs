//! What may have happened in a trajectory. These names and fields are for ever.

use kernel::{EventKind, Usd, Uuid};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::{Line, Name, SpecId, Text};

/// A fact about a trajectory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "$type")]
pub enum Event {
    /// A model is about to be asked.
    #[serde(rename = "trajectory.llm_call_started")]
    LlmCallStarted {
        /// Names the call.
        call: Uuid,
        /// What it is for.
        of: Subject,
        /// Who is asked.
        provider: Name,
        /// Which of their models.
        model: Line<200>,
        /// Which prompt it begins with, e.g. `design.v1`.
        prompt: Line<100>,
        /// The most it can cost, in micro-dollars; reserved until its end is known.
        reserved: Usd,
    },
    /// The call is over.
    #[serde(rename = "trajectory.llm_call_finished")]
    LlmCallFinished {
        /// The call.
        call: Uuid,
        /// What it was for.
        of: Subject,
        /// How it ended.
        outcome: Outcome,
        /// Tries over the wire, from 1.
        tries: u32,
        /// How long it took, in milliseconds.
        duration_ms: u64,
    },
    /// Nobody heard the end of the call: it may have been made and paid for. What was reserved counts as spent.
    #[serde(rename = "trajectory.llm_call_ambiguous")]
    LlmCallAmbiguous {
        /// The call.
        call: Uuid,
        /// What it was for.
        of: Subject,
        /// What counts as spent, in micro-dollars.
        cost: Usd,
    },
    /// A call used up something.
    #[serde(rename = "trajectory.usage_recorded")]
    UsageRecorded {
        /// The call.
        call: Uuid,
        /// What it was for.
        of: Subject,
        /// What was read and written.
        tokens: Tokens,
        /// What that cost, in micro-dollars.
        cost: Usd,
    },
}

/// What a call is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(rename = "CallSubject")]
pub enum Subject {
    /// An attempt at a phase of planning.
    Planning {
        /// The spec.
        spec: SpecId,
        /// The phase.
        phase: Name,
        /// The attempt, from 1.
        attempt: u32,
    },
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(rename = "CallOutcome")]
pub enum Outcome {
    /// The model has answered, and what it said could be used.
    Answered,
    /// The model has answered, and what it said could not be used.
    Unfit {
        /// What was wrong with it.
        message: Text,
    },
    /// No whole answer came.
    Failed {
        /// For programs, e.g. `rate_limited`.
        code: Name,
        /// What happened.
        message: Text,
    },
}

/// What was read and written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Tokens {
    /// Read anew.
    pub input: u64,
    /// Written.
    pub output: u64,
    /// Read from what the provider kept.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub cache_read: u64,
    /// Kept at the provider.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub cache_write: u64,
    /// The provider did not say: it is an estimate.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub estimated: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
const fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl EventKind for Event {
    const TYPES: &'static [(&'static str, i32)] = &[
        ("trajectory.llm_call_started", 1),
        ("trajectory.llm_call_finished", 1),
        ("trajectory.llm_call_ambiguous", 1),
        ("trajectory.usage_recorded", 1),
    ];

    fn event_type(&self) -> &'static str {
        match self {
            Self::LlmCallStarted { .. } => "trajectory.llm_call_started",
            Self::LlmCallFinished { .. } => "trajectory.llm_call_finished",
            Self::LlmCallAmbiguous { .. } => "trajectory.llm_call_ambiguous",
            Self::UsageRecorded { .. } => "trajectory.usage_recorded",
        }
    }
}
