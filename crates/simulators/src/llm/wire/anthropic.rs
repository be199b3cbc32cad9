//! The Messages API.

use axum::http::HeaderMap;
use serde_json::{Value, json};

use super::super::answer::{Answer, Stop, Tokens};
use super::super::asked::{Asked, Part};
use super::Event;
use super::refusal::Refusal;
use super::strict::{self, refuse};

const FIELDS: &[&str] = &[
    "model",
    "messages",
    "max_tokens",
    "system",
    "stream",
    "temperature",
    "top_p",
    "top_k",
    "stop_sequences",
    "tools",
    "tool_choice",
    "metadata",
    "thinking",
    "output_config",
    "service_tier",
    "cache_control",
];

/// Their thinking cannot be turned off, and a tool cannot be forced on who thinks.
const NEVER_FORCED: &[&str] = &["claude-opus-5-5", "claude-sonnet-5-5", "claude-fable-5-1"];

pub(super) fn read(body: &Value) -> Asked {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let mut asked = Asked {
        model: text(&body["model"]).unwrap_or_default(),
        system: match &body["system"] {
            Value::String(text) => vec![text.clone()],
            system => {
                blocks(system).filter_map(|block| text(&block["text"]).or_else(|| text(block))).collect()
            }
        },
        tools: blocks(&body["tools"]).filter_map(|tool| text(&tool["name"])).collect(),
        forced_tool: text(&body["tool_choice"]["name"]),
        streams: body["stream"] == true,
        counts: true,
        ..Asked::default()
    };
    for message in blocks(&body["messages"]) {
        let role = message["role"].as_str().unwrap_or_default();
        if let Some(text) = message["content"].as_str() {
            asked.say(role, Part::Text(text.to_owned()));
        }
        for block in blocks(&message["content"]) {
            let part = match block["type"].as_str() {
                Some("text") => Part::Text(text(&block["text"]).unwrap_or_default()),
                Some("tool_use") => Part::Use {
                    name: text(&block["name"]).unwrap_or_default(),
                    input: block["input"].clone(),
                },
                Some("tool_result") => Part::Result(result_text(&block["content"])),
                _ => continue,
            };
            asked.say(role, part);
        }
    }
    asked
}

fn blocks(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn result_text(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        content => {
            let texts = blocks(content).filter_map(|block| block["text"].as_str());
            texts.collect::<Vec<_>>().join("\n")
        }
    }
}

pub(super) fn check(headers: &HeaderMap, body: &Value) -> Result<(), Refusal> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if header("x-api-key").is_empty() {
        return Err(Refusal::unauthorized("x-api-key header is required".into()));
    }
    if header("anthropic-version") != "2023-06-01" {
        return refuse("anthropic-version: header is required");
    }
    if !header("content-type").starts_with("application/json") {
        return refuse("content-type: it must be application/json");
    }
    strict::only(body, FIELDS)?;
    let model = strict::text(body, "model")?;
    strict::at_least_one(body, "max_tokens")?;
    strict::temperature(body, 1.0)?;
    check_system(&body["system"])?;
    check_messages(strict::list(body, "messages")?)?;
    check_tools(model, body)?;
    check_format(&body["output_config"]["format"])
}

fn check_system(system: &Value) -> Result<(), Refusal> {
    match system {
        Value::Null => Ok(()),
        Value::String(text) if !text.is_empty() => Ok(()),
        Value::Array(blocks) => blocks.iter().try_for_each(check_text),
        _ => refuse("system: it is a text, or blocks of text"),
    }
}

fn check_text(block: &Value) -> Result<(), Refusal> {
    if block["type"] != "text" || block["text"].as_str().is_none_or(|text| text.trim().is_empty()) {
        return refuse("text content blocks must contain non-whitespace text");
    }
    Ok(())
}

/// A use of a tool is answered in the next message, and nothing else is.
fn check_messages(messages: &[Value]) -> Result<(), Refusal> {
    if messages[0]["role"] != "user" {
        return refuse("messages: first message must use the user role");
    }
    if messages.last().is_some_and(|message| message["role"] != "user") {
        return refuse("messages: the model does not go on with a message of the assistant");
    }
    let mut open: Vec<&str> = Vec::new();
    for message in messages {
        let role = match message["role"].as_str() {
            Some(role @ ("user" | "assistant")) => role,
            _ => return refuse("messages: a role is user or assistant"),
        };
        if message["content"].as_str().is_some_and(|text| !text.trim().is_empty()) {
            if !open.is_empty() {
                return refuse("tool_use ids were found without tool_result blocks immediately after");
            }
            continue;
        }
        let mut used = Vec::new();
        let mut answered = Vec::new();
        for block in strict::list(message, "content")? {
            match (role, block["type"].as_str()) {
                (_, Some("text")) => check_text(block)?,
                ("assistant", Some("tool_use")) => {
                    strict::text(block, "name")?;
                    if !block["input"].is_object() {
                        return refuse("tool_use: the input is an object");
                    }
                    used.push(strict::text(block, "id")?);
                }
                ("user", Some("tool_result")) => answered.push(strict::text(block, "tool_use_id")?),
                ("assistant", Some("thinking" | "redacted_thinking")) => {}
                _ => return refuse("messages: a block is of an unknown type, or of the other role"),
            }
        }
        if answered.iter().any(|id| !open.contains(id)) {
            return refuse("tool_result: there is no tool_use of this id in the message before");
        }
        if open.iter().any(|id| !answered.contains(id)) {
            return refuse("tool_use ids were found without tool_result blocks immediately after");
        }
        open = used;
    }
    Ok(())
}

fn check_tools(model: &str, body: &Value) -> Result<(), Refusal> {
    let tools: Vec<_> = blocks(&body["tools"]).collect();
    for tool in &tools {
        strict::only(tool, &["type", "name", "description", "input_schema", "cache_control", "strict"])?;
        strict::tool_name(strict::text(tool, "name")?)?;
        strict::object_schema(&tool["input_schema"], "input_schema")?;
    }
    let choice = &body["tool_choice"];
    if choice.is_null() {
        return Ok(());
    }
    if tools.is_empty() {
        return refuse("tool_choice may only be specified while providing tools");
    }
    match choice["type"].as_str() {
        Some("auto" | "none") => Ok(()),
        Some("any" | "tool") if NEVER_FORCED.iter().any(|name| model.starts_with(name)) => {
            refuse("tool_choice forces tool use is not supported for this model")
        }
        Some("any") => Ok(()),
        Some("tool") if tools.iter().any(|tool| tool["name"] == choice["name"]) => Ok(()),
        _ => refuse("tool_choice: it is auto, none, any, or one of the tools"),
    }
}

/// Every object is closed, and nothing is bounded.
fn check_format(format: &Value) -> Result<(), Refusal> {
    fn check(schema: &Value) -> Result<(), Refusal> {
        const UNKNOWN: &[&str] =
            &["minimum", "maximum", "multipleOf", "minLength", "maxLength", "maxItems", "oneOf", "$schema"];
        if let Some(name) = UNKNOWN.iter().find(|name| !schema[**name].is_null()) {
            return refuse(format!("output_config.format.schema: {name} is not supported"));
        }
        if schema["type"] == "object" && schema["additionalProperties"] != false {
            return refuse("output_config.format.schema: additionalProperties must be set to false");
        }
        let of_maps = ["properties", "$defs"].into_iter().filter_map(|name| schema[name].as_object());
        let of_lists = ["anyOf", "allOf"].into_iter().flat_map(|name| blocks(&schema[name]));
        of_maps
            .flat_map(|map| map.values())
            .chain(of_lists)
            .chain([&schema["items"]])
            .try_for_each(|inner| if inner.is_object() { check(inner) } else { Ok(()) })
    }
    match format["type"].as_str() {
        None if format.is_null() => Ok(()),
        Some("json_schema") if format["schema"].is_object() => check(&format["schema"]),
        _ => refuse("output_config.format: it is a json_schema with its schema"),
    }
}

const fn stop(stop: Stop) -> &'static str {
    match stop {
        Stop::End => "end_turn",
        Stop::MaxTokens => "max_tokens",
        Stop::ToolUse => "tool_use",
        Stop::Refusal => "refusal",
    }
}

fn prompt_usage(tokens: Option<Tokens>, output_tokens: u64) -> Value {
    let Some(tokens) = tokens else { return json!({}) };
    json!({
        "input_tokens": tokens.input_tokens,
        "cache_read_input_tokens": tokens.cache_read_tokens,
        "cache_creation_input_tokens": tokens.cache_write_tokens,
        "output_tokens": output_tokens
    })
}

fn event(data: &Value, is_piece: bool) -> Event {
    let name = data["type"].as_str().unwrap_or_default();
    Event { text: format!("event: {name}\ndata: {data}\n\n"), is_piece }
}

pub(super) fn events(asked: &Asked, answer: &Answer) -> Vec<Event> {
    let message = json!({
        "id": "msg_01", "type": "message", "role": "assistant", "model": asked.model, "content": [],
        "stop_reason": null, "stop_sequence": null, "usage": prompt_usage(answer.tokens, 1)
    });
    let mut events = vec![
        event(&json!({"type": "message_start", "message": message}), false),
        event(&json!({"type": "ping"}), false),
    ];
    let mut index = 0;
    let mut block = |start: Value, field: &str, kind: &str, pieces: &[String]| {
        events.push(event(
            &json!({"type": "content_block_start", "index": index, "content_block": start}),
            false,
        ));
        for piece in pieces {
            let delta = json!({"type": kind, field: piece});
            events.push(event(&json!({"type": "content_block_delta", "index": index, "delta": delta}), true));
        }
        events.push(event(&json!({"type": "content_block_stop", "index": index}), false));
        index += 1;
    };
    if !answer.thoughts.is_empty() {
        block(
            json!({"type": "thinking", "thinking": "", "signature": ""}),
            "thinking",
            "thinking_delta",
            &answer.thoughts,
        );
    }
    if !answer.text.is_empty() {
        block(json!({"type": "text", "text": ""}), "text", "text_delta", &answer.text);
    }
    for tool in &answer.tools {
        let start = json!({"type": "tool_use", "id": tool.id, "name": tool.name, "input": {}});
        block(start, "partial_json", "input_json_delta", &tool.input);
    }
    let usage = answer.tokens.map_or(json!({}), |tokens| json!({"output_tokens": tokens.output_tokens}));
    let delta = json!({"stop_reason": stop(answer.stop), "stop_sequence": null});
    events.push(event(&json!({"type": "message_delta", "delta": delta, "usage": usage}), false));
    events.push(event(&json!({"type": "message_stop"}), false));
    events
}

pub(super) fn whole(asked: &Asked, answer: &Answer) -> Value {
    let mut content = Vec::new();
    if !answer.text.is_empty() {
        content.push(json!({"type": "text", "text": answer.text.concat()}));
    }
    for tool in &answer.tools {
        let input: Value = serde_json::from_str(&tool.input.concat()).unwrap_or_default();
        content.push(json!({"type": "tool_use", "id": tool.id, "name": tool.name, "input": input}));
    }
    let output_tokens = answer.tokens.unwrap_or_default().output_tokens;
    json!({
        "id": "msg_01", "type": "message", "role": "assistant", "model": asked.model, "content": content,
        "stop_reason": stop(answer.stop), "stop_sequence": null, "usage": prompt_usage(answer.tokens, output_tokens)
    })
}
