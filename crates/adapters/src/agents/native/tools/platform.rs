//! The platform's own tools, asked for over MCP: HTTP with JSON, without sessions.

use std::time::Duration;

use ports::agent::Assignment;
use ports::llm;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::redirect::Policy;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Outcome, Tool};
use crate::agents::platform::{SERVER, tools_at};

/// The version of the protocol that we ask for.
const VERSION: &str = "2025-06-18";
/// For a connection, and for a whole answer: it is on this machine, and no tool of it waits for anybody.
const CONNECT: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(30);
/// Most bytes of an answer, and of what of it the model reads.
const ANSWER_BYTES: usize = 4 << 20;
const TEXT_BYTES: usize = 50 << 10;
/// Most tools that are offered.
const MOST: usize = 50;

/// The tools, and the way to them.
#[derive(Debug)]
pub(super) struct Platform {
    client: reqwest::Client,
    address: String,
    version: String,
    tools: Vec<Offered>,
}

#[derive(Debug)]
struct Offered {
    /// As the platform calls it.
    name: String,
    /// As the model does.
    tool: llm::Tool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Begun {
    protocol_version: String,
}

#[derive(Deserialize)]
struct Listed {
    tools: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    name: String,
    #[serde(default)]
    description: String,
    input_schema: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Called {
    #[serde(default)]
    content: Vec<Value>,
    #[serde(default)]
    is_error: bool,
}

#[derive(Deserialize)]
struct Reply {
    result: Option<Value>,
    error: Option<Refusal>,
}

#[derive(Deserialize)]
struct Refusal {
    #[serde(default)]
    message: String,
}

impl Platform {
    /// Asks what it offers; why there is nothing, otherwise.
    pub(super) async fn reach(assignment: &Assignment) -> Result<Self, String> {
        let client = reqwest::Client::builder()
            .user_agent("OmoiOS")
            .redirect(Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT)
            .timeout(ANSWER)
            .build()
            .map_err(|error| error.to_string())?;
        let (address, version) = (tools_at(assignment), VERSION.to_owned());
        let mut platform = Self { client, address, version, tools: Vec::new() };
        let us = json!({"name": SERVER, "version": env!("CARGO_PKG_VERSION")});
        let us = json!({"protocolVersion": VERSION, "capabilities": {}, "clientInfo": us});
        platform.version = platform.ask::<Begun>("initialize", &us).await?.protocol_version;
        platform.post(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"})).await?;
        let listed = platform.ask::<Listed>("tools/list", &json!({})).await?;
        platform.tools = listed.tools.into_iter().take(MOST).map(Offered::of).collect();
        Ok(platform)
    }

    /// As the model is told of them.
    pub(super) fn offered(&self) -> impl Iterator<Item = &llm::Tool> {
        self.tools.iter().map(|offered| &offered.tool)
    }

    /// Uses one; none when there is none of this name.
    pub(super) async fn use_tool(&self, name: &str, input: &Value) -> Option<Outcome> {
        let offered = self.tools.iter().find(|offered| offered.tool.name == name)?;
        let call = json!({"name": offered.name, "arguments": input});
        Some(match self.ask::<Called>("tools/call", &call).await {
            Ok(called) => Outcome { ok: !called.is_error, text: called.text(), ran: None },
            Err(why) => Outcome::failed(format!("the platform did not do it: {why}")),
        })
    }

    async fn ask<A: for<'a> Deserialize<'a>>(&self, method: &str, params: &Value) -> Result<A, String> {
        let request = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
        let reply = self.post(&request).await?;
        let unreadable = |error: serde_json::Error| format!("{method}: {error}");
        let reply: Reply = serde_json::from_slice(&reply).map_err(unreadable)?;
        match reply {
            Reply { error: Some(refusal), .. } => Err(refusal.message),
            Reply { result, .. } => serde_json::from_value(result.unwrap_or_default()).map_err(unreadable),
        }
    }

    async fn post(&self, body: &Value) -> Result<Vec<u8>, String> {
        let request = self.client.post(&self.address);
        let request = request
            .header(ACCEPT, "application/json, text/event-stream")
            .header(CONTENT_TYPE, "application/json")
            .header("MCP-Protocol-Version", &self.version)
            .body(body.to_string());
        let away = |error: reqwest::Error| error.without_url().to_string();
        let mut response = request.send().await.map_err(away)?;
        let status = response.status();
        let mut answer = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(away)? {
            if answer.len() + chunk.len() > ANSWER_BYTES {
                return Err(format!("its answer has more than {ANSWER_BYTES} bytes"));
            }
            answer.extend_from_slice(&chunk);
        }
        if status.is_success() { Ok(answer) } else { Err(format!("{} answers {status}", self.address)) }
    }
}

impl Offered {
    fn of(Entry { name, description, mut input_schema }: Entry) -> Self {
        // Some providers refuse an object of which nothing is said.
        if let Some(schema) = input_schema.as_object_mut() {
            schema.entry("properties").or_insert_with(|| json!({}));
        }
        let clashes = Tool::ALL.iter().any(|own| own.name() == name);
        let called = if clashes { format!("{SERVER}_{name}") } else { name.clone() };
        Self { name, tool: llm::Tool { name: called, description, input_schema } }
    }
}

impl Called {
    fn text(&self) -> String {
        let texts: Vec<&str> = self.content.iter().filter_map(|part| part["text"].as_str()).collect();
        let mut text = texts.join("\n");
        if text.len() > TEXT_BYTES {
            text.truncate(text.floor_char_boundary(TEXT_BYTES));
            text.push_str("\n[the rest is left out]");
        }
        text
    }
}
