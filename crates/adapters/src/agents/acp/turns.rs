//! From the first prompt to the end: turn after turn, as long as people have something to say. Steering adds and never ends a turn;
//! an interruption ends one.

use std::time::Duration;

use ports::agent::{AgentError, Delivery, Finished, Order};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::super::program::Span;
use super::super::steers::{NEXT_TURN, QUEUED};
use super::ending::{Ended, Stop};
use super::frames::{self, Frame};
use super::permission::{self, Asked};
use super::talk::{Heard, Session, Talk, garbage};
use super::teller::Worked;
use super::updates::Notification;

/// Some agents answer before their last words are out. When it was quiet for so long, or this long after the answer, all is said.
const QUIET: Duration = Duration::from_millis(200);
const LAST_WORDS: Duration = Duration::from_secs(2);

/// A turn that goes on.
struct Turn {
    number: u32,
    /// Its prompt.
    request: u64,
    /// Those who want it ended.
    interrupts: Vec<oneshot::Sender<()>>,
    /// Until when it has to be.
    cancel_by: Option<Instant>,
    /// How often it asked since it last used a tool.
    questions: u32,
}

impl Turn {
    const fn new(number: u32, request: u64) -> Self {
        Self { number, request, interrupts: Vec::new(), cancel_by: None, questions: 0 }
    }
}

impl Talk {
    /// Lets the agent work until nobody has anything more to say.
    pub(super) async fn turns(&mut self, session: &Session, prompt: &str) -> Result<Finished, AgentError> {
        let (request, _) = self.prompt(session, prompt)?;
        let mut turn = Turn::new(1, request);
        self.in_turn = true;
        self.teller.begin(1, prompt).await;
        loop {
            let ended = self.until_end(session, &mut turn).await;
            for done in turn.interrupts.drain(..) {
                let _ = done.send(());
            }
            let ended = ended?;
            self.in_turn = false;
            self.teller.end(ended.stop()).await;
            let next = if ended.is_over { None } else { self.follow(session, turn.number + 1).await? };
            match next {
                Some(next) => turn = next,
                None => return Ok(ended.finished()),
            }
        }
    }

    /// The next turn, when there are words for one.
    async fn follow(&mut self, session: &Session, number: u32) -> Result<Option<Turn>, AgentError> {
        let under_way = self.steers.under_way().map(|(request, text)| (request, text.to_owned()));
        let (request, text) = if let Some(under_way) = under_way {
            // The agent has had them since the last turn.
            under_way
        } else if let Some(text) = self.steers.next().map(str::to_owned) {
            let (request, span) = self.prompt(session, &text)?;
            self.steers.sent(request, span, NEXT_TURN);
            (request, text)
        } else {
            return Ok(None);
        };
        self.in_turn = true;
        self.teller.begin(number, &text).await;
        Ok(Some(Turn::new(number, request)))
    }

    async fn until_end(&mut self, session: &Session, turn: &mut Turn) -> Result<Ended, AgentError> {
        loop {
            match self.hear(turn.cancel_by).await? {
                Heard::Frame(Frame::Answer { id, outcome }, _) if id == turn.request => {
                    let stop = Stop::of(outcome);
                    self.answered(turn, &stop);
                    let is_over = match self.steers.under_way() {
                        // What is said from now on belongs to those.
                        Some(_) => false,
                        None => self.last_words(turn).await?,
                    };
                    let interrupted = turn.cancel_by.is_some();
                    if !interrupted && self.steers.under_way().is_some() {
                        self.steers.accepted();
                    }
                    return Ok(Ended { stop, interrupted, is_over });
                }
                Heard::Frame(Frame::Answer { id, outcome }, _) if self.steers.are(id) => {
                    self.folded(turn, &Stop::of(outcome));
                }
                Heard::Frame(frame, line) => self.take(turn, frame, &line).await?,
                Heard::Order(Order::Steer { text, way }) => self.steers.wait(text, way),
                Heard::Order(Order::Interrupt { done }) => self.interrupt(session, turn, done)?,
                Heard::Late => {
                    self.agent.end().await;
                    return Ok(Ended { stop: Stop::Killed, interrupted: true, is_over: true });
                }
                Heard::Over => return Err(self.gone().await),
            }
            self.send_waiting(session, turn)?;
        }
    }

    /// What it still says after its answer; whether it is no more.
    async fn last_words(&mut self, turn: &mut Turn) -> Result<bool, AgentError> {
        let end = Instant::now() + LAST_WORDS;
        loop {
            let quiet = (Instant::now() + QUIET).min(end);
            match self.hear(Some(quiet)).await? {
                Heard::Frame(frame, line) => self.take(turn, frame, &line).await?,
                Heard::Order(Order::Steer { text, way }) => self.steers.wait(text, way),
                Heard::Order(Order::Interrupt { done }) => {
                    let _ = done.send(());
                }
                Heard::Late => return Ok(false),
                Heard::Over => return Ok(true),
            }
            if Instant::now() >= end {
                return Ok(false);
            }
        }
    }

    /// A frame that is not the end of a turn.
    async fn take(&mut self, turn: &mut Turn, frame: Frame, line: &str) -> Result<(), AgentError> {
        match frame {
            Frame::Answer { .. } => self.noise(line).await,
            Frame::Notice { method, params } if method == "session/update" => {
                let Ok(Notification { update }) = serde_json::from_str(params.get()) else {
                    return self.noise(line).await;
                };
                let worked = self.teller.update(update, line).await;
                if worked == Worked::OffATool {
                    turn.questions = 0;
                }
                if worked != Worked::Not {
                    self.at_work(turn);
                }
                Ok(())
            }
            Frame::Notice { .. } => Ok(()),
            Frame::Request { id, method, params } if method == "session/request_permission" => {
                self.permit(turn, &id, &params, line).await
            }
            Frame::Request { id, method, .. } => self.refuse(&id, &method),
        }
    }

    async fn permit(
        &mut self,
        turn: &mut Turn,
        id: &Value,
        params: &RawValue,
        line: &str,
    ) -> Result<(), AgentError> {
        let Ok(asked) = serde_json::from_str::<Asked>(params.get()) else {
            return self.noise(line).await;
        };
        turn.questions += 1;
        if turn.questions > permission::MOST {
            let said = format!("it asked for permission {} times and used no tool", turn.questions);
            return Err(garbage(&said));
        }
        self.at_work(turn);
        let answer = asked.answer();
        self.teller.tool(asked.tool_call, line).await;
        let result = if turn.cancel_by.is_some() { permission::cancelled() } else { answer.result };
        self.teller.note("permission", &answer.said).await;
        self.agent.tell(&frames::answer(id, &result)).map(drop)
    }

    /// It does something: it has its prompt.
    fn at_work(&mut self, turn: &Turn) {
        if self.steers.are(turn.request) {
            self.steers.settled(Delivery::Deferred { turn: turn.number });
        }
    }

    /// The prompt of the turn is answered. When it was a message that is all that is known of it.
    fn answered(&mut self, turn: &Turn, stop: &Stop) {
        if self.steers.are(turn.request) {
            self.steers.settled(stop.delivery(Delivery::Deferred { turn: turn.number }));
        }
    }

    /// A message is answered while the turn goes on that it came into.
    fn folded(&mut self, turn: &Turn, stop: &Stop) {
        if !stop.is_doubtful() {
            self.steers.accepted();
        }
        self.steers.settled(stop.delivery(Delivery::Folded { turn: turn.number }));
    }

    fn interrupt(
        &mut self,
        session: &Session,
        turn: &mut Turn,
        done: oneshot::Sender<()>,
    ) -> Result<(), AgentError> {
        turn.interrupts.push(done);
        if turn.cancel_by.is_none() {
            turn.cancel_by = Some(Instant::now() + self.limits.cancel);
            let cancel = frames::notice("session/cancel", &json!({"sessionId": session.id}));
            self.agent.tell(&cancel)?;
        }
        Ok(())
    }

    /// Sends the next words into the turn, when the agent takes them there.
    fn send_waiting(&mut self, session: &Session, turn: &Turn) -> Result<(), AgentError> {
        if !session.queues || turn.cancel_by.is_some() {
            return Ok(());
        }
        let Some(text) = self.steers.next().map(str::to_owned) else { return Ok(()) };
        let (request, span) = self.prompt(session, &text)?;
        self.steers.sent(request, span, QUEUED);
        Ok(())
    }

    fn prompt(&mut self, session: &Session, text: &str) -> Result<(u64, Span), AgentError> {
        // Agents take what begins with it for a command of their own, and the words would be lost.
        let text =
            if text.trim_start().starts_with('/') { format!("Message:\n{text}") } else { text.to_owned() };
        let params = json!({"sessionId": session.id, "prompt": [{"type": "text", "text": text}]});
        self.send("session/prompt", &params)
    }
}
