//! The Messages API of Anthropic (version 2023-06-01), and of servers that imitate it.

mod decode;

use ports::BoxFuture;
use ports::llm::{Block, Llm, LlmError, Message, Output, Reply, Request, Role, ToolChoice};
use reqwest::header::{HeaderMap, HeaderValue};
use serde_json::{Map, Value, json};

pub(super) use self::decode::Decoder;
use super::endpoint::{Endpoint, OpenedBy, What};
use super::structured::{self, Structured};

/// Models of Anthropic.
#[derive(Clone, Debug)]
pub struct Anthropic {
    endpoint: Endpoint,
    structured: Structured,
}

impl Anthropic {
    /// Those at `endpoint`, such as `https://api.anthropic.com`. [`Structured::JsonObject`] is asked for by the prompt,
    /// and so is [`Structured::Schema`] where objects have fields that nobody knows beforehand: the API takes none.
    #[must_use]
    pub const fn new(endpoint: Endpoint, structured: Structured) -> Self {
        Self { endpoint, structured }
    }

    fn ask(&self, request: &Request) -> Result<Reply, LlmError> {
        request.check()?;
        let structured = match &request.output {
            Output::Text => None,
            Output::JsonSchema { schema, .. }
                if self.structured == Structured::Schema && structured::has_maps(schema) =>
            {
                Some(Structured::Prompt)
            }
            Output::JsonSchema { .. } => Some(self.structured),
        };
        let mut headers = HeaderMap::new();
        headers.insert("anthropic-version", HeaderValue::from_static("2023-06-01"));
        let prompt_tokens = request.estimated_prompt_tokens();
        let is_tool = structured == Some(Structured::Tool);
        let key = self.endpoint.key().cloned();
        self.endpoint.call(What {
            path: "/v1/messages",
            opened_by: OpenedBy::ApiKey,
            headers,
            body: body(request, structured),
            deadlines: request.deadlines,
            decoder: Box::new(move || Box::new(Decoder::new(prompt_tokens, is_tool, key.clone()))),
        })
    }
}

impl Llm for Anthropic {
    fn call<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply, LlmError>> {
        Box::pin(std::future::ready(self.ask(request)))
    }
}

fn body(request: &Request, structured: Option<Structured>) -> Map<String, Value> {
    let mut system = request.system.clone();
    let mut tools: Vec<_> = request.tools.iter().map(|tool| {
        json!({"name": tool.name, "description": tool.description, "input_schema": tool.input_schema})
    }).collect();
    let mut tool_choice = match &request.tool_choice {
        ToolChoice::Auto => json!({"type": "auto"}),
        ToolChoice::None => json!({"type": "none"}),
        ToolChoice::Required(name) => json!({"type": "tool", "name": name}),
    };
    let mut body = Map::new();
    if let (Output::JsonSchema { name, schema }, Some(structured)) = (&request.output, structured) {
        match structured {
            Structured::Schema => {
                let schema = structured::for_anthropic(schema);
                body.insert(
                    "output_config".into(),
                    json!({"format": {"type": "json_schema", "schema": schema}}),
                );
            }
            Structured::Tool => {
                tools =
                    vec![json!({"name": name, "description": "Gives the answer.", "input_schema": schema})];
                tool_choice = json!({"type": "tool", "name": name});
            }
            Structured::JsonObject | Structured::Prompt => system.push(structured::in_words(schema)),
        }
    }
    body.insert("model".into(), json!(request.model));
    body.insert("max_tokens".into(), json!(request.max_output_tokens));
    body.insert("stream".into(), json!(true));
    body.insert("messages".into(), request.messages.iter().map(message).collect());
    if !system.is_empty() {
        body.insert(
            "system".into(),
            system.iter().map(|text| json!({"type": "text", "text": text})).collect(),
        );
    }
    if !tools.is_empty() {
        body.insert("tools".into(), Value::Array(tools));
        body.insert("tool_choice".into(), tool_choice);
    }
    if let Some(temperature) = request.temperature {
        body.insert("temperature".into(), json!(temperature));
    }
    body
}

fn message(message: &Message) -> Value {
    let role = match message.role {
        Role::User => "user",
        Role::Assistant => "assistant",
    };
    json!({"role": role, "content": message.content.iter().map(block).collect::<Vec<_>>()})
}

fn block(block: &Block) -> Value {
    match block {
        Block::Text { text } => json!({"type": "text", "text": text}),
        Block::ToolUse { id, name, input } => {
            json!({"type": "tool_use", "id": id, "name": name, "input": input})
        }
        Block::ToolResult { tool_use_id, content, is_error } => {
            json!({"type": "tool_result", "tool_use_id": tool_use_id, "content": content, "is_error": is_error})
        }
    }
}

#[cfg(test)]
mod tests;
