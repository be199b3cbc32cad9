//! From the first prompt to the end: turn after turn, as long as people have something to say.

use ports::agent::{Act, AgentError, Delivery, Finished};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::ending::Stop;
use super::frames::{self, Frame, Said, Server, System};
use super::hooks::of_person;
use super::talk::{Heard, Talk};
use crate::agents::platform::{NO_TOOLS, SERVER};
use crate::agents::profile::check_version;
use crate::agents::program::Span;
use crate::agents::steers::NEXT_TURN;

/// By which way words are under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// They were told after a use of a tool.
    Hook,
    /// The turn began with them.
    Turn,
}

impl Talk {
    pub(super) async fn turns(&mut self, prompt: &str) -> Result<Finished, AgentError> {
        self.voice.tell(Act::TurnStarted { prompt: prompt.to_owned() }).await;
        let (mut name, _) = self.say(prompt)?;
        loop {
            let stop = self.turn(&name).await?;
            // What was told and not answered may have been heard, or not.
            let reason = "the turn ended before it said anything more".to_owned();
            self.steers.settled(Delivery::Ambiguous { reason });
            self.voice.tell(Act::TurnEnded { stop: stop.name().into() }).await;
            self.take_orders_that_are_here();
            self.interrupted();
            let next = self.steers.next().filter(|_| stop.takes_more()).map(str::to_owned);
            let Some(text) = next else { return Ok(stop.finished()) };
            self.voice.turn += 1;
            self.voice.tell(Act::TurnStarted { prompt: text.clone() }).await;
            let (said, span) = self.say(&of_person(&text))?;
            let number = self.number();
            self.steers.sent(number, span, NEXT_TURN);
            name = said;
        }
    }

    /// A message of the user, and the name by which it is repeated.
    fn say(&mut self, text: &str) -> Result<(String, Span), AgentError> {
        let name = format!("00000000-0000-4000-8000-{:012x}", self.number());
        let span = self.agent.tell(&frames::message(&name, text))?;
        Ok((name, span))
    }

    async fn turn(&mut self, name: &str) -> Result<Stop, AgentError> {
        self.speaks_in = None;
        self.hooked_in = None;
        let mut by = None;
        loop {
            if by.is_none() && !self.interrupts.is_empty() {
                let id = format!("omoi-{}", self.number());
                self.agent.tell(&frames::request(&id, &json!({"subtype": "interrupt"})))?;
                by = Some(Instant::now() + self.limits.cancel);
            }
            match self.next(by).await? {
                Heard::Order => {}
                Heard::Over => return Err(self.gone().await),
                Heard::Late => {
                    self.agent.end().await;
                    return Ok(Stop::Killed);
                }
                Heard::Frame(Frame::Assistant(said), line) => self.speaks(&said, line).await,
                Heard::Frame(Frame::User(said), line) => self.hears(&said, line, name).await,
                Heard::Frame(Frame::Result(ended), _) => return Ok(Stop::of(ended, by.is_some())),
                Heard::Frame(Frame::ControlRequest { request_id, request }, _) => {
                    self.answer(&request_id, request).await?;
                }
                Heard::Frame(Frame::ControlResponse { response }, _) if response.subtype == "error" => {
                    self.voice.note("refused", response.error.unwrap_or_default()).await;
                }
                Heard::Frame(Frame::System(system), line) if system.subtype == "init" => {
                    self.begins(system, line).await?;
                }
                Heard::Frame(Frame::RateLimitEvent { rate_limit_info }, _) => {
                    self.limited(&rate_limit_info).await;
                }
                Heard::Frame(Frame::ControlResponse { .. } | Frame::System(_) | Frame::Other, _) => {}
            }
        }
    }

    /// It says with what it works; every turn begins so.
    async fn begins(&mut self, system: System, line: String) -> Result<(), AgentError> {
        let System { session_id, model, claude_code_version, mcp_servers, .. } = system;
        let text = format!("session {session_id}, model {model}");
        self.voice.tell_raw(Act::Noted { code: "session".into(), text }, Some(line)).await;
        self.voice.note("agent", format!("Claude Code {claude_code_version}")).await;
        check_version(self.wanted.as_deref(), &claude_code_version)?;
        let failed = |server: &Server| server.name == SERVER && server.status == "failed";
        if mcp_servers.iter().any(failed) {
            self.voice.note(NO_TOOLS, "it works without the platform's tools: it did not reach them").await;
        }
        Ok(())
    }

    /// The model says something: it has heard what it was told before it was asked.
    async fn speaks(&mut self, said: &Said, line: String) {
        if said.parent_tool_use_id.is_none() {
            let turn = self.voice.turn;
            match self.way() {
                Some(Way::Turn) => self.steers.settled(Delivery::Deferred { turn }),
                // The rest of the answer in which it used the tool says nothing about it.
                Some(Way::Hook) if self.hooked_in.is_none() || said.message.id != self.hooked_in => {
                    self.steers.settled(Delivery::Folded { turn });
                }
                Some(Way::Hook) | None => {}
            }
            self.speaks_in.clone_from(&said.message.id);
        }
        self.tell(said, line).await;
    }

    /// Results of tools, and what we said, when it takes that up.
    async fn hears(&mut self, said: &Said, line: String, name: &str) {
        if said.is_replay {
            if said.uuid.as_deref() == Some(name) && self.way() == Some(Way::Turn) {
                self.steers.accepted();
            }
            return;
        }
        self.tell(said, line).await;
    }

    fn way(&self) -> Option<Way> {
        let mechanism = self.steers.mechanism()?;
        Some(if mechanism == NEXT_TURN { Way::Turn } else { Way::Hook })
    }

    async fn tell(&mut self, said: &Said, line: String) {
        let (acts, answered) = self.teller.seen(&said.message);
        if answered {
            self.asks = 0;
        }
        let mut line = Some(line);
        for act in acts {
            self.voice.tell_raw(act, line.take()).await;
        }
    }

    async fn limited(&self, info: &Value) {
        if info["status"] == "rejected" {
            self.voice.note("rate_limit", info.to_string()).await;
        }
    }
}
