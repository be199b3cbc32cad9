//! What is answered to which content.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

use super::answer::{Tokens, ToolUse};
use super::asked::{Asked, Wire};
use super::fault::{Fault, FaultAt};

/// One rule of a script.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rule {
    /// Its name in refusals.
    pub name: String,
    /// Which requests it is for; without any condition for all.
    pub when: When,
    /// What is said.
    pub reply: Say,
    /// How fast.
    pub pace: Pace,
    /// How the server misbehaves.
    pub faults: Vec<FaultAt>,
}

/// Which requests: all that is named must hold. Case matters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct When {
    /// The model is this one. A purpose is told by it: the settings give each purpose a model.
    pub model: Option<String>,
    /// The format is this one.
    pub wire: Option<Wire>,
    /// The system's words hold all of these.
    pub system_contains: Content,
    /// The conversation holds all of these.
    pub contains: Content,
    /// Neither the system nor the conversation holds any of these.
    pub not_contains: Content,
    /// What was said last, results of tools too, holds all of these.
    pub last_contains: Content,
    /// There is a tool of this name.
    pub tool: Option<String>,
    /// The content has this name ([`Asked::digest`]).
    pub digest: Option<String>,
}

/// One text or several.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "OneOrMany")]
pub struct Content(Vec<String>);

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

/// What is said: `text`, `json`, `file`, `chunks`, `plans`, `codes` or `resolves`, and uses of tools.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Say {
    /// Words.
    pub text: Option<String>,
    /// JSON, written without spaces.
    pub json: Option<Value>,
    /// The content of a file, whose path begins at the script.
    pub file: Option<PathBuf>,
    /// Words in these pieces.
    pub chunks: Option<Vec<String>>,
    /// The phase of a plan that the prompt asks for (`planner`). A prompt that asks for none is refused.
    pub plans: bool,
    /// The next step of the task that the conversation is about (`coder`).
    pub codes: bool,
    /// The file in conflict that the prompt shows, with both sides of each place kept.
    pub resolves: bool,
    /// Uses of tools, after the words.
    pub tools: Vec<ToolUse>,
    /// What the model thinks before; only the format of Anthropic has it.
    pub thoughts: Option<String>,
    /// Why it ends: `end`, `max_tokens`, `tool_use`, `refusal`. Otherwise it is seen from the answer.
    pub stop: Option<String>,
    /// What it used. Otherwise it is counted.
    pub usage: Option<Tokens>,
}

/// How the answer is cut into pieces, and how fast they come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Pace {
    /// Characters in a piece.
    pub chunk_chars: usize,
    /// Milliseconds before the first piece.
    pub first_ms: u64,
    /// Milliseconds between two pieces.
    pub delay_ms: u64,
    /// The bytes are sent this many at a time, through the middle of lines and of characters; 0 for whole events.
    pub bytes: usize,
    /// Milliseconds for all pieces together, however long the answer is; then `chunk_chars` and `delay_ms` follow from it.
    pub whole_ms: u64,
}

impl Default for Pace {
    fn default() -> Self {
        Self { chunk_chars: 16, first_ms: 0, delay_ms: 0, bytes: 0, whole_ms: 0 }
    }
}

impl Pace {
    /// For an answer of so many characters.
    pub(super) fn of(self, chars: usize) -> Self {
        /// As often as a person sees something move.
        const STEP_MS: u64 = 20;
        if self.whole_ms == 0 {
            return self;
        }
        let steps = usize::try_from(self.whole_ms.div_ceil(STEP_MS)).unwrap_or(usize::MAX);
        Self { chunk_chars: chars.div_ceil(steps).max(1), delay_ms: STEP_MS, ..self }
    }
}

impl Rule {
    /// A rule for all requests, which says nothing yet.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// Only for conversations that hold this.
    #[must_use]
    pub fn when_contains(mut self, text: impl Into<String>) -> Self {
        self.when.contains.0.push(text.into());
        self
    }

    /// Only when the system's words hold this.
    #[must_use]
    pub fn when_system_contains(mut self, text: impl Into<String>) -> Self {
        self.when.system_contains.0.push(text.into());
        self
    }

    /// Only when neither the system nor the conversation holds this.
    #[must_use]
    pub fn when_not_contains(mut self, text: impl Into<String>) -> Self {
        self.when.not_contains.0.push(text.into());
        self
    }

    /// Only when what was said last holds this.
    #[must_use]
    pub fn when_last_contains(mut self, text: impl Into<String>) -> Self {
        self.when.last_contains.0.push(text.into());
        self
    }

    /// Only for this model.
    #[must_use]
    pub fn when_model(mut self, model: impl Into<String>) -> Self {
        self.when.model = Some(model.into());
        self
    }

    /// Only when there is a tool of this name.
    #[must_use]
    pub fn when_tool(mut self, name: impl Into<String>) -> Self {
        self.when.tool = Some(name.into());
        self
    }

    /// Says this.
    #[must_use]
    pub fn says(mut self, text: impl Into<String>) -> Self {
        self.reply.text = Some(text.into());
        self
    }

    /// Says this as JSON.
    #[must_use]
    pub fn says_json(mut self, json: Value) -> Self {
        self.reply.json = Some(json);
        self
    }

    /// Writes the phase of a plan that the prompt asks for.
    #[must_use]
    pub const fn plans(mut self) -> Self {
        self.reply.plans = true;
        self
    }

    /// Does the next step of the task that the conversation is about.
    #[must_use]
    pub const fn codes(mut self) -> Self {
        self.reply.codes = true;
        self
    }

    /// Keeps both sides of the file in conflict that the prompt shows.
    #[must_use]
    pub const fn resolves(mut self) -> Self {
        self.reply.resolves = true;
        self
    }

    /// Uses this tool.
    #[must_use]
    pub fn uses(mut self, name: impl Into<String>, input: Value) -> Self {
        self.reply.tools.push(ToolUse { id: None, name: name.into(), input });
        self
    }

    /// Says that this was used.
    #[must_use]
    pub const fn counts(mut self, tokens: Tokens) -> Self {
        self.reply.usage = Some(tokens);
        self
    }

    /// At this pace.
    #[must_use]
    pub const fn at_pace(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    /// Misbehaves always.
    #[must_use]
    pub fn misbehaves(mut self, fault: Fault) -> Self {
        self.faults.push(FaultAt { fault, times: None });
        self
    }

    /// Misbehaves for the first requests of a body.
    #[must_use]
    pub fn misbehaves_times(mut self, fault: Fault, times: u32) -> Self {
        self.faults.push(FaultAt { fault, times: Some(times) });
        self
    }

    /// With the content of its file in its place.
    pub(super) fn with_files_read(mut self, beside: &Path) -> io::Result<Self> {
        if let Some(file) = self.reply.file.take() {
            self.reply.text = Some(fs::read_to_string(beside.join(file))?);
        }
        Ok(self)
    }
}

impl When {
    /// Why a request is not meant, or nothing when it is.
    pub(super) fn mismatch(&self, wire: Wire, asked: &Asked) -> Option<String> {
        let system = asked.system_text();
        let text = asked.text();
        let differs = |wanted: Option<&String>, is: &str, what: &str| {
            wanted
                .filter(|wanted| *wanted != is)
                .map(|wanted| format!("the {what} is `{is}` and not `{wanted}`"))
        };
        let lacks = |content: &Content, text: &str, what: &str| {
            content.0.iter().find(|part| !text.contains(*part)).map(|part| format!("{what} lacks `{part}`"))
        };
        let unwanted = self.not_contains.0.iter().find(|part| system.contains(*part) || text.contains(*part));
        let other_wire = self.wire.filter(|wanted| *wanted != wire);
        let no_tool = self.tool.as_ref().filter(|tool| !asked.tools.contains(tool));
        differs(self.model.as_ref(), &asked.model, "model")
            .or_else(|| other_wire.map(|wanted| format!("the format is not {wanted:?}")))
            .or_else(|| lacks(&self.system_contains, &system, "the system"))
            .or_else(|| lacks(&self.contains, &text, "the conversation"))
            .or_else(|| lacks(&self.last_contains, &asked.last_text(), "what was said last"))
            .or_else(|| unwanted.map(|part| format!("there is `{part}`")))
            .or_else(|| no_tool.map(|tool| format!("there is no tool `{tool}`")))
            .or_else(|| differs(self.digest.as_ref(), &asked.digest(), "digest"))
    }
}

impl From<OneOrMany> for Content {
    fn from(content: OneOrMany) -> Self {
        match content {
            OneOrMany::One(text) => Self(vec![text]),
            OneOrMany::Many(texts) => Self(texts),
        }
    }
}

impl<T: Into<String>> FromIterator<T> for Content {
    fn from_iter<I: IntoIterator<Item = T>>(texts: I) -> Self {
        Self(texts.into_iter().map(Into::into).collect())
    }
}
