//! Which step of an agent has changed a file: from what was seen of its run, in the order in which it was seen.

use kernel::Uuid;
use serde::Deserialize;
use serde_json::Value;

use crate::cli::client::{Failure, Session};

/// Events of one request.
const PAGE: usize = 500;
/// Characters of what an agent said that are shown.
const SHOWN: usize = 300;

/// An event of a run.
#[derive(Clone, Debug, Deserialize)]
struct Event {
    position: i64,
    r#type: String,
    payload: Value,
}

#[derive(Debug, Deserialize)]
struct Page {
    events: Vec<Event>,
    next: i64,
}

/// A change of the file, and what the agent did before it was seen.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Touched {
    /// Where the change stands in the log.
    pub(super) position: i64,
    /// `created`, `modified` and the like.
    pub(super) change: String,
    pub(super) step: Option<Step>,
    /// Where that stands.
    pub(super) at: Option<i64>,
}

/// What an agent did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// It used a tool.
    Tool { tool: String, input: String },
    /// It ran a command.
    Command { command: String, exit: Option<i64> },
}

/// The last change of `path` in this run; none when nobody saw one.
///
/// # Errors
/// When the run cannot be read.
pub(super) async fn last(session: &Session, run: Uuid, path: &str) -> Result<Option<Touched>, Failure> {
    let mut seen = Search::of(path);
    let mut after = 0;
    loop {
        let page =
            session.client.read(&format!("/runs/{run}/events?after={after}&limit={PAGE}"), None).await?;
        let Page { events, next } = page.parse()?;
        let is_last = events.len() < PAGE;
        events.iter().for_each(|event| seen.hear(event));
        if is_last {
            return Ok(seen.found);
        }
        after = next;
    }
}

/// Goes through the events once.
#[derive(Debug)]
struct Search<'a> {
    path: &'a str,
    /// The step that may have made what is seen next.
    step: Option<(i64, Step)>,
    found: Option<Touched>,
    /// The change was seen before the command that made it was over.
    waits_for_command: bool,
}

impl<'a> Search<'a> {
    const fn of(path: &'a str) -> Self {
        Self { path, step: None, found: None, waits_for_command: false }
    }

    fn hear(&mut self, event: &Event) {
        match event.r#type.as_str() {
            "trajectory.turn_started" => (self.step, self.waits_for_command) = (None, false),
            "trajectory.tool_called" => {
                let tool = event.payload["tool"].as_str().unwrap_or("a tool").to_owned();
                self.step =
                    Some((event.position, Step::Tool { tool, input: words(&event.payload["input"]) }));
                self.waits_for_command = false;
            }
            "trajectory.command_ran" => {
                let command = words(&event.payload["command"]);
                let step = Step::Command { command, exit: event.payload["exit"].as_i64() };
                if let Some(found) = self.found.as_mut().filter(|_| self.waits_for_command) {
                    (found.step, found.at) = (Some(step.clone()), Some(event.position));
                    self.waits_for_command = false;
                }
                self.step = Some((event.position, step));
            }
            "trajectory.file_changed" if event.payload["path"] == self.path => {
                let step = self.step.clone();
                self.waits_for_command = step.is_none();
                self.found = Some(Touched {
                    position: event.position,
                    change: event.payload["change"].as_str().unwrap_or("changed").to_owned(),
                    at: step.as_ref().map(|(at, _)| *at),
                    step: step.map(|(_, step)| step),
                });
            }
            _ => {}
        }
    }
}

/// What somebody said, as far as it fits in a line or two.
fn words(content: &Value) -> String {
    let text = content["text"].as_str().unwrap_or("(what it said cannot be opened)");
    let shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() { format!("{shown}…") } else { shown }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(events: &[(&str, Value)]) -> Option<Touched> {
        let mut search = Search::of("src/a.rs");
        for (position, (kind, payload)) in (1..).zip(events) {
            let r#type = format!("trajectory.{kind}");
            search.hear(&Event { position, r#type, payload: payload.clone() });
        }
        search.found
    }

    fn tool(tool: &str) -> (&'static str, Value) {
        ("tool_called", json!({ "tool": tool, "input": { "text": "{}" } }))
    }

    fn changed(path: &str) -> (&'static str, Value) {
        ("file_changed", json!({ "path": path, "change": "modified" }))
    }

    #[test]
    fn the_tool_before_the_last_change_has_made_it() {
        let events = [tool("Read"), tool("Edit"), changed("src/a.rs"), tool("Write"), changed("src/b.rs")];
        let touched = found(&events).unwrap();
        assert_eq!(touched.step, Some(Step::Tool { tool: "Edit".to_owned(), input: "{}".to_owned() }));
        assert_eq!((touched.position, touched.at), (3, Some(2)));
    }

    /// An agent that is a command is over when its changes have been seen.
    #[test]
    fn a_command_is_told_of_after_its_changes() {
        let ran = ("command_ran", json!({ "command": { "text": "make it" }, "exit": 0 }));
        let turn = ("turn_started", json!({}));
        let touched = found(&[turn, changed("src/a.rs"), ran]).unwrap();
        assert_eq!(touched.step, Some(Step::Command { command: "make it".to_owned(), exit: Some(0) }));
        assert_eq!((touched.position, touched.at), (2, Some(3)));
    }

    #[test]
    fn a_file_that_nobody_touched_was_not_touched() {
        assert_eq!(found(&[tool("Edit"), changed("src/b.rs")]), None);
    }

    #[test]
    fn long_words_are_cut() {
        assert_eq!(words(&json!({ "text": "x".repeat(1000) })).chars().count(), SHOWN + 1);
        assert!(words(&json!({ "text": null })).contains("cannot be opened"));
    }
}
