//! Chat completions.

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
    "max_completion_tokens",
    "stream",
    "stream_options",
    "temperature",
    "top_p",
    "n",
    "stop",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "response_format",
    "seed",
    "user",
    "reasoning_effort",
    "metadata",
    "store",
    "frequency_penalty",
    "presence_penalty",
    "service_tier",
];

/// They think, and refuse the old name of the bound.
const THINKS: &[&str] = &["gpt-5", "gpt-6", "o1", "o3", "o4"];

pub(super) fn read(body: &Value) -> Asked {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let mut asked = Asked {
        model: text(&body["model"]).unwrap_or_default(),
        tools: list(&body["tools"]).filter_map(|tool| text(&tool["function"]["name"])).collect(),
        forced_tool: text(&body["tool_choice"]["function"]["name"]),
        streams: body["stream"] == true,
        counts: body["stream_options"]["include_usage"] == true,
        ..Asked::default()
    };
    for message in list(&body["messages"]) {
        let content = content_text(&message["content"]);
        match message["role"].as_str() {
            Some("system" | "developer") => asked.system.extend(content),
            Some("tool") => asked.say("user", Part::Result(content.concat())),
            Some(role) => {
                for text in content {
                    asked.say(role, Part::Text(text));
                }
                for call in list(&message["tool_calls"]) {
                    let function = &call["function"];
                    let input =
                        function["arguments"].as_str().and_then(|text| serde_json::from_str(text).ok());
                    let name = text(&function["name"]).unwrap_or_default();
                    asked.say(role, Part::Use { name, input: input.unwrap_or_default() });
                }
            }
            None => {}
        }
    }
    asked
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn content_text(content: &Value) -> Vec<String> {
    match content {
        Value::String(text) => vec![text.clone()],
        content => list(content).filter_map(|part| part["text"].as_str().map(str::to_owned)).collect(),
    }
}

pub(super) fn check(headers: &HeaderMap, body: &Value) -> Result<(), Refusal> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if header("authorization").strip_prefix("Bearer ").is_none_or(str::is_empty) {
        return Err(Refusal::unauthorized("You didn't provide an API key".into()));
    }
    if !header("content-type").starts_with("application/json") {
        return refuse("content-type: it must be application/json");
    }
    strict::only(body, FIELDS)?;
    let model = strict::text(body, "model")?;
    let bounds = ["max_tokens", "max_completion_tokens"].map(|name| (name, !body[name].is_null()));
    match bounds
        .iter()
        .filter(|(_, is_given)| *is_given)
        .map(|(name, _)| *name)
        .collect::<Vec<_>>()
        .as_slice()
    {
        [] => {}
        ["max_tokens"] if THINKS.iter().any(|name| model.starts_with(name)) => {
            return refuse("Unsupported parameter: 'max_tokens' is not supported with this model");
        }
        [name] => strict::at_least_one(body, name)?,
        _ => return refuse("max_tokens and max_completion_tokens: give one of them"),
    }
    strict::temperature(body, 2.0)?;
    if !body["stream_options"].is_null() && body["stream"] != true {
        return refuse("stream_options: it is only allowed when stream is true");
    }
    let messages = strict::list(body, "messages")?;
    check_messages(messages)?;
    check_tools(body)?;
    check_format(&body["response_format"], messages)
}

fn check_messages(messages: &[Value]) -> Result<(), Refusal> {
    let mut open: Vec<&str> = Vec::new();
    for message in messages {
        let has_content = !content_text(&message["content"]).concat().is_empty();
        let role = strict::text(message, "role")?;
        if role == "tool" {
            let id = strict::text(message, "tool_call_id")?;
            let Some(at) = open.iter().position(|wanted| *wanted == id) else {
                return refuse("a message of a tool must follow the call of its tool_call_id");
            };
            open.remove(at);
            if !message["content"].is_string() && !message["content"].is_array() {
                return refuse("content: a text is required");
            }
            continue;
        }
        if !open.is_empty() {
            return refuse(
                "an assistant message with 'tool_calls' must be followed by messages of the tools",
            );
        }
        match role {
            "system" | "developer" | "user" if has_content => {}
            "assistant" => {
                for call in list(&message["tool_calls"]) {
                    strict::text(&call["function"], "name")?;
                    let arguments = strict::text(&call["function"], "arguments")?;
                    if call["type"] != "function" || serde_json::from_str::<Value>(arguments).is_err() {
                        return refuse("tool_calls: a call is of a function, with JSON as text");
                    }
                    open.push(strict::text(call, "id")?);
                }
                if !has_content && open.is_empty() {
                    return refuse("a message of the assistant has content or tool_calls");
                }
            }
            "system" | "developer" | "user" => return refuse("content: a text is required"),
            _ => return refuse("a role is system, developer, user, assistant or tool"),
        }
    }
    if open.is_empty() { Ok(()) } else { refuse("tool_call_ids did not have response messages") }
}

fn check_tools(body: &Value) -> Result<(), Refusal> {
    let tools: Vec<_> = list(&body["tools"]).collect();
    for tool in &tools {
        if tool["type"] != "function" {
            return refuse("tools: a tool is of the type function");
        }
        strict::tool_name(strict::text(&tool["function"], "name")?)?;
        strict::object_schema(&tool["function"]["parameters"], "parameters")?;
    }
    let choice = &body["tool_choice"];
    let is_there = |name: &Value| tools.iter().any(|tool| tool["function"]["name"] == *name);
    match choice {
        Value::Null => Ok(()),
        _ if tools.is_empty() => refuse("tool_choice: it is only allowed when tools are specified"),
        Value::String(text) if matches!(text.as_str(), "auto" | "none" | "required") => Ok(()),
        choice if choice["type"] == "function" && is_there(&choice["function"]["name"]) => Ok(()),
        _ => refuse("tool_choice: it is auto, none, required, or one of the tools"),
    }
}

fn check_format(format: &Value, messages: &[Value]) -> Result<(), Refusal> {
    let speaks_of_json =
        || messages.iter().any(|message| message["content"].to_string().to_lowercase().contains("json"));
    match format["type"].as_str() {
        None if format.is_null() => Ok(()),
        Some("text") => Ok(()),
        Some("json_object") if speaks_of_json() => Ok(()),
        Some("json_object") => refuse("'messages' must contain the word 'json' in some form"),
        Some("json_schema") => {
            strict::tool_name(strict::text(&format["json_schema"], "name")?)?;
            strict::object_schema(&format["json_schema"]["schema"], "json_schema.schema")
        }
        _ => refuse("response_format: it is text, json_object or json_schema"),
    }
}

const fn stop(stop: Stop) -> &'static str {
    match stop {
        Stop::End => "stop",
        Stop::MaxTokens => "length",
        Stop::ToolUse => "tool_calls",
        Stop::Refusal => "content_filter",
    }
}

fn usage(tokens: Tokens) -> Value {
    let prompt = tokens.input_tokens + tokens.cache_read_tokens + tokens.cache_write_tokens;
    json!({
        "prompt_tokens": prompt,
        "completion_tokens": tokens.output_tokens,
        "total_tokens": prompt + tokens.output_tokens,
        "prompt_tokens_details": {
            "cached_tokens": tokens.cache_read_tokens,
            "cache_write_tokens": tokens.cache_write_tokens
        }
    })
}

pub(super) fn events(asked: &Asked, answer: &Answer) -> Vec<Event> {
    let event = |choices: Value, usage: Value, is_piece| {
        let data = json!({
            "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": asked.model,
            "choices": choices, "usage": usage
        });
        Event { text: format!("data: {data}\n\n"), is_piece }
    };
    let choice =
        |delta: Value, reason: Option<&str>| json!([{"index": 0, "delta": delta, "finish_reason": reason}]);
    let piece = |delta: Value| event(choice(delta, None), Value::Null, true);
    let mut events =
        vec![event(choice(json!({"role": "assistant", "content": ""}), None), Value::Null, false)];
    events.extend(answer.text.iter().map(|text| piece(json!({"content": text}))));
    for (index, tool) in answer.tools.iter().enumerate() {
        let function = json!({"name": tool.name, "arguments": ""});
        let call = json!([{"index": index, "id": tool.id, "type": "function", "function": function}]);
        events.push(event(choice(json!({"tool_calls": call}), None), Value::Null, false));
        events.extend(
            tool.input.iter().map(|json| {
                piece(json!({"tool_calls": [{"index": index, "function": {"arguments": json}}]}))
            }),
        );
    }
    events.push(event(choice(json!({}), Some(stop(answer.stop))), Value::Null, false));
    if let (true, Some(tokens)) = (asked.counts, answer.tokens) {
        events.push(event(json!([]), usage(tokens), false));
    }
    events.push(Event { text: "data: [DONE]\n\n".to_owned(), is_piece: false });
    events
}

pub(super) fn whole(asked: &Asked, answer: &Answer) -> Value {
    let calls = answer.tools.iter().map(|tool| {
        let function = json!({"name": tool.name, "arguments": tool.input.concat()});
        json!({"id": tool.id, "type": "function", "function": function})
    });
    let content = if answer.text.is_empty() { Value::Null } else { json!(answer.text.concat()) };
    let mut message = json!({"role": "assistant", "content": content, "refusal": null});
    if !answer.tools.is_empty() {
        message["tool_calls"] = calls.collect();
    }
    json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": asked.model,
        "choices": [{"index": 0, "message": message, "finish_reason": stop(answer.stop)}],
        "usage": answer.tokens.map(usage)
    })
}
