//! A running `omoi up` as its operator talks to it.

use std::{collections::HashMap, sync::Mutex};

use reqwest::{Client, Method, RequestBuilder, header::HeaderMap};
use serde_json::Value;

use super::{Up, omoi};

/// The server and the key to it.
#[derive(Debug)]
pub(crate) struct Api {
    pub(crate) up: Up,
    client: Client,
    key: String,
    letters: Mutex<HashMap<String, usize>>,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Api {
    /// Starts one in a new data directory.
    pub(crate) async fn start() -> Self {
        Self::of(Up::start().await)
    }

    /// Talks to one that was started.
    pub(crate) fn of(up: Up) -> Self {
        let key = std::fs::read_to_string(up.ready.data_dir.join("operator.key"));
        Self { up, client: Client::new(), key: key.expect("omoi up made the key"), letters: Mutex::default() }
    }

    /// The same server, with a key of its own that `omoi key create` makes.
    pub(crate) async fn key(&self, org: &str, role: &str) -> Value {
        let mut command = omoi();
        command.args(["key", "create", "--json", "--org", org, "--role", role, "--data-dir"]);
        let made = command.arg(&self.up.ready.data_dir).output().await.expect("omoi starts");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        serde_json::from_slice(&made.stdout).expect("one JSON object")
    }

    /// How many letters to an address a story has read.
    pub(super) fn letters_read(&self, email: &str) -> usize {
        self.letters.lock().expect("nobody panics with it").get(email).copied().unwrap_or(0)
    }

    pub(super) fn read_letter(&self, email: &str) {
        *self.letters.lock().expect("nobody panics with it").entry(email.to_owned()).or_default() += 1;
    }

    /// The key that `omoi up` made.
    pub(crate) fn operator_key(&self) -> &str {
        &self.key
    }

    /// A request below `/api/v1` with another key, or with none.
    pub(crate) fn request_with(&self, key: Option<&str>, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}/api/v1{path}", self.up.ready.url));
        match key {
            Some(key) => request.bearer_auth(key),
            None => request,
        }
    }

    /// A request to any path.
    pub(crate) fn request_to(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.up.ready.url)).bearer_auth(&self.key)
    }

    /// A request below `/api/v1`, to be completed and sent.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}/api/v1{path}", self.up.ready.url)).bearer_auth(&self.key)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.request(Method::POST, path).json(body)
    }

    pub(crate) fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path)
    }

    /// A command that is to act.
    ///
    /// # Panics
    /// When it is refused.
    pub(crate) async fn done(&self, path: &str, body: &Value) -> Answer {
        let answer = answer(self.post(path, body)).await;
        assert!(matches!(answer.status, 200 | 201), "{path} {body}: {answer:?}");
        answer
    }

    /// The newest events that `filter` picks, newest first.
    pub(crate) async fn newest(&self, filter: &str) -> Vec<Value> {
        let answer = answer(self.get(&format!("/events?before={}{filter}", i64::MAX))).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body["events"].as_array().expect("a list").clone()
    }

    /// Where the log ends; 0 for an empty one.
    pub(crate) async fn last_position(&self) -> i64 {
        self.newest("&limit=1").await.first().map_or(0, |event| event["position"].as_i64().expect("a number"))
    }
}

impl Answer {
    /// Why it was refused.
    pub(crate) fn problem(&self) -> (u16, &str) {
        (self.status, self.body["code"].as_str().unwrap_or("none"))
    }

    /// The id of what was made.
    pub(crate) fn id(&self) -> &str {
        self.body["id"].as_str().expect("an id")
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Sends it. An answer that is not JSON is kept as text.
pub(crate) async fn answer(request: RequestBuilder) -> Answer {
    let answer = request.send().await.expect("an answer");
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    let text = answer.text().await.expect("text");
    Answer { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
}
