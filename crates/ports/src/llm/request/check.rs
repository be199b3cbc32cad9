//! What no provider takes, found before it is sent.

use super::super::{LlmError, Said};
use super::{Block, Output, Request, Role, ToolChoice};

impl Request {
    /// What every provider refuses is refused before it is sent.
    ///
    /// # Errors
    /// [`LlmError::InvalidRequest`], with what to change.
    pub fn check(&self) -> Result<(), LlmError> {
        match self.fault() {
            None => Ok(()),
            Some(fault) => Err(LlmError::InvalidRequest { said: Said::new(fault) }),
        }
    }

    fn fault(&self) -> Option<&'static str> {
        let blocks_of = |role| {
            let said = self.messages.iter().filter(move |message| message.role == role);
            said.flat_map(|message| &message.content)
        };
        let ends = [self.messages.first(), self.messages.last()];
        let structured = matches!(self.output, Output::JsonSchema { .. });
        let names = self.tools.iter().map(|tool| &tool.name);
        if ends.iter().any(|message| message.is_none_or(|message| message.role != Role::User)) {
            Some("the conversation begins and ends with a message of the user: add one")
        } else if self.messages.iter().any(|message| message.content.is_empty()) {
            Some("a message has no content: leave the message out")
        } else if blocks_of(Role::User).any(|block| matches!(block, Block::ToolUse { .. })) {
            Some("the user does not use tools: a use belongs to the assistant")
        } else if blocks_of(Role::Assistant).any(|block| matches!(block, Block::ToolResult { .. })) {
            Some("the assistant gives no results of tools: a result belongs to the user")
        } else if self.has_empty_text() {
            Some("a text is empty or white: leave it out")
        } else if self.max_output_tokens == 0 {
            Some("max_output_tokens is 0: no answer fits, ask for at least 1")
        } else if self.temperature.is_some_and(|temperature| !(0.0..=1.0).contains(&temperature)) {
            Some("the temperature is not between 0 and 1: choose one that is, or none")
        } else if structured && !self.tools.is_empty() {
            Some(
                "an answer by a schema is made by a tool in one of the wire formats: give tools, or a schema",
            )
        } else if !names.clone().chain(self.schema_name()).all(|name| is_tool_name(name)) {
            Some("a name of a tool or of a schema has up to 64 of a-z A-Z 0-9 _ -: rename it")
        } else if let ToolChoice::Required(wanted) = &self.tool_choice
            && !names.clone().any(|name| name == wanted)
        {
            Some("the required tool is not among the tools: add it")
        } else {
            None
        }
    }

    fn has_empty_text(&self) -> bool {
        let blocks = self.messages.iter().flat_map(|message| &message.content);
        let said = blocks.filter_map(|block| match block {
            Block::Text { text } => Some(text),
            Block::ToolUse { .. } | Block::ToolResult { .. } => None,
        });
        self.system.iter().chain(said).any(|text| text.trim().is_empty())
    }

    fn schema_name(&self) -> Option<&String> {
        match &self.output {
            Output::JsonSchema { name, .. } => Some(name),
            Output::Text => None,
        }
    }
}

fn is_tool_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}
