//! What is told of it: its messages and uses of tools, as they come.

use std::collections::HashMap;
use std::time::Instant;

use ports::agent::{Act, Step, ToolKind};
use serde_json::Value;

use super::frames::{Message, Part};

/// Uses that are remembered until they are over; one that floods loses the time of its oldest.
const MOST: usize = 1_000;

/// The uses that are under way.
#[derive(Debug, Default)]
pub(super) struct Teller {
    commands: HashMap<String, Command>,
}

#[derive(Debug)]
struct Command {
    line: String,
    began: Instant,
}

impl Teller {
    /// What is seen in a message; whether a tool has answered in it.
    pub(super) fn seen(&mut self, message: &Message) -> (Vec<Act>, bool) {
        let mut acts = Vec::new();
        let mut answered = false;
        for part in message.parts() {
            match part {
                Part::Text { text } if text.trim().is_empty() => {}
                Part::Text { text } => acts.push(Act::Message { text }),
                Part::Thinking { thinking: text } if !text.trim().is_empty() => {
                    acts.push(Act::Thought { text });
                }
                Part::ToolUse { id, name, input } => self.called(id, name, &input, &mut acts),
                Part::ToolResult { tool_use_id, content, is_error } => {
                    answered = true;
                    self.returned(tool_use_id, text(&content), !is_error.unwrap_or(false), &mut acts);
                }
                Part::Thinking { .. } | Part::Other => {}
            }
        }
        (acts, answered)
    }

    fn called(&mut self, call: String, tool: String, input: &Value, acts: &mut Vec<Act>) {
        if let (Some(line), "Bash") = (input["command"].as_str(), tool.as_str()) {
            if self.commands.len() == MOST {
                self.commands.clear();
            }
            self.commands.insert(call.clone(), Command { line: line.to_owned(), began: Instant::now() });
        }
        let steps = (tool == "TodoWrite").then(|| steps(&input["todos"]));
        acts.push(Act::ToolCalled { call, kind: kind(&tool), tool, input: input.to_string() });
        acts.extend(steps.map(|steps| Act::PlanUpdated { steps }));
    }

    fn returned(&mut self, call: String, output: String, ok: bool, acts: &mut Vec<Act>) {
        if let Some(Command { line, began }) = self.commands.remove(&call) {
            acts.push(Act::CommandRan {
                command: line,
                exit: if ok { Some(0) } else { exit(&output) },
                duration_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
                output_bytes: output.len() as u64,
                output: output.clone(),
            });
        }
        acts.push(Act::ToolReturned { call, ok, output });
    }
}

/// `Exit code 2` in the first line of the output of a command that failed.
fn exit(output: &str) -> Option<i32> {
    let first = output.lines().next()?;
    first.trim_start_matches("Error: ").strip_prefix("Exit code ")?.trim().parse().ok()
}

fn steps(todos: &Value) -> Vec<Step> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let todos = todos.as_array().into_iter().flatten();
    todos.map(|todo| Step { text: text(&todo["content"]), status: text(&todo["status"]) }).collect()
}

fn text(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => {
            let texts = parts.iter().map(|part| part["text"].as_str().unwrap_or("[no text]"));
            texts.collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    }
}

fn kind(tool: &str) -> ToolKind {
    match tool {
        "Read" | "NotebookRead" | "LS" => ToolKind::Read,
        "Edit" | "MultiEdit" | "Write" | "NotebookEdit" => ToolKind::Edit,
        "Glob" | "Grep" => ToolKind::Search,
        "Bash" | "BashOutput" | "KillShell" => ToolKind::Execute,
        "Task" | "TodoWrite" | "ExitPlanMode" => ToolKind::Think,
        "WebFetch" | "WebSearch" => ToolKind::Fetch,
        _ => ToolKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize as _;
    use serde_json::json;

    use super::*;

    fn seen(teller: &mut Teller, content: &Value) -> Vec<Act> {
        let message = Message::deserialize(json!({"content": content})).unwrap();
        teller.seen(&message).0
    }

    #[test]
    fn a_command_is_told_with_its_exit_code() {
        for (is_error, output, exit) in
            [(false, "fine", Some(0)), (true, "Exit code 7\nbad", Some(7)), (true, "interrupted", None)]
        {
            let mut teller = Teller::default();
            let used = json!([{"type": "tool_use", "id": "1", "name": "Bash", "input": {"command": "ls"}}]);
            assert!(matches!(
                &seen(&mut teller, &used)[..],
                [Act::ToolCalled { kind: ToolKind::Execute, .. }]
            ));
            let result =
                json!([{"type": "tool_result", "tool_use_id": "1", "content": output, "is_error": is_error}]);
            let acts = seen(&mut teller, &result);
            let [Act::CommandRan { command, exit: told, .. }, Act::ToolReturned { ok, .. }] = &acts[..]
            else {
                panic!("{acts:?}")
            };
            assert_eq!((command.as_str(), *told, *ok), ("ls", exit, !is_error));
        }
    }

    #[test]
    fn a_plan_is_told_and_what_is_white_is_not() {
        let todos =
            json!([{"content": "build", "status": "completed"}, {"content": "test", "status": "pending"}]);
        let used = json!([
            {"type": "text", "text": " "}, {"type": "thinking", "thinking": "", "signature": "x"},
            {"type": "tool_use", "id": "1", "name": "TodoWrite", "input": {"todos": todos}}
        ]);
        let acts = seen(&mut Teller::default(), &used);
        let [Act::ToolCalled { .. }, Act::PlanUpdated { steps }] = &acts[..] else { panic!("{acts:?}") };
        assert_eq!((steps[0].status.as_str(), steps[1].text.as_str()), ("completed", "test"));
    }
}
