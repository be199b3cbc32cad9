//! What happened in a run, as lines of a terminal. Words of agents are hostile text: they come through [`Span`] like every other.
//!
//! [`Span`]: crate::cli::client::Line

use serde::Deserialize;
use serde_json::Value;

use super::report::Report;
use crate::cli::client::{Line, alarm, faint, plain, strong};

/// Lines of one text that are shown; the rest is counted.
const SHOWN_LINES: usize = 12;

/// An event of a run.
#[derive(Debug, Deserialize)]
pub(super) struct Event {
    pub(super) position: i64,
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) payload: Value,
    pub(super) recorded_at: String,
}

impl Event {
    /// Whether nothing comes after it that somebody watches for.
    pub(super) fn is_the_end(&self) -> bool {
        self.kind == "run.ended"
    }

    /// When it happened, by who saw it.
    pub(super) fn at(&self) -> &str {
        self.payload["at"].as_str().unwrap_or(&self.recorded_at)
    }

    /// What it says; none for what only programs need.
    pub(super) fn lines(&self) -> Vec<Line> {
        let of = |field: &str| self.payload[field].as_str().unwrap_or_default().to_owned();
        let words = |field: &str| self.payload[field]["text"].as_str().unwrap_or_default().to_owned();
        match self.kind.as_str() {
            "run.started" => vec![vec![strong("started"), plain(format!("  {}", of("agent")))]],
            "run.sandbox_requested" => {
                vec![vec![faint(format!("works on {} at {}", of("branch"), short(&of("at"))))]]
            }
            "run.sandbox_ready" => vec![vec![faint(format!("the sandbox is ready ({})", of("level")))]],
            "trajectory.turn_started" => headed("» ", &words("prompt")),
            "trajectory.message_emitted" => headed("", &words("text")),
            "trajectory.thought_emitted" => headed("· ", &words("text")),
            "trajectory.tool_called" => {
                let mut lines = vec![vec![strong(of("tool"))]];
                lines.extend(text("    ", &words("input")));
                lines
            }
            "trajectory.tool_returned" => text("    ", &words("output")),
            "trajectory.command_ran" => self.command(&words("command"), &words("output")),
            "trajectory.file_changed" => self.file(&of("path"), &of("change")),
            "trajectory.question_raised" => headed("? ", &words("text")),
            "trajectory.noted" => text("! ", &words("text")),
            "run.steer_requested" => headed("you: ", &words("text")),
            "run.steer_folded" | "run.steer_deferred" => vec![vec![faint("the agent has your message")]],
            "run.steer_degraded" => {
                vec![vec![alarm(format!("your message did not reach the agent: {}", of("reason")))]]
            }
            "run.steer_ambiguous" => {
                vec![vec![alarm(format!(
                    "nobody knows whether your message reached the agent: {}",
                    of("reason")
                ))]]
            }
            "run.interrupt_requested" => vec![vec![alarm("the turn is interrupted")]],
            "run.interrupt_settled" => vec![vec![faint(format!("the turn is over ({})", of("stop")))]],
            "run.stop_requested" => vec![vec![alarm("is to stop"), plain(format!("  {}", of("reason")))]],
            "run.snapshot_taken" => vec![vec![faint(format!("kept as {}", short(&of("commit"))))]],
            "run.evidence_gathered" => self.evidence(),
            "run.sandbox_lost" => vec![vec![alarm(format!("the sandbox is gone: {}", of("reason")))]],
            "run.ended" => {
                let outcome = of("outcome");
                let shown = if outcome == "succeeded" { strong(outcome) } else { alarm(outcome) };
                vec![vec![shown, plain(format!("  {} ({})", of("reason"), of("code")))]]
            }
            _ => Vec::new(),
        }
    }

    fn command(&self, command: &str, output: &str) -> Vec<Line> {
        let exit = self.payload["exit"].as_i64();
        let end = match exit {
            Some(0) => faint("  0"),
            Some(code) => alarm(format!("  {code}")),
            None => alarm("  ended by a signal"),
        };
        let mut lines = vec![vec![strong(format!("$ {}", first_line(command))), end]];
        lines.extend(text("    ", output));
        lines
    }

    fn file(&self, path: &str, change: &str) -> Vec<Line> {
        let count = |field: &str| self.payload[field].as_u64().map(|n| n.to_string());
        let lines =
            count("added").zip(count("removed")).map(|(added, removed)| format!("  +{added} -{removed}"));
        vec![vec![plain(format!("{change:8} {path}")), faint(lines.unwrap_or_default())]]
    }

    fn evidence(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        for command in self.payload["commands"].as_array().into_iter().flatten() {
            let cmd = command["cmd"].as_str().unwrap_or_default();
            let exit = command["exit"].as_i64().unwrap_or_default();
            let end = if exit == 0 { faint("  0") } else { alarm(format!("  {exit}")) };
            lines.push(vec![plain(format!("verified by  {cmd}")), end]);
            if exit != 0 {
                lines.extend(text("    ", command["output"]["text"].as_str().unwrap_or_default()));
            }
        }
        for path in self.payload["restored"].as_array().into_iter().flatten() {
            lines.push(vec![alarm(format!(
                "put back before it was verified: {}",
                path.as_str().unwrap_or_default()
            ))]);
        }
        let report = Report::of(self.payload["report"]["text"].as_str().unwrap_or_default());
        lines.extend(report.iter().flat_map(Report::lines));
        lines
    }
}

fn headed(mark: &str, words: &str) -> Vec<Line> {
    text(mark, words)
}

/// The first lines of a text, and how many more there are.
fn text(indent: &str, words: &str) -> Vec<Line> {
    let all: Vec<&str> = words.lines().collect();
    let mut lines: Vec<Line> =
        all.iter().take(SHOWN_LINES).map(|line| vec![plain(format!("{indent}{line}"))]).collect();
    let more = all.len().saturating_sub(SHOWN_LINES);
    if more > 0 {
        lines.push(vec![faint(format!("{indent}… {more} more lines"))]);
    }
    lines
}

fn first_line(words: &str) -> &str {
    words.lines().next().unwrap_or_default()
}

fn short(commit: &str) -> String {
    commit.chars().take(12).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cli::client::shown_plain;

    fn shown(kind: &str, payload: Value) -> Vec<String> {
        let event = Event { position: 1, kind: kind.into(), payload, recorded_at: String::new() };
        shown_plain(&event.lines())
    }

    #[test]
    fn what_a_command_did_is_told_with_its_end() {
        let ran =
            json!({ "command": { "text": "make test" }, "exit": 2, "output": { "text": "one\ntwo\n" } });
        assert_eq!(shown("trajectory.command_ran", ran), ["$ make test  2", "    one", "    two"]);
    }

    #[test]
    fn a_flood_is_counted_and_an_escape_sequence_is_shown_as_what_it_is() {
        let text: String = (0..100).map(|n| format!("line {n}\n")).collect();
        let lines = shown("trajectory.message_emitted", json!({ "text": { "text": text } }));
        assert_eq!(lines.len(), SHOWN_LINES + 1);
        assert!(lines[SHOWN_LINES].contains("88 more lines"));
        let lines = shown("trajectory.message_emitted", json!({ "text": { "text": "\u{1b}[2Jgone" } }));
        assert!(!lines[0].contains('\u{1b}'), "{lines:?}");
    }

    #[test]
    fn what_was_put_back_is_told() {
        let evidence = json!({ "commands": [{ "cmd": "sh check.sh", "exit": 0 }], "restored": ["check.sh"] });
        let lines = shown("run.evidence_gathered", evidence);
        assert_eq!(lines, ["verified by  sh check.sh  0", "put back before it was verified: check.sh"]);
    }
}
