//! The model, when the script leaves it to one what is done: it is asked as the real one asks it, and its tools are used.

use serde_json::{Value, json};

use super::stage::{Stage, Then};

/// The longest answer that is asked for.
const MAX_TOKENS: u32 = 4_096;
/// How often it is asked in one turn, at most.
const MOST: u32 = 50;

/// An answer of the model.
#[derive(Debug, Default)]
struct Answer {
    id: String,
    /// Words and uses of tools, in their order.
    content: Vec<Value>,
}

impl Stage {
    /// Asks until the model uses no tool any more.
    pub(super) fn thinks(&mut self) -> Then {
        let said = std::iter::once(self.message.clone()).chain(self.told.drain(..));
        let said: Vec<Value> = said.map(|text| json!({"type": "text", "text": text})).collect();
        self.conversation.push(json!({"role": "user", "content": said}));
        for _ in 0..MOST {
            let answer = match self.ask_model() {
                Ok(answer) => answer,
                Err(why) => {
                    let said = format!("API Error: {why}");
                    self.says(&json!([{"type": "text", "text": said}]));
                    return self.end_turn("success", true, &said);
                }
            };
            self.conversation.push(json!({"role": "assistant", "content": answer.content}));
            self.speaks_in = Some(answer.id.clone());
            let mut results = Vec::new();
            for part in answer.content {
                if part["type"] != "tool_use" {
                    self.says(&json!([part]));
                    continue;
                }
                match self.use_for_model(&part) {
                    Then::On => {}
                    then => {
                        self.speaks_in = None;
                        return then;
                    }
                }
                let (mut output, ok) = std::mem::take(&mut self.answered);
                if output.trim().is_empty() {
                    output = "(it wrote nothing)".to_owned();
                }
                let id = &part["id"];
                results.push(
                    json!({"type": "tool_result", "tool_use_id": id, "content": output, "is_error": !ok}),
                );
            }
            self.speaks_in = None;
            if results.is_empty() {
                return Then::On;
            }
            // What a hook told comes after all results.
            results.extend(self.told.drain(..).map(|words| json!({"type": "text", "text": words})));
            self.conversation.push(json!({"role": "user", "content": results}));
        }
        self.end_turn("error_max_turns", true, "")
    }

    fn use_for_model(&mut self, part: &Value) -> Then {
        let (name, input) = (part["name"].as_str().unwrap_or_default(), &part["input"]);
        let text = |field: &str| input[field].as_str().unwrap_or_default().to_owned();
        let id = part["id"].as_str().unwrap_or_default();
        match name {
            "Write" => {
                let (file, content) = (text("file_path"), text("content"));
                self.uses_as(id, name, input, |stage| stage.writes(&file, &content))
            }
            "Bash" => {
                let line = text("command");
                self.uses_as(id, name, input, |stage| stage.runs(&line))
            }
            other => self.uses_as(id, other, input, |stage| stage.asks_servers(other, input)),
        }
    }

    fn ask_model(&self) -> Result<Answer, String> {
        let variable = |name: &str| std::env::var(name).map_err(|_| format!("{name} is not set"));
        let tool = |name: &str, fields: &[&str]| {
            let properties = fields.iter().map(|field| ((*field).to_owned(), json!({"type": "string"})));
            let properties = serde_json::Map::from_iter(properties);
            json!({"name": name, "description": "A tool.", "input_schema": {"type": "object", "properties": properties}})
        };
        let own = [tool("Bash", &["command", "description"]), tool("Write", &["file_path", "content"])];
        let tools: Vec<Value> = own.into_iter().chain(self.tools_of_servers()).collect();
        let system = format!("You are Claude Code.\nWorking directory: {}", self.directory.display());
        let body = json!({
            "model": variable("ANTHROPIC_MODEL")?, "max_tokens": MAX_TOKENS, "stream": true,
            "system": [{"type": "text", "text": system}], "messages": self.conversation, "tools": tools
        });
        let url = format!("{}/v1/messages", variable("ANTHROPIC_BASE_URL")?);
        let key = variable("ANTHROPIC_API_KEY")?;
        let headers = [("x-api-key", key.as_str()), ("anthropic-version", "2023-06-01")];
        let web = self.web.as_ref().ok_or("there is no network")?;
        match web.post(&url, &headers, &body)? {
            (200, text) => Ok(read(&text)),
            (status, text) => Err(format!("{status} {text}")),
        }
    }
}

/// Puts an answer together from its events.
fn read(text: &str) -> Answer {
    let mut answer = Answer::default();
    let mut input = String::new();
    let events =
        text.lines().filter_map(|line| serde_json::from_str::<Value>(line.strip_prefix("data:")?).ok());
    for event in events {
        let delta = &event["delta"];
        match event["type"].as_str().unwrap_or_default() {
            "message_start" => answer.id = event["message"]["id"].as_str().unwrap_or_default().to_owned(),
            "content_block_start" => {
                input.clear();
                answer.content.push(event["content_block"].clone());
            }
            "content_block_delta" => {
                if let (Some(more), Some(part)) = (delta["text"].as_str(), answer.content.last_mut()) {
                    let said = part["text"].as_str().unwrap_or_default();
                    part["text"] = format!("{said}{more}").into();
                }
                input.push_str(delta["partial_json"].as_str().unwrap_or_default());
            }
            "content_block_stop" => {
                if let Some(part) = answer.content.last_mut().filter(|part| part["type"] == "tool_use") {
                    part["input"] = serde_json::from_str(&input).unwrap_or_else(|_| json!({}));
                }
            }
            _ => {}
        }
    }
    let is_white = |part: &Value| part["text"].as_str().is_some_and(|text| text.trim().is_empty());
    answer.content.retain(|part| !is_white(part));
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_put_together_from_its_events() {
        let text = r#"event: message_start
data: {"type":"message_start","message":{"id":"msg_1"}}

data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}
data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"I "}}
data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"look."}}
data: {"type":"content_block_stop","index":0}
data: {"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t","name":"Bash","input":{}}}
data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"command\":"}}
data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"\"ls\"}"}}
data: {"type":"content_block_stop","index":1}
data: {"type":"message_stop"}
"#;
        let answer = read(text);
        assert_eq!(answer.id, "msg_1");
        let used = json!({"type": "tool_use", "id": "t", "name": "Bash", "input": {"command": "ls"}});
        assert_eq!(answer.content, [json!({"type": "text", "text": "I look."}), used]);
    }
}
