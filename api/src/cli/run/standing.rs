//! What was so of a run at a position of the log: its events up to there, counted.

use kernel::Usd;
use serde_json::Value;

use super::told::Event;
use crate::cli::client::{Line, alarm, faint, plain, rows, strong};

/// A run as far as it was heard.
#[derive(Debug, Default)]
pub(super) struct Standing {
    /// None before it began.
    status: Option<String>,
    reason: Option<String>,
    turns: u64,
    messages: u64,
    tools: u64,
    files: u64,
    commands: u64,
    failed: u64,
    calls: u64,
    input: u64,
    output: u64,
    micros: i64,
    snapshot: Option<String>,
}

impl Standing {
    /// One event more.
    pub(super) fn hear(&mut self, event: &Event) {
        let payload = &event.payload;
        let is = |status: &str| Some(status.to_owned());
        let reason = || payload["reason"].as_str().map(str::to_owned);
        match event.kind.as_str() {
            "run.started" => self.status = is("starting"),
            "run.sandbox_ready" => self.status = is("active"),
            "run.stop_requested" => (self.status, self.reason) = (is("stopping"), reason()),
            "run.ended" => {
                self.status = is(payload["outcome"].as_str().unwrap_or("ended"));
                self.reason = reason();
            }
            "run.snapshot_taken" => self.snapshot = payload["commit"].as_str().map(str::to_owned),
            "trajectory.turn_started" => self.turns += 1,
            "trajectory.message_emitted" => self.messages += 1,
            "trajectory.tool_called" => self.tools += 1,
            "trajectory.file_changed" => self.files += 1,
            "trajectory.command_ran" => {
                self.commands += 1;
                self.failed += u64::from(payload["exit"] != 0);
            }
            "trajectory.llm_call_started" => self.calls += 1,
            "trajectory.usage_recorded" => {
                let tokens = &payload["tokens"];
                let read = ["input", "cache_read", "cache_write"].map(|kind| count(&tokens[kind]));
                self.input += read.iter().sum::<u64>();
                self.output += count(&tokens["output"]);
                self.micros += payload["cost"].as_i64().unwrap_or(0);
            }
            "trajectory.llm_call_ambiguous" => self.micros += payload["cost"].as_i64().unwrap_or(0),
            _ => {}
        }
    }

    /// For people.
    pub(super) fn lines(&self, at: i64) -> Vec<Line> {
        let mut lines = vec![Vec::new(), vec![strong(format!("at position {at}"))]];
        let Some(status) = &self.status else {
            lines.push(vec![plain("  "), faint("the run had not begun")]);
            return lines;
        };
        let shown = if matches!(status.as_str(), "starting" | "active" | "succeeded") {
            plain(status)
        } else {
            alarm(status)
        };
        let mut facts = vec![vec![faint("status"), shown]];
        facts.extend(self.reason.as_ref().map(|reason| vec![faint("because"), plain(reason)]));
        let Self { turns, messages, tools, files, commands, failed, calls, input, output, .. } = self;
        let failed = if *failed == 0 { String::new() } else { format!(" ({failed} failed)") };
        let seen = format!(
            "{turns} turns, {messages} messages, {tools} tools, {files} changes of files, {commands} commands{failed}"
        );
        facts.push(vec![faint("seen"), plain(seen)]);
        facts.push(vec![faint("models"), plain(format!("{calls} calls, {input} tokens in, {output} out"))]);
        facts.push(vec![faint("cost"), plain(Usd::from_micros(self.micros))]);
        facts.extend(self.snapshot.as_ref().map(|commit| vec![faint("snapshot"), plain(commit)]));
        lines.extend(rows(2, facts));
        lines
    }
}

fn count(value: &Value) -> u64 {
    value.as_u64().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cli::client::shown_plain;

    #[test]
    fn what_was_so_is_what_the_events_up_to_there_say() {
        let mut standing = Standing::default();
        assert_eq!(shown_plain(&standing.lines(7))[2], "  the run had not begun");
        for (kind, payload) in [
            ("run.started", json!({ "agent": "builder" })),
            ("run.sandbox_ready", json!({ "level": "full" })),
            ("trajectory.turn_started", json!({ "turn": 1 })),
            ("trajectory.command_ran", json!({ "exit": 2 })),
            ("trajectory.command_ran", json!({ "exit": 0 })),
            ("trajectory.command_ran", json!({})),
            (
                "trajectory.usage_recorded",
                json!({ "tokens": { "input": 5, "cache_read": 7, "output": 3 }, "cost": 9 }),
            ),
            ("trajectory.llm_call_ambiguous", json!({ "cost": 100 })),
        ] {
            standing.hear(&Event { position: 1, kind: kind.into(), payload, recorded_at: String::new() });
        }
        let text = shown_plain(&standing.lines(40)).join("\n");
        for words in
            ["at position 40", "status  active", "3 commands (2 failed)", "12 tokens in, 3 out", "$0.000109"]
        {
            assert!(text.contains(words), "{words}\n{text}");
        }
    }
}
