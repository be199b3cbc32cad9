//! `omoi up --json`: one line when everything is ready, and the server answers.

use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;

use crate::support::{Up, omoi, signal};

#[tokio::test]
async fn one_line_says_that_everything_is_ready() {
    let mut up = Up::start().await;
    assert!(up.ready.ready);
    assert_eq!(Some(up.ready.pid), up.child.id());
    assert!(up.ready.data_dir.is_absolute());
    assert!(up.ready.nats_url.starts_with("nats://reader:"), "{}", up.ready.nats_url);

    let alive: Value = get(&up, "/healthz").await;
    assert_eq!(alive["alive"], true);
    let ready: Value = get(&up, "/readyz").await;
    assert_eq!(
        (&ready["ready"], &ready["database"]["ok"], &ready["bus"]["ok"]),
        (&Value::Bool(true), &Value::Bool(true), &Value::Bool(true))
    );

    let as_another =
        reqwest::Client::new().get(format!("{}/healthz", up.ready.url)).header("Host", "evil.example");
    assert_eq!(as_another.send().await.expect("an answer").status(), 421, "a rebound name is refused");

    signal(up.ready.pid, Signal::TERM);
    let (status, rest) = up.ended(Duration::from_secs(10)).await;
    assert!(status.success(), "{status}");
    assert_eq!(rest, "", "more than one line on stdout");
}

#[tokio::test]
async fn the_second_run_needs_neither_python_nor_the_network() {
    // The first run fetched the programs, here or long ago.
    let first = Up::start().await;
    let nowhere = tempfile::tempdir().expect("an empty directory");
    let mut command = omoi();
    command.env("PATH", nowhere.path()).args(["up", "--json", "--listen", "127.0.0.1:0", "--data-dir"]);
    command.arg(nowhere.path().join("data"));
    let second = Up::start_command(command).await;
    assert_eq!(second.status_of("/readyz").await, Some(200));
    drop(first);
}

async fn get(up: &Up, path: &str) -> Value {
    let answer = reqwest::get(format!("{}{path}", up.ready.url)).await.expect("an answer");
    assert_eq!(answer.status(), 200, "{path}");
    answer.json().await.expect("JSON")
}
