//! What it asks on its way: whether it may use a tool, and after each use whether there is something to tell it.

use ports::agent::AgentError;
use serde_json::{Value, json};

use super::frames::{self, Asked, Hooked};
use super::garbage;
use super::talk::{HOOK, Talk};

/// How often it may ask for permission before a tool has answered.
const ASKS: u32 = 200;

/// The hooks as they are registered. What is said to a model before a tool is used is heard by newer versions only: so it is said
/// after it, when the model is about to be asked again.
pub(super) fn registered() -> Value {
    json!({
        "PreToolUse": [{"hookCallbackIds": ["before"]}],
        "PostToolUse": [{"hookCallbackIds": ["after"]}]
    })
}

impl Talk {
    pub(super) async fn answer(&mut self, id: &str, asked: Asked) -> Result<(), AgentError> {
        match asked {
            Asked::CanUseTool { tool_name, input } => {
                self.asks += 1;
                if self.asks > ASKS {
                    return Err(garbage("it asks for permission again and again, and uses nothing"));
                }
                self.voice
                    .note("permission", format!("it may use {tool_name}: its sandbox is the boundary"))
                    .await;
                self.agent.tell(&frames::answer(id, &json!({"behavior": "allow", "updatedInput": input})))?;
            }
            Asked::HookCallback { input } => self.hooked(id, &input)?,
            Asked::Other => {
                self.agent.tell(&frames::refuse(id))?;
            }
        }
        Ok(())
    }

    fn hooked(&mut self, id: &str, about: &Hooked) -> Result<(), AgentError> {
        let event = about.hook_event_name.as_str();
        match event {
            "PreToolUse" => {
                let allowed = json!({"hookEventName": event, "permissionDecision": "allow"});
                self.agent.tell(&frames::answer(id, &json!({"hookSpecificOutput": allowed})))?;
            }
            // A subagent would hear it, and forget it.
            "PostToolUse" if about.agent_id.is_none() => {
                // What has come by now is in time.
                self.take_orders_that_are_here();
                let Some(text) = self.steers.next().map(of_person) else {
                    self.agent.tell(&frames::answer(id, &json!({})))?;
                    return Ok(());
                };
                let told = json!({"hookEventName": event, "additionalContext": text});
                let span = self.agent.tell(&frames::answer(id, &json!({"hookSpecificOutput": told})))?;
                let number = self.number();
                self.steers.sent(number, span, HOOK);
                self.hooked_in.clone_from(&self.speaks_in);
            }
            _ => {
                self.agent.tell(&frames::answer(id, &json!({})))?;
            }
        }
        Ok(())
    }
}

/// Words of a person, marked as such.
pub(super) fn of_person(text: &str) -> String {
    format!("A person who follows your work says:\n{text}")
}
