//! Claude Code, played: the simulated one runs in this very program, started anew.

mod bad;
mod people;
mod work;

use std::path::PathBuf;
use std::time::Duration;

use adapters::agents::ClaudeDriver;
use ports::agent::{
    Act, AgentDriver as _, AgentError, Assignment, Delivery, Desk, Finished, Model, Order, Seen,
};
use ports::llm::Format;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Long enough on any machine.
const SOON: Duration = Duration::from_secs(60);
/// Holds the arguments of the program that is played, and says that it is.
const ARGUMENTS: &str = "SIMULATED_CLAUDE_ARGUMENTS";
/// Starts it: what the harness of the tests writes goes nowhere, and what it writes goes to our output.
const START: &str = "export SIMULATED_CLAUDE_ARGUMENTS=\"$*\"; exec 3>&1 >/dev/null; exec \"$0\" --exact agents::claude::simulated --nocapture";

/// The simulated one, when it is started as such; nothing otherwise.
#[test]
fn simulated() {
    let Ok(arguments) = std::env::var(ARGUMENTS) else { return };
    let arguments: Vec<String> = arguments.split(' ').map(str::to_owned).collect();
    let output = std::fs::OpenOptions::new().write(true).open("/dev/fd/3").unwrap();
    let input = std::io::BufReader::new(std::io::stdin());
    let here = std::env::current_dir().unwrap();
    std::process::exit(simulators::claude::run(&arguments, input, output, &here).into());
}

/// A script, a workspace, and what the agent is told.
struct Stage {
    house: TempDir,
    assignment: Assignment,
    driver: ClaudeDriver,
}

/// An agent at work.
struct Agent {
    seen: mpsc::Receiver<Seen>,
    people: mpsc::Sender<Order>,
    working: JoinHandle<Result<Finished, AgentError>>,
    acts: Vec<Seen>,
}

impl Stage {
    fn set(moves: &Value) -> Self {
        Self::of_script(&json!({"moves": moves}))
    }

    fn of_script(script: &Value) -> Self {
        let house = tempfile::tempdir().unwrap();
        let at = |name: &str| house.path().join(name);
        for directory in ["home", "work"] {
            std::fs::create_dir(at(directory)).unwrap();
        }
        std::fs::write(at("script.json"), script.to_string()).unwrap();
        let text = |path: PathBuf| path.to_str().unwrap().to_owned();
        let us = text(std::env::current_exe().unwrap());
        let model = Model {
            name: "a-model".into(),
            format: Format::Anthropic,
            max_output_tokens: 1_000,
            context_tokens: None,
        };
        let assignment = Assignment {
            driver: "claude".into(),
            command: ["/bin/sh", "-c", START, &us].map(str::to_owned).to_vec(),
            model: Some(model),
            prompt: "Begin the task.".into(),
            run: None,
            version: None,
            silent_after_s: None,
            environment: vec![
                ("HOME".into(), text(at("home"))),
                (simulators::claude::SCRIPT.into(), text(at("script.json"))),
                (simulators::claude::RECORD.into(), text(at("record.jsonl"))),
            ],
            workspace: at("work"),
            writes: true,
            platform: "http://127.0.0.1:7007".into(),
        };
        Self { house, assignment, driver: ClaudeDriver::within(SOON, SOON) }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.assignment.workspace.join(path)
    }

    fn begin(&self) -> Agent {
        let (driver, assignment) = (self.driver, self.assignment.clone());
        let (tell, seen) = mpsc::channel(10_000);
        let (people, orders) = mpsc::channel(16);
        let working =
            tokio::spawn(async move { driver.work(&assignment, Desk { seen: tell, orders }).await });
        Agent { seen, people, working, acts: Vec::new() }
    }

    async fn done(&self) -> (Vec<Act>, Finished) {
        let (acts, finished) = self.begin().end().await;
        (acts.into_iter().map(|seen| seen.what).collect(), finished.unwrap())
    }

    async fn fails(&self) -> AgentError {
        self.begin().end().await.1.unwrap_err()
    }

    /// What the program was started with, and then what it was told.
    fn record(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.house.path().join("record.jsonl")).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Agent {
    /// Waits until something of this kind was seen.
    async fn sees(&mut self, is_meant: impl Fn(&Act) -> bool) {
        let waiting = async {
            loop {
                let seen = self.seen.recv().await.expect("it ended before");
                let found = is_meant(&seen.what);
                self.acts.push(seen);
                if found {
                    return;
                }
            }
        };
        timeout(SOON, waiting).await.unwrap();
    }

    async fn steer(&self, text: &str) -> mpsc::Receiver<Delivery> {
        let (way, states) = mpsc::channel(8);
        self.people.send(Order::Steer { text: text.into(), way }).await.unwrap();
        states
    }

    async fn interrupt(&self) -> oneshot::Receiver<()> {
        let (done, over) = oneshot::channel();
        self.people.send(Order::Interrupt { done }).await.unwrap();
        over
    }

    /// All that was seen, and how it ended.
    async fn end(mut self) -> (Vec<Seen>, Result<Finished, AgentError>) {
        let finished = timeout(2 * SOON, self.working).await.unwrap().unwrap();
        while let Some(seen) = self.seen.recv().await {
            self.acts.push(seen);
        }
        (self.acts, finished)
    }
}

/// What became of words, to the end.
async fn all(mut states: mpsc::Receiver<Delivery>) -> Vec<Delivery> {
    let mut all = Vec::new();
    while let Some(state) = timeout(SOON, states.recv()).await.unwrap() {
        all.push(state);
    }
    all
}

fn written(mechanism: &str) -> Delivery {
    Delivery::Written { mechanism: mechanism.into() }
}

fn says(text: &str) -> Act {
    Act::Message { text: text.into() }
}
