//! The moves, one after another, and what is heard between them.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use ports::agent::{Act, AgentError, Assignment, Delivery, Desk, Finished, Order, ToolKind};
use ports::llm::Said;
use tokio::process::Command;
use tokio::sync::mpsc;

use super::{Move, finished, inside};
use crate::agents::output::Output;
use crate::agents::voice::Voice;

/// By which way messages reach it.
const MECHANISM: &str = "between_moves";

/// An agent that plays.
pub(super) struct Stage<'a> {
    assignment: &'a Assignment,
    voice: Voice,
    orders: mpsc::Receiver<Order>,
    messages: Vec<String>,
    calls: u32,
}

impl<'a> Stage<'a> {
    pub(super) fn of(assignment: &'a Assignment, desk: Desk) -> Self {
        Self { assignment, voice: Voice::new(desk.seen), orders: desk.orders, messages: Vec::new(), calls: 0 }
    }

    pub(super) async fn play(&mut self, moves: Vec<Move>) -> Result<Finished, AgentError> {
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
        while let Ok(order) = self.orders.try_recv() {
            if self.take(order) {
                return true;
            }
        }
        false
    }

    async fn wait_for_message(&mut self) -> bool {
        while self.messages.is_empty() {
            match self.orders.recv().await {
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

    pub(super) async fn tell(&self, what: Act) {
        self.voice.tell(what).await;
    }
}

async fn put(file: &Path, content: &str) -> std::io::Result<()> {
    if let Some(above) = file.parent() {
        tokio::fs::create_dir_all(above).await?;
    }
    tokio::fs::write(file, content).await
}
