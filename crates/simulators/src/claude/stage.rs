//! The moves, as the host sees them.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::channel::{Channel, Event};
use super::moves::{AtStart, Move, Script};
use super::servers::{self, Server};
use super::web::Web;

/// The version that it says it is.
pub(super) const VERSION: &str = "2.1.119";
pub(super) const SESSION: &str = "11111111-2222-4333-8444-555555555555";

/// Where it stands after a move.
pub(super) enum Then {
    On,
    /// Its turn was interrupted.
    Interrupted,
    /// It goes away.
    Exit(u8),
}

pub(super) struct Stage {
    pub(super) channel: Channel,
    moves: Vec<Move>,
    pub(super) directory: PathBuf,
    replays: bool,
    pub(super) bypasses: bool,
    pub(super) hooks: Value,
    pub(super) heard: String,
    /// The last message of the host.
    pub(super) message: String,
    pub(super) calls: u32,
    pub(super) interrupted: bool,
    pub(super) web: Option<Web>,
    pub(super) servers: Vec<Server>,
    /// What it has said to its model and heard of it.
    pub(super) conversation: Vec<Value>,
    /// The answer of the model that it passes on.
    pub(super) speaks_in: Option<String>,
    /// What the last tool answered, and whether it did what it was asked for.
    pub(super) answered: (String, bool),
    /// What hooks have told it, and the model has not heard yet.
    pub(super) told: Vec<String>,
}

impl Stage {
    /// The handshake.
    ///
    /// # Errors
    /// The code that it exits with instead.
    pub(super) fn set(
        script: Script,
        mut channel: Channel,
        directory: &Path,
        arguments: &[String],
    ) -> Result<Self, u8> {
        let Event::Frame(first) = channel.next() else { return Err(0) };
        if first["request"]["subtype"] != "initialize" {
            let _ = writeln!(std::io::stderr(), "error: the first line is no initialize");
            return Err(2);
        }
        let web = Web::open();
        let has = |flag: &str| arguments.iter().any(|given| given == flag);
        let mut stage = Self {
            channel,
            moves: script.moves,
            directory: directory.to_owned(),
            replays: has("--replay-user-messages"),
            bypasses: has("--permission-mode=bypassPermissions"),
            hooks: first["request"]["hooks"].clone(),
            heard: String::new(),
            message: String::new(),
            calls: 0,
            interrupted: false,
            servers: web.as_ref().map(|web| servers::named(arguments, web)).unwrap_or_default(),
            web,
            conversation: Vec::new(),
            speaks_in: None,
            answered: Default::default(),
            told: Vec::new(),
        };
        let id = &first["request_id"];
        match script.at_start {
            AtStart::Answers => stage.answer(id, &json!({"commands": [], "output_style": "default"})),
            AtStart::Refuses => {
                let response =
                    json!({"subtype": "error", "request_id": id, "error": "it is not allowed here"});
                stage.channel.write(&json!({"type": "control_response", "response": response}));
            }
            AtStart::Silent => while !matches!(stage.channel.next(), Event::End) {},
        }
        Ok(stage)
    }

    pub(super) fn play(mut self) -> u8 {
        if !self.take_message() {
            return 0;
        }
        let own = ["Bash", "Write"].map(Value::from);
        let tools: Vec<Value> =
            own.into_iter().chain(self.tools_of_servers().map(|tool| tool["name"].clone())).collect();
        let servers: Vec<Value> = self.servers.iter().map(Server::told).collect();
        let init = json!({
            "type": "system", "subtype": "init", "session_id": SESSION, "cwd": self.directory, "model": "claude-simulated",
            "tools": tools, "mcp_servers": servers, "apiKeySource": "ANTHROPIC_API_KEY", "claude_code_version": VERSION
        });
        self.channel.write(&init);
        for one in std::mem::take(&mut self.moves) {
            match self.act(one) {
                Then::On => {}
                Then::Exit(code) => return code,
                Then::Interrupted => {
                    self.interrupted = false;
                    self.result("error_during_execution", true, "");
                    if !self.take_message() {
                        return 0;
                    }
                }
            }
        }
        loop {
            self.result("success", false, "The script is at its end.");
            if !self.take_message() {
                return 0;
            }
            self.says(&json!([{"type": "text", "text": "There is no more in the script."}]));
        }
    }

    fn act(&mut self, one: Move) -> Then {
        match one {
            Move::Say(text) => self.says(&json!([{"type": "text", "text": text}])),
            Move::SayHeard => {
                self.says(&json!([{"type": "text", "text": format!("I was told: {}", self.heard)}]));
            }
            Move::Think(text) => {
                self.says(&json!([{"type": "thinking", "thinking": text, "signature": "s"}]));
            }
            Move::Plan(steps) => {
                let steps = steps
                    .iter()
                    .map(|step| json!({"content": step, "status": "pending", "activeForm": step}));
                return self.uses("TodoWrite", &json!({"todos": steps.collect::<Vec<_>>()}), |_| {
                    ("Noted.".into(), true)
                });
            }
            Move::Write { path, content } => {
                let input = json!({"file_path": self.directory.join(&path), "content": content});
                return self.uses("Write", &input, |stage| stage.writes(&path, &content));
            }
            Move::Bash(line) => {
                return self.uses("Bash", &json!({"command": line}), |stage| stage.runs(&line));
            }
            Move::Use { tool, input } => {
                let input = Value::Object(input);
                return self.uses(&tool, &input, |stage| stage.asks_servers(&tool, &input));
            }
            Move::AskModel => return self.thinks(),
            Move::EndTurn => return self.end_turn("success", false, "I am done."),
            Move::EndAs { subtype, is_error, text } => return self.end_turn(&subtype, is_error, &text),
            Move::Ask(times) => {
                for _ in 0..times {
                    let request =
                        json!({"subtype": "can_use_tool", "tool_name": "Bash", "input": {"command": "true"}});
                    if self.ask(&request).is_none() {
                        return Then::Exit(0);
                    }
                }
            }
            Move::Line(line) => self.channel.write_line(&line),
            Move::Frame(frame) => self.channel.write(&frame),
            Move::Garbage(lines) => {
                (0..lines).for_each(|at| self.channel.write_line(&format!("warning: {at}")));
            }
            Move::LongLine => while self.channel.write_bytes(&[b'a'; 64 << 10]) {},
            Move::Hang => loop {
                if self.interrupted {
                    return Then::Interrupted;
                }
                match self.channel.next() {
                    Event::Frame(frame) => self.take_control(frame),
                    Event::Ran(_) => {}
                    Event::End => return Then::Exit(0),
                }
            },
            Move::Deaf => loop {
                // Not even the end of its input ends it.
                std::thread::park();
            },
            Move::Exit { code, complaint } => {
                let _ = writeln!(std::io::stderr(), "{complaint}");
                return Then::Exit(code);
            }
        }
        if self.interrupted { Then::Interrupted } else { Then::On }
    }

    /// What the host wants in between; its messages wait.
    pub(super) fn take_control(&mut self, frame: Value) {
        if frame["type"] != "control_request" {
            self.channel.put_off(frame);
            return;
        }
        let request = &frame["request"];
        match request["subtype"].as_str() {
            Some("interrupt") => self.interrupted = true,
            Some("set_permission_mode") => self.bypasses = request["mode"] == "bypassPermissions",
            _ => {}
        }
        self.answer(&frame["request_id"], &json!({}));
    }

    fn answer(&mut self, id: &Value, response: &Value) {
        let response = json!({"subtype": "success", "request_id": id, "response": response});
        self.channel.write(&json!({"type": "control_response", "response": response}));
    }

    /// Waits for a message of the host and takes it up; whether there is one.
    fn take_message(&mut self) -> bool {
        loop {
            let frame = match self.channel.was_put_off() {
                Some(frame) => frame,
                None => match self.channel.next() {
                    Event::Frame(frame) => frame,
                    Event::Ran(_) => continue,
                    Event::End => return false,
                },
            };
            if frame["type"] != "user" {
                self.take_control(frame);
                // An interrupt between turns interrupts nothing.
                self.interrupted = false;
                continue;
            }
            let content = &frame["message"]["content"];
            let said = content.as_str().or(content[0]["text"].as_str()).unwrap_or_default();
            self.heard = said.to_owned();
            self.message = said.to_owned();
            if self.replays {
                let mut replay = frame.clone();
                replay["isReplay"] = true.into();
                self.channel.write(&replay);
            }
            return true;
        }
    }

    pub(super) fn says(&mut self, content: &Value) {
        let mut message = json!({"role": "assistant", "model": "claude-simulated", "content": content});
        if let Some(id) = &self.speaks_in {
            message["id"] = id.clone().into();
        }
        self.channel.write(&json!({
            "type": "assistant", "message": message, "parent_tool_use_id": null, "session_id": SESSION
        }));
    }

    /// Ends its turn so, and waits for the next message.
    pub(super) fn end_turn(&mut self, subtype: &str, is_error: bool, text: &str) -> Then {
        self.result(subtype, is_error, text);
        if self.take_message() { Then::On } else { Then::Exit(0) }
    }

    fn result(&mut self, subtype: &str, is_error: bool, text: &str) {
        self.channel.write(&json!({
            "type": "result", "subtype": subtype, "is_error": is_error, "result": text, "num_turns": 1, "session_id": SESSION,
            "total_cost_usd": 0.0, "usage": {"input_tokens": 1, "output_tokens": 1}
        }));
    }
}
