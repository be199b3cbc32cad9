//! The loop of the one relay of a log: see how the stream stands, heal it, publish what it lacks, look again now and
//! then. Whatever goes wrong, it begins with a look.

use std::future::Future;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use async_nats::Client;
use async_nats::jetstream::context::ContextBuilder;
use kernel::{Recorded, Uuid};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;

use crate::publisher::Publisher;
use crate::standing::{LogState, Reason, Standing, judge};
use crate::stream::LogStream;
use crate::{BusError, Message, Reading, SourceError};

/// How long the server may take for an answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// After anything went wrong.
const PAUSE: Duration = Duration::from_millis(250);
/// A tail can be lost, and a middle, without anybody being told: so the stream is looked at this often.
const LOOK: Duration = Duration::from_secs(10);
/// Between two readings of the log at least, so that what is appended together is published together.
const TOGETHER: Duration = Duration::from_millis(5);
/// Events read at once.
const PAGE: i64 = 1000;

/// A place in the log.
pub type Position = i64;

/// The log as the relay knows it.
pub trait Source: Send + Sync {
    /// What it says of itself.
    fn state(&self) -> impl Future<Output = Result<LogState, SourceError>> + Send;
    /// The events right after a position, in order and without a gap; at most `limit`.
    fn page(
        &self,
        after: Position,
        limit: i64,
    ) -> impl Future<Output = Result<Vec<Recorded<String>>, SourceError>> + Send;
    /// Completes when there may be events beyond this position; may complete for nothing.
    fn grown(&self, beyond: Position) -> impl Future<Output = ()> + Send;
    /// How an event reads today.
    fn reading(&self, event: &Recorded<String>) -> Reading;
}

/// How far the bus is, for those who watch it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The bus holds the log up to here; `None` while nobody knows.
    pub position: Option<Position>,
    /// How often the stream had to be begun anew since this relay started: each time somebody should ask why.
    pub begun_anew: u64,
    /// Why that was, the last time.
    pub reason: Option<Reason>,
}

/// Keeps the stream of a log equal to the log. One for each log at a time, by lease; two do no harm.
#[derive(Debug)]
pub struct Relay<S> {
    source: S,
    stream: LogStream,
    context: async_nats::jetstream::Context,
    log_id: i16,
    progress: watch::Sender<Progress>,
    /// The incarnation under which this relay had the stream.
    had: Mutex<Option<Uuid>>,
}

impl<S: Source> Relay<S> {
    /// A relay of the log to the server of this client. Nothing is asked yet.
    #[must_use]
    pub fn new(client: Client, log_id: i16, source: S) -> Self {
        let context = ContextBuilder::new().timeout(PATIENCE).ack_timeout(PATIENCE).build(client);
        let stream = LogStream::new(context.clone(), log_id);
        Self { source, stream, context, log_id, progress: watch::Sender::default(), had: Mutex::default() }
    }

    /// How far the bus is.
    #[must_use]
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.subscribe()
    }

    /// Runs until `stop` is cancelled. An error ends a turn, never the loop.
    pub async fn run(&self, stop: &CancellationToken) {
        while let Some(turn) = stop.run_until_cancelled(self.turn()).await {
            if let Err(error) = turn {
                tracing::warn!(log = self.log_id, %error, "the relay begins again with a look at the stream");
                self.progress.send_modify(|progress| progress.position = None);
                let pause = if matches!(error, BusError::Contested { .. }) { LOOK } else { PAUSE };
                stop.run_until_cancelled(tokio::time::sleep(pause)).await;
            }
        }
    }

    /// Makes the stream whole and follows the log until it is time to look again.
    ///
    /// # Errors
    /// See [`BusError`].
    pub async fn turn(&self) -> Result<(), BusError> {
        let (incarnation, mut position, base) = self.stand().await?;
        *self.had() = Some(incarnation);
        self.reached(position);
        let mut publisher = Publisher::new(self.context.clone(), self.log_id, base);
        let look_again = Instant::now() + LOOK;
        loop {
            let read = Instant::now();
            let events = self.source.page(position, PAGE).await?;
            for event in &events {
                let expected = position + 1;
                if event.envelope.position != expected {
                    let hole = format!("{} comes after {position}", event.envelope.position);
                    return Err(SourceError(hole).into());
                }
                let message = Message::of(event, &self.source.reading(event))
                    .map_err(|error| SourceError(format!("the event at {expected} is no JSON: {error}")))?;
                publisher.send(message).await?;
                position = expected;
            }
            publisher.settle().await?;
            if !events.is_empty() {
                self.reached(position);
            }
            if Instant::now() >= look_again {
                return Ok(());
            }
            // A full page is hardly the last one.
            if events.len() < usize::try_from(PAGE).expect("a page is small") {
                let _ = timeout_at(look_again, self.source.grown(position)).await;
                sleep_until(read + TOGETHER).await;
            }
        }
    }

    /// The incarnation of the log, the position up to which the stream holds it, and its base; a stream that is not fit is
    /// begun anew.
    async fn stand(&self) -> Result<(Uuid, Position, i64), BusError> {
        // Before the stream: what is published meanwhile is not taken for a bus ahead of the log.
        let mut log = self.source.state().await?;
        let Some(stream) = self.stream.state().await? else {
            self.stream.create(&log).await?;
            tracing::info!(log = self.log_id, "the stream was made");
            return Ok((log.incarnation, 0, 0));
        };
        let mut standing = judge(&stream, &log);
        if standing == Standing::Broken(Reason::AheadOfTheLog) {
            // Another relay may have published what came since.
            log = self.source.state().await?;
            standing = judge(&stream, &log);
        }
        if let Standing::Holds { position, .. } = standing
            && stream.messages > 0
            && !self.same_event(position, stream.last).await?
        {
            standing = Standing::Broken(Reason::AnotherEvent);
        }
        match standing {
            Standing::Holds { position, base } => Ok((log.incarnation, position, base)),
            // Two that take it from each other would fill it for ever. Who came last keeps it.
            Standing::Broken(Reason::AnotherIncarnation) if *self.had() == Some(log.incarnation) => {
                Err(BusError::Contested { log_id: self.log_id })
            }
            Standing::Broken(reason) => {
                tracing::error!(log = self.log_id, %reason, "the stream of the event bus is begun anew from the log");
                self.stream.begin_anew(&log).await?;
                self.progress.send_modify(|progress| {
                    progress.begun_anew += 1;
                    progress.reason = Some(reason);
                });
                let begun = self.stream.state().await?;
                match begun.map(|stream| judge(&stream, &log)) {
                    Some(Standing::Holds { position, base }) => Ok((log.incarnation, position, base)),
                    _ => Err(BusError::Displaced { position: 1 }),
                }
            }
        }
    }

    /// Whether the message there is the event that the log has there.
    async fn same_event(&self, position: Position, sequence: u64) -> Result<bool, BusError> {
        let Some(sent) = self.stream.event_id(sequence).await? else { return Ok(false) };
        let events = self.source.page(position - 1, 1).await?;
        Ok(events.first().is_some_and(|event| {
            event.envelope.position == position && event.envelope.event_id.0.to_string() == sent
        }))
    }

    fn had(&self) -> MutexGuard<'_, Option<Uuid>> {
        self.had.lock().expect("no panic while held")
    }

    fn reached(&self, position: Position) {
        self.progress.send_modify(|progress| progress.position = Some(position));
    }
}
