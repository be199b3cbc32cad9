//! One call to a model, from its announcement to its end.

#[cfg(test)]
mod tests;

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use execution::trajectory::{Event, Outcome, Subject, Tokens};
use futures::{Stream, StreamExt as _, stream};
use kernel::{Usd, Uuid};
use ports::llm::{Format, LlmError, Passed, Passing, Price, Usage};
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use vocabulary::{Line, Name, Text};

use super::Gateway;
use super::account::Reserved;
use super::question::{Question, refusal};
use crate::running::socket::Said;

/// Headers that belong to a question and not to its connection.
const PASSED_ON: [&str; 2] = ["anthropic-version", "anthropic-beta"];
/// Every question has one.
const VERSION: (&str, &str) = ("anthropic-version", "2023-06-01");
/// Pieces of an answer that may wait for the agent.
const PIECES: usize = 16;

/// While an answer flows, it is said this often that the agent is at work.
const SAID_EVERY: Duration = Duration::from_secs(10);

/// A call that was announced.
struct Call {
    gateway: Gateway,
    id: Uuid,
    price: Price,
    reserved: Reserved,
    began: Instant,
}

impl Gateway {
    /// Announces a call, makes it, and passes the answer on as it comes.
    pub(super) async fn call(&self, question: Question, reserved: Reserved, headers: &HeaderMap) -> Response {
        let Question { route, body, prompt_tokens, .. } = question;
        let format = route.format;
        let id = Uuid::now_v7();
        let started = Event::LlmCallStarted {
            call: id,
            of: self.subject(),
            provider: Name::new(&route.provider).unwrap_or_else(|_| Name::new("provider").expect("a name")),
            model: Line::new(route.model.as_str()).unwrap_or_else(|_| Line::new("model").expect("a line")),
            prompt: Line::new("agent").expect("a line"),
            reserved: reserved.amount(),
        };
        if self.0.journal.write(&[started]).await.is_err() {
            return refusal(format, StatusCode::GONE, "run_over", "the run is over");
        }
        let _ = self.0.said.try_send(Said::Asking);
        let call = Call { gateway: self.clone(), id, price: route.price, reserved, began: Instant::now() };
        let asked = Passed { body, headers: passed_on(format, headers), prompt_tokens };
        // Whatever becomes of the one who asked, the call is settled.
        let (mut answer, answered) = oneshot::channel();
        let passage = route.passage;
        self.0.calls.spawn(async move {
            let passing = tokio::select! {
                passing = passage.pass(asked) => passing,
                // It may have been made, and be paid for: nobody will know.
                () = answer.closed() => return call.give_up().await,
            };
            match passing {
                Ok(passing) => call.pass_on(passing, answer).await,
                Err(error) => {
                    let response = failed(format, &error);
                    call.end(None, outcome_of(&error)).await;
                    let _ = answer.send(response);
                }
            }
        });
        answered.await.unwrap_or_else(|_| refusal(format, StatusCode::GONE, "run_over", "the run is over"))
    }

    fn subject(&self) -> Subject {
        Subject::Run { run: self.0.run }
    }
}

impl Call {
    async fn pass_on(self, passing: Passing, answer: oneshot::Sender<Response>) {
        let Passing { status, headers, mut body, meter } = passing;
        let (pieces, rest) = mpsc::channel::<Result<Bytes, LlmError>>(PIECES);
        let _ = answer.send(response(status, headers, rest));
        let mut end = if status == 200 {
            Outcome::Answered
        } else {
            failure("refused", &format!("the provider answered {status}"))
        };
        let mut flow = Flow::begin(self.gateway.0.said.clone(), self.began);
        if let Some(cut) = flow.pass(&mut body, &pieces).await {
            end = cut;
        }
        drop(body);
        // The last piece is with the agent only once the call stands settled in the log.
        self.end(meter.used(), end).await;
        drop(pieces);
    }

    /// Nobody hears the end of it: what was set aside counts as spent.
    async fn give_up(self) {
        let cost = self.reserved.amount();
        let event = Event::LlmCallAmbiguous { call: self.id, of: self.gateway.subject(), cost };
        let _ = self.gateway.0.journal.write(&[event]).await;
        self.reserved.settle(cost);
    }

    async fn end(self, used: Option<Usage>, outcome: Outcome) {
        let usage = used.unwrap_or_default();
        let cost = if used.is_some() { self.price.cost(&usage) } else { Usd::ZERO };
        let of = self.gateway.subject();
        let finished = Event::LlmCallFinished {
            call: self.id,
            of: of.clone(),
            outcome,
            tries: 1,
            duration_ms: u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX),
        };
        let used = Event::UsageRecorded { call: self.id, of, tokens: tokens(usage), cost };
        let _ = self.gateway.0.journal.write(&[finished, used]).await;
        let _ = self.gateway.0.said.try_send(Said::Asking);
        self.reserved.settle(cost);
    }
}

/// An answer on its way to the agent.
struct Flow {
    said: mpsc::Sender<Said>,
    /// When it was last said that the agent is not idle.
    told: Instant,
}

impl Flow {
    const fn begin(said: mpsc::Sender<Said>, told: Instant) -> Self {
        Self { said, told }
    }

    /// Passes an answer on until one of its two ends; how that came when it was not the end of the answer.
    async fn pass(
        &mut self,
        body: &mut (impl Stream<Item = Result<Bytes, LlmError>> + Unpin),
        pieces: &mpsc::Sender<Result<Bytes, LlmError>>,
    ) -> Option<Outcome> {
        loop {
            let piece = tokio::select! {
                piece = body.next() => piece?,
                // Nobody reads any more: what was read of the answer is paid for.
                () = pieces.closed() => {
                    return Some(failure("cancelled", "the agent did not read the answer to its end"));
                }
            };
            match piece {
                Ok(piece) => {
                    self.goes_on();
                    drop(pieces.send(Ok(piece)).await);
                }
                Err(error) => {
                    let cut = outcome_of(&error);
                    let _ = pieces.send(Err(error)).await;
                    return Some(cut);
                }
            }
        }
    }

    /// A long answer is no idle agent.
    fn goes_on(&mut self) {
        if self.told.elapsed() >= SAID_EVERY {
            self.told = Instant::now();
            let _ = self.said.try_send(Said::Asking);
        }
    }
}

fn passed_on(format: Format, headers: &HeaderMap) -> Vec<(String, String)> {
    if format == Format::OpenAi {
        return Vec::new();
    }
    let given = PASSED_ON.iter().flat_map(|name| {
        headers
            .get_all(*name)
            .iter()
            .filter_map(|value| Some(((*name).to_owned(), value.to_str().ok()?.to_owned())))
    });
    let mut all: Vec<_> = given.collect();
    if !all.iter().any(|(name, _)| name == VERSION.0) {
        all.push((VERSION.0.to_owned(), VERSION.1.to_owned()));
    }
    all
}

fn response(
    status: u16,
    headers: Vec<(String, String)>,
    rest: mpsc::Receiver<Result<Bytes, LlmError>>,
) -> Response {
    let pieces = stream::unfold(rest, |mut rest| async move { Some((rest.recv().await?, rest)) });
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(name, value);
    }
    response.body(Body::from_stream(pieces)).expect("the headers were read from an answer")
}

/// No answer came at all.
fn failed(format: Format, error: &LlmError) -> Response {
    let (status, code) = match error {
        LlmError::Timeout { .. } => (StatusCode::GATEWAY_TIMEOUT, "timeout_error"),
        LlmError::InvalidRequest { .. } => (StatusCode::BAD_REQUEST, "invalid_request_error"),
        _ => (StatusCode::BAD_GATEWAY, "api_error"),
    };
    refusal(format, status, code, &error.to_string())
}

fn outcome_of(error: &LlmError) -> Outcome {
    failure(error.code(), &error.to_string())
}

fn failure(code: &str, message: &str) -> Outcome {
    Outcome::Failed {
        code: Name::new(code).unwrap_or_else(|_| Name::new("failed").expect("a name")),
        message: Text::new(message)
            .unwrap_or_else(|_| Text::new("no reason was given").expect("it has words")),
    }
}

const fn tokens(usage: Usage) -> Tokens {
    Tokens {
        input: usage.input_tokens,
        output: usage.output_tokens,
        cache_read: usage.cache_read_tokens,
        cache_write: usage.cache_write_tokens,
        estimated: usage.estimated,
    }
}
