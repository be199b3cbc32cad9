//! Agents that write code, and what drives them. A driver runs inside of the sandbox, beside its agent; it tells what it sees,
//! and is told what people want, at the boundaries that the agent has.

pub mod wire;

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot};

use crate::BoxFuture;
use crate::llm::{Format, Said};

/// Drives one kind of agents.
pub trait AgentDriver: fmt::Debug + Send + Sync {
    /// Its name in profiles, e.g. `command`.
    fn name(&self) -> &'static str;

    /// Whether its agents hear what people say while they work.
    fn takes_messages(&self) -> bool {
        true
    }

    /// Lets the agent work on its assignment, until it has no more to say or is told to stop. What it has started is gone when
    /// this answers.
    fn work<'a>(
        &'a self,
        assignment: &'a Assignment,
        desk: Desk,
    ) -> BoxFuture<'a, Result<Finished, AgentError>>;
}

/// What an agent is to do, and with what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// The driver.
    pub driver: String,
    /// The program of the agent and its arguments, for drivers that start one.
    pub command: Vec<String>,
    /// The version that its agent has to be: all of it, or its beginning when that ends with a dot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// How many seconds its agent may take for its first answers; what its driver thinks right when it is not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silent_after_s: Option<u32>,
    /// The model that it is to ask, when the installation has one for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<Model>,
    /// What it is to do, in words: trusted instructions first, what strangers wrote marked as such.
    pub prompt: String,
    /// The command line that does it, for the driver that runs a command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
    /// What the agent finds in its environment.
    pub environment: Vec<(String, String)>,
    /// The directory it works in.
    pub workspace: PathBuf,
    /// Whether it may write there.
    pub writes: bool,
    /// Where what it may reach of the platform listens inside of the sandbox, e.g. `http://127.0.0.1:7007`; its worker says so.
    pub platform: String,
}

/// A model as it is reached from inside of a sandbox: at `{platform}/llm/anthropic` (with `/v1/messages` below it) or at
/// `{platform}/llm/openai/v1` (with `/chat/completions` below it), by what it speaks. The key is [`KEY`]: the real one never
/// enters a sandbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    /// The name to ask for.
    pub name: String,
    /// What it speaks.
    pub format: Format,
    /// The longest answer that may be asked for.
    pub max_output_tokens: u32,
    /// How much fits into it, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_tokens: Option<u64>,
}

/// What agents are given as the key of every provider.
pub const KEY: &str = "omoi-run";

/// What a driver has on its desk: to whom it reports, and from where orders come.
#[derive(Debug)]
pub struct Desk {
    /// Takes what is seen, in order. It waits while whoever reads is behind, so an agent cannot flood anybody.
    pub seen: mpsc::Sender<Seen>,
    /// What people want; the driver takes an order when its agent has a boundary.
    pub orders: mpsc::Receiver<Order>,
}

/// Something that was seen of an agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// When, in microseconds since 1970; the worker says it.
    pub at: i64,
    /// In which turn, from 1.
    pub turn: u32,
    /// What.
    #[serde(flatten)]
    pub what: Act,
    /// What the agent's program wrote, as it wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<String>,
}

impl Seen {
    /// As a driver tells it, in this turn.
    #[must_use]
    pub const fn told(turn: u32, what: Act) -> Self {
        Self { at: 0, turn, what, raw: None }
    }
}

/// What an agent did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// It was given something to do.
    TurnStarted {
        /// What.
        prompt: String,
    },
    /// It has no more to say.
    TurnEnded {
        /// Why, e.g. `end_turn`.
        stop: String,
    },
    /// It said something.
    Message {
        /// The words.
        text: String,
    },
    /// It thought something.
    Thought {
        /// The words.
        text: String,
    },
    /// It uses a tool.
    ToolCalled {
        /// Names the use.
        call: String,
        /// What it calls the tool.
        tool: String,
        /// What kind of tool it is.
        kind: ToolKind,
        /// What the tool is given.
        input: String,
    },
    /// The tool has answered.
    ToolReturned {
        /// Names the use.
        call: String,
        /// Whether it did what it was asked for.
        ok: bool,
        /// What it answered.
        output: String,
    },
    /// A file is another one than before.
    FileChanged {
        /// Where it is, from the top of the workspace.
        path: String,
        /// How it was changed.
        change: FileChange,
        /// Lines added; none when it is no text.
        added: Option<u32>,
        /// Lines removed.
        removed: Option<u32>,
        /// The difference, as a unified diff; empty when it is no text, or too much.
        diff: String,
    },
    /// A command was run.
    CommandRan {
        /// The command line.
        command: String,
        /// Its exit code; none when it did not end by itself.
        exit: Option<i32>,
        /// How long it took, in milliseconds.
        duration_ms: u64,
        /// The end of what it wrote.
        output: String,
        /// How many bytes it wrote in all.
        output_bytes: u64,
    },
    /// It has another plan.
    PlanUpdated {
        /// Its steps.
        steps: Vec<Step>,
    },
    /// It asks a person.
    QuestionRaised {
        /// The question.
        text: String,
    },
    /// Its driver has something to say.
    Noted {
        /// For programs, e.g. `stderr`.
        code: String,
        /// For people.
        text: String,
    },
}

/// A step of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What is to be done.
    pub text: String,
    /// `pending`, `in_progress` or `completed`.
    pub status: String,
}

/// What kind of tool it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToolKind {
    /// It reads.
    Read,
    /// It changes files.
    Edit,
    /// It removes files.
    Delete,
    /// It moves files.
    Move,
    /// It looks for something.
    Search,
    /// It runs a command.
    Execute,
    /// It helps to think.
    Think,
    /// It gets something from outside.
    Fetch,
    /// Something else.
    Other,
}

/// How a file was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileChange {
    /// It is new.
    Added,
    /// It holds something else, or is something else.
    Modified,
    /// It is gone.
    Deleted,
}

/// What somebody wants of an agent at work.
#[derive(Debug)]
pub enum Order {
    /// It is told something, without ending its turn.
    Steer {
        /// The words.
        text: String,
        /// Takes what becomes of them, one after another; the driver never sends the words twice.
        way: mpsc::Sender<Delivery>,
    },
    /// Its turn is ended; it may be given another.
    Interrupt {
        /// Answered once it is.
        done: oneshot::Sender<()>,
    },
}

/// How far words are on their way to an agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Delivery {
    /// They were handed to it.
    Written {
        /// By which way, e.g. `hook`.
        mechanism: String,
    },
    /// Its program has taken them.
    Accepted,
    /// It has them within the turn that was going on.
    Folded {
        /// That turn.
        turn: u32,
    },
    /// It has them as its next turn.
    Deferred {
        /// That turn.
        turn: u32,
    },
    /// They provably never reached it.
    Degraded {
        /// Why.
        reason: String,
    },
    /// Nobody knows whether they reached it.
    Ambiguous {
        /// Why.
        reason: String,
    },
}

/// How the agent came to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finished {
    /// What it says of itself: whether it is done. It is no evidence.
    pub done: bool,
    /// Why it ended, for programs, e.g. `end_turn`, `exit`.
    pub code: String,
    /// Why it ended, for people.
    pub message: String,
}

/// Why an agent could not be driven. The run ends with this, and what was done is kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AgentError {
    /// The assignment has not what the driver needs.
    #[error("{said}")]
    BadAssignment {
        /// What is missing, and what to do.
        said: Said,
    },
    /// The agent's program is not there.
    #[error(
        "there is no program {program} in the sandbox: install it on the nodes that run agents, or change the profile"
    )]
    Missing {
        /// The program.
        program: Said,
    },
    /// It is another one than the profile wants.
    #[error(
        "the profile wants version {wanted} of the agent, and {found} is here: install that version on the nodes that run agents, or \
         change `version` in the profile"
    )]
    Version {
        /// What the profile says.
        wanted: Said,
        /// What the agent says of itself.
        found: Said,
    },
    /// It cannot be started.
    #[error("the agent could not be started: {said}")]
    CannotStart {
        /// Why.
        said: Said,
    },
    /// It went away in the middle.
    #[error("the agent went away: {said}; if it does so again, look at its profile")]
    Gone {
        /// How.
        said: Said,
    },
    /// It says what nobody understands.
    #[error(
        "the agent does not speak {protocol}, so look whether its profile has the right driver and command: {said}"
    )]
    Garbage {
        /// What it should speak.
        protocol: &'static str,
        /// What it said.
        said: Said,
    },
    /// It does not answer.
    #[error(
        "the agent has not answered for {seconds} s: start another run when the machine is less busy, or give it more time \
         (`silent_after` in the profile)"
    )]
    Silent {
        /// How long.
        seconds: u64,
    },
}

impl AgentError {
    /// A stable name of it, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::BadAssignment { .. } => "bad_assignment",
            Self::Missing { .. } => "agent_missing",
            Self::Version { .. } => "agent_version",
            Self::CannotStart { .. } => "agent_cannot_start",
            Self::Gone { .. } => "agent_gone",
            Self::Garbage { .. } => "agent_garbage",
            Self::Silent { .. } => "agent_silent",
        }
    }
}
