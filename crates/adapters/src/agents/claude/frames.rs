//! The lines of the protocol. What is not known here is let be: every version has more.

use serde::Deserialize;
use serde_json::{Value, json};

/// A line that it wrote.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Frame {
    System(System),
    Assistant(Said),
    User(Said),
    Result(Ended),
    ControlRequest {
        request_id: String,
        request: Asked,
    },
    ControlResponse {
        response: Answer,
    },
    RateLimitEvent {
        #[serde(default)]
        rate_limit_info: Value,
    },
    #[serde(other)]
    Other,
}

/// About the session.
#[derive(Debug, Deserialize)]
pub(super) struct System {
    #[serde(default)]
    pub(super) subtype: String,
    #[serde(default)]
    pub(super) session_id: String,
    #[serde(default)]
    pub(super) model: String,
    #[serde(default)]
    pub(super) claude_code_version: String,
    #[serde(default)]
    pub(super) mcp_servers: Vec<Server>,
}

/// A server of tools that it was told of.
#[derive(Debug, Deserialize)]
pub(super) struct Server {
    pub(super) name: String,
    #[serde(default)]
    pub(super) status: String,
}

/// A message, of the model or with results of tools.
#[derive(Debug, Deserialize)]
pub(super) struct Said {
    pub(super) message: Message,
    /// Whose subagent says it.
    #[serde(default)]
    pub(super) parent_tool_use_id: Option<String>,
    #[serde(default)]
    pub(super) uuid: Option<String>,
    /// It repeats what we said.
    #[serde(default, rename = "isReplay")]
    pub(super) is_replay: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct Message {
    /// One answer of the model comes as several frames of one id.
    #[serde(default)]
    pub(super) id: Option<String>,
    #[serde(default)]
    content: Value,
}

impl Message {
    /// Its parts; words by themselves are one.
    pub(super) fn parts(&self) -> Vec<Part> {
        match &self.content {
            Value::Array(parts) => {
                parts.iter().map(|part| Part::deserialize(part).unwrap_or(Part::Other)).collect()
            }
            Value::String(text) => vec![Part::Text { text: text.clone() }],
            _ => Vec::new(),
        }
    }
}

/// A part of a message.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Part {
    Text {
        text: String,
    },
    Thinking {
        thinking: String,
    },
    ToolUse {
        id: String,
        name: String,
        #[serde(default)]
        input: Value,
    },
    ToolResult {
        tool_use_id: String,
        #[serde(default)]
        content: Value,
        #[serde(default)]
        is_error: Option<bool>,
    },
    #[serde(other)]
    Other,
}

/// The end of a turn.
#[derive(Debug, Deserialize)]
pub(super) struct Ended {
    pub(super) subtype: String,
    #[serde(default)]
    pub(super) is_error: bool,
    #[serde(default)]
    pub(super) result: Option<String>,
}

/// What it asks of us.
#[derive(Debug, Deserialize)]
#[serde(tag = "subtype", rename_all = "snake_case")]
pub(super) enum Asked {
    CanUseTool {
        #[serde(default)]
        tool_name: String,
        #[serde(default)]
        input: Value,
    },
    HookCallback {
        #[serde(default)]
        input: Hooked,
    },
    #[serde(other)]
    Other,
}

/// What a hook is about.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Hooked {
    #[serde(default)]
    pub(super) hook_event_name: String,
    /// The subagent that it is about.
    #[serde(default)]
    pub(super) agent_id: Option<String>,
}

/// What it answers to what we asked.
#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    pub(super) request_id: String,
    #[serde(default)]
    pub(super) subtype: String,
    #[serde(default)]
    pub(super) error: Option<String>,
}

pub(super) fn read(line: &str) -> Option<Frame> {
    serde_json::from_str(line).ok()
}

/// Something that we ask.
pub(super) fn request(id: &str, request: &Value) -> String {
    json!({"type": "control_request", "request_id": id, "request": request}).to_string()
}

/// An answer of ours.
pub(super) fn answer(id: &str, response: &Value) -> String {
    let response = json!({"subtype": "success", "request_id": id, "response": response});
    json!({"type": "control_response", "response": response}).to_string()
}

/// What we cannot answer.
pub(super) fn refuse(id: &str) -> String {
    let response = json!({"subtype": "error", "request_id": id, "error": "this host does not know that"});
    json!({"type": "control_response", "response": response}).to_string()
}

/// A message of the user. It is repeated with this name when it is taken up.
pub(super) fn message(uuid: &str, text: &str) -> String {
    let message = json!({"role": "user", "content": text});
    json!({"type": "user", "message": message, "parent_tool_use_id": null, "session_id": "", "uuid": uuid})
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_told_apart_and_others_let_be() {
        let init = r#"{"type":"system","subtype":"init","session_id":"s","tools":["Bash"],"model":"m"}"#;
        assert!(matches!(read(init), Some(Frame::System(System { session_id, .. })) if session_id == "s"));
        assert!(matches!(read(r#"{"type":"stream_event","event":{}}"#), Some(Frame::Other)));
        assert!(matches!(read(r#"{"type":"from_the_future","x":[1]}"#), Some(Frame::Other)));
        let asked =
            r#"{"type":"control_request","request_id":"r","request":{"subtype":"mcp_message","x":1}}"#;
        assert!(matches!(read(asked), Some(Frame::ControlRequest { request: Asked::Other, .. })));
        for none in ["", "npm warn", "[1]", "{\"type\":", "3"] {
            assert!(read(none).is_none(), "{none}");
        }
    }

    #[test]
    fn a_part_that_is_not_known_is_let_be() {
        let line = r#"{"type":"assistant","message":{"content":[{"type":"image"},{"type":"text","text":"a"},{"type":"text"}]}}"#;
        let Some(Frame::Assistant(said)) = read(line) else { panic!("it is one") };
        assert!(
            matches!(&said.message.parts()[..], [Part::Other, Part::Text { text }, Part::Other] if text == "a")
        );
    }
}
