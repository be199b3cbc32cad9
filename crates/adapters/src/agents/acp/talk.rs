//! Frames back and forth: what is heard of the agent and of people, requests of ours and of the agent, and the way to the first turn.

use ports::agent::{AgentError, Assignment, Desk, Finished, Order};
use ports::llm::Said;
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::super::platform::{NO_TOOLS, SERVER, tools_at};
use super::super::profile::check_version;
use super::super::program::{self, Agent, Limits, Span};
use super::super::steers::{Steers, turn_away};
use super::PROTOCOL;
use super::frames::{self, Frame, Refusal};
use super::teller::Teller;

/// The version that we speak.
const VERSION: u64 = 1;
/// Lines that are no frames. Some agents greet; one that says more does not speak the protocol.
const NOISE: u32 = 20;

/// A conversation with an agent.
#[derive(Debug)]
pub(super) struct Talk {
    pub(super) agent: Agent,
    pub(super) teller: Teller,
    pub(super) steers: Steers,
    pub(super) limits: Limits,
    /// Whether a turn goes on.
    pub(super) in_turn: bool,
    orders: mpsc::Receiver<Order>,
    listens: bool,
    requests: u64,
    noise: u32,
}

/// A session of the agent.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) id: String,
    /// Whether it takes a prompt while one runs.
    pub(super) queues: bool,
}

/// What is heard.
#[derive(Debug)]
pub(super) enum Heard {
    /// The agent sends something; with its line.
    Frame(Frame, String),
    /// Somebody wants something.
    Order(Order),
    /// Nothing, until the moment that was given.
    Late,
    /// The agent is no more.
    Over,
}

/// What the answer to `initialize` holds.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Hello {
    protocol_version: u64,
    #[serde(default)]
    agent_capabilities: Value,
    #[serde(default)]
    agent_info: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Opened {
    session_id: String,
}

impl Talk {
    pub(super) fn new(agent: Agent, desk: Desk, limits: Limits) -> Self {
        Self {
            agent,
            teller: Teller::new(desk.seen),
            steers: Steers::default(),
            limits,
            in_turn: false,
            orders: desk.orders,
            listens: true,
            requests: 0,
            noise: 0,
        }
    }

    /// The whole conversation. What became of every message is told, and the agent is gone.
    pub(super) async fn through(mut self, assignment: &Assignment) -> Result<Finished, AgentError> {
        let outcome = match self.open(assignment).await {
            Ok(Some(session)) => self.turns(&session, &assignment.prompt).await,
            Ok(None) => Ok(Finished {
                done: false,
                code: "cancelled".into(),
                message: "it was interrupted before it had begun".into(),
            }),
            Err(error) => Err(error),
        };
        let why = match &outcome {
            Ok(_) => "the agent had ended".to_owned(),
            Err(error) => error.to_string(),
        };
        if std::mem::take(&mut self.in_turn) {
            self.teller.end("error").await;
        }
        let handed = self.agent.handed();
        self.steers.end(handed, &why);
        turn_away(&mut self.orders, &why);
        let complaint = self.agent.complaint();
        let is_well = outcome.as_ref().is_ok_and(|finished| finished.code != "error");
        if !is_well && !complaint.trim().is_empty() {
            self.teller.note("stderr", &complaint).await;
        }
        self.agent.dismiss().await;
        outcome
    }

    /// Up to a session; `None` when somebody does not want it any more.
    async fn open(&mut self, assignment: &Assignment) -> Result<Option<Session>, AgentError> {
        let us = json!({
            "protocolVersion": VERSION,
            "clientCapabilities": {"fs": {"readTextFile": false, "writeTextFile": false}, "terminal": false},
            "clientInfo": {"name": "omoi", "title": "OmoiOS", "version": env!("CARGO_PKG_VERSION")},
        });
        let Some(hello) = self.ask::<Hello>("initialize", &us).await? else { return Ok(None) };
        if hello.protocol_version != VERSION {
            return Err(garbage(&format!("it wants version {} of the protocol", hello.protocol_version)));
        }
        let name = |field: &str| hello.agent_info[field].as_str();
        let agent = |field: &str| name(field).unwrap_or("unknown");
        self.teller.note("agent", &format!("{} {}", agent("name"), agent("version"))).await;
        check_version(assignment.version.as_deref(), name("version").unwrap_or_default())?;
        let takes_tools = hello.agent_capabilities["mcpCapabilities"]["http"] == true;
        if !takes_tools {
            let text = "it works without the platform's tools: it does not take any over HTTP";
            self.teller.note(NO_TOOLS, text).await;
        }
        let tools = json!({"type": "http", "name": SERVER, "url": tools_at(assignment), "headers": []});
        let servers = if takes_tools { json!([tools]) } else { json!([]) };
        let session = json!({"cwd": assignment.workspace, "mcpServers": servers});
        let Some(opened) = self.ask::<Opened>("session/new", &session).await? else { return Ok(None) };
        let queues = hello.agent_capabilities["_meta"]["claudeCode"]["promptQueueing"] == true;
        Ok(Some(Session { id: opened.session_id, queues }))
    }

    /// Asks, and waits for the answer; `None` when somebody does not want it any more.
    async fn ask<A: for<'a> Deserialize<'a>>(
        &mut self,
        method: &str,
        params: &Value,
    ) -> Result<Option<A>, AgentError> {
        let (request, _) = self.send(method, params)?;
        let by = Instant::now() + self.limits.answer;
        loop {
            match self.hear(Some(by)).await? {
                Heard::Frame(Frame::Answer { id, outcome }, _) if id == request => {
                    return read_answer(method, outcome).map(Some);
                }
                Heard::Frame(Frame::Answer { .. }, line) => self.noise(&line).await?,
                Heard::Frame(Frame::Request { id, method, .. }, _) => self.refuse(&id, &method)?,
                // It has nothing to do yet, so this is nothing that it does.
                Heard::Frame(Frame::Notice { .. }, _) => {}
                Heard::Order(Order::Steer { text, way }) => self.steers.wait(text, way),
                Heard::Order(Order::Interrupt { done }) => {
                    let _ = done.send(());
                    return Ok(None);
                }
                Heard::Late => {
                    return Err(AgentError::Silent { seconds: self.limits.answer.as_secs() });
                }
                Heard::Over => return Err(self.gone().await),
            }
        }
    }

    /// Sends a request; its id, and its place among all bytes.
    pub(super) fn send(&mut self, method: &str, params: &Value) -> Result<(u64, Span), AgentError> {
        self.requests += 1;
        let span = self.agent.tell(&frames::request(self.requests, method, params))?;
        Ok((self.requests, span))
    }

    /// Refuses what the agent asks: we have said what we can.
    pub(super) fn refuse(&mut self, id: &Value, method: &str) -> Result<(), AgentError> {
        let said = format!("there is no method {method} here");
        self.agent.tell(&frames::refuse(id, frames::NO_METHOD, &said)).map(drop)
    }

    /// The next thing that is heard. Lines that are no frames are noted, and bounded.
    pub(super) async fn hear(&mut self, by: Option<Instant>) -> Result<Heard, AgentError> {
        let late = async |by: Option<Instant>| match by {
            Some(by) => sleep_until(by).await,
            None => std::future::pending().await,
        };
        loop {
            let heard = tokio::select! {
                heard = self.agent.next() => heard,
                order = self.orders.recv(), if self.listens => match order {
                    Some(order) => return Ok(Heard::Order(order)),
                    None => {
                        self.listens = false;
                        continue;
                    }
                },
                () = late(by) => return Ok(Heard::Late),
            };
            self.steers.handed(self.agent.handed());
            match heard {
                program::Heard::Line(line) if line.trim().is_empty() => {}
                program::Heard::Line(line) => match frames::read(&line) {
                    Some(frame) => return Ok(Heard::Frame(frame, line)),
                    None => self.noise(&line).await?,
                },
                program::Heard::TooLong => return Err(garbage("a line of more than 10 MiB")),
                program::Heard::Handed => {}
                program::Heard::Over => return Ok(Heard::Over),
            }
        }
    }

    /// A line that says nothing to us.
    pub(super) async fn noise(&mut self, line: &str) -> Result<(), AgentError> {
        self.noise += 1;
        if self.noise > NOISE {
            return Err(garbage(line));
        }
        self.teller.note("garbage", line).await;
        Ok(())
    }

    /// Why it is no more.
    pub(super) async fn gone(&mut self) -> AgentError {
        AgentError::Gone { said: Said::new(&self.agent.ending().await) }
    }
}

fn read_answer<A: for<'a> Deserialize<'a>>(
    method: &str,
    outcome: Result<Box<RawValue>, Refusal>,
) -> Result<A, AgentError> {
    let refused = |refusal: Refusal| AgentError::CannotStart {
        said: Said::new(&format!("it refuses {method}: {}", refusal.said())),
    };
    let result = outcome.map_err(refused)?;
    serde_json::from_str(result.get()).map_err(|error| garbage(&format!("{method}: {error}")))
}

pub(super) fn garbage(said: &str) -> AgentError {
    AgentError::Garbage { protocol: PROTOCOL, said: Said::new(said) }
}
