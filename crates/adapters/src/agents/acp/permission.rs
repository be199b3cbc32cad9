//! An agent asks whether it may. It may: the sandbox is the boundary, not the agent's manners.

use serde::Deserialize;
use serde_json::{Value, json};

use super::updates::Tool;

/// An agent that has asked so often, and used no tool meanwhile, asks for ever.
pub(super) const MOST: u32 = 200;

/// What the parameters of `session/request_permission` hold.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Asked {
    pub(super) tool_call: Tool,
    options: Vec<Choice>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Choice {
    option_id: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    kind: String,
}

/// What it is answered, and how that is told to people.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) result: Value,
    pub(super) said: String,
}

impl Asked {
    /// Once, rather than always; otherwise the first thing that is no refusal.
    pub(super) fn answer(&self) -> Answer {
        let of_kind = |kind: &str| self.options.iter().find(|option| option.kind == kind);
        let chosen = of_kind("allow_once")
            .or_else(|| of_kind("allow_always"))
            .or_else(|| self.options.iter().find(|option| !option.kind.starts_with("reject")));
        let what = self.tool_call.name().unwrap_or(&self.tool_call.tool_call_id);
        match chosen {
            Some(chosen) => Answer {
                result: json!({"outcome": {"outcome": "selected", "optionId": chosen.option_id}}),
                said: format!("it asked for {what}, and was answered: {}", chosen.name),
            },
            None => {
                Answer { result: cancelled(), said: format!("it asked for {what}, and can only be refused") }
            }
        }
    }
}

/// What a question of a turn is answered that is being ended.
pub(super) fn cancelled() -> Value {
    json!({"outcome": {"outcome": "cancelled"}})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(options: &Value) -> Value {
        let asked = json!({"sessionId": "s", "toolCall": {"toolCallId": "c"}, "options": options});
        let asked: Asked = serde_json::from_value(asked).unwrap();
        asked.answer().result["outcome"].clone()
    }

    #[test]
    fn it_may_once_rather_than_always() {
        let option = |id: &str, kind: &str| json!({"optionId": id, "name": id, "kind": kind});
        let all = json!([option("n", "reject_once"), option("a", "allow_always"), option("o", "allow_once")]);
        assert_eq!(chosen(&all)["optionId"], "o");
        assert_eq!(
            chosen(&json!([option("n", "reject_once"), option("a", "allow_always")]))["optionId"],
            "a"
        );
        assert_eq!(chosen(&json!([option("n", "reject_always"), option("x", "ponder")]))["optionId"], "x");
        assert_eq!(chosen(&json!([option("n", "reject_always")]))["outcome"], "cancelled");
        assert_eq!(chosen(&json!([]))["outcome"], "cancelled");
    }
}
