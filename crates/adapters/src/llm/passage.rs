//! Questions in a provider's own words, passed on with the installation's key; what is read of the answer is counted on its way.

use std::collections::VecDeque;
use std::fmt;
use std::future::ready;
use std::time::Duration;

use bytes::Bytes;
use futures::stream::{once, unfold};
use ports::BoxFuture;
use ports::llm::{Format, LlmError, Meter, Passage, Passed, Passing, Wait};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::anthropic;
use super::endpoint::{Endpoint, OpenedBy};
use super::http::{Decode, REFUSAL_BYTES, no_answer};
use super::openai;
use super::sse::{Event, Limits, Parser};

/// An answer that does not come in pieces begins when it is whole, and models think for minutes.
const FIRST_BYTE: Duration = Duration::from_secs(15 * 60);
/// For the next bytes of an answer that has begun.
const IDLE: Duration = Duration::from_secs(5 * 60);

/// The way to a provider.
#[derive(Debug)]
pub(super) struct Through {
    endpoint: Endpoint,
    format: Format,
}

impl Through {
    pub(super) const fn new(endpoint: Endpoint, format: Format) -> Self {
        Self { endpoint, format }
    }

    async fn through(&self, passed: Passed) -> Result<Passing, LlmError> {
        let (path, opened_by) = match self.format {
            Format::Anthropic => ("/v1/messages", OpenedBy::ApiKey),
            Format::OpenAi => ("/chat/completions", OpenedBy::Bearer),
        };
        let mut headers = HeaderMap::new();
        for (name, value) in &passed.headers {
            let name = HeaderName::try_from(name.as_str());
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
                headers.append(name, value);
            }
        }
        let request = self.endpoint.request(path, opened_by, headers, passed.body)?;
        let asking = self.endpoint.http.client.execute(request);
        let response = timeout(FIRST_BYTE, asking)
            .await
            .map_err(|_| LlmError::Timeout { wait: Wait::FirstByte })?
            .map_err(|error| no_answer(&error))?;
        let meter = Meter::default();
        let of_answer = [CONTENT_TYPE, RETRY_AFTER].into_iter().filter_map(|name| {
            let value = response.headers().get(&name)?.to_str().ok()?;
            Some((name.as_str().to_owned(), value.to_owned()))
        });
        let (status, headers) = (response.status().as_u16(), of_answer.collect());
        if response.status() != StatusCode::OK {
            let body = self.refusal(response).await?;
            return Ok(Passing { status, headers, body: Box::pin(once(ready(Ok(body)))), meter });
        }
        let counting = self.count(&response, passed.prompt_tokens);
        let reading = Reading { response: Some(response), counting, meter: meter.clone() };
        let body = unfold(reading, |mut reading| async move { Some((reading.next().await?, reading)) });
        Ok(Passing { status, headers, body: Box::pin(body), meter })
    }

    /// What a provider says when it refuses, without the key: some repeat what they were opened with.
    async fn refusal(&self, mut response: Response) -> Result<Bytes, LlmError> {
        if response.status() == StatusCode::UNAUTHORIZED {
            return Err(LlmError::Unauthorized);
        }
        let mut body = Vec::new();
        // Whatever interrupts it, the status is known.
        while let Ok(Ok(Some(chunk))) = timeout(IDLE, response.chunk()).await {
            body.extend_from_slice(&chunk);
            if body.len() > REFUSAL_BYTES {
                body.truncate(REFUSAL_BYTES);
                break;
            }
        }
        let text = String::from_utf8_lossy(&body);
        let text = match self.endpoint.key() {
            Some(key) => text.replace(key.expose_secret(), "[key]"),
            None => text.into_owned(),
        };
        Ok(text.into())
    }

    fn count(&self, response: &Response, prompt_tokens: u64) -> Counting {
        let options = self.endpoint.http.options;
        let key = self.endpoint.key().cloned();
        let decoder: Box<dyn Decode> = match self.format {
            Format::Anthropic => Box::new(anthropic::Decoder::new(prompt_tokens, false, key)),
            Format::OpenAi => Box::new(openai::Decoder::new(prompt_tokens, key)),
        };
        let is_stream = response.headers().get(CONTENT_TYPE).is_some_and(|kind| {
            kind.to_str().is_ok_and(|kind| kind.to_ascii_lowercase().starts_with("text/event-stream"))
        });
        let limits = Limits { answer_bytes: options.answer_bytes, line_bytes: options.line_bytes };
        let text = if is_stream {
            Text::Events(Parser::new(limits))
        } else {
            Text::Whole(self.format, Vec::new(), options.answer_bytes)
        };
        Counting { decoder, text, is_lost: false }
    }
}

impl Passage for Through {
    fn pass(&self, passed: Passed) -> BoxFuture<'_, Result<Passing, LlmError>> {
        Box::pin(self.through(passed))
    }
}

struct Reading {
    /// None once it is over.
    response: Option<Response>,
    counting: Counting,
    meter: Meter,
}

impl Reading {
    async fn next(&mut self) -> Option<Result<Bytes, LlmError>> {
        let response = self.response.as_mut()?;
        let chunk = match timeout(IDLE, response.chunk()).await {
            Ok(Ok(Some(chunk))) => chunk,
            Ok(Ok(None)) => {
                self.response = None;
                self.counting.end();
                self.meter.set(self.counting.decoder.used());
                return None;
            }
            // The library's words name the address and no reason.
            Ok(Err(_)) => return self.broken(LlmError::Cut),
            Err(_) => return self.broken(LlmError::Timeout { wait: Wait::Idle }),
        };
        self.counting.read(&chunk);
        self.meter.set(self.counting.decoder.used());
        Some(Ok(chunk))
    }

    fn broken(&mut self, error: LlmError) -> Option<Result<Bytes, LlmError>> {
        self.response = None;
        Some(Err(error))
    }
}

/// Understands as much of an answer as is needed to count.
struct Counting {
    decoder: Box<dyn Decode>,
    text: Text,
    /// It is not understood: what was counted until then, and guessed, stands.
    is_lost: bool,
}

enum Text {
    Events(Parser),
    /// An answer in one piece, up to so many bytes.
    Whole(Format, Vec<u8>, usize),
}

impl Counting {
    fn read(&mut self, chunk: &[u8]) {
        if self.is_lost {
            return;
        }
        match &mut self.text {
            Text::Events(parser) => {
                let mut events = VecDeque::new();
                self.is_lost = parser.feed(chunk, &mut events).is_err();
                self.understand(events);
            }
            Text::Whole(_, text, most) if text.len() + chunk.len() <= *most => text.extend_from_slice(chunk),
            Text::Whole(..) => self.is_lost = true,
        }
    }

    fn understand(&mut self, events: impl IntoIterator<Item = Event>) {
        let mut pieces = VecDeque::new();
        for event in events {
            self.is_lost |= self.decoder.event(&event, &mut pieces).is_err();
            if self.is_lost || self.decoder.is_finished() {
                return;
            }
        }
    }

    /// An answer in one piece is what its events would have been.
    fn end(&mut self) {
        let Text::Whole(format, text, _) = &self.text else { return };
        let Ok(answer) = serde_json::from_slice::<Value>(text) else { return };
        let events = match format {
            Format::Anthropic => vec![
                json!({"type": "message_start", "message": answer}).to_string(),
                json!({"type": "message_delta", "delta": {"stop_reason": answer["stop_reason"]}, "usage": answer["usage"]})
                    .to_string(),
                json!({"type": "message_stop"}).to_string(),
            ],
            Format::OpenAi => {
                let choices = answer["choices"].as_array().into_iter().flatten().map(|choice| {
                    let message = &choice["message"];
                    json!({"index": choice["index"], "delta": message, "finish_reason": choice["finish_reason"]})
                });
                let chunk = json!({"model": answer["model"], "choices": choices.collect::<Vec<_>>(), "usage": answer["usage"]});
                vec![chunk.to_string(), "[DONE]".to_owned()]
            }
        };
        self.understand(events.into_iter().map(|data| Event { data }));
    }
}

impl fmt::Debug for Counting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Counting").field("is_lost", &self.is_lost).finish_non_exhaustive()
    }
}
