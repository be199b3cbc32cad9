//! The log as it grows, for a node that shows it to people: from the bus while that is whole and awake, from the log
//! itself when it is not. Either way each event comes once and none is left out.

use std::pin::Pin;
use std::time::Duration;

use async_nats::Client;
use async_nats::jetstream::consumer::pull::{Ordered, OrderedConfig};
use async_nats::jetstream::consumer::{DeliverPolicy, ReplayPolicy};
use async_nats::jetstream::context::{Context, ContextBuilder};
use futures::{FutureExt as _, StreamExt as _};
use kernel::Uuid;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

use crate::standing::LogState;
use crate::stream::LogStream;
use crate::{BusError, Message, Position, Source, header, stream_name};

/// How long the bus may bring nothing new before the log is asked.
const QUIET: Duration = Duration::from_secs(1);
/// How long the log is not asked while the bus is tried.
const GRACE: Duration = Duration::from_millis(250);
/// How often a bus that failed is tried again.
const RETRY: Duration = Duration::from_secs(1);
/// Messages that are passed on together when they are there already.
const TOGETHER: usize = 256;
/// Events of the log that are read at once.
const PAGE: i64 = 500;
const PATIENCE: Duration = Duration::from_secs(5);

/// Events without a gap: every one with `after < position <= to`.
#[derive(Clone, Debug)]
pub struct Stretch {
    /// The end of the stretch before.
    pub after: Position,
    /// The position of the last message.
    pub to: Position,
    /// In order; at least one.
    pub messages: Vec<Message>,
}

/// Follows the log from a position on.
#[derive(Debug)]
pub struct Follower<S> {
    source: S,
    context: Context,
    stream: LogStream,
    log_id: i16,
    at: Position,
    heard: Option<Subscription>,
    /// An attempt to hear it: a server that is away answers late or never, and the log is read meanwhile.
    attempt: Option<Attempt>,
    /// When the bus may be tried again.
    retry: Instant,
    /// When the log is asked, unless the bus brings something new before.
    patience: Instant,
}

/// The bus as it is heard.
struct Subscription(Ordered);

/// Since when, and what it comes to: nothing when the stream is not this log's, or not begun yet.
struct Attempt(Instant, Pin<Box<dyn Future<Output = Result<Option<Subscription>, BusError>> + Send>>);

impl std::fmt::Debug for Attempt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Attempt")
    }
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Subscription")
    }
}

impl<S: Source> Follower<S> {
    /// Follows this log beyond `at`.
    #[must_use]
    pub fn new(client: Client, log_id: i16, source: S, at: Position) -> Self {
        let context = ContextBuilder::new().timeout(PATIENCE).build(client);
        let stream = LogStream::new(context.clone(), log_id);
        let now = Instant::now();
        Self { source, context, stream, log_id, at, heard: None, attempt: None, retry: now, patience: now }
    }

    /// What comes right after the stretch before; waits for it. May be dropped and asked again: nothing is lost by that.
    pub async fn next(&mut self) -> Stretch {
        loop {
            if let Some(stretch) = self.hear_the_bus().await {
                return stretch;
            }
            match self.read_the_log().await {
                Ok(Some(stretch)) => {
                    // The bus is late or has a hole: it may be another one than it was.
                    self.heard = None;
                    return stretch;
                }
                Ok(None) => self.patience = Instant::now() + QUIET,
                Err(error) => {
                    tracing::warn!(log = self.log_id, %error, "the log cannot be followed just now");
                    tokio::time::sleep(RETRY).await;
                }
            }
        }
    }

    /// `None` when the log should be asked: the bus is not there, is quiet, or left something out.
    async fn hear_the_bus(&mut self) -> Option<Stretch> {
        if self.heard.is_none() {
            self.try_to_hear().await;
        }
        let Some(Subscription(bus)) = &mut self.heard else {
            return None;
        };
        let mut messages: Vec<Message> = Vec::new();
        loop {
            let next = if messages.is_empty() {
                timeout_at(self.patience, bus.next()).await.ok()?
            } else {
                match bus.next().now_or_never() {
                    Some(next) => next,
                    None => break,
                }
            };
            let Some(Ok(message)) = next else {
                self.heard = None;
                break;
            };
            let Some(message) = received(message) else { continue };
            let expected = self.at + 1 + i64::try_from(messages.len()).expect("a stretch is small");
            if message.position == expected {
                messages.push(message);
            } else if message.position > expected {
                self.heard = None;
                break;
            }
            // What is older is known: the bus is being filled again.
            if messages.len() == TOGETHER {
                break;
            }
        }
        self.passed_on(messages)
    }

    async fn read_the_log(&mut self) -> Result<Option<Stretch>, BusError> {
        let events = timeout(PATIENCE, self.source.page(self.at, PAGE)).await;
        let events = events.map_err(|_| BusError::Down("the log does not answer".into()))??;
        let mut messages = Vec::with_capacity(events.len());
        for (event, expected) in events.iter().zip(self.at + 1..) {
            let message = Message::of(event, &self.source.reading(event));
            match message {
                Ok(message) if message.position == expected => messages.push(message),
                _ => return Err(BusError::Displaced { position: expected }),
            }
        }
        Ok(self.passed_on(messages))
    }

    fn passed_on(&mut self, messages: Vec<Message>) -> Option<Stretch> {
        let to = messages.last()?.position;
        let after = std::mem::replace(&mut self.at, to);
        self.patience = Instant::now() + QUIET;
        Some(Stretch { after, to, messages })
    }

    /// Tries to hear the bus until the log has grown, or for long enough.
    async fn try_to_hear(&mut self) {
        if self.attempt.is_none() && Instant::now() >= self.retry {
            self.retry = Instant::now() + RETRY;
            match self.source.state().await {
                Ok(LogState { incarnation, .. }) => {
                    let (context, stream) = (self.context.clone(), self.stream.clone());
                    let attempt = subscribe(context, stream, self.log_id, incarnation, self.at);
                    self.attempt = Some(Attempt(Instant::now(), Box::pin(attempt)));
                }
                Err(error) => tracing::warn!(log = self.log_id, %error, "the event bus cannot be tried"),
            }
        }
        let grown = timeout(QUIET, self.source.grown(self.at));
        let Some(Attempt(since, attempt)) = &mut self.attempt else {
            let _ = grown.await;
            return;
        };
        let grown = async {
            // A server that is there answers sooner.
            sleep_until(*since + GRACE).await;
            let _ = grown.await;
        };
        let heard = tokio::select! {
            heard = attempt => heard,
            () = grown => return,
        };
        self.attempt = None;
        match heard {
            Ok(heard) => self.heard = heard,
            Err(error) => tracing::warn!(log = self.log_id, %error, "the event bus cannot be heard"),
        }
        self.patience = Instant::now() + QUIET;
    }
}

/// Begins to hear the stream right after `at`; `None` when it is not this log's, or not begun yet.
async fn subscribe(
    context: Context,
    stream: LogStream,
    log_id: i16,
    incarnation: Uuid,
    at: Position,
) -> Result<Option<Subscription>, BusError> {
    let Some(stream) = stream.state().await? else { return Ok(None) };
    let Some(base) = stream.base.filter(|_| stream.incarnation == Some(incarnation)) else { return Ok(None) };
    let start_sequence = u64::try_from(at + 1 - base).unwrap_or(1).max(1);
    let config = OrderedConfig {
        deliver_policy: DeliverPolicy::ByStartSequence { start_sequence },
        replay_policy: ReplayPolicy::Instant,
        ..OrderedConfig::default()
    };
    let consumer = context.create_consumer_on_stream(config, stream_name(log_id)).await;
    let consumer: async_nats::jetstream::consumer::Consumer<OrderedConfig> =
        consumer.map_err(|error| BusError::refused("a consumer")(&error))?;
    let messages = consumer.messages().await;
    messages.map(|bus| Some(Subscription(bus))).map_err(|error| BusError::refused("its messages")(&error))
}

/// A message of the bus; `None` for one that no relay sent.
fn received(message: async_nats::jetstream::Message) -> Option<Message> {
    let (message, _) = message.split();
    let headers = message.headers?;
    let position = headers.get(header::POSITION)?.as_str().parse().ok()?;
    Some(Message { position, subject: message.subject.to_string(), headers, body: message.payload })
}
