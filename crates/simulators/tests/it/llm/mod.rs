//! Models from a script are as strict as those they stand in for.

mod answers;
mod coder;
mod planner;
mod scripts;
mod strict;

use reqwest::RequestBuilder;
use serde_json::{Value, json};
use simulators::llm::{Llm, Wire};

/// A good request in this format.
fn good(wire: Wire) -> Value {
    match wire {
        Wire::Anthropic => json!({
            "model": "a-model",
            "max_tokens": 100,
            "system": "You are brief.",
            "messages": [{"role": "user", "content": "Hello"}]
        }),
        Wire::OpenAi => json!({
            "model": "a-model",
            "max_tokens": 100,
            "messages": [{"role": "system", "content": "You are brief."}, {"role": "user", "content": "Hello"}]
        }),
    }
}

/// It on its way, with all the headers it needs.
fn posted(llm: &Llm, wire: Wire, body: &Value) -> RequestBuilder {
    let client = reqwest::Client::new();
    match wire {
        Wire::Anthropic => client
            .post(format!("{}/v1/messages", llm.anthropic_url()))
            .header("x-api-key", "sk-1")
            .header("anthropic-version", "2023-06-01"),
        Wire::OpenAi => client
            .post(format!("{}/chat/completions", llm.openai_url()))
            .header("authorization", "Bearer sk-1"),
    }
    .json(body)
}

/// Status and body.
async fn answer(request: RequestBuilder) -> (u16, String) {
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

fn message(body: &str) -> String {
    let body: Value = serde_json::from_str(body).unwrap();
    body["error"]["message"].as_str().unwrap().to_owned()
}
