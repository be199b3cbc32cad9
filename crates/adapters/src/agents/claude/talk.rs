//! What is heard of it and of people, and the way to the first turn.

use ports::agent::{AgentError, Desk, Finished, Order};
use ports::llm::Said;
use serde_json::json;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until};

use super::frames::{self, Frame};
use super::garbage;
use super::hooks::registered;
use super::teller::Teller;
use crate::agents::program::{self, Agent, Limits};
use crate::agents::steers::Steers;
use crate::agents::voice::Voice;

/// Words that it is told after a use of a tool.
pub(super) const HOOK: &str = "hook";
/// Lines that are no frames. Some versions warn; one that says more does not speak the protocol.
const NOISE: u32 = 20;
/// Characters of such a line that are told.
const NOISE_CHARS: usize = 300;

/// A conversation with it.
#[derive(Debug)]
pub(super) struct Talk {
    pub(super) agent: Agent,
    pub(super) voice: Voice,
    pub(super) steers: Steers,
    pub(super) teller: Teller,
    pub(super) limits: Limits,
    /// Those who wait for the end of the turn.
    pub(super) interrupts: Vec<oneshot::Sender<()>>,
    /// How often it has asked for permission since a tool has answered.
    pub(super) asks: u32,
    /// The answer of the model that it passes on, and the one in which it was told something.
    pub(super) speaks_in: Option<String>,
    pub(super) hooked_in: Option<String>,
    /// The version that it has to be.
    pub(super) wanted: Option<String>,
    orders: mpsc::Receiver<Order>,
    noise: u32,
    numbers: u64,
}

/// Something that is heard.
#[derive(Debug)]
pub(super) enum Heard {
    /// A frame, and its line.
    Frame(Frame, String),
    /// Somebody has said something, or interrupts.
    Order,
    /// It has ended.
    Over,
    /// The time is over.
    Late,
}

impl Talk {
    pub(super) fn new(agent: Agent, desk: Desk, limits: Limits, wanted: Option<String>) -> Self {
        Self {
            agent,
            voice: Voice::new(desk.seen),
            steers: Steers::default(),
            teller: Teller::default(),
            limits,
            interrupts: Vec::new(),
            asks: 0,
            speaks_in: None,
            hooked_in: None,
            wanted,
            orders: desk.orders,
            noise: 0,
            numbers: 0,
        }
    }

    /// From the first line to the end; it is gone then.
    pub(super) async fn through(mut self, prompt: &str) -> Result<Finished, AgentError> {
        let outcome = match self.handshake().await {
            Ok(()) => self.turns(prompt).await,
            Err(error) => Err(error),
        };
        let why = match &outcome {
            Ok(_) => "the agent has ended".to_owned(),
            Err(error) => error.to_string(),
        };
        let is_well = outcome.as_ref().is_ok_and(|finished| finished.done);
        let complaint = self.agent.complaint();
        if !is_well && !complaint.trim().is_empty() {
            self.voice.note("stderr", complaint).await;
        }
        self.orders.close();
        self.take_orders_that_are_here();
        self.interrupted();
        self.steers.end(self.agent.handed(), &why);
        if outcome.is_ok() {
            self.agent.dismiss().await;
        } else {
            self.agent.end().await;
        }
        outcome
    }

    async fn handshake(&mut self) -> Result<(), AgentError> {
        let id = format!("omoi-{}", self.number());
        let request = json!({"subtype": "initialize", "hooks": registered()});
        self.agent.tell(&frames::request(&id, &request))?;
        let by = Instant::now() + self.limits.answer;
        loop {
            match self.next(Some(by)).await? {
                Heard::Frame(Frame::ControlResponse { response }, _) if response.request_id == id => {
                    if response.subtype != "success" {
                        let why = response.error.unwrap_or_default();
                        let said = Said::new(&format!("it refuses initialize: {why}"));
                        return Err(AgentError::CannotStart { said });
                    }
                    break;
                }
                Heard::Frame(Frame::ControlRequest { request_id, request }, _) => {
                    self.answer(&request_id, request).await?;
                }
                Heard::Frame(..) => {}
                Heard::Order if self.interrupts.is_empty() => {}
                Heard::Order => {
                    let said = Said::new("it was interrupted before it began");
                    return Err(AgentError::CannotStart { said });
                }
                Heard::Over => return Err(self.gone().await),
                Heard::Late => return Err(AgentError::Silent { seconds: self.limits.answer.as_secs() }),
            }
        }
        let id = format!("omoi-{}", self.number());
        let mode = json!({"subtype": "set_permission_mode", "mode": "bypassPermissions"});
        self.agent.tell(&frames::request(&id, &mode))?;
        Ok(())
    }

    /// The next thing that is heard.
    ///
    /// # Errors
    /// When it does not speak the protocol.
    pub(super) async fn next(&mut self, by: Option<Instant>) -> Result<Heard, AgentError> {
        loop {
            self.steers.handed(self.agent.handed());
            let late = async {
                match by {
                    Some(by) => sleep_until(by).await,
                    None => std::future::pending().await,
                }
            };
            let line = tokio::select! {
                heard = self.agent.next() => match heard {
                    program::Heard::Line(line) => line,
                    program::Heard::TooLong => return Err(garbage("a line of more than 10 MiB")),
                    program::Heard::Handed => continue,
                    program::Heard::Over => return Ok(Heard::Over),
                },
                Some(order) = self.orders.recv() => {
                    self.take(order);
                    return Ok(Heard::Order);
                }
                () = late => return Ok(Heard::Late),
            };
            if line.trim().is_empty() {
                continue;
            }
            if let Some(frame) = frames::read(&line) {
                return Ok(Heard::Frame(frame, line));
            }
            self.noise += 1;
            if self.noise > NOISE {
                return Err(garbage(&line));
            }
            self.voice.note("garbage", line.chars().take(NOISE_CHARS).collect::<String>()).await;
        }
    }

    pub(super) fn take_orders_that_are_here(&mut self) {
        while let Ok(order) = self.orders.try_recv() {
            self.take(order);
        }
    }

    fn take(&mut self, order: Order) {
        match order {
            Order::Steer { text, way } => self.steers.wait(text, way),
            Order::Interrupt { done } => self.interrupts.push(done),
        }
    }

    /// The turn is over: those who interrupted it are told.
    pub(super) fn interrupted(&mut self) {
        for done in self.interrupts.drain(..) {
            // Whoever asked may be gone.
            let _ = done.send(());
        }
    }

    /// A number that was not used yet.
    pub(super) const fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    pub(super) async fn gone(&mut self) -> AgentError {
        AgentError::Gone { said: Said::new(&self.agent.ending().await) }
    }
}
