//! The agent that follows a script: a file of moves, for demonstrations and tests. It needs no model, takes messages between its
//! moves, and can do what bad agents do: lie, hang, go round in circles, flood, crash.

use std::path::{Component, Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use ports::BoxFuture;
use ports::agent::{
    Act, AgentDriver, AgentError, Assignment, Delivery, Desk, Finished, Order, Seen, ToolKind,
};
use ports::llm::Said;
use serde::Deserialize;
use tokio::process::Command;

use super::output::Output;

/// By which way messages reach it.
const MECHANISM: &str = "between_moves";

/// Follows the script that the task names as its command: a path in the workspace, or the script itself.
#[derive(Debug)]
pub struct ScriptedDriver;

/// What the agent does, one after another.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    moves: Vec<Move>,
}

/// A move.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Move {
    /// Says something.
    Say(String),
    /// Thinks something.
    Think(String),
    /// Writes a file.
    Write { path: String, content: String },
    /// Runs a command of the shell.
    Run(String),
    /// Asks a person.
    Ask(String),
    /// Waits for so many milliseconds.
    WaitMs(u64),
    /// Waits until somebody has said something to it, and writes that to a file.
    WaitForMessage { path: String },
    /// Says the same, so many times.
    Loop { say: String, times: u32 },
    /// Never does anything again.
    Hang,
    /// Goes away in the middle.
    Crash,
    /// Ends, and says that it is not done.
    GiveUp(String),
}

impl AgentDriver for ScriptedDriver {
    fn name(&self) -> &'static str {
        "scripted"
    }

    fn work<'a>(
        &'a self,
        assignment: &'a Assignment,
        desk: Desk,
    ) -> BoxFuture<'a, Result<Finished, AgentError>> {
        Box::pin(async move {
            let script = read(assignment).await?;
            let mut stage = Stage { assignment, desk, messages: Vec::new(), calls: 0 };
            stage.tell(Act::TurnStarted { prompt: assignment.prompt.clone() }).await;
            let finished = stage.play(script.moves).await;
            let stop = if finished.is_ok() { "end_turn" } else { "error" };
            stage.tell(Act::TurnEnded { stop: stop.into() }).await;
            finished
        })
    }
}

async fn read(assignment: &Assignment) -> Result<Script, AgentError> {
    let bad = |said: &str| AgentError::BadAssignment { said: Said::new(said) };
    let named = assignment.run.as_deref().ok_or_else(|| bad("the task names no script (`run`)"))?;
    let text = if named.trim_start().starts_with('{') {
        named.to_owned()
    } else {
        let path =
            inside(&assignment.workspace, named).ok_or_else(|| bad("the script is not in the workspace"))?;
        let read = tokio::fs::read_to_string(&path).await;
        read.map_err(|error| bad(&format!("the script {named} cannot be read: {error}")))?
    };
    serde_json::from_str(&text).map_err(|error| bad(&format!("{named} is no script: {error}")))
}

/// A path below the workspace, and none that leads out of it by its words.
fn inside(workspace: &Path, path: &str) -> Option<PathBuf> {
    let path = Path::new(path);
    let plain = path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    plain.then(|| workspace.join(path))
}

struct Stage<'a> {
    assignment: &'a Assignment,
    desk: Desk,
    messages: Vec<String>,
    calls: u32,
}

impl Stage<'_> {
    async fn play(&mut self, moves: Vec<Move>) -> Result<Finished, AgentError> {
        for one in moves {
            if self.listen() {
                return Ok(finished(false, "cancelled", "it was interrupted"));
            }
            match one {
                Move::Say(text) => self.tell(Act::Message { text }).await,
                Move::Think(text) => self.tell(Act::Thought { text }).await,
                Move::Write { path, content } => self.write(&path, &content).await?,
                Move::Run(line) => self.run(&line).await?,
                Move::Ask(text) => self.tell(Act::QuestionRaised { text }).await,
                Move::WaitMs(ms) => tokio::time::sleep(Duration::from_millis(ms)).await,
                Move::WaitForMessage { path } => {
                    if self.wait_for_message().await {
                        return Ok(finished(false, "cancelled", "it was interrupted"));
                    }
                    let heard = self.messages.join("\n");
                    self.write(&path, &heard).await?;
                }
                Move::Loop { say, times } => {
                    for _ in 0..times {
                        self.tell(Act::Message { text: say.clone() }).await;
                    }
                }
                Move::Hang => std::future::pending().await,
                Move::Crash => return Err(AgentError::Gone { said: Said::new("the script says crash") }),
                Move::GiveUp(why) => return Ok(finished(false, "gave_up", &why)),
            }
        }
        Ok(finished(true, "end_turn", "the script is at its end"))
    }

    /// Takes the messages that have come; whether it is to end.
    fn listen(&mut self) -> bool {
        while let Ok(order) = self.desk.orders.try_recv() {
            if self.take(order) {
                return true;
            }
        }
        false
    }

    async fn wait_for_message(&mut self) -> bool {
        while self.messages.is_empty() {
            match self.desk.orders.recv().await {
                Some(order) => {
                    if self.take(order) {
                        return true;
                    }
                }
                // Nobody will say anything any more.
                None => std::future::pending().await,
            }
        }
        false
    }

    fn take(&mut self, order: Order) -> bool {
        match order {
            Order::Steer { text, way } => {
                self.messages.push(text);
                for state in [
                    Delivery::Written { mechanism: MECHANISM.into() },
                    Delivery::Accepted,
                    Delivery::Folded { turn: 1 },
                ] {
                    // Whoever asked may be gone; the words are here all the same.
                    let _ = way.try_send(state);
                }
                false
            }
            Order::Interrupt { done } => {
                let _ = done.send(());
                true
            }
        }
    }

    async fn write(&mut self, path: &str, content: &str) -> Result<(), AgentError> {
        let call = self.called("write", ToolKind::Edit, path).await;
        let answer = match inside(&self.assignment.workspace, path) {
            None => Err("the path leads out of the workspace".to_owned()),
            Some(file) => put(&file, content).await.map_err(|error| error.to_string()),
        };
        let ok = answer.is_ok();
        let output = answer.err().unwrap_or_default();
        self.tell(Act::ToolReturned { call, ok, output }).await;
        Ok(())
    }

    async fn run(&mut self, line: &str) -> Result<(), AgentError> {
        let began = Instant::now();
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "exec 2>&1\neval \"$1\"", "sh", line]).current_dir(&self.assignment.workspace);
        command.envs(self.assignment.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        let failed = |error: &std::io::Error| AgentError::CannotStart { said: Said::new(&error.to_string()) };
        let mut child = command.spawn().map_err(|error| failed(&error))?;
        let mut output = Output::default();
        if let Some(mut stdout) = child.stdout.take() {
            output.read(&mut stdout).await;
        }
        let ended = child.wait().await.map_err(|error| failed(&error))?;
        let ran = Act::CommandRan {
            command: line.to_owned(),
            exit: ended.code(),
            duration_ms: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
            output: output.text(),
            output_bytes: output.bytes(),
        };
        self.tell(ran).await;
        Ok(())
    }

    async fn called(&mut self, tool: &str, kind: ToolKind, input: &str) -> String {
        self.calls += 1;
        let call = format!("call-{}", self.calls);
        let called = Act::ToolCalled { call: call.clone(), tool: tool.into(), kind, input: input.to_owned() };
        self.tell(called).await;
        call
    }

    async fn tell(&self, what: Act) {
        // When nobody listens any more the run is over, and so are we.
        let _ = self.desk.seen.send(Seen::told(1, what)).await;
    }
}

async fn put(file: &Path, content: &str) -> std::io::Result<()> {
    if let Some(above) = file.parent() {
        tokio::fs::create_dir_all(above).await?;
    }
    tokio::fs::write(file, content).await
}

fn finished(done: bool, code: &str, message: &str) -> Finished {
    Finished { done, code: code.into(), message: message.into() }
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;

    /// Plays a script in an empty directory; what was seen, and how it ended.
    async fn played(script: &str) -> (Vec<Act>, Result<Finished, AgentError>) {
        let home = tempfile::tempdir().unwrap();
        let assignment = Assignment {
            driver: "scripted".into(),
            command: Vec::new(),
            model: None,
            prompt: "Do it.".into(),
            run: Some(script.into()),
            environment: Vec::new(),
            workspace: home.path().to_owned(),
            writes: true,
            platform: String::new(),
        };
        let (seen, mut told) = mpsc::channel(100);
        let (_people, orders) = mpsc::channel(1);
        let ended = ScriptedDriver.work(&assignment, Desk { seen, orders }).await;
        let mut acts = Vec::new();
        while let Ok(event) = told.try_recv() {
            acts.push(event.what);
        }
        (acts, ended)
    }

    #[tokio::test]
    async fn moves_are_made_in_their_order() {
        let script =
            r#"{"moves":[{"say":"hello"},{"write":{"path":"a/b.txt","content":"x"}},{"run":"cat a/b.txt"}]}"#;
        let (acts, ended) = played(script).await;
        assert_eq!(ended, Ok(finished(true, "end_turn", "the script is at its end")));
        let ran = acts.iter().find_map(|act| match act {
            Act::CommandRan { output, exit, .. } => Some((output.as_str(), *exit)),
            _ => None,
        });
        assert_eq!(ran, Some(("x", Some(0))));
        assert!(matches!(acts.first(), Some(Act::TurnStarted { .. })));
        assert!(matches!(acts.last(), Some(Act::TurnEnded { .. })));
    }

    #[tokio::test]
    async fn it_writes_nowhere_else() {
        for path in ["../out", "/tmp/out", "a/../../out"] {
            let script = format!(r#"{{"moves":[{{"write":{{"path":"{path}","content":"x"}}}}]}}"#);
            let (acts, _) = played(&script).await;
            assert!(acts.iter().any(|act| matches!(act, Act::ToolReturned { ok: false, .. })), "{path}");
        }
    }

    #[tokio::test]
    async fn what_is_no_script_is_told() {
        for script in ["missing.json", "{\"moves\":[{\"fly\":1}]}", "{"] {
            let (_, ended) = played(script).await;
            assert!(matches!(ended, Err(AgentError::BadAssignment { .. })), "{script}: {ended:?}");
        }
        let (_, ended) = played(r#"{"moves":["crash"]}"#).await;
        assert!(matches!(ended, Err(AgentError::Gone { .. })), "{ended:?}");
    }
}
