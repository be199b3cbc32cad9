//! An agent that is played by a few lines of shell, and what is seen of it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::Duration;

use adapters::agents::AcpDriver;
use ports::agent::{Act, AgentDriver as _, AgentError, Assignment, Delivery, Desk, Finished, Order, Seen};
use tempfile::TempDir;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Whatever is waited for comes long before, also on a machine that is very busy.
pub(super) const SOON: Duration = Duration::from_secs(120);

/// What every played agent can do. `hear` reads a line and keeps it beside the home; `hello` is the way to the first prompt,
/// and `begin` that of one who can do no more than it says.
const WORDS: &str = r#"#!/bin/sh
hear() { IFS= read -r line || exit 0; printf '%s\n' "$line" >> "$HOME/heard"; id=${line#*\"id\":}; id=${id%%,*}; }
say() { printf '%s\n' "$1"; }
answer() { say "{\"jsonrpc\":\"2.0\",\"id\":$id,\"result\":$1}"; }
refuse() { say "{\"jsonrpc\":\"2.0\",\"id\":$id,\"error\":{\"code\":$1,\"message\":\"$2\"}}"; }
update() { say "{\"jsonrpc\":\"2.0\",\"method\":\"session/update\",\"params\":{\"sessionId\":\"s-1\",\"update\":$1}}"; }
chunk() { update "{\"sessionUpdate\":\"agent_message_chunk\",\"content\":{\"type\":\"text\",\"text\":\"$1\"}}"; }
end() { answer "{\"stopReason\":\"$1\"}"; }
hello() { begin "\"mcpCapabilities\":{\"http\":true}${1:+,$1}"; }
begin() {
  hear; answer "{\"protocolVersion\":1,\"agentInfo\":{\"name\":\"Played\",\"version\":\"7\"},\"agentCapabilities\":{$1}}"
  hear; answer '{"sessionId":"s-1"}'
}
QUEUES='"_meta":{"claudeCode":{"promptQueueing":true}}'
"#;

/// An agent at work.
pub(super) struct Stage {
    pub(super) home: TempDir,
    orders: mpsc::Sender<Order>,
    seen: mpsc::Receiver<Seen>,
    told: Vec<Seen>,
    working: JoinHandle<Result<Finished, AgentError>>,
}

/// What an agent is given in these tests: it may write, and has no model.
pub(super) fn assignment(home: &TempDir, command: Vec<String>) -> Assignment {
    let path = |name: &str| {
        let path = home.path().join(name);
        fs::create_dir_all(&path).unwrap();
        path
    };
    Assignment {
        driver: "acp".into(),
        command,
        model: None,
        prompt: "Do it.".into(),
        run: None,
        version: None,
        silent_after_s: None,
        environment: vec![("HOME".into(), path("home").display().to_string())],
        workspace: path("workspace"),
        writes: true,
        platform: "http://127.0.0.1:9".into(),
    }
}

/// A program of these lines, of this name.
pub(super) fn program(home: &TempDir, name: &str, lines: &str) -> Vec<String> {
    let path = home.path().join(name);
    fs::write(&path, format!("{WORDS}{lines}")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    // Not the script itself: while a test beside us starts a program, a file just written may still be open for writing.
    vec!["/bin/sh".into(), path.display().to_string()]
}

impl Stage {
    /// Lets an agent play these lines.
    pub(super) fn play(lines: &str) -> Self {
        Self::play_within(lines, AcpDriver::new())
    }

    pub(super) fn play_within(lines: &str, driver: AcpDriver) -> Self {
        let home = tempfile::tempdir().unwrap();
        let assignment = assignment(&home, program(&home, "agent", lines));
        Self::drive(home, assignment, driver)
    }

    pub(super) fn drive(home: TempDir, assignment: Assignment, driver: AcpDriver) -> Self {
        let (to_us, seen) = mpsc::channel(4);
        let (orders, from_us) = mpsc::channel(16);
        let working =
            tokio::spawn(
                async move { driver.work(&assignment, Desk { seen: to_us, orders: from_us }).await },
            );
        Self { home, orders, seen, told: Vec::new(), working }
    }

    /// Says something to it.
    pub(super) async fn steer(&self, text: &str) -> mpsc::Receiver<Delivery> {
        let (way, states) = mpsc::channel(8);
        self.orders.send(Order::Steer { text: text.into(), way }).await.unwrap();
        states
    }

    /// Wants its turn ended.
    pub(super) async fn interrupt(&self) -> oneshot::Receiver<()> {
        let (done, is_done) = oneshot::channel();
        self.orders.send(Order::Interrupt { done }).await.unwrap();
        is_done
    }

    /// Whether more can be seen only once we look.
    pub(super) fn is_full(&self) -> bool {
        self.seen.len() == self.seen.max_capacity()
    }

    /// Waits until this is seen.
    pub(super) async fn until(&mut self, what: &str, is_it: impl Fn(&Act) -> bool) {
        let waiting = async {
            while let Some(seen) = self.seen.recv().await {
                self.told.push(seen);
                if self.told.last().is_some_and(|seen| is_it(&seen.what)) {
                    return;
                }
            }
            panic!("{what} was not seen, but {:?}", self.told);
        };
        timeout(SOON, waiting).await.unwrap_or_else(|_| panic!("{what} was not seen in time"));
    }

    /// Waits until it says this.
    pub(super) async fn until_said(&mut self, words: &str) {
        self.until(words, |act| matches!(act, Act::Message { text } if text == words)).await;
    }

    /// Waits for the end; everything that was seen, and how it ended.
    pub(super) async fn end(mut self) -> (Vec<Seen>, Result<Finished, AgentError>, Heard) {
        let reading = async {
            while let Some(seen) = self.seen.recv().await {
                self.told.push(seen);
            }
        };
        timeout(SOON, reading).await.unwrap_or_else(|_| panic!("it goes on and on"));
        let ended = timeout(SOON, self.working).await.unwrap().unwrap();
        (self.told, ended, Heard(self.home))
    }
}

/// What an agent has heard.
pub(super) struct Heard(pub(super) TempDir);

impl Heard {
    /// Its lines, as JSON.
    pub(super) fn frames(&self) -> Vec<serde_json::Value> {
        let heard = fs::read_to_string(self.path("home/heard")).unwrap_or_default();
        heard.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The prompts of them.
    pub(super) fn prompts(&self) -> Vec<String> {
        let prompt =
            |frame: &serde_json::Value| frame["params"]["prompt"][0]["text"].as_str().map(str::to_owned);
        self.frames().iter().filter_map(prompt).collect()
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}

/// All that became of words.
pub(super) async fn all(states: mpsc::Receiver<Delivery>) -> Vec<Delivery> {
    let mut states = states;
    let mut all = Vec::new();
    let reading = async {
        while let Some(state) = states.recv().await {
            all.push(state);
        }
    };
    timeout(SOON, reading).await.unwrap_or_else(|_| panic!("nobody lets go of the words"));
    all
}

pub(super) fn acts(seen: &[Seen]) -> Vec<&Act> {
    seen.iter().map(|seen| &seen.what).collect()
}
