//! What the protocol says about an agent at work, as far as anybody here wants to know it. Whatever else is sent is left out.

use serde::Deserialize;
use serde_json::Value;

/// What the parameters of `session/update` hold.
#[derive(Debug, Deserialize)]
pub(super) struct Notification {
    pub(super) update: News,
}

/// Something new.
#[derive(Debug, Deserialize)]
#[serde(tag = "sessionUpdate", rename_all = "snake_case")]
pub(super) enum News {
    UserMessageChunk,
    AgentMessageChunk {
        content: Block,
    },
    AgentThoughtChunk {
        content: Block,
    },
    ToolCall(Tool),
    ToolCallUpdate(Tool),
    Plan {
        entries: Vec<Entry>,
    },
    #[serde(other)]
    Other,
}

/// A use of a tool, or what is new about one: what is not named is as it was.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Tool {
    pub(super) tool_call_id: String,
    pub(super) title: Option<String>,
    pub(super) kind: Option<Kind>,
    pub(super) status: Option<Status>,
    pub(super) content: Option<Vec<Shown>>,
    pub(super) raw_input: Option<Value>,
    pub(super) raw_output: Option<Value>,
    #[serde(rename = "_meta", default)]
    meta: Value,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Read,
    Edit,
    Delete,
    Move,
    Search,
    Execute,
    Think,
    Fetch,
    #[serde(other)]
    Other,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    Pending,
    Completed,
    Failed,
    #[serde(other)]
    InProgress,
}

/// What a tool has to show.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Shown {
    Content {
        content: Block,
    },
    #[serde(rename_all = "camelCase")]
    Diff {
        path: String,
        new_text: String,
    },
    #[serde(other)]
    Other,
}

/// A piece of content.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Block {
    Text {
        text: String,
    },
    Image,
    Audio,
    ResourceLink {
        uri: String,
    },
    Resource {
        resource: Resource,
    },
    #[serde(other)]
    Other,
}

/// Something that was put in.
#[derive(Debug, Deserialize)]
pub(super) struct Resource {
    uri: String,
    text: Option<String>,
}

/// A step of a plan.
#[derive(Debug, Deserialize)]
pub(super) struct Entry {
    pub(super) content: String,
    #[serde(default)]
    pub(super) status: String,
}

impl Tool {
    /// What the agent calls the tool; the protocol has no place for it but titles, and one agent's own.
    pub(super) fn name(&self) -> Option<&str> {
        self.meta["claudeCode"]["toolName"].as_str().or(self.title.as_deref())
    }
}

impl Block {
    /// As text.
    pub(super) fn text(self) -> String {
        match self {
            Self::Text { text } => text,
            Self::Image => "[an image]".into(),
            Self::Audio => "[a sound]".into(),
            Self::ResourceLink { uri } => format!("[{uri}]"),
            Self::Resource { resource } => resource.text.unwrap_or_else(|| format!("[{}]", resource.uri)),
            Self::Other => "[something else]".into(),
        }
    }
}

impl Shown {
    /// As text; of a changed file how it begins now, for the difference is seen in the workspace.
    pub(super) fn text(self) -> String {
        const SHOWN: usize = 400;
        match self {
            Self::Content { content } => content.text(),
            Self::Diff { path, new_text } => {
                let shown = &new_text[..new_text.floor_char_boundary(SHOWN)];
                let rest = new_text.len() - shown.len();
                let rest = if rest > 0 { format!("\n[{rest} bytes more]") } else { String::new() };
                format!("{path}: {} lines\n{shown}{rest}", new_text.lines().count())
            }
            Self::Other => "[something else]".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(update: &str) -> News {
        serde_json::from_str::<Notification>(&format!("{{\"sessionId\":\"s\",\"update\":{update}}}"))
            .unwrap_or_else(|error| panic!("{update}: {error}"))
            .update
    }

    #[test]
    fn what_is_unknown_is_left_out_and_breaks_nothing() {
        assert!(matches!(read(r#"{"sessionUpdate":"usage_update","used":1}"#), News::Other));
        assert!(matches!(read(r#"{"sessionUpdate":"dreams","of":["sheep"]}"#), News::Other));
        let tool = read(
            r#"{"sessionUpdate":"tool_call","toolCallId":"c","title":"t","kind":"switch_mode","status":"odd",
                "content":[{"type":"terminal","terminalId":"1"},{"type":"content","content":{"type":"hologram"}}]}"#,
        );
        let News::ToolCall(tool) = tool else { panic!("{tool:?}") };
        assert_eq!((tool.kind, tool.status), (Some(Kind::Other), Some(Status::InProgress)));
        assert_eq!(tool.content.map(|all| all.len()), Some(2));
    }

    #[test]
    fn contents_become_text() {
        let tool = read(
            r#"{"sessionUpdate":"tool_call_update","toolCallId":"c","_meta":{"claudeCode":{"toolName":"Write"}},"title":"Write a.txt",
                "content":[{"type":"content","content":{"type":"text","text":"ok"}},
                           {"type":"diff","path":"a.txt","oldText":null,"newText":"one\ntwo\n"}]}"#,
        );
        let News::ToolCallUpdate(tool) = tool else { panic!("{tool:?}") };
        assert_eq!(tool.name(), Some("Write"));
        let texts: Vec<String> = tool.content.into_iter().flatten().map(Shown::text).collect();
        assert_eq!(texts, ["ok", "a.txt: 2 lines\none\ntwo\n"]);
        let long = Shown::Diff { path: "b".into(), new_text: "ü".repeat(1_000) }.text();
        assert!(long.ends_with("[1600 bytes more]"), "{long}");
    }
}
