//! What a model is asked.

mod check;

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::estimate_tokens;

/// The name by which a provider knows a model.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ModelId(String);

impl ModelId {
    /// As it goes over the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for ModelId {
    fn from(name: T) -> Self {
        Self(name.into())
    }
}

impl fmt::Display for ModelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One question with all that came before it. Its text is never printed.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// Who is asked.
    pub model: ModelId,
    /// What holds for the whole conversation; may be none.
    #[serde(default)]
    pub system: Vec<String>,
    /// The conversation: it begins and ends with the user.
    pub messages: Vec<Message>,
    /// What the model may use.
    #[serde(default)]
    pub tools: Vec<Tool>,
    /// Whether it may, or must.
    #[serde(default)]
    pub tool_choice: ToolChoice,
    /// Where the answer is cut off; what is paid for is bounded by it.
    pub max_output_tokens: u32,
    /// From 0 to 1. Some models refuse any, so none is sent unless one is given.
    #[serde(default)]
    pub temperature: Option<f32>,
    /// What the answer looks like.
    #[serde(default)]
    pub output: Output,
    /// How long is waited. Not a part of what is asked, so it is not stored with it.
    #[serde(skip)]
    pub deadlines: Deadlines,
}

/// What one of the two said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Who.
    pub role: Role,
    /// What, in order.
    pub content: Vec<Block>,
}

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// We, and the results of tools.
    User,
    /// The model.
    Assistant,
}

/// A part of a message.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Block {
    /// Words.
    Text {
        /// Never empty: providers refuse that.
        text: String,
    },
    /// The model used a tool.
    ToolUse {
        /// What the result refers to.
        id: String,
        /// Which one.
        name: String,
        /// With what; an object.
        input: Value,
    },
    /// What the tool answered; said by the user.
    ToolResult {
        /// The `id` of the use.
        tool_use_id: String,
        /// As text.
        content: String,
        /// Whether it failed.
        #[serde(default)]
        is_error: bool,
    },
}

/// Something that a model may use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// At most 64 of `a-z A-Z 0-9 _ -`.
    pub name: String,
    /// What it is good for, to the model.
    pub description: String,
    /// JSON Schema of an object.
    pub input_schema: Value,
}

/// Whether the model uses a tool.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToolChoice {
    /// As it sees fit.
    #[default]
    Auto,
    /// Not in this answer.
    None,
    /// The one of this name.
    Required(String),
}

/// What the text of an answer is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Output {
    /// Words.
    #[default]
    Text,
    /// A JSON object. Providers try to keep to the schema; whoever needs it validates.
    JsonSchema {
        /// What it is, as a tool would be named.
        name: String,
        /// JSON Schema of the object.
        schema: Value,
    },
}

/// How long a call waits for what. How long a connection may take is the implementation's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// For a try to be answered at all.
    pub first_byte: Duration,
    /// For the next bytes of an answer that has begun.
    pub idle: Duration,
    /// For everything, retries and the pauses before them included.
    pub whole: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            first_byte: Duration::from_secs(60),
            idle: Duration::from_secs(60),
            whole: Duration::from_secs(15 * 60),
        }
    }
}

impl Message {
    /// Words of the user.
    #[must_use]
    pub fn user(text: impl Into<String>) -> Self {
        Self { role: Role::User, content: vec![Block::text(text)] }
    }

    /// Words of the model.
    #[must_use]
    pub fn assistant(text: impl Into<String>) -> Self {
        Self { role: Role::Assistant, content: vec![Block::text(text)] }
    }
}

impl Block {
    /// Words.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text { text: text.into() }
    }

    /// All that a model reads of it, piece by piece.
    fn for_each_text(&self, read: &mut impl FnMut(&str)) {
        match self {
            Self::Text { text } => read(text),
            Self::ToolUse { name, input, .. } => {
                read(name);
                read(&input.to_string());
            }
            Self::ToolResult { content, .. } => read(content),
        }
    }
}

impl Request {
    /// One question of the user.
    #[must_use]
    pub fn new(model: impl Into<ModelId>, question: impl Into<String>, max_output_tokens: u32) -> Self {
        Self {
            model: model.into(),
            system: Vec::new(),
            messages: vec![Message::user(question)],
            tools: Vec::new(),
            tool_choice: ToolChoice::Auto,
            max_output_tokens,
            temperature: None,
            output: Output::Text,
            deadlines: Deadlines::default(),
        }
    }

    /// With this for the whole conversation.
    #[must_use]
    pub fn with_system(mut self, text: impl Into<String>) -> Self {
        self.system.push(text.into());
        self
    }

    /// With this for an answer.
    #[must_use]
    pub fn with_output(mut self, output: Output) -> Self {
        self.output = output;
        self
    }

    /// How many tokens the prompt has, as a guess: providers count, and this stands in where they did not say.
    #[must_use]
    pub fn estimated_prompt_tokens(&self) -> u64 {
        let mut tokens = 0;
        self.for_each_text(&mut |text| tokens += estimate_tokens(text));
        tokens
    }

    /// How long the prompt is, with what its parts are wrapped in.
    #[must_use]
    pub fn prompt_bytes(&self) -> u64 {
        /// Names of roles and of fields, as the provider's template writes them.
        const AROUND_A_TEXT: u64 = 32;
        /// What Anthropic tells a model that has tools (313 to 346 tokens, by its documentation), at 2 bytes a token.
        const AROUND_TOOLS: u64 = 1024;
        let mut bytes = 0;
        self.for_each_text(&mut |text| bytes += text.len() as u64 + AROUND_A_TEXT);
        let has_tools = !self.tools.is_empty() || matches!(self.output, Output::JsonSchema { .. });
        bytes + if has_tools { AROUND_TOOLS } else { 0 }
    }

    fn for_each_text(&self, read: &mut impl FnMut(&str)) {
        self.system.iter().for_each(|text| read(text));
        for block in self.messages.iter().flat_map(|message| &message.content) {
            block.for_each_text(read);
        }
        for tool in &self.tools {
            read(&tool.name);
            read(&tool.description);
            read(&tool.input_schema.to_string());
        }
        if let Output::JsonSchema { name, schema } = &self.output {
            read(name);
            read(&schema.to_string());
        }
    }
}

impl fmt::Debug for Request {
    /// A log may say whom we ask and how much, not what.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("model", &self.model)
            .field("messages", &self.messages.len())
            .field("tools", &self.tools.len())
            .field("max_output_tokens", &self.max_output_tokens)
            .field("prompt_bytes", &self.prompt_bytes())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = 0;
        self.for_each_text(&mut |text| bytes += text.len());
        let name = match self {
            Self::Text { .. } => "Text",
            Self::ToolUse { .. } => "ToolUse",
            Self::ToolResult { .. } => "ToolResult",
        };
        f.debug_struct(name).field("bytes", &bytes).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
