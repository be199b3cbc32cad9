//! Its tools, and whom it asks before and after it uses them.

use std::io::{Read as _, Write as _};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::channel::Event;
use super::servers::Server;
use super::stage::{SESSION, Stage, Then};

impl Stage {
    /// Uses a tool: hooks before, permission, the tool itself, hooks after.
    pub(super) fn uses(
        &mut self,
        tool: &str,
        input: &Value,
        work: impl FnOnce(&mut Self) -> (String, bool),
    ) -> Then {
        self.calls += 1;
        let id = format!("toolu_{:02}", self.calls);
        self.uses_as(&id, tool, input, work)
    }

    /// The same, where somebody has named the use. What came of it is kept.
    pub(super) fn uses_as(
        &mut self,
        id: &str,
        tool: &str,
        input: &Value,
        work: impl FnOnce(&mut Self) -> (String, bool),
    ) -> Then {
        self.says(&json!([{"type": "tool_use", "id": id, "name": tool, "input": input}]));
        let before = self.ask_hooks("PreToolUse", tool, input, id);
        let Some(may) = before else { return Then::Exit(0) };
        let may = if may == "allow" || self.bypasses {
            true
        } else {
            let request =
                json!({"subtype": "can_use_tool", "tool_name": tool, "input": input, "tool_use_id": id});
            match self.ask(&request) {
                Some(answer) => answer["behavior"] == "allow",
                None => return Then::Exit(0),
            }
        };
        let (output, ok) = if may { work(self) } else { ("it may not be used".to_owned(), false) };
        if ok && self.ask_hooks("PostToolUse", tool, input, id).is_none() {
            return Then::Exit(0);
        }
        let result = json!([{"type": "tool_result", "tool_use_id": id, "content": output, "is_error": !ok}]);
        self.channel.write(&json!({
            "type": "user", "message": {"role": "user", "content": result}, "parent_tool_use_id": null, "session_id": SESSION
        }));
        self.answered = (output, ok);
        if self.interrupted { Then::Interrupted } else { Then::On }
    }

    /// Writes a file, below the directory if it does not say where.
    pub(super) fn writes(&self, path: &str, content: &str) -> (String, bool) {
        match std::fs::write(self.directory.join(path), content) {
            Ok(()) => (format!("File created at: {path}"), true),
            Err(error) => (error.to_string(), false),
        }
    }

    /// A tool of one of the servers.
    pub(super) fn asks_servers(&self, tool: &str, input: &Value) -> (String, bool) {
        let web = self.web.as_ref();
        let answer =
            web.and_then(|web| self.servers.iter().find_map(|server| server.use_tool(tool, input, web)));
        answer.unwrap_or_else(|| (format!("No such tool available: {tool}"), false))
    }

    pub(super) fn tools_of_servers(&self) -> impl Iterator<Item = Value> {
        self.servers.iter().flat_map(Server::tools)
    }

    /// Runs a command, unless it is interrupted.
    pub(super) fn runs(&mut self, line: &str) -> (String, bool) {
        let started = Command::new("/bin/sh")
            .args(["-c", &format!("exec 2>&1\n(\n{line}\n)\ncode=$?; echo; echo \"=$code\"")])
            .current_dir(&self.directory)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn();
        let mut child = match started {
            Ok(child) => child,
            Err(error) => return (error.to_string(), false),
        };
        let mut stdout = child.stdout.take().expect("it is a pipe");
        let ran = self.channel.ran.clone();
        std::thread::spawn(move || {
            let mut output = String::new();
            let _ = stdout.read_to_string(&mut output);
            let _ = ran.send(Event::Ran(output));
        });
        loop {
            if self.interrupted {
                let _ = child.kill();
                let _ = child.wait();
                return ("[Request interrupted by user for tool use]".to_owned(), false);
            }
            match self.channel.next() {
                Event::Ran(output) => {
                    let _ = child.wait();
                    let (output, code) = output.rsplit_once("\n=").unwrap_or((&output, "0"));
                    let output = output.trim_end();
                    return match code.trim() {
                        "0" => (output.to_owned(), true),
                        code => (format!("Exit code {code}\n{output}"), false),
                    };
                }
                Event::Frame(frame) => self.take_control(frame),
                Event::End => self.interrupted = true,
            }
        }
    }

    /// What the hooks of an event decide; none when the host is gone.
    fn ask_hooks(&mut self, event: &str, tool: &str, input: &Value, id: &str) -> Option<String> {
        let mut decision = String::new();
        let groups = self.hooks[event].as_array().cloned().unwrap_or_default();
        let callbacks =
            groups.iter().flat_map(|group| group["hookCallbackIds"].as_array().cloned().unwrap_or_default());
        for callback in callbacks.collect::<Vec<_>>() {
            let about = json!({
                "hook_event_name": event, "tool_name": tool, "tool_input": input, "session_id": SESSION, "cwd": self.directory
            });
            let request = json!({"subtype": "hook_callback", "callback_id": callback, "input": about, "tool_use_id": id});
            let answer = self.ask(&request)?["hookSpecificOutput"].take();
            if answer["hookEventName"] != event && !answer.is_null() {
                let _ = writeln!(std::io::stderr(), "error: a hook answers for another event: {answer}");
                return None;
            }
            if let Some(words) = answer["additionalContext"].as_str() {
                self.heard = words.to_owned();
                self.told.push(words.to_owned());
            }
            if let Some(decided) = answer["permissionDecision"].as_str() {
                decision = decided.to_owned();
            }
        }
        Some(decision)
    }

    /// Asks the host; none when it is gone or refuses.
    pub(super) fn ask(&mut self, request: &Value) -> Option<Value> {
        self.calls += 1;
        let id = format!("req-{}", self.calls);
        self.channel.write(&json!({"type": "control_request", "request_id": id, "request": request}));
        loop {
            match self.channel.next() {
                Event::Frame(mut frame) if frame["response"]["request_id"] == id => {
                    let is_fine = frame["response"]["subtype"] == "success";
                    return is_fine.then(|| frame["response"]["response"].take());
                }
                Event::Frame(frame) => self.take_control(frame),
                Event::Ran(_) => {}
                Event::End => return None,
            }
        }
    }
}
