//! The example of docs/examples, as an analyst would run it: in Python, with the public client and a user that may only read.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::log::TestLog;
use crate::server::Server;

struct Analyst {
    program: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Analyst {
    fn start(server: &Server, state: &Path) -> Self {
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/examples/analytics.py");
        let packages =
            PathBuf::from(std::env::var_os("OMOI_TEST_PYTHONPATH").expect("run `cargo xtask test`"));
        let mut program = Command::new("python3")
            .arg(example)
            .env("NATS_URL", server.reader_url())
            .env("STATE", state)
            .env("PYTHONPATH", packages)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let lines = BufReader::new(program.stdout.take().unwrap()).lines();
        Self { program, lines }
    }

    /// Reads what it prints until it has dealt with this position; the positions on the way.
    async fn reaches(&mut self, position: i64) -> Vec<i64> {
        let mut seen = Vec::new();
        let printed = async {
            while seen.last() != Some(&position) {
                let line = self.lines.next_line().await.unwrap().expect("the example has ended");
                seen.push(line.split(' ').next().unwrap().parse().unwrap());
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(30), printed)
            .await
            .expect("it prints nothing more");
        seen
    }

    async fn killed(mut self) {
        self.program.kill().await.unwrap();
    }
}

fn counts(state: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(state).unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_counts_every_event_once_through_kills_and_a_bus_that_was_filled_again() {
    let mut server = Server::start().await;
    let log = TestLog::of(1, 40);
    let mut relay = server.relay(&log).await;
    relay.reaches(40).await;
    let directory = tempfile::tempdir().unwrap();
    let state = directory.path().join("counts.json");

    let mut analyst = Analyst::start(&server, &state);
    assert_eq!(analyst.reaches(40).await, (1..=40).collect::<Vec<_>>());
    log.append("task.planned", r#"{"$type":"task.planned"}"#);
    assert_eq!(analyst.reaches(41).await, [41], "live");
    analyst.killed().await;

    log.grow(9);
    let mut analyst = Analyst::start(&server, &state);
    assert_eq!(analyst.reaches(50).await, (42..=50).collect::<Vec<_>>(), "it goes on where it was");
    analyst.killed().await;
    relay.stop().await;

    // The bus is filled again: its sequences are others, its positions are not.
    server.wipe().await;
    log.grow(1);
    let mut relay = server.relay(&log).await;
    relay.reaches(51).await;
    let mut analyst = Analyst::start(&server, &state);
    assert_eq!(analyst.reaches(51).await, [51]);
    analyst.killed().await;
    assert_eq!(
        counts(&state),
        json!({ "position": 51, "counts": { "task.attempt_failed": 50, "task.planned": 1 } })
    );
    relay.stop().await;
    server.stop().await;
}
