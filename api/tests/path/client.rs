//! A client that repeats a command under its key until it is told what became of it, and keeps a journal.

use std::sync::Arc;
use std::time::Duration;

use eventstore::relcheck::Line;
use reqwest::{Method, RequestBuilder, header::HeaderMap};
use serde_json::Value;
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::door::Door;
use crate::proof::Times;

/// Longest wait of a client for an answer that tells, however often it asks.
const PATIENCE: Duration = Duration::from_secs(60);
/// Longest wait for one answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(20);

/// Acts one command after the other.
pub(crate) struct Client {
    http: reqwest::Client,
    door: Arc<Door>,
    name: String,
    sent: u64,
    /// Which server it asks; another one when that refuses the connection.
    server: usize,
    pub(crate) journal: Vec<Line>,
    /// What it was told: command, and the position of its last event.
    pub(crate) told: Vec<(kernel::Uuid, Option<i64>)>,
    /// Of each 503: how long the client had waited for it.
    pub(crate) unavailable: Times,
    /// Of each command: from the first try to the answer that tells.
    pub(crate) settled: Times,
    /// Tries that ended without an answer after the connection was there.
    pub(crate) cut_off: usize,
    /// How often it went to another server: the connection was refused, or the answer said that it will be.
    pub(crate) went_on: usize,
    /// How they ended, for people.
    pub(crate) faults: Vec<String>,
}

/// What the command came to.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Client {
    /// Names of clients make the keys of their commands: no two of them share one.
    pub(crate) fn new(door: Arc<Door>, name: &str) -> Self {
        let http = reqwest::Client::builder().timeout(ANSWER_WITHIN).build().expect("a client");
        Self {
            http,
            door,
            name: name.to_owned(),
            sent: 0,
            server: 0,
            journal: Vec::new(),
            told: Vec::new(),
            unavailable: Times::default(),
            settled: Times::default(),
            cut_off: 0,
            went_on: 0,
            faults: Vec::new(),
        }
    }

    /// Its name among the clients.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Who it is to the log.
    pub(crate) fn actor(&self) -> commands::Actor {
        self.door.actor()
    }

    /// Asks another server first.
    pub(crate) fn preferring(mut self, server: usize) -> Self {
        self.server = server;
        self
    }

    pub(crate) async fn post(&mut self, path: &str, body: &Value) -> Reply {
        self.send(Method::POST, path, body).await
    }

    /// A command that is to act.
    pub(crate) async fn done(&mut self, path: &str, body: &Value) -> Reply {
        let reply = self.post(path, body).await;
        assert!(reply.status < 300, "{path} {body}: {reply:?}");
        reply
    }

    /// The same with another method.
    pub(crate) async fn done_by(&mut self, method: Method, path: &str, body: &Value) -> Reply {
        let reply = self.send(method, path, body).await;
        assert!(reply.status < 300, "{path} {body}: {reply:?}");
        reply
    }

    /// The answer, however often it has to be asked for.
    ///
    /// # Panics
    /// When the server answers what it never may: 500, a strange 503, an unknown key.
    pub(crate) async fn send(&mut self, method: Method, path: &str, body: &Value) -> Reply {
        self.sent += 1;
        let key = format!("{}/{}", self.name, self.sent);
        let command_id = self.door.command_id(method.as_str(), path, &key).0;
        self.journal.push(Line::Invoke { command_id, seed: self.sent });
        let begun = Instant::now();
        let mut tries = interval(PAUSE);
        tries.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while begun.elapsed() < PATIENCE {
            tries.tick().await;
            let Some(reply) = self.ask(&method, path, body, &key).await else {
                self.journal.push(Line::Unknown { command_id, seed: self.sent });
                continue;
            };
            self.settled.push(begun.elapsed());
            match reply.status {
                200 | 201 => {
                    self.journal.push(Line::Ok { command_id, seed: self.sent, first_position: None });
                    self.told.push((command_id, reply.position()));
                }
                404 | 409 | 412 | 422 => self.journal.push(Line::Fail { command_id, seed: self.sent }),
                _ => panic!("{path} {body}: {reply:?}"),
            }
            return reply;
        }
        panic!("{path}: no answer that tells within {PATIENCE:?}");
    }

    /// One try; nothing when its answer does not tell.
    async fn ask(&mut self, method: &Method, path: &str, body: &Value, key: &str) -> Option<Reply> {
        let request = self.request(method.clone(), path).json(body).header("Idempotency-Key", key);
        let begun = Instant::now();
        let reply = match read(request).await {
            Ok(reply) => reply,
            Err(error) => {
                if error.is_connect() {
                    self.go_on();
                } else {
                    self.cut_off += 1;
                    self.faults.push(format!("{path}: {error:?}"));
                }
                return None;
            }
        };
        let named = |name| reply.headers.get(name).and_then(|value| value.to_str().ok());
        if named("connection") == Some("close") {
            self.go_on();
        }
        if reply.status != 503 {
            return Some(reply);
        }
        self.unavailable.push(begun.elapsed());
        self.faults.push(format!("{path}: {}", reply.body));
        assert_eq!(named("content-type"), Some("application/problem+json"), "{reply:?}");
        assert!(named("retry-after").is_some(), "{reply:?}");
        None
    }

    fn go_on(&mut self) {
        self.went_on += 1;
        self.server += 1;
    }

    /// A read; nothing when it is not answered with 200.
    pub(crate) async fn get(&self, path: &str) -> Option<Reply> {
        let reply = read(self.request(Method::GET, path)).await.ok()?;
        (reply.status == 200).then_some(reply)
    }

    /// A request below `/api/v1`, sent by nobody yet.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}/api/v1{path}", self.door.url(self.server));
        self.http.request(method, url).bearer_auth(self.door.key())
    }

    /// A request to any path.
    pub(crate) fn request_to(&self, method: Method, path: &str) -> RequestBuilder {
        self.http
            .request(method, format!("{}{path}", self.door.url(self.server)))
            .bearer_auth(self.door.key())
    }
}

/// Sends it, and reads the whole answer.
pub(crate) async fn read(request: RequestBuilder) -> Result<Reply, reqwest::Error> {
    let answer = request.send().await?;
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    let text = answer.text().await?;
    Ok(Reply { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) })
}

impl Reply {
    /// The id of what was made.
    pub(crate) fn id(&self) -> String {
        self.body["id"].as_str().expect("an id").to_owned()
    }

    /// Why it was refused.
    pub(crate) fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or("none")
    }

    /// Where the log says that it stands.
    pub(crate) fn position(&self) -> Option<i64> {
        self.headers.get("omoi-position")?.to_str().ok()?.parse().ok()
    }
}
