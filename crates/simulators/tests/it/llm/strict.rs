//! A client that is careless is refused here, and not later.

use serde_json::{Value, json};
use simulators::llm::{Llm, Rule, Wire};

use super::{answer, good, message, posted};

/// A field, what stands there instead, and a part of the refusal.
type Careless = (&'static str, Value, &'static str);

async fn refused(wire: Wire, rows: Vec<Careless>) {
    let llm = Llm::start().await;
    llm.rule(Rule::new("all").says("Hi"));
    assert_eq!(answer(posted(&llm, wire, &good(wire))).await.0, 200, "the good one is taken");
    for (field, value, words) in rows {
        let mut body = good(wire);
        body[field] = value.clone();
        let (status, said) = answer(posted(&llm, wire, &body)).await;
        assert_eq!(status, 400, "{field}: {value}: {said}");
        assert!(message(&said).contains(words), "{field}: {value}: {said}");
    }
}

fn user(content: &Value) -> Value {
    json!({"role": "user", "content": content})
}

#[tokio::test]
async fn anthropic_refuses_what_is_wrong() {
    let uses = json!({"role": "assistant", "content": [{"type": "tool_use", "id": "1", "name": "read", "input": {}}]});
    let result = |id: &str| user(&json!([{"type": "tool_result", "tool_use_id": id, "content": "a"}]));
    let hello = user(&json!("Hello"));
    let object = json!({"type": "object", "properties": {}});
    let format = |schema: Value| json!({"format": {"type": "json_schema", "schema": schema}});
    refused(
        Wire::Anthropic,
        vec![
            ("max_tokens", Value::Null, "max_tokens"),
            ("max_tokens", json!(0), "max_tokens"),
            ("model", json!(""), "model"),
            ("temperature", json!(1.5), "temperature"),
            ("max_completion_tokens", json!(3), "extra inputs are not permitted"),
            ("system", json!([{"type": "text", "text": " "}]), "non-whitespace"),
            ("messages", json!([]), "at least one"),
            ("messages", json!([user(&json!(""))]), "content"),
            ("messages", json!([user(&json!([{"type": "text", "text": ""}]))]), "non-whitespace"),
            ("messages", json!([{"role": "assistant", "content": "Hi"}, hello]), "first message"),
            ("messages", json!([hello, {"role": "assistant", "content": "Hi"}]), "does not go on"),
            ("messages", json!([hello, {"role": "system", "content": "Hi"}, hello]), "user or assistant"),
            ("messages", json!([hello, uses, hello]), "tool_use ids were found without"),
            ("messages", json!([hello, uses, result("2")]), "no tool_use of this id"),
            ("messages", json!([hello, result("1")]), "no tool_use of this id"),
            ("tools", json!([{"name": "read it", "input_schema": object}]), "read it"),
            ("tools", json!([{"name": "read", "input_schema": {"type": "string"}}]), "a schema of an object"),
            ("tool_choice", json!({"type": "auto"}), "while providing tools"),
            ("output_config", format(object), "additionalProperties"),
            ("output_config", format(json!({"type": "string", "minLength": 1})), "minLength"),
        ],
    )
    .await;
}

#[tokio::test]
async fn anthropic_wants_its_headers() {
    let llm = Llm::start().await;
    let request = |version: Option<&str>, key: Option<&str>| {
        let url = format!("{}/v1/messages", llm.anthropic_url());
        let request = reqwest::Client::new().post(url).json(&good(Wire::Anthropic));
        let request = version
            .into_iter()
            .fold(request, |request, version| request.header("anthropic-version", version));
        key.into_iter().fold(request, |request, key| request.header("x-api-key", key))
    };
    assert_eq!(answer(request(Some("2023-06-01"), None)).await.0, 401);
    for version in [None, Some("2024-01-01")] {
        let (status, said) = answer(request(version, Some("sk-1"))).await;
        assert!(status == 400 && message(&said).contains("anthropic-version"), "{said}");
    }
}

#[tokio::test]
async fn models_that_think_are_not_forced() {
    let llm = Llm::start().await;
    llm.rule(Rule::new("all").says("Hi"));
    let mut body = good(Wire::Anthropic);
    body["tools"] = json!([{"name": "read", "input_schema": {"type": "object"}}]);
    body["tool_choice"] = json!({"type": "tool", "name": "read"});
    assert_eq!(answer(posted(&llm, Wire::Anthropic, &body)).await.0, 200);
    body["model"] = json!("claude-opus-5-5");
    let (status, said) = answer(posted(&llm, Wire::Anthropic, &body)).await;
    assert!(status == 400 && message(&said).contains("not supported for this model"), "{said}");
}

#[tokio::test]
async fn openai_refuses_what_is_wrong() {
    let call = |arguments: &str| json!({"id": "1", "type": "function", "function": {"name": "read", "arguments": arguments}});
    let uses =
        |arguments: &str| json!({"role": "assistant", "content": null, "tool_calls": [call(arguments)]});
    let result = |id: &str| json!({"role": "tool", "tool_call_id": id, "content": "a"});
    let hello = user(&json!("Hello"));
    let tool = |name: &str| json!([{"type": "function", "function": {"name": name, "parameters": {"type": "object"}}}]);
    refused(
        Wire::OpenAi,
        vec![
            ("model", Value::Null, "model"),
            ("max_tokens", json!(0), "max_tokens"),
            ("max_completion_tokens", json!(5), "give one of them"),
            ("model", json!("gpt-6-sol"), "'max_tokens' is not supported"),
            ("max_output_tokens", json!(5), "extra inputs are not permitted"),
            ("temperature", json!(2.5), "temperature"),
            ("stream_options", json!({"include_usage": true}), "stream is true"),
            ("messages", json!([]), "at least one"),
            ("messages", json!([user(&Value::Null)]), "content"),
            ("messages", json!([{"role": "assistant", "content": null}]), "content or tool_calls"),
            ("messages", json!([{"role": "robot", "content": "Hi"}]), "a role is"),
            ("messages", json!([hello, uses("{}")]), "did not have response messages"),
            ("messages", json!([hello, uses("{}"), hello]), "must be followed"),
            ("messages", json!([hello, uses("{"), result("1")]), "JSON as text"),
            ("messages", json!([hello, uses("{}"), result("2")]), "must follow the call"),
            ("tools", tool("read it"), "read it"),
            ("tool_choice", json!("auto"), "when tools are specified"),
            ("response_format", json!({"type": "json_object"}), "the word 'json'"),
            ("response_format", json!({"type": "xml"}), "response_format"),
            (
                "response_format",
                json!({"type": "json_schema", "json_schema": {"name": "a", "schema": {}}}),
                "an object",
            ),
        ],
    )
    .await;
    let llm = Llm::start().await;
    let request = reqwest::Client::new().post(format!("{}/chat/completions", llm.openai_url()));
    assert_eq!(answer(request.json(&good(Wire::OpenAi))).await.0, 401);
}
