//! The worker in a sandbox, against a host that is away now and then: what its agent did arrives whole, in order, each event once,
//! and before the end is told.

use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::{Json, Router, body, routing};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::UnixListener;
use tokio::time::timeout;

use crate::support::{git, omoi};

const TOKEN: &str = "5d1f5d1f5d1f5d1f5d1f5d1f5d1f5d1f";
const TIMES: usize = 3_000;
const PATIENCE: Duration = Duration::from_secs(60);

/// What the host was told.
#[derive(Debug, Default)]
struct Told {
    requests: usize,
    events: Vec<Value>,
    sent_again: usize,
    report: Option<Value>,
    events_at_the_end: usize,
}

/// A host that answers every third request with "away", and now and then stores a batch and does not say so.
#[derive(Clone, Debug)]
struct Host {
    told: Arc<Mutex<Told>>,
    over_after: usize,
}

impl Host {
    fn answers(&self, path: &str, body: &[u8]) -> Response {
        let mut told = self.told.lock().expect("nobody panics with it");
        told.requests += 1;
        if told.requests.is_multiple_of(3) {
            return StatusCode::SERVICE_UNAVAILABLE.into_response();
        }
        match path {
            "/run/events" => {
                let batch: Value = serde_json::from_slice(body).expect("a batch");
                let from = usize::try_from(batch["from"].as_u64().expect("a number")).expect("small");
                let events = batch["events"].as_array().expect("a list");
                let stored = told.events.len() + 1;
                assert!(from <= stored, "{from} is ahead of {stored}");
                told.sent_again += usize::from(from < stored);
                let new: Vec<Value> = events.iter().skip(stored - from).cloned().collect();
                told.events.extend(new);
                if told.events.len() > self.over_after {
                    return StatusCode::GONE.into_response();
                }
                if told.requests.is_multiple_of(5) {
                    return StatusCode::SERVICE_UNAVAILABLE.into_response();
                }
                Json(json!({ "next": told.events.len() + 1 })).into_response()
            }
            "/run/finished" => {
                told.report = serde_json::from_slice(body).ok();
                told.events_at_the_end = told.events.len();
                StatusCode::NO_CONTENT.into_response()
            }
            "/run/beat" => StatusCode::NO_CONTENT.into_response(),
            "/run/orders" => Json(json!({ "orders": [] })).into_response(),
            other => panic!("nobody asks for {other} without a snapshot"),
        }
    }
}

async fn answer(State(host): State<Host>, request: Request) -> Response {
    let authorized =
        request.headers().get("authorization").is_some_and(|value| value == &format!("Bearer {TOKEN}"));
    if !authorized {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let path = request.uri().path().to_owned();
    let body = body::to_bytes(request.into_body(), 8 << 20).await.expect("a body");
    if path == "/run/orders" {
        // As the real one: a question for orders waits.
        let _ = timeout(Duration::from_millis(200), std::future::pending::<()>()).await;
    }
    host.answers(&path, &body)
}

/// Lets a worker do a script in `home`; how it ended.
async fn work(home: &Path, host: &Host, script: &Value) -> ExitStatus {
    let workspace = home.join("workspace");
    std::fs::create_dir_all(&workspace).expect("made");
    git(&workspace, &["init", "--quiet", "."]).await;
    let socket = home.join("s");
    let listener = UnixListener::bind(&socket).expect("a socket");
    let router = Router::new().fallback(routing::any(answer)).with_state(host.clone());
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });
    let brief = json!({
        "run": kernel::Uuid::now_v7(), "token": TOKEN, "socket": socket, "errand": "drive",
        "assignment": {
            "driver": "scripted", "command": [], "prompt": "Count.", "run": script.to_string(), "environment": [],
            "workspace": workspace, "writes": false, "platform": "",
        },
        "keeping": { "at": "0".repeat(40), "message": "", "trailers": [] },
    });
    let mut command = omoi();
    command.arg("agent-worker").stdin(Stdio::piped());
    let mut worker = command.spawn().expect("omoi starts");
    let mut stdin = worker.stdin.take().expect("it is a pipe");
    stdin.write_all(brief.to_string().as_bytes()).await.expect("it reads");
    drop(stdin);
    let ended = timeout(PATIENCE, worker.wait()).await.expect("it ends in time").expect("it is our child");
    serving.abort();
    ended
}

#[tokio::test]
async fn a_host_that_is_away_now_and_then_gets_all_of_it_once() {
    let home = tempfile::tempdir().expect("a temporary directory");
    let host = Host { told: Arc::default(), over_after: usize::MAX };
    let script = json!({ "moves": [{ "loop": { "say": "again", "times": TIMES } }, { "say": "done" }] });
    let ended = work(home.path(), &host, &script).await;
    assert!(ended.success(), "{ended:?}");
    let told = host.told.lock().expect("nobody panics with it");
    // The start of the turn, what was said, and the end of the turn.
    assert_eq!(told.events.len(), TIMES + 3, "{:?}", told.events.last());
    assert_eq!(told.events[0]["act"], "turn_started");
    assert_eq!(told.events[TIMES + 1]["text"], "done");
    assert_eq!(told.events[TIMES + 2]["act"], "turn_ended");
    assert!(told.events.windows(2).all(|pair| pair[0]["at"].as_i64() <= pair[1]["at"].as_i64()));
    assert!(told.sent_again > 0, "it never had to send anything again: {} requests", told.requests);
    let report = told.report.as_ref().expect("it says how it ended");
    assert_eq!((&report["end"], &report["done"]), (&json!("finished"), &json!(true)), "{report}");
    assert_eq!(told.events_at_the_end, told.events.len(), "the end is told after all of it");
}

#[tokio::test]
async fn a_worker_of_a_run_that_is_over_ends() {
    let home = tempfile::tempdir().expect("a temporary directory");
    let host = Host { told: Arc::default(), over_after: 100 };
    let script = json!({ "moves": [{ "loop": { "say": "again", "times": 100_000 } }, "hang"] });
    let ended = work(home.path(), &host, &script).await;
    assert!(ended.success(), "{ended:?}");
    assert!(host.told.lock().expect("nobody panics with it").report.is_none());
}

#[tokio::test]
async fn it_is_started_by_nobody_else() {
    let mut command = omoi();
    let output = command.arg("agent-worker").output().await.expect("omoi starts");
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("started inside of a sandbox"), "{said}");
}
