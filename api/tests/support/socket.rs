//! The live socket as a client has it: what it asks for, and frames as they come.

use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_tungstenite::tungstenite::{Error, Message, protocol::CloseFrame};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::{Answer, Api, answer};

const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The first frame.
    pub(crate) hello: Value,
}

impl Api {
    /// A ticket of whoever holds this key.
    pub(crate) async fn ticket_with(&self, key: Option<&str>) -> Answer {
        answer(self.request_with(key, Method::POST, "/ws-tickets")).await
    }

    /// The status with which a socket is refused.
    pub(crate) async fn refused_socket(&self, ticket: &str) -> u16 {
        match connect_async(self.socket_address(ticket)).await {
            Err(Error::Http(answer)) => answer.status().as_u16(),
            other => panic!("not refused: {other:?}"),
        }
    }

    /// Opens a socket with the operator's key.
    pub(crate) async fn socket(&self) -> Socket {
        let key = self.operator_key().to_owned();
        self.socket_with(&key).await
    }

    /// Opens a socket with another key.
    pub(crate) async fn socket_with(&self, key: &str) -> Socket {
        Socket::open(&self.up.ready.url, key).await.expect("a socket")
    }

    fn socket_address(&self, ticket: &str) -> String {
        address(&self.up.ready.url, ticket)
    }
}

fn address(url: &str, ticket: &str) -> String {
    format!("{}/api/v1/ws?ticket={ticket}", url.replacen("http", "ws", 1))
}

impl Socket {
    /// Opens one at a server; nothing while it does not answer.
    pub(crate) async fn open(url: &str, key: &str) -> Option<Self> {
        let request = reqwest::Client::new().post(format!("{url}/api/v1/ws-tickets")).bearer_auth(key);
        let made: Value = request.send().await.ok()?.json().await.ok()?;
        let (stream, _) = connect_async(address(url, made["ticket"].as_str()?)).await.ok()?;
        let mut socket = Self { stream, hello: Value::Null };
        let hello = socket.next().await?;
        assert_eq!(hello["op"], "hello");
        Some(Self { hello, ..socket })
    }

    pub(crate) async fn say(&mut self, frame: &Value) {
        self.say_text(&frame.to_string()).await;
    }

    /// The same; a socket that has ended takes nothing.
    pub(crate) async fn try_say(&mut self, frame: &Value) {
        let _ = self.stream.send(Message::text(frame.to_string())).await;
    }

    pub(crate) async fn say_text(&mut self, text: &str) {
        self.stream.send(Message::text(text)).await.expect("the socket is open");
    }

    pub(crate) async fn subscribe(&mut self, sub: &str, topic: Value, from: Option<i64>) {
        self.say(&json!({ "op": "subscribe", "sub": sub, "topic": topic, "from": from })).await;
    }

    /// The next frame; its end, and the code of it, when there is none.
    async fn hear(&mut self) -> Result<Value, Option<CloseFrame>> {
        let until = Instant::now() + PATIENCE;
        loop {
            // Pings are no words.
            let next = timeout_at(until, self.stream.next()).await.expect("the socket is silent");
            match next {
                Some(Ok(Message::Text(text))) => {
                    return Ok(serde_json::from_str(&text).expect("a frame is JSON"));
                }
                Some(Ok(Message::Close(close))) => return Err(close),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(None),
            }
        }
    }

    /// The next frame; nothing when the socket has ended.
    pub(crate) async fn next(&mut self) -> Option<Value> {
        self.hear().await.ok()
    }

    /// The next frame.
    ///
    /// # Panics
    /// When the socket was closed.
    pub(crate) async fn frame(&mut self) -> Value {
        self.hear().await.expect("the socket is open")
    }

    /// The next frame about a subscription that says something.
    pub(crate) async fn news(&mut self, sub: &str) -> Value {
        loop {
            let frame = self.frame().await;
            let quiet = frame["op"] == "events" && frame["events"] == json!([]);
            if frame["sub"] == sub && !quiet {
                return frame;
            }
        }
    }

    /// The last frame and the close code.
    pub(crate) async fn ends(&mut self) -> (Value, Option<u16>) {
        let mut last = Value::Null;
        loop {
            match self.hear().await {
                Ok(frame) => last = frame,
                Err(close) => return (last, close.map(|close| close.code.into())),
            }
        }
    }
}

/// What a client of lane `events` has: every frame follows on the one before.
#[derive(Debug)]
pub(crate) struct Follower {
    pub(crate) at: Option<i64>,
    pub(crate) events: Vec<Value>,
}

impl Follower {
    pub(crate) fn from(at: Option<i64>) -> Self {
        Self { at, events: Vec::new() }
    }

    /// Takes in a frame of lane `events`.
    pub(crate) fn take(&mut self, frame: &Value) {
        assert_eq!(frame["op"], "events", "{frame}");
        let [from, to] = ["from", "to"].map(|name| frame[name].as_i64().expect("a position"));
        assert!(self.at.is_none_or(|at| at == from), "a gap before {frame}, at {:?}", self.at);
        self.at = Some(to);
        for event in frame["events"].as_array().expect("a list") {
            let position = event["position"].as_i64().expect("a position");
            assert!(from < position && position <= to, "{position} in {from}..{to}");
            self.events.push(event.clone());
        }
    }

    /// Hears frames of this subscription until it has come so far.
    pub(crate) async fn reaches(&mut self, socket: &mut Socket, sub: &str, position: i64) {
        while self.at.is_none_or(|at| at < position) {
            let frame = socket.frame().await;
            if frame["sub"] == sub {
                self.take(&frame);
            }
        }
    }

    pub(crate) fn positions(&self) -> Vec<i64> {
        self.events.iter().map(|event| event["position"].as_i64().expect("a position")).collect()
    }
}
