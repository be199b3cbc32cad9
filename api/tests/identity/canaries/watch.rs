//! A server of which everything that it says is kept: its log at its most talkative, its traces, what a socket hears.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::{Router, extract::State, routing::post};
use rustix::process::Signal;
use serde_json::json;
use tokio::net::TcpListener;

use crate::database::Database;
use crate::support::{Answer, Api, Socket, Up, eventually, omoi, signal};
use crate::world::Started;

type Kept = Arc<Mutex<String>>;

pub(super) struct Watch {
    pub(super) site: Started,
    /// What was answered to who may not have it.
    pub(super) answers: Vec<String>,
    /// Keys of organizations, besides the operator's.
    pub(super) ears: Vec<String>,
    /// What Prometheus is told.
    pub(super) numbers: String,
    /// The address of the collector, with a password in it.
    collector: String,
    spans: Kept,
    directory: tempfile::TempDir,
}

impl Watch {
    pub(super) async fn start() -> Self {
        let spans = Kept::default();
        let place = collect(spans.clone()).await;
        let collector = format!("http://omoi:{}@{place}", super::places::COLLECTOR);
        let directory = tempfile::tempdir().expect("a directory");
        let site = begin(&directory, &collector, &[]).await;
        Self {
            site,
            answers: Vec::new(),
            ears: Vec::new(),
            numbers: String::new(),
            collector,
            spans,
            directory,
        }
    }

    /// Ends the server, and begins again over the same data with more in its environment.
    pub(super) async fn again(&mut self, variables: &[(&str, &str)]) {
        self.end_server().await;
        // What lies there is the next one's.
        std::mem::take(&mut self.site.api.up.ready.data_dir);
        self.site = begin(&self.directory, &self.collector, variables).await;
    }

    pub(super) async fn end_server(&mut self) {
        signal(self.site.api.up.ready.pid, Signal::TERM);
        self.site.api.up.ended(Duration::from_secs(30)).await;
    }

    /// Keeps an answer that is no secret's first and only one.
    pub(super) fn keep(&mut self, answer: &Answer) {
        self.answers.push(format!("{:?} {}", answer.headers, answer.body));
    }

    /// What a process of ours says when it is started with these; it ends by itself.
    pub(super) async fn said(&mut self, arguments: &[&str], variables: &[(&str, &str)]) {
        let mut command = omoi();
        command.args(arguments).envs(variables.iter().copied());
        let output = command.output().await.expect("omoi starts");
        self.answers.push(String::from_utf8_lossy(&output.stdout).into_owned());
        self.answers.push(String::from_utf8_lossy(&output.stderr).into_owned());
    }

    /// Everything that sockets hear from the first event on.
    pub(super) async fn transcript(&self) -> String {
        let mut text = String::new();
        let head = self.site.database.head().await;
        let operator = self.site.api.operator_key().to_owned();
        for key in self.ears.iter().chain([&operator]) {
            let mut socket = Socket::open(&self.site.api.up.ready.url, key).await.expect("a socket");
            socket.subscribe("all", json!({ "kind": "log" }), Some(0)).await;
            loop {
                let frame = socket.frame().await;
                text.push_str(&frame.to_string());
                if frame["to"].as_i64().is_some_and(|to| to >= head) {
                    break;
                }
            }
        }
        text
    }

    /// Waits until the bus holds the log.
    pub(super) async fn bus_is_whole(&self) {
        let head = self.site.database.head().await;
        eventually(Duration::from_secs(60), "the bus holds the log", async || {
            let numbers = self.site.api.request_to(reqwest::Method::GET, "/metrics").send().await.ok()?;
            let numbers = numbers.text().await.ok()?;
            let line =
                numbers.lines().find(|line| line.starts_with("omoi_consumer_position{consumer=\"bus\"}"))?;
            (line.rsplit(' ').next()?.parse::<i64>().ok()? >= head).then_some(())
        })
        .await;
    }

    pub(super) fn log(&self) -> String {
        std::fs::read_to_string(self.directory.path().join("stderr")).expect("it says something")
    }

    /// The last warnings of the server.
    pub(super) fn last_words(&self) -> String {
        let log = self.log();
        let warnings: Vec<&str> =
            log.lines().filter(|line| line.contains(" WARN ") || line.contains("ERROR ")).collect();
        warnings[warnings.len().saturating_sub(5)..].join("\n")
    }

    pub(super) fn traces(&self) -> String {
        self.spans.lock().expect("nobody panicked").clone()
    }

    /// As if it had been sent.
    pub(super) fn collected(&self, text: &str) {
        self.spans.lock().expect("nobody panicked").push_str(text);
    }

    /// Where Postgres and NATS keep their files.
    pub(super) fn home(&self) -> PathBuf {
        let data_dir = &self.site.api.up.ready.data_dir;
        let home = std::fs::read_to_string(data_dir.join("home"));
        home.map_or_else(|_| data_dir.clone(), |home| home.trim().into())
    }
}

async fn begin(directory: &tempfile::TempDir, collector: &str, variables: &[(&str, &str)]) -> Started {
    let log = std::fs::OpenOptions::new().create(true).append(true).open(directory.path().join("stderr"));
    let mut command = omoi();
    command
        .args(["up", "--json", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(directory.path().join("data"));
    command.env("OMOI_LOG", "debug").env("OMOI_OTLP_URL", collector);
    command.envs(variables.iter().copied()).stderr(Stdio::from(log.expect("a file")));
    let api = Api::of(Up::start_command(command).await);
    let database = Database::of_data_dir(&api.up.ready.data_dir);
    Started::of(api, database)
}

/// A collector of traces, which keeps what it is sent word for word.
async fn collect(spans: Kept) -> String {
    async fn take(State(spans): State<Kept>, body: String) -> &'static str {
        spans.lock().expect("nobody panicked").push_str(&body);
        "{}"
    }
    let routes = Router::new().route("/v1/traces", post(take)).with_state(spans);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let place = listener.local_addr().expect("its address").to_string();
    tokio::spawn(async move { axum::serve(listener, routes).await });
    place
}
