//! One call: tries until an answer begins, then its pieces.

use std::collections::VecDeque;
use std::error::Error as _;
use std::fmt;
use std::future::Future;
use std::time::Duration;

use ports::llm::{Deadlines, LlmError, Piece, Reply, Retry, Said, Usage, Wait};
use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy;
use reqwest::{Response, StatusCode};
use secrecy::SecretString;
use tokio::time::{Instant, sleep_until, timeout};

use super::failure::{Refusal, said};
use super::retry::{self, Retries};
use super::sse::{Event, Limits, Parser};

/// A refusal is a line; what is longer is a page that nobody reads.
pub(super) const REFUSAL_BYTES: usize = 64 * 1024;

/// Whoever waits without an end waits for a day.
const LONGEST_CALL: Duration = Duration::from_secs(24 * 60 * 60);

/// How providers are spoken to. What a call may wait for stands in its request.
#[derive(Clone, Copy, Debug)]
pub struct HttpOptions {
    /// For a connection.
    pub connect_within: Duration,
    /// Before an answer has begun.
    pub retries: Retries,
    /// The longest answer that is read.
    pub answer_bytes: usize,
    /// The longest line of it.
    pub line_bytes: usize,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            connect_within: Duration::from_secs(10),
            retries: Retries::default(),
            answer_bytes: 8 * 1024 * 1024,
            line_bytes: 1024 * 1024,
        }
    }
}

/// Understands one wire format, event by event.
pub(super) trait Decode: Send {
    /// The pieces that this event holds.
    fn event(&mut self, event: &Event, pieces: &mut VecDeque<Piece>) -> Result<(), LlmError>;
    /// Whether the answer is whole.
    fn is_finished(&self) -> bool;
    /// What was used when there is anything to pay for: from the first event on.
    fn used(&self) -> Option<Usage>;
    /// There are no more events; some servers end so.
    fn end(&mut self, pieces: &mut VecDeque<Piece>) -> Result<(), LlmError>;
}

/// What is sent, and who understands the answer.
pub(super) struct Ask {
    pub(super) request: reqwest::Request,
    pub(super) key: Option<SecretString>,
    pub(super) deadlines: Deadlines,
    /// A fresh one for every try.
    pub(super) decoder: Box<dyn Fn() -> Box<dyn Decode> + Send + Sync>,
}

/// The client of all providers.
#[derive(Clone, Debug)]
pub(super) struct Http {
    pub(super) client: reqwest::Client,
    pub(super) options: HttpOptions,
}

impl Http {
    pub(super) fn new(options: HttpOptions) -> reqwest::Result<Self> {
        // A redirect would take the key and the prompt elsewhere. Calls are seconds apart: a connection that is kept is one
        // that may have gone, and ending it is how a provider learns that nobody reads any more.
        let client = reqwest::Client::builder()
            .user_agent("OmoiOS")
            .redirect(Policy::none())
            .referer(false)
            .pool_max_idle_per_host(0)
            .connect_timeout(options.connect_within);
        Ok(Self { client: client.build()?, options })
    }

    /// The pieces of the answer. Nothing is sent before the first one is asked for.
    pub(super) fn call(&self, ask: Ask) -> Reply {
        let now = Instant::now();
        let call = Call {
            http: self.clone(),
            ends_at: now.checked_add(ask.deadlines.whole).unwrap_or(now + LONGEST_CALL),
            ask,
            attempt: 1,
            pieces: VecDeque::new(),
            phase: Phase::Asking,
        };
        Reply::new(futures::stream::unfold(call, |mut call| async move {
            let piece = call.next().await?;
            Some((piece, call))
        }))
    }
}

struct Call {
    http: Http,
    ask: Ask,
    ends_at: Instant,
    /// Counted from 1.
    attempt: u32,
    /// Understood, and not yet handed on.
    pieces: VecDeque<Piece>,
    phase: Phase,
}

enum Phase {
    Asking,
    Pausing(Instant),
    Reading(Reading),
    Failed(LlmError),
    Over,
}

struct Reading {
    response: Response,
    parser: Parser,
    decoder: Box<dyn Decode>,
}

impl Call {
    async fn next(&mut self) -> Option<Result<Piece, LlmError>> {
        loop {
            if let Some(piece) = self.pieces.pop_front() {
                return Some(Ok(piece));
            }
            let step = match std::mem::replace(&mut self.phase, Phase::Over) {
                Phase::Over => return None,
                Phase::Failed(error) => return Some(Err(error)),
                Phase::Pausing(until) => {
                    sleep_until(until).await;
                    Ok(Phase::Asking)
                }
                Phase::Asking => self.ask().await.map(Phase::Reading).map_err(|error| (error, None)),
                Phase::Reading(reading) => self.read(reading).await,
            };
            self.phase = match step {
                Ok(phase) => phase,
                Err((error, used)) => self.after(error, used),
            };
        }
    }

    async fn ask(&mut self) -> Result<Reading, LlmError> {
        let request = self.ask.request.try_clone().expect("the body is bytes");
        let answer = self.http.client.execute(request);
        let response = self.within(Wait::FirstByte, answer).await?.map_err(|error| no_answer(&error))?;
        let is_stream = response.headers().get(CONTENT_TYPE).is_some_and(|kind| {
            kind.to_str().is_ok_and(|kind| kind.to_ascii_lowercase().starts_with("text/event-stream"))
        });
        if response.status() != StatusCode::OK || !is_stream {
            return Err(self.refused(response).await);
        }
        let options = &self.http.options;
        let limits = Limits { answer_bytes: options.answer_bytes, line_bytes: options.line_bytes };
        Ok(Reading { response, parser: Parser::new(limits), decoder: (self.ask.decoder)() })
    }

    async fn refused(&mut self, mut response: Response) -> LlmError {
        let status = response.status().as_u16();
        let retry_after = retry::retry_after(response.headers());
        let mut body = Vec::new();
        // Whatever interrupts it, the status is known.
        while let Ok(Ok(Some(chunk))) = self.within(Wait::Idle, response.chunk()).await {
            body.extend_from_slice(&chunk);
            if body.len() > REFUSAL_BYTES {
                break;
            }
        }
        let body = String::from_utf8_lossy(&body);
        match (Refusal { status, retry_after, body: &body }).sort(self.ask.key.as_ref()) {
            LlmError::BadAnswer { .. } => {
                let what = "an answer came that is neither a stream of events nor an error";
                LlmError::BadAnswer { what: said(what, None) }
            }
            error => error,
        }
    }

    /// Reads on until there is a piece, or the end.
    async fn read(&mut self, mut reading: Reading) -> Result<Phase, (LlmError, Option<Usage>)> {
        let chunk = self.within(Wait::Idle, reading.response.chunk()).await;
        let understood = match chunk {
            Ok(Ok(Some(chunk))) => reading.feed(&chunk, &mut self.pieces),
            Ok(Ok(None)) => reading.decoder.end(&mut self.pieces),
            // The library's words name the address and no reason.
            Ok(Err(_)) => Err(LlmError::Cut),
            Err(error) => Err(error),
        };
        match understood {
            Ok(()) if reading.decoder.is_finished() => Ok(Phase::Over),
            Ok(()) => Ok(Phase::Reading(reading)),
            Err(error) => Err((error, reading.decoder.used())),
        }
    }

    /// Another try, unless the answer had begun: it was paid for, and a second one would be again.
    fn after(&mut self, error: LlmError, used: Option<Usage>) -> Phase {
        if let Some(used) = used {
            self.pieces.push_back(Piece::Used(used));
            return Phase::Failed(error);
        }
        let attempt = self.attempt;
        let pause = self.http.options.retries.pause(attempt, &error, rand::random());
        match pause.map(|pause| (pause, Instant::now() + pause)) {
            Some((after, until)) if until < self.ends_at => {
                self.attempt += 1;
                self.pieces.push_back(Piece::Retrying(Retry { attempt, after, reason: error }));
                Phase::Pausing(until)
            }
            Some(_) | None => Phase::Failed(error),
        }
    }

    async fn within<T>(&mut self, wait: Wait, work: impl Future<Output = T>) -> Result<T, LlmError> {
        let limit = match wait {
            Wait::FirstByte => self.ask.deadlines.first_byte,
            Wait::Idle => self.ask.deadlines.idle,
            Wait::Connect => self.http.options.connect_within,
            Wait::Whole => self.ask.deadlines.whole,
        };
        let left = self.ends_at.saturating_duration_since(Instant::now());
        let wait = if left < limit { Wait::Whole } else { wait };
        timeout(limit.min(left), work).await.map_err(|_| LlmError::Timeout { wait })
    }
}

impl Reading {
    fn feed(&mut self, bytes: &[u8], pieces: &mut VecDeque<Piece>) -> Result<(), LlmError> {
        let mut events = VecDeque::new();
        // What was whole before a line that is too long counts.
        let fed = self.parser.feed(bytes, &mut events);
        for event in &events {
            self.decoder.event(event, pieces)?;
            if self.decoder.is_finished() {
                return Ok(());
            }
        }
        fed
    }
}

/// The words of the library hold the address, those below it the reason.
pub(super) fn no_answer(error: &reqwest::Error) -> LlmError {
    if error.is_connect() && error.is_timeout() {
        return LlmError::Timeout { wait: Wait::Connect };
    }
    let mut reason = error.source();
    while let Some(deeper) = reason.and_then(|reason| reason.source()) {
        reason = Some(deeper);
    }
    let words = reason.map_or_else(|| "no answer".to_owned(), ToString::to_string);
    LlmError::Unavailable { said: Said::new(&words) }
}

impl fmt::Debug for Ask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ask").field("deadlines", &self.deadlines).finish_non_exhaustive()
    }
}
