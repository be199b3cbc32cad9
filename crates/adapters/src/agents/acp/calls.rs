//! The uses of tools that are under way, and what is told of each.

use std::collections::VecDeque;
use std::time::Instant;

use ports::agent::wire::TEXT_BYTES;
use ports::agent::{Act, ToolKind};
use serde_json::Value;

use super::teller::{cut, short};
use super::updates::{Kind, Shown, Status, Tool};

/// An agent that has more of them under way is not believed the oldest ones.
const MOST: usize = 64;

/// Uses of tools, the oldest first.
#[derive(Debug)]
pub(super) struct Calls(VecDeque<Call>);

#[derive(Debug)]
struct Call {
    id: String,
    tool: String,
    kind: Kind,
    input: Value,
    output: String,
    frame: String,
    is_told: bool,
    began: Instant,
}

/// Acts, each with the frame that it was read from.
type Told = Vec<(Act, String)>;

impl Calls {
    pub(super) const fn new() -> Self {
        Self(VecDeque::new())
    }

    /// What is to be told of this, and whether the use is over. The first frames of some agents do not know what the tool is given;
    /// so it is told with the first one that does.
    pub(super) fn heard(&mut self, tool: Tool, frame: &str) -> (Told, bool) {
        let id = tool.tool_call_id.clone();
        let mut call = self.take(&id).unwrap_or_else(|| Call::new(&tool));
        let status = tool.status;
        let raw_output = call.learn(tool, frame);
        let ok = match status {
            Some(Status::Completed) => Some(true),
            Some(Status::Failed) => Some(false),
            Some(Status::Pending | Status::InProgress) | None => None,
        };
        let mut told = Told::new();
        let knows_input =
            matches!(&call.input, Value::Object(fields) if fields.keys().any(|name| name != "cwd"));
        if !call.is_told && (ok.is_some() || knows_input || status == Some(Status::InProgress)) {
            told.push(call.called());
        }
        let Some(ok) = ok else {
            self.keep(call);
            return (told, false);
        };
        let output = if call.output.is_empty() { raw_text(&raw_output) } else { call.output.clone() };
        let ran = call.ran(&raw_output, &output);
        told.push((Act::ToolReturned { call: call.id, ok, output }, short(frame)));
        told.extend(ran.map(|ran| (ran, short(frame))));
        (told, true)
    }

    /// Those of which nothing was told yet, at the end of a turn.
    pub(super) fn unsaid(&mut self) -> Told {
        self.0.iter_mut().filter(|call| !call.is_told).map(Call::called).collect()
    }

    fn take(&mut self, id: &str) -> Option<Call> {
        let at = self.0.iter().position(|call| call.id == id)?;
        self.0.remove(at)
    }

    fn keep(&mut self, call: Call) {
        self.0.push_back(call);
        if self.0.len() > MOST {
            self.0.pop_front();
        }
    }
}

impl Call {
    fn new(tool: &Tool) -> Self {
        Self {
            id: tool.tool_call_id.clone(),
            tool: cut(tool.name().unwrap_or("tool").to_owned(), 1_000),
            kind: Kind::Other,
            input: Value::Null,
            output: String::new(),
            frame: String::new(),
            is_told: false,
            began: Instant::now(),
        }
    }

    /// Takes what is new; what the tool answered is handed back.
    fn learn(&mut self, tool: Tool, frame: &str) -> Value {
        if let Some(kind) = tool.kind {
            self.kind = kind;
        }
        if let Some(input) = tool.raw_input {
            self.input = input;
        }
        if let Some(content) = tool.content {
            let texts: Vec<String> = content.into_iter().map(Shown::text).collect();
            self.output = cut(texts.join("\n"), TEXT_BYTES);
        }
        if !self.is_told {
            self.frame = short(frame);
        }
        tool.raw_output.unwrap_or_default()
    }

    fn called(&mut self) -> (Act, String) {
        self.is_told = true;
        let input = match &self.input {
            Value::Null => String::new(),
            input => cut(input.to_string(), TEXT_BYTES),
        };
        let called =
            Act::ToolCalled { call: self.id.clone(), tool: self.tool.clone(), kind: kind(self.kind), input };
        (called, std::mem::take(&mut self.frame))
    }

    /// The command that it was, when it was one.
    fn ran(&self, raw_output: &Value, output: &str) -> Option<Act> {
        if self.kind != Kind::Execute {
            return None;
        }
        let command = match &self.input["command"] {
            Value::String(line) => line.clone(),
            Value::Array(words) => words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
            _ => return None,
        };
        let exit = exit(raw_output).and_then(|exit| i32::try_from(exit).ok());
        Some(Act::CommandRan {
            command: cut(command, TEXT_BYTES),
            exit,
            duration_ms: u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX),
            output: output.to_owned(),
            output_bytes: output.len() as u64,
        })
    }
}

/// Agents name it as they like.
fn exit(raw_output: &Value) -> Option<i64> {
    [&raw_output["metadata"]["exit"], &raw_output["exitCode"], &raw_output["exit_code"]]
        .into_iter()
        .find_map(Value::as_i64)
}

/// The answer of a tool that shows nothing.
fn raw_text(raw_output: &Value) -> String {
    let text = match raw_output {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        raw => raw["output"].as_str().map_or_else(|| raw.to_string(), str::to_owned),
    };
    cut(text, TEXT_BYTES)
}

const fn kind(kind: Kind) -> ToolKind {
    match kind {
        Kind::Read => ToolKind::Read,
        Kind::Edit => ToolKind::Edit,
        Kind::Delete => ToolKind::Delete,
        Kind::Move => ToolKind::Move,
        Kind::Search => ToolKind::Search,
        Kind::Execute => ToolKind::Execute,
        Kind::Think => ToolKind::Think,
        Kind::Fetch => ToolKind::Fetch,
        Kind::Other => ToolKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn told(calls: &mut Calls, tool: Value) -> Vec<Act> {
        let frame = tool.to_string();
        let (told, _) = calls.heard(serde_json::from_value(tool).unwrap(), &frame);
        told.into_iter().map(|(act, _)| act).collect()
    }

    #[test]
    fn a_use_is_told_once_it_is_known_what_the_tool_is_given() {
        let mut calls = Calls::new();
        let begun = json!({"toolCallId": "c", "title": "bash", "kind": "execute", "status": "pending",
            "rawInput": {"cwd": "/w"}});
        assert_eq!(told(&mut calls, begun), []);
        let on = json!({"toolCallId": "c", "title": "make", "status": "in_progress",
            "rawInput": {"command": "make", "cwd": "/w"}});
        let called = told(&mut calls, on.clone());
        assert!(
            matches!(&called[..], [Act::ToolCalled { tool, kind: ToolKind::Execute, input, .. }]
                if tool == "bash" && input.contains("make")),
            "{called:?}"
        );
        assert_eq!(told(&mut calls, on), [], "once");
        let over = json!({"toolCallId": "c", "status": "failed", "content": [],
            "rawOutput": {"output": "no rule\n", "metadata": {"exit": 2}}});
        let over = told(&mut calls, over);
        let [Act::ToolReturned { ok: false, .. }, Act::CommandRan { command, exit, output, .. }] = &over[..]
        else {
            panic!("{over:?}")
        };
        assert_eq!((command.as_str(), *exit, output.as_str()), ("make", Some(2), "no rule\n"));
    }

    #[test]
    fn a_use_that_is_over_at_once_is_told_whole() {
        let mut calls = Calls::new();
        let over = json!({"toolCallId": "c", "title": "Read", "kind": "read", "status": "completed",
            "rawOutput": "text"});
        let over = told(&mut calls, over);
        assert!(
            matches!(&over[..], [Act::ToolCalled { .. }, Act::ToolReturned { ok: true, output, .. }] if output == "text"),
            "{over:?}"
        );
    }

    #[test]
    fn what_is_never_over_is_forgotten_in_the_end() {
        let mut calls = Calls::new();
        for n in 0..10_000 {
            told(&mut calls, json!({"toolCallId": format!("c{n}"), "status": "pending"}));
        }
        assert_eq!(calls.0.len(), MOST);
        assert_eq!(calls.unsaid().len(), MOST);
        assert!(calls.unsaid().is_empty());
    }
}
