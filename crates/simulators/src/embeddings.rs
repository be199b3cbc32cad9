//! A server of embeddings in OpenAI's format (`/v1/embeddings`). The embedding of a text follows from its letters, so the
//! same text has always the same one; what texts mean it does not know.
//!
//! What it does not do: `encoding_format` base64, tokens as input, or a limit on the length of a text.

use std::fmt;
use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{Html, IntoResponse as _, Response},
    routing::post,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::{net::TcpListener, task::JoinHandle};

const FIELDS: &[&str] = &["model", "input", "encoding_format", "dimensions", "user"];
/// As OpenAI has it.
const MOST_TEXTS: usize = 2048;
const USUAL_DIMENSIONS: u64 = 8;

/// How it misbehaves, whatever it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmbeddingFault {
    /// Too many requests, to the first so many of them.
    RateLimited {
        /// How many.
        times: usize,
    },
    /// It does not know the key, and repeats it.
    Unauthorized,
    /// The list is in another order than the texts; the indexes are right.
    OtherOrder,
    /// One is left out.
    OneMissing,
    /// Two are of the same text.
    OneTwice,
    /// Each has a number more than was asked for.
    OneNumberMore,
    /// All numbers are 0.
    OnlyZeros,
    /// A page of a proxy.
    Html,
    /// An error in a body of status 200.
    ErrorBody,
    /// No answer ever.
    Hangs,
}

/// A running server. It ends when this is dropped.
pub struct Embeddings {
    shared: Arc<Mutex<Shared>>,
    address: SocketAddr,
    serving: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    fault: Option<EmbeddingFault>,
    requests: Vec<Value>,
}

impl Embeddings {
    /// Starts one on a free port of this machine.
    ///
    /// # Panics
    /// When this machine has no free port: a test cannot go on.
    pub async fn start() -> Self {
        Self::start_on(([127, 0, 0, 1], 0).into()).await.expect("the loopback has a free port")
    }

    /// Starts one at this address, such as that of one that has ended.
    ///
    /// # Errors
    /// When nobody can listen there.
    pub async fn start_on(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Mutex::new(Shared::default()));
        let router = Router::new().route("/v1/embeddings", post(embed)).with_state(Arc::clone(&shared));
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("the server ends with its handle, not before");
        });
        Ok(Self { shared, address, serving })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// What a client has as its base.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Misbehaves from now on.
    pub fn misbehave(&self, fault: EmbeddingFault) -> &Self {
        locked(&self.shared).fault = Some(fault);
        self
    }

    /// Behaves well from now on.
    pub fn behave(&self) -> &Self {
        locked(&self.shared).fault = None;
        self
    }

    /// The body of every request so far, in order.
    #[must_use]
    pub fn requests(&self) -> Vec<Value> {
        locked(&self.shared).requests.clone()
    }
}

impl Drop for Embeddings {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl fmt::Debug for Embeddings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Embeddings").field("address", &self.address).finish_non_exhaustive()
    }
}

fn locked(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    // Nothing here is half done when a test panics in the middle.
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn embed(State(shared): State<Arc<Mutex<Shared>>>, headers: HeaderMap, body: Bytes) -> Response {
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let (fault, before) = {
        let mut shared = locked(&shared);
        let before = shared.requests.len();
        shared.requests.push(body.clone());
        (shared.fault, before)
    };
    let key = headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !key.starts_with("Bearer ") {
        return refusal(StatusCode::UNAUTHORIZED, "invalid_api_key", "no key was given");
    }
    let (texts, dimensions) = match checked(&body) {
        Ok(checked) => checked,
        Err(words) => return refusal(StatusCode::BAD_REQUEST, "invalid_request_error", &words),
    };
    let mut data: Vec<Value> = texts.iter().enumerate().map(|(n, text)| one(n, text, dimensions)).collect();
    match fault {
        Some(EmbeddingFault::RateLimited { times }) if before < times => {
            return refusal(StatusCode::TOO_MANY_REQUESTS, "rate_limit_exceeded", "slow down");
        }
        Some(EmbeddingFault::Unauthorized) => {
            let words = format!("{key} is not known");
            return refusal(StatusCode::UNAUTHORIZED, "invalid_api_key", &words);
        }
        Some(EmbeddingFault::Html) => return Html("<!doctype html><title>Sign in</title>").into_response(),
        Some(EmbeddingFault::ErrorBody) => {
            return refusal(StatusCode::OK, "server_error", "the model went away");
        }
        Some(EmbeddingFault::Hangs) => return pending().await,
        Some(EmbeddingFault::OtherOrder) => data.reverse(),
        Some(EmbeddingFault::OneMissing) => data.truncate(data.len() - 1),
        Some(EmbeddingFault::OneTwice) => data.push(data[0].clone()),
        Some(EmbeddingFault::OneNumberMore) => {
            data = texts.iter().enumerate().map(|(n, text)| one(n, text, dimensions + 1)).collect();
        }
        Some(EmbeddingFault::OnlyZeros) => {
            for one in &mut data {
                one["embedding"] = vec![0.0; usize::try_from(dimensions).unwrap_or_default()].into();
            }
        }
        Some(EmbeddingFault::RateLimited { .. }) | None => {}
    }
    let tokens: usize = texts.iter().map(|text| text.chars().count().div_ceil(4)).sum();
    let usage = json!({ "prompt_tokens": tokens, "total_tokens": tokens });
    Json(json!({ "object": "list", "data": data, "model": body["model"], "usage": usage })).into_response()
}

/// What OpenAI would refuse.
fn checked(body: &Value) -> Result<(Vec<String>, u64), String> {
    let fields = body.as_object().ok_or("the body is no JSON object")?;
    if let Some(unknown) = fields.keys().find(|name| !FIELDS.contains(&name.as_str())) {
        return Err(format!("unrecognized field {unknown}"));
    }
    if body["model"].as_str().is_none_or(str::is_empty) {
        return Err("you must provide a model".into());
    }
    if body.get("encoding_format").is_some_and(|format| format != "float") {
        return Err("only float is simulated".into());
    }
    let texts = match &body["input"] {
        Value::String(text) => vec![text.clone()],
        Value::Array(texts) => texts
            .iter()
            .map(|text| text.as_str().map(str::to_owned))
            .collect::<Option<_>>()
            .ok_or("input is no text")?,
        _ => return Err("you must provide input".into()),
    };
    if texts.is_empty() || texts.len() > MOST_TEXTS || texts.iter().any(String::is_empty) {
        return Err(format!("input has 1 to {MOST_TEXTS} texts, none of them empty"));
    }
    let dimensions = match body.get("dimensions") {
        None => USUAL_DIMENSIONS,
        Some(number) => {
            number.as_u64().filter(|number| *number > 0).ok_or("dimensions is no number from 1")?
        }
    };
    Ok((texts, dimensions))
}

fn one(index: usize, text: &str, dimensions: u64) -> Value {
    let number = |n: u64| {
        let digest = Sha256::digest(format!("{n} {text}"));
        f64::from(i16::from_be_bytes([digest[0], digest[1]])) / f64::from(i16::MAX)
    };
    json!({ "object": "embedding", "index": index, "embedding": (0..dimensions).map(number).collect::<Vec<_>>() })
}

fn refusal(status: StatusCode, code: &str, words: &str) -> Response {
    let error = json!({ "message": words, "type": code, "param": null, "code": code });
    (status, Json(json!({ "error": error }))).into_response()
}
