//! One live socket: what its client asks for, and what it is told. One task does both, and nothing is queued: while a
//! client does not take what it is sent, it falls behind; when it takes nothing for too long, it is cut off.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use accounts::Credential;
use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, WebSocket};
use commands::Actor;
use eventstore::{Direction, Unavailable};
use serde_json::Value;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until, timeout};

use super::asking::{fit, invalid};
use super::picture::Picture;
use super::protocol::{ClientFrame, Entity, Parting, ServerFrame, Topic, Upsert};
use super::said::Said;
use super::subject::Subject;
use super::subscription::{Events, Latest, Say, Subscription};
use crate::routes::events::by_type;
use crate::routes::problem::Problem;
use crate::wiring::Services;

/// How long a frame may take to leave.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the last words may take.
const FAREWELL: Duration = Duration::from_secs(1);
const PING: Duration = Duration::from_secs(10);
/// How old the last sign of life may be. A client that reads slowly reads the ping late.
const SILENCE: Duration = Duration::from_secs(22);
/// With what the key ring remembers, a revoked key is out within 5 s.
const CHECK: Duration = Duration::from_millis(900);
/// After the database did not answer.
const PAUSE: Duration = Duration::from_millis(500);
/// Events that are read from the log at once.
const PAGE: i64 = 500;
/// Frames of a client in a second, pings among them.
const MOST_FRAMES: u32 = 200;

/// Why a socket ends.
#[derive(Debug)]
enum End {
    /// The client is gone.
    Gone,
    /// We end it, for this reason and these words.
    Parted(Parting, String),
}

impl From<Parting> for End {
    fn from(reason: Parting) -> Self {
        Self::Parted(reason, String::new())
    }
}

/// Serves a socket until it ends.
pub(super) async fn serve(
    ws: WebSocket,
    actor: Actor,
    credential: Credential,
    services: Services,
    wake: Arc<Notify>,
) {
    let now = Instant::now();
    let mut socket = Socket {
        ws,
        actor,
        credential,
        services,
        wake,
        subscriptions: BTreeMap::new(),
        visible: true,
        alive: now,
        ping: now + PING,
        check: now + CHECK,
        read: now,
        frames: 0,
    };
    let Err(end) = socket.run().await;
    match end {
        End::Gone => tracing::debug!("a live socket was closed by its client"),
        End::Parted(reason, words) => {
            tracing::debug!(?reason, words, "a live socket is closed");
            // Whether it hears this or not.
            let _ = timeout(FAREWELL, socket.part(reason, words)).await;
        }
    }
}

struct Socket {
    ws: WebSocket,
    actor: Actor,
    /// What opened it: the socket ends when that does.
    credential: Credential,
    services: Services,
    wake: Arc<Notify>,
    subscriptions: BTreeMap<String, Subscription>,
    visible: bool,
    /// The last sign of life.
    alive: Instant,
    ping: Instant,
    check: Instant,
    /// When the log may be read, after it could not be.
    read: Instant,
    /// What the client said since the last check.
    frames: u32,
}

impl Socket {
    async fn run(&mut self) -> Result<Infallible, End> {
        let stop = self.services.hub().stop().clone();
        let hub = self.services.hub();
        let hello = ServerFrame::Hello { incarnation: hub.incarnation(), position: hub.position() };
        send(&mut self.ws, &hello).await?;
        loop {
            let next = self.tell().await?;
            let wake = self.wake.clone();
            tokio::select! {
                () = stop.cancelled() => return Err(Parting::Shutdown.into()),
                incoming = self.ws.recv() => self.hear(incoming).await?,
                () = wake.notified() => {}
                () = sleep_until(next) => {}
            }
            self.look_after().await?;
        }
    }

    // ---- what is told ----

    /// Tells everything that can be told now, and answers when there may be more even if nothing happens.
    async fn tell(&mut self) -> Result<Instant, End> {
        let names: Vec<String> = self.subscriptions.keys().cloned().collect();
        for name in names {
            let Some(subscription) = self.subscriptions.get(&name) else { continue };
            match subscription {
                Subscription::Events(_) => self.tell_events(&name).await?,
                Subscription::Latest(latest) if latest.of_nothing() => {
                    self.subscriptions.remove(&name);
                    self.refuse(&name, &Problem::not_found("project")).await?;
                }
                Subscription::Latest(_) => self.tell_latest(&name).await?,
            }
        }
        let heard = self.services.hub().position();
        let deadlines =
            self.subscriptions.values().filter_map(|subscription| subscription.deadline(heard, self.read));
        Ok(deadlines.chain([self.ping, self.check]).min().expect("there are two"))
    }

    async fn tell_events(&mut self, name: &str) -> Result<(), End> {
        let Some(Subscription::Events(events)) = self.subscriptions.get_mut(name) else { return Ok(()) };
        let now = Instant::now();
        let mut say = events.say(self.services.hub(), self.actor.org.0, now);
        if matches!(say, Say::ReadTheLog) {
            if now < self.read {
                return Ok(());
            }
            match read_the_log(&self.services, self.actor, events).await {
                Ok((to, page)) => say = events.frame(to, page, now),
                Err(error) => {
                    tracing::warn!(%error, "the log cannot be read for a socket just now");
                    self.read = now + PAUSE;
                }
            }
        }
        let Say::Frame { from, to, events: said } = say else { return Ok(()) };
        let envelopes = said.iter().map(|said| &*said.envelope).collect();
        let frame = written(&ServerFrame::Events { sub: name, from, to, events: envelopes });
        // Before the client takes the frame, which may be long after.
        drop(said);
        deliver(&mut self.ws, frame).await?;
        events.told(to, Instant::now());
        Ok(())
    }

    async fn tell_latest(&mut self, name: &str) -> Result<(), End> {
        let Some(Subscription::Latest(latest)) = self.subscriptions.get_mut(name) else { return Ok(()) };
        let Some((picture, whole)) = latest.say(Instant::now()) else { return Ok(()) };
        let frame = latest_frame(name, &picture, if whole { None } else { latest.at });
        send(&mut self.ws, &frame).await?;
        latest.told(picture.position, Instant::now(), self.visible);
        Ok(())
    }

    async fn refuse(&mut self, sub: &str, problem: &Problem) -> Result<(), End> {
        send(&mut self.ws, &ServerFrame::Refused { sub, problem }).await
    }

    // ---- what is heard ----

    async fn hear(&mut self, incoming: Option<Result<Message, axum::Error>>) -> Result<(), End> {
        self.alive = Instant::now();
        self.frames += 1;
        if self.frames > MOST_FRAMES {
            return Err(End::Parted(Parting::Misuse, "too many frames".into()));
        }
        let text = match incoming {
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => return Ok(()),
            Some(Ok(Message::Binary(_))) => {
                return Err(End::Parted(Parting::Misuse, "frames are text".into()));
            }
            Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(End::Gone),
        };
        match serde_json::from_str::<ClientFrame>(&text) {
            Ok(ClientFrame::Subscribe { sub, topic, from }) => self.subscribe(sub, topic, from).await,
            Ok(ClientFrame::Unsubscribe { sub }) => {
                self.subscriptions.remove(&sub);
                Ok(())
            }
            Ok(ClientFrame::Visible { visible }) => {
                self.visible = visible;
                Ok(())
            }
            Err(error) => {
                let value: Value = serde_json::from_str(&text).unwrap_or_default();
                match value.get("sub").and_then(Value::as_str) {
                    Some(sub) => self.refuse(sub, &invalid(error)).await,
                    None => Err(End::Parted(Parting::Misuse, format!("not a frame: {error}"))),
                }
            }
        }
    }

    async fn subscribe(&mut self, sub: String, topic: Topic, from: Option<i64>) -> Result<(), End> {
        self.subscriptions.remove(&sub);
        let many = self.subscriptions.len();
        match fit(&self.services, self.actor, many, &sub, &topic, from).await {
            Ok(true) => {}
            Ok(false) => {
                return send(&mut self.ws, &ServerFrame::Resync { sub: &sub, reason: "ahead" }).await;
            }
            Err(problem) => return self.refuse(&sub, &problem).await,
        }
        let (now, org) = (Instant::now(), self.actor.org);
        let hub = self.services.hub();
        let subject = match topic {
            Topic::Log { .. } | Topic::Ticket { .. } => None,
            Topic::Board { project } => Some(Subject::Board(project)),
            Topic::Graph { project } => Some(Subject::Graph(project)),
        };
        let subscription = match subject {
            None => Subscription::Events(Events::new(topic, from.unwrap_or_else(|| hub.position()), now)),
            Some(subject) => {
                let room = hub.room(org, subject, &self.services.read_models);
                room.join(&self.wake);
                Subscription::Latest(Latest::new(topic, room, from, now))
            }
        };
        self.subscriptions.insert(sub, subscription);
        Ok(())
    }

    // ---- the rest ----

    /// Pings, and looks whether the client is still there and may still see what it sees.
    async fn look_after(&mut self) -> Result<(), End> {
        let now = Instant::now();
        if now > self.alive + SILENCE {
            return Err(Parting::TooSlow.into());
        }
        if now >= self.ping {
            self.ping = now + PING;
            deliver(&mut self.ws, Message::Ping(Bytes::new())).await?;
        }
        if now >= self.check {
            (self.check, self.frames) = (now + CHECK, 0);
            // While the database cannot be asked, nothing happens that could be seen.
            if let Ok(actor) = self.services.accounts().actor(self.credential).await {
                let actor = actor.ok_or(Parting::Revoked)?;
                if actor != self.actor {
                    self.authorize_again(actor).await?;
                }
            }
        }
        Ok(())
    }

    async fn authorize_again(&mut self, actor: Actor) -> Result<(), End> {
        if actor.org != self.actor.org {
            return Err(Parting::Revoked.into());
        }
        self.actor = actor;
        let lost: Vec<(String, Problem)> = self
            .subscriptions
            .iter()
            .filter_map(|(name, subscription)| {
                let refused = actor.require(subscription.topic().permission()).err()?;
                Some((name.clone(), Problem::from(refused)))
            })
            .collect();
        for (name, problem) in lost {
            self.subscriptions.remove(&name);
            self.refuse(&name, &problem).await?;
        }
        Ok(())
    }

    async fn part(&mut self, reason: Parting, words: String) {
        let told = |(name, subscription): (&String, &Subscription)| Some((name.clone(), subscription.at()?));
        let positions: BTreeMap<String, i64> = self.subscriptions.iter().filter_map(told).collect();
        let positions = positions.iter().map(|(name, position)| (name.as_str(), *position)).collect();
        if send(&mut self.ws, &ServerFrame::Bye { reason, positions }).await.is_err() {
            return;
        }
        let words = if words.is_empty() { reason.as_str().to_owned() } else { shortened(&words) };
        let close = CloseFrame { code: reason.code(), reason: words.into() };
        if self.ws.send(Message::Close(Some(close))).await.is_ok() {
            // Until the client has closed as well: whoever hangs up first may cut off what is on its way.
            while let Some(Ok(_)) = self.ws.recv().await {}
        }
    }
}

/// What a close frame has room for.
fn shortened(words: &str) -> String {
    let end = words.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|end| *end <= 120).last();
    words[..end.unwrap_or(0)].to_owned()
}

/// The frame that brings a client from `told` to this picture; from nothing when it is `None`.
fn latest_frame<'a>(sub: &'a str, picture: &'a Picture, told: Option<i64>) -> ServerFrame<'a> {
    let after = told.unwrap_or(-1);
    let upserts =
        picture.changed_after(after).map(|(kind, id, position, value)| Upsert { kind, id, position, value });
    let removes = picture.removed_after(after).map(|(kind, id)| Entity { kind, id });
    ServerFrame::Latest {
        sub,
        position: picture.position,
        snapshot: told.is_none(),
        upserts: upserts.collect(),
        removes: if told.is_none() { Vec::new() } else { removes.collect() },
    }
}

/// The next events of a topic from the log itself, and up to where they are all.
async fn read_the_log(
    services: &Services,
    actor: Actor,
    events: &Events,
) -> Result<(i64, Vec<Arc<Said>>), Unavailable> {
    // Before the page, so that the page has everything up to there.
    let (_, head) = services.store.reader().state().await?;
    let filter = events.filter();
    let page = by_type::page(services, actor.org, &filter, events.looked, PAGE, Direction::Forwards).await?;
    let last = page.last().map_or(0, |event| event.envelope.position);
    let full = i64::try_from(page.len()).is_ok_and(|length| length >= PAGE);
    let said = page.iter().map(|event| services.hub().said(event)).collect::<Result<_, _>>();
    let said = said.map_err(|error| Unavailable::Refused(format!("stored JSON cannot be read: {error}")))?;
    Ok((if full { last } else { last.max(head) }, said))
}

async fn send(ws: &mut WebSocket, frame: &ServerFrame<'_>) -> Result<(), End> {
    deliver(ws, written(frame)).await
}

fn written(frame: &ServerFrame<'_>) -> Message {
    Message::Text(serde_json::to_string(frame).expect("a frame becomes JSON").into())
}

async fn deliver(ws: &mut WebSocket, message: Message) -> Result<(), End> {
    match timeout(PATIENCE, ws.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(End::Gone),
        Err(_) => Err(Parting::TooSlow.into()),
    }
}
