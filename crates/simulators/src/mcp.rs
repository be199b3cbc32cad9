//! The platform's tools as agents see them: an MCP server over HTTP, without sessions, whose tools answer what they are told to.
//!
//! A client that leaves out a header that the protocol wants, or what `initialize` has to hold, is refused. What it does not do:
//! streams, resources, prompts, pages of tools.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

/// The versions of the protocol that it speaks, the newest last.
const VERSIONS: [&str; 3] = ["2025-03-26", "2025-06-18", "2025-11-25"];

/// Tools, and what was asked of them. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Tools(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    tools: Vec<Tool>,
    uses: Vec<(String, Value)>,
    methods: Vec<String>,
    are_away: bool,
}

#[derive(Clone, Debug)]
struct Tool {
    name: String,
    schema: Value,
    answer: String,
    is_error: bool,
}

impl Tools {
    /// One tool more, which takes this and answers that.
    pub fn offer(&self, name: &str, schema: Value, answer: &str) -> &Self {
        self.add(name, schema, answer, false)
    }

    /// One tool more, which always fails with these words.
    pub fn offer_broken(&self, name: &str, words: &str) -> &Self {
        self.add(name, json!({"type": "object"}), words, true)
    }

    fn add(&self, name: &str, schema: Value, answer: &str, is_error: bool) -> &Self {
        self.inner().tools.push(Tool { name: name.into(), schema, answer: answer.into(), is_error });
        self
    }

    /// From now on there are none: whoever asks is answered 503.
    pub fn go_away(&self) {
        self.inner().are_away = true;
    }

    /// Every use so far, in order.
    #[must_use]
    pub fn uses(&self) -> Vec<(String, Value)> {
        self.inner().uses.clone()
    }

    /// The methods that were asked for so far, in order.
    #[must_use]
    pub fn methods(&self) -> Vec<String> {
        self.inner().methods.clone()
    }

    pub(crate) fn router(&self) -> Router {
        Router::new().route("/mcp", post(answer)).with_state(self.clone())
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // Nothing here is half done when a test panics in the middle.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn called(&self, params: &Value) -> Result<Value, (i64, String)> {
        let name = params["name"].as_str().unwrap_or_default().to_owned();
        let input = params.get("arguments").cloned().unwrap_or_else(|| json!({}));
        let mut inner = self.inner();
        let Some(tool) = inner.tools.iter().find(|tool| tool.name == name).cloned() else {
            return Err((-32602, format!("there is no tool {name}")));
        };
        if !input.is_object() {
            return Err((-32602, "arguments: they are an object".to_owned()));
        }
        inner.uses.push((name, input));
        Ok(json!({"content": [{"type": "text", "text": tool.answer}], "isError": tool.is_error}))
    }

    fn listed(&self) -> Value {
        let listed =
            |tool: &Tool| json!({"name": tool.name, "description": "A tool.", "inputSchema": tool.schema});
        json!({"tools": self.inner().tools.iter().map(listed).collect::<Vec<_>>()})
    }
}

async fn answer(State(tools): State<Tools>, headers: HeaderMap, body: Bytes) -> Response {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if tools.inner().are_away {
        return (StatusCode::SERVICE_UNAVAILABLE, "the platform is away").into_response();
    }
    let accept = header("accept");
    if !accept.contains("application/json") || !accept.contains("text/event-stream") {
        return (StatusCode::NOT_ACCEPTABLE, "accept application/json and text/event-stream").into_response();
    }
    if !header("content-type").starts_with("application/json") {
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, "it must be application/json").into_response();
    }
    let message: Value = serde_json::from_slice(&body).unwrap_or_default();
    let Some(method) = message["method"].as_str().filter(|_| message["jsonrpc"] == "2.0") else {
        return (StatusCode::BAD_REQUEST, "that is no request").into_response();
    };
    if method != "initialize" && !VERSIONS.contains(&header("mcp-protocol-version")) {
        return (StatusCode::BAD_REQUEST, "MCP-Protocol-Version is missing").into_response();
    }
    tools.inner().methods.push(method.to_owned());
    let Some(id) = message.get("id") else { return StatusCode::ACCEPTED.into_response() };
    let outcome = match method {
        "initialize" => begin(&message["params"]),
        "ping" => Ok(json!({})),
        "tools/list" => Ok(tools.listed()),
        "tools/call" => tools.called(&message["params"]),
        method => Err((-32601, format!("there is no method {method}"))),
    };
    Json(match outcome {
        Ok(result) => json!({"jsonrpc": "2.0", "id": id, "result": result}),
        Err((code, message)) => {
            json!({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message}})
        }
    })
    .into_response()
}

fn begin(params: &Value) -> Result<Value, (i64, String)> {
    let is_whole = params["capabilities"].is_object() && params["clientInfo"]["name"].is_string();
    let Some(wanted) = params["protocolVersion"].as_str().filter(|_| is_whole) else {
        return Err((-32602, "initialize has a protocolVersion, capabilities and a clientInfo".to_owned()));
    };
    let version = VERSIONS.into_iter().find(|version| *version == wanted).unwrap_or(VERSIONS[1]);
    Ok(json!({
        "protocolVersion": version,
        "capabilities": {"tools": {}},
        "serverInfo": {"name": "omoi", "version": "0"},
    }))
}
