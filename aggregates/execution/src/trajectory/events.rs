//! What may have happened in a trajectory. These names and fields are for ever.

use kernel::{EventKind, Timestamp, Usd, Uuid};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::{FilePattern, Line, MergeId, Name, RunId, SpecId, Text};

use super::agent::{FileChange, ToolKind};
use crate::content::Content;

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
    /// The agent began a turn: it was given something to do, and works until it has no more to say.
    #[serde(rename = "trajectory.turn_started")]
    TurnStarted {
        /// When, by the clock of who saw it.
        at: Timestamp,
        /// Which turn, from 1.
        turn: u32,
        /// What it was given.
        prompt: Content,
    },
    /// The turn is over.
    #[serde(rename = "trajectory.turn_ended")]
    TurnEnded {
        /// When.
        at: Timestamp,
        /// Which turn.
        turn: u32,
        /// Why it is over, e.g. `end_turn`, `max_tokens`, `cancelled`, `exit`.
        stop: Name,
    },
    /// The agent said something.
    #[serde(rename = "trajectory.message_emitted")]
    MessageEmitted {
        /// When.
        at: Timestamp,
        /// In which turn.
        turn: u32,
        /// The words.
        text: Content,
        /// What the agent's program wrote, as it wrote it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        raw: Option<Content>,
    },
    /// The agent thought something.
    #[serde(rename = "trajectory.thought_emitted")]
    ThoughtEmitted {
        /// When.
        at: Timestamp,
        /// In which turn.
        turn: u32,
        /// The words.
        text: Content,
        /// What the agent's program wrote, as it wrote it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        raw: Option<Content>,
    },
    /// The agent uses a tool.
    #[serde(rename = "trajectory.tool_called")]
    ToolCalled {
        /// When.
        at: Timestamp,
        /// In which turn.
        turn: u32,
        /// Names the use of it, within the run.
        call: Line<200>,
        /// What the agent calls the tool.
        tool: Line<200>,
        /// What kind of tool it is.
        kind: ToolKind,
        /// What it is given.
        input: Content,
        /// What the agent's program wrote, as it wrote it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        raw: Option<Content>,
    },
    /// The tool has answered.
    #[serde(rename = "trajectory.tool_returned")]
    ToolReturned {
        /// When.
        at: Timestamp,
        /// In which turn.
        turn: u32,
        /// Names the use of it.
        call: Line<200>,
        /// Whether it did what it was asked for.
        ok: bool,
        /// What it answered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        output: Option<Content>,
        /// What the agent's program wrote, as it wrote it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        raw: Option<Content>,
    },
    /// A file of the workspace is another one than before, whoever changed it.
    #[serde(rename = "trajectory.file_changed")]
    FileChanged {
        /// When it was seen.
        at: Timestamp,
        /// In which turn.
        turn: u32,
        /// Where it is.
        path: FilePattern,
        /// How it was changed.
        change: FileChange,
        /// Lines added; none when it is no text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        added: Option<u32>,
        /// Lines removed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        removed: Option<u32>,
        /// The difference, as a unified diff.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        diff: Option<Content>,
    },
    /// A command was run.
    #[serde(rename = "trajectory.command_ran")]
    CommandRan {
        /// When it was over.
        at: Timestamp,
        /// In which turn.
        turn: u32,
        /// The command line.
        command: Content,
        /// Its exit code; none when it did not end by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        exit: Option<i32>,
        /// How long it took, in milliseconds.
        duration_ms: u64,
        /// The end of what it wrote.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        output: Option<Content>,
        /// How many bytes it wrote in all.
        output_bytes: u64,
    },
    /// The agent has another plan.
    #[serde(rename = "trajectory.plan_updated")]
    PlanUpdated {
        /// When.
        at: Timestamp,
        /// In which turn.
        turn: u32,
        /// The plan: a JSON list of `{text, status}`, `status` one of `pending`, `in_progress`, `completed`.
        plan: Content,
    },
    /// The agent asks a person.
    #[serde(rename = "trajectory.question_raised")]
    QuestionRaised {
        /// When.
        at: Timestamp,
        /// In which turn.
        turn: u32,
        /// The question.
        text: Content,
    },
    /// A tool of the platform, or of a server of tools, was used.
    #[serde(rename = "trajectory.mcp_call_made")]
    McpCallMade {
        /// When.
        at: Timestamp,
        /// Whose tool, e.g. `omoi`.
        server: Name,
        /// The tool.
        tool: Line<200>,
        /// Whether it did what it was asked for.
        ok: bool,
    },
    /// The run wanted to reach somebody outside of its sandbox.
    #[serde(rename = "trajectory.egress_attempted")]
    EgressAttempted {
        /// When.
        at: Timestamp,
        /// Whom.
        host: Line<300>,
        /// How, e.g. `CONNECT`.
        method: Name,
        /// Whether it was let through.
        allowed: bool,
        /// Why it was not, e.g. `not_allowed`, `private_host`, `unreachable`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Name>,
        /// Bytes that had gone out when this was written: before anything did, so 0.
        sent: u64,
        /// Bytes that had come in.
        received: u64,
    },
    /// A way to somebody outside is closed.
    #[serde(rename = "trajectory.egress_ended")]
    EgressEnded {
        /// When.
        at: Timestamp,
        /// To whom it was.
        host: Line<300>,
        /// Why, e.g. `closed`, `too_much`, `other_name` when what was said there named another host.
        reason: Name,
        /// Bytes that went out.
        sent: u64,
        /// Bytes that came in.
        received: u64,
    },
    /// Whoever drives the agent has something to say of it, e.g. what it complained.
    #[serde(rename = "trajectory.noted")]
    Noted {
        /// When.
        at: Timestamp,
        /// For programs, e.g. `stderr`, `garbage`.
        code: Name,
        /// For people.
        text: Content,
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
    /// A run of an agent.
    Run {
        /// The run.
        run: RunId,
    },
    /// A merge, whose conflicts are resolved.
    Merge {
        /// The merge.
        merge: MergeId,
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

impl Event {
    /// For what a call was made that the event is about; none when it is about something else.
    #[must_use]
    pub const fn subject(&self) -> Option<&Subject> {
        match self {
            Self::LlmCallStarted { of, .. }
            | Self::LlmCallFinished { of, .. }
            | Self::LlmCallAmbiguous { of, .. }
            | Self::UsageRecorded { of, .. } => Some(of),
            _ => None,
        }
    }

    /// Whether somebody has seen it of an agent; calls to models are accounted for otherwise.
    #[must_use]
    pub const fn is_seen(&self) -> bool {
        self.subject().is_none()
    }
}

impl EventKind for Event {
    const TYPES: &'static [(&'static str, i32)] = &[
        ("trajectory.llm_call_started", 1),
        ("trajectory.llm_call_finished", 1),
        ("trajectory.llm_call_ambiguous", 1),
        ("trajectory.usage_recorded", 1),
        ("trajectory.turn_started", 1),
        ("trajectory.turn_ended", 1),
        ("trajectory.message_emitted", 1),
        ("trajectory.thought_emitted", 1),
        ("trajectory.tool_called", 1),
        ("trajectory.tool_returned", 1),
        ("trajectory.file_changed", 1),
        ("trajectory.command_ran", 1),
        ("trajectory.plan_updated", 1),
        ("trajectory.question_raised", 1),
        ("trajectory.mcp_call_made", 1),
        ("trajectory.egress_attempted", 1),
        ("trajectory.egress_ended", 1),
        ("trajectory.noted", 1),
    ];

    fn event_type(&self) -> &'static str {
        match self {
            Self::LlmCallStarted { .. } => "trajectory.llm_call_started",
            Self::LlmCallFinished { .. } => "trajectory.llm_call_finished",
            Self::LlmCallAmbiguous { .. } => "trajectory.llm_call_ambiguous",
            Self::UsageRecorded { .. } => "trajectory.usage_recorded",
            Self::TurnStarted { .. } => "trajectory.turn_started",
            Self::TurnEnded { .. } => "trajectory.turn_ended",
            Self::MessageEmitted { .. } => "trajectory.message_emitted",
            Self::ThoughtEmitted { .. } => "trajectory.thought_emitted",
            Self::ToolCalled { .. } => "trajectory.tool_called",
            Self::ToolReturned { .. } => "trajectory.tool_returned",
            Self::FileChanged { .. } => "trajectory.file_changed",
            Self::CommandRan { .. } => "trajectory.command_ran",
            Self::PlanUpdated { .. } => "trajectory.plan_updated",
            Self::QuestionRaised { .. } => "trajectory.question_raised",
            Self::McpCallMade { .. } => "trajectory.mcp_call_made",
            Self::EgressAttempted { .. } => "trajectory.egress_attempted",
            Self::EgressEnded { .. } => "trajectory.egress_ended",
            Self::Noted { .. } => "trajectory.noted",
        }
    }
}
