//! Chat completions as OpenAI has them, and the many servers that imitate it.

mod decode;

use ports::BoxFuture;
use ports::llm::{Block, Llm, LlmError, Message, Output, Reply, Request, Role, ToolChoice};
use reqwest::header::HeaderMap;
use serde_json::{Map, Value, json};

pub(super) use self::decode::Decoder;
use super::endpoint::{Endpoint, OpenedBy, What};
use super::structured::{self, Structured};

/// Models behind chat completions.
#[derive(Clone, Debug)]
pub struct OpenAi {
    endpoint: Endpoint,
    structured: Structured,
    limit: &'static str,
}

impl OpenAi {
    /// Those at `endpoint`, such as `https://api.openai.com/v1`. [`Structured::Tool`] is asked for by the prompt.
    #[must_use]
    pub fn new(endpoint: Endpoint, structured: Structured) -> Self {
        // OpenAI's reasoning models refuse the old name, and few imitators know the new one.
        let limit =
            if endpoint.base().is_at("api.openai.com") { "max_completion_tokens" } else { "max_tokens" };
        Self { endpoint, structured, limit }
    }

    fn ask(&self, request: &Request) -> Result<Reply, LlmError> {
        request.check()?;
        let prompt_tokens = request.estimated_prompt_tokens();
        let key = self.endpoint.key().cloned();
        self.endpoint.call(What {
            path: "/chat/completions",
            opened_by: OpenedBy::Bearer,
            headers: HeaderMap::new(),
            body: body(request, self.structured, self.limit),
            deadlines: request.deadlines,
            decoder: Box::new(move || Box::new(Decoder::new(prompt_tokens, key.clone()))),
        })
    }
}

impl Llm for OpenAi {
    fn call<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Result<Reply, LlmError>> {
        Box::pin(std::future::ready(self.ask(request)))
    }
}

fn body(request: &Request, structured: Structured, limit: &str) -> Map<String, Value> {
    let mut system = request.system.clone();
    let mut body = Map::new();
    if let Output::JsonSchema { name, schema } = &request.output {
        match structured {
            Structured::Schema => {
                let schema = json!({"name": name, "schema": schema, "strict": false});
                body.insert("response_format".into(), json!({"type": "json_schema", "json_schema": schema}));
            }
            Structured::JsonObject => {
                system.push(structured::in_words(schema));
                body.insert("response_format".into(), json!({"type": "json_object"}));
            }
            Structured::Tool | Structured::Prompt => system.push(structured::in_words(schema)),
        }
    }
    let mut messages: Vec<_> = system.iter().map(|text| json!({"role": "system", "content": text})).collect();
    messages.extend(request.messages.iter().flat_map(|message| match message.role {
        Role::User => of_user(message),
        Role::Assistant => vec![of_assistant(message)],
    }));
    body.insert("model".into(), json!(request.model));
    body.insert(limit.into(), json!(request.max_output_tokens));
    body.insert("stream".into(), json!(true));
    body.insert("stream_options".into(), json!({"include_usage": true}));
    body.insert("messages".into(), Value::Array(messages));
    if !request.tools.is_empty() {
        let tools = request.tools.iter().map(|tool| {
            let function =
                json!({"name": tool.name, "description": tool.description, "parameters": tool.input_schema});
            json!({"type": "function", "function": function})
        });
        body.insert("tools".into(), tools.collect());
        let choice = match &request.tool_choice {
            ToolChoice::Auto => json!("auto"),
            ToolChoice::None => json!("none"),
            ToolChoice::Required(name) => json!({"type": "function", "function": {"name": name}}),
        };
        body.insert("tool_choice".into(), choice);
    }
    if let Some(temperature) = request.temperature {
        body.insert("temperature".into(), json!(temperature));
    }
    body
}

/// Results stand first, each as a message of its own: they must follow the uses at once.
fn of_user(message: &Message) -> Vec<Value> {
    let mut messages = Vec::new();
    let mut texts = Vec::new();
    for block in &message.content {
        match block {
            Block::Text { text } => texts.push(text),
            Block::ToolResult { tool_use_id, content, is_error } => {
                // This format has no place for it.
                let content = if *is_error { format!("The tool failed: {content}") } else { content.clone() };
                messages.push(json!({"role": "tool", "tool_call_id": tool_use_id, "content": content}));
            }
            Block::ToolUse { .. } => unreachable!("checked: the user does not use tools"),
        }
    }
    match texts.as_slice() {
        [] => {}
        // Imitators know plain text, and not all of them its parts.
        [text] => messages.push(json!({"role": "user", "content": text})),
        texts => {
            let parts: Vec<_> = texts.iter().map(|text| json!({"type": "text", "text": text})).collect();
            messages.push(json!({"role": "user", "content": parts}));
        }
    }
    messages
}

fn of_assistant(message: &Message) -> Value {
    let mut text = String::new();
    let mut calls = Vec::new();
    for block in &message.content {
        match block {
            Block::Text { text: more } => text.push_str(more),
            Block::ToolUse { id, name, input } => {
                let function = json!({"name": name, "arguments": input.to_string()});
                calls.push(json!({"id": id, "type": "function", "function": function}));
            }
            Block::ToolResult { .. } => unreachable!("checked: the assistant gives no results"),
        }
    }
    let content = if text.is_empty() { Value::Null } else { Value::String(text) };
    let mut message = json!({"role": "assistant", "content": content});
    if !calls.is_empty() {
        message["tool_calls"] = Value::Array(calls);
    }
    message
}

#[cfg(test)]
mod tests;
