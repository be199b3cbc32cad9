//! The example of docs/examples, as an analyst would run it: in Python, with the public client and a credential that reads
//! the events of one organization.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use bus::{OrgConsumer, keep_consumers, stream_name, subjects_of};
use kernel::{OrgId, Uuid};
use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::log::TestLog;
use crate::server::{LOG, Server};

/// Whose events the log of these tests holds.
const ORG: OrgId = OrgId(Uuid::from_u128(1));

struct Analyst {
    program: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Analyst {
    fn start(credential: &Path, state: &Path) -> Self {
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/examples/analytics.py");
        let packages =
            PathBuf::from(std::env::var_os("OMOI_TEST_PYTHONPATH").expect("run `cargo xtask test`"));
        let mut program = Command::new("python3")
            .arg(example)
            .args([credential, state])
            .env("PYTHONPATH", packages)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let lines = BufReader::new(program.stdout.take().unwrap()).lines();
        Self { program, lines }
    }

    /// Reads what it prints until it has dealt with this position; the lines on the way.
    async fn reaches(&mut self, position: i64) -> Vec<String> {
        let mut seen: Vec<String> = Vec::new();
        let last = format!("{position} ");
        let printed = async {
            while seen.last().is_none_or(|line| !line.starts_with(&last)) {
                seen.push(self.lines.next_line().await.unwrap().expect("the example has ended"));
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

/// Lets somebody read the events of the organization; what the program is given.
async fn credential(server: &Server) -> serde_json::Value {
    let consumer = OrgConsumer { name: "analyst_1".into(), org: ORG, from: None };
    let url = server.lets_in(&consumer.name).await;
    let (stream, subject) = (stream_name(LOG), subjects_of(LOG, ORG));
    json!({ "url": url, "stream": stream, "consumer": consumer.name, "subject": subject })
}

async fn consumer_is_there(server: &Server) {
    let consumer = OrgConsumer { name: "analyst_1".into(), org: ORG, from: None };
    keep_consumers(&server.client().await, LOG, &[consumer]).await.unwrap();
}

/// What it prints for attempts that failed: these positions, counted from `first` on.
fn failed(positions: std::ops::RangeInclusive<i64>, first: i64) -> Vec<String> {
    let begin = *positions.start();
    positions.map(|position| format!("{position} task.attempt_failed {}", position - begin + first)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_counts_every_event_once_through_kills_and_a_bus_that_was_filled_again() {
    let mut server = Server::start().await;
    let log = TestLog::of(1, 40);
    let mut relay = server.relay(&log).await;
    relay.reaches(40).await;
    let directory = tempfile::tempdir().unwrap();
    let (file, state) = (directory.path().join("bus.json"), directory.path().join("counts.db"));
    std::fs::write(&file, credential(&server).await.to_string()).unwrap();
    consumer_is_there(&server).await;

    let mut analyst = Analyst::start(&file, &state);
    assert_eq!(analyst.reaches(40).await, failed(1..=40, 1));
    log.append("task.planned", r#"{"$type":"task.planned"}"#);
    assert_eq!(analyst.reaches(41).await, ["41 task.planned 1"], "live");
    analyst.killed().await;

    log.grow(9);
    let mut analyst = Analyst::start(&file, &state);
    assert_eq!(analyst.reaches(50).await, failed(42..=50, 41), "it goes on where it was");
    analyst.killed().await;
    relay.stop().await;

    // The bus is filled again: its sequences are others, its positions are not.
    server.wipe().await;
    assert_eq!(credential(&server).await["consumer"], "analyst_1");
    log.grow(1);
    let mut relay = server.relay(&log).await;
    relay.reaches(51).await;
    consumer_is_there(&server).await;
    let mut analyst = Analyst::start(&file, &state);
    assert_eq!(analyst.reaches(51).await, ["51 task.attempt_failed 50"]);
    analyst.killed().await;
    relay.stop().await;
    server.stop().await;
}
