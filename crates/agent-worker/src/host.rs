//! Requests to the host, over its Unix socket. While it is away they are made again: nothing that was seen is lost by that, and
//! what a request asks for can be asked twice.

use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::net::UnixStream;
use tokio::time::timeout;

/// Longest time for one try, but for the wait for orders.
const TRY: Duration = Duration::from_secs(60);
/// The pause after a try that failed, doubled each time.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// Of its words for a refusal.
const SAID_CHARS: usize = 1_000;

/// The one who has the sandbox.
#[derive(Clone, Debug)]
pub(crate) struct Host {
    socket: PathBuf,
    authorization: String,
}

/// The host will never take this.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum Refused {
    /// The run is over.
    #[error("the run is over")]
    Over,
    /// Something else, in its words.
    #[error("{0}")]
    Said(String),
}

impl Refused {
    /// An answer that is none of the expected ones.
    pub(crate) fn by(answer: &Answer) -> Self {
        let said: String = String::from_utf8_lossy(&answer.body).trim().chars().take(SAID_CHARS).collect();
        Self::Said(if said.is_empty() { format!("the host answered {}", answer.status) } else { said })
    }
}

/// What the host answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    body: Bytes,
}

impl Answer {
    /// What it says, if it can be read.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&self.body).ok()
    }
}

impl Host {
    pub(crate) fn new(socket: PathBuf, token: &str) -> Self {
        Self { socket, authorization: format!("Bearer {token}") }
    }

    /// Sends a JSON document until it is answered.
    pub(crate) async fn post(&self, path: &str, body: &impl Serialize) -> Result<Answer, Refused> {
        let body = serde_json::to_vec(body).expect("what is sent has a form");
        self.until_answered(Method::POST, path, Bytes::from(body)).await
    }

    /// Sends bytes until they are answered.
    pub(crate) async fn put(&self, path: &str, body: Bytes) -> Result<Answer, Refused> {
        self.until_answered(Method::PUT, path, body).await
    }

    /// Asks until it is answered.
    pub(crate) async fn get(&self, path: &str) -> Result<Answer, Refused> {
        self.until_answered(Method::GET, path, Bytes::new()).await
    }

    async fn until_answered(&self, method: Method, path: &str, body: Bytes) -> Result<Answer, Refused> {
        let mut pause = FIRST_PAUSE;
        loop {
            match timeout(TRY, self.once(method.clone(), path, body.clone())).await {
                Ok(Ok(answer)) if answer.status == StatusCode::GONE => return Err(Refused::Over),
                Ok(Ok(answer)) if answer.status == StatusCode::SERVICE_UNAVAILABLE => {}
                Ok(Ok(answer)) if answer.status.is_success() || answer.status == StatusCode::CONFLICT => {
                    return Ok(answer);
                }
                Ok(Ok(answer)) => return Err(Refused::by(&answer)),
                // It is away, or slow.
                Ok(Err(_)) | Err(_) => {}
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn once(&self, method: Method, path: &str, body: Bytes) -> Result<Answer, Broken> {
        let stream = UnixStream::connect(&self.socket).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "omoi")
            .header("authorization", &self.authorization)
            .header("content-type", "application/json")
            .body(Full::new(body))?;
        let asking = async {
            let response = sender.send_request(request).await?;
            let status = response.status();
            let body = response.into_body().collect().await?.to_bytes();
            Ok(Answer { status, body })
        };
        tokio::pin!(connection);
        tokio::select! {
            answer = asking => answer,
            ended = &mut connection => Err(ended.err().map_or(Broken::Closed, Broken::Http)),
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error(transparent)]
    Socket(#[from] std::io::Error),
    #[error(transparent)]
    Http(#[from] hyper::Error),
    #[error(transparent)]
    Request(#[from] hyper::http::Error),
    #[error("the connection was closed")]
    Closed,
}
