//! The servers of tools that it was told of by `--mcp-config`, as the real one takes them: a file, or the JSON itself.

use serde_json::{Value, json};

use super::web::Web;

/// The version of the protocol that it speaks.
const VERSION: &str = "2025-06-18";

/// A server.
#[derive(Debug)]
pub(super) struct Server {
    name: String,
    url: String,
    /// As its `tools/list` has them; none when it was not reached.
    tools: Option<Vec<Value>>,
}

/// Those of the arguments, each asked for its tools.
pub(super) fn named(arguments: &[String], web: &Web) -> Vec<Server> {
    let Some(given) = arguments.iter().find_map(|given| given.strip_prefix("--mcp-config=")) else {
        return Vec::new();
    };
    let text = if given.starts_with('{') { given.to_owned() } else { read(given) };
    let config: Value = serde_json::from_str(&text).unwrap_or_default();
    let servers = config["mcpServers"].as_object().cloned().unwrap_or_default();
    let over_http = servers.into_iter().filter(|(_, server)| server["type"] == "http");
    over_http
        .map(|(name, server)| {
            let url = server["url"].as_str().unwrap_or_default().to_owned();
            let mut server = Server { name, url, tools: None };
            server.tools = server.begin(web);
            server
        })
        .collect()
}

fn read(file: &str) -> String {
    std::fs::read_to_string(file).unwrap_or_default()
}

impl Server {
    /// As the first frame has it.
    pub(super) fn told(&self) -> Value {
        let status = if self.tools.is_some() { "connected" } else { "failed" };
        json!({"name": self.name, "status": status})
    }

    /// Its tools, as the model is told of them.
    pub(super) fn tools(&self) -> impl Iterator<Item = Value> {
        self.tools.iter().flatten().map(|tool| {
            json!({
                "name": self.called(tool["name"].as_str().unwrap_or_default()),
                "description": tool["description"],
                "input_schema": tool["inputSchema"],
            })
        })
    }

    fn called(&self, tool: &str) -> String {
        format!("mcp__{}__{tool}", self.name)
    }

    /// What a tool answers, and whether it did what it was asked for; none when it is none of this server.
    pub(super) fn use_tool(&self, name: &str, input: &Value, web: &Web) -> Option<(String, bool)> {
        let mut tools = self.tools.iter().flatten().filter_map(|tool| tool["name"].as_str());
        let tool = tools.find(|tool| self.called(tool) == name)?;
        Some(match self.ask(web, "tools/call", &json!({"name": tool, "arguments": input})) {
            Ok(result) => {
                let texts = result["content"].as_array().into_iter().flatten();
                let texts: Vec<&str> = texts.filter_map(|part| part["text"].as_str()).collect();
                (texts.join("\n"), result["isError"] != true)
            }
            Err(why) => (why, false),
        })
    }

    fn begin(&self, web: &Web) -> Option<Vec<Value>> {
        let us = json!({"name": "claude-code", "version": super::stage::VERSION});
        let us = json!({"protocolVersion": VERSION, "capabilities": {"roots": {}}, "clientInfo": us});
        self.ask(web, "initialize", &us).ok()?;
        self.post(web, &json!({"jsonrpc": "2.0", "method": "notifications/initialized"})).ok()?;
        self.ask(web, "tools/list", &json!({})).ok()?["tools"].as_array().cloned()
    }

    fn ask(&self, web: &Web, method: &str, params: &Value) -> Result<Value, String> {
        let request = json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params});
        let mut reply: Value = serde_json::from_str(&self.post(web, &request)?).unwrap_or_default();
        match reply["error"]["message"].as_str() {
            Some(why) => Err(why.to_owned()),
            None => Ok(reply["result"].take()),
        }
    }

    fn post(&self, web: &Web, body: &Value) -> Result<String, String> {
        let headers = [("accept", "application/json, text/event-stream"), ("mcp-protocol-version", VERSION)];
        match web.post(&self.url, &headers, body)? {
            (200..=299, text) => Ok(text),
            (status, text) => Err(format!("{status} {text}")),
        }
    }
}
