//! Our own agent, on a model that answers from a script, in both formats.

mod limits;
mod people;
mod troubles;
mod work;

use std::path::{Path, PathBuf};
use std::time::Duration;

use adapters::agents::NativeDriver;
use adapters::llm::{HttpOptions, Retries};
use ports::agent::{
    Act, AgentDriver as _, AgentError, Assignment, Delivery, Desk, Finished, Model, Order, Seen,
};
use ports::llm::{Deadlines, Format};
use simulators::llm::{Llm as Server, Rule};
use tempfile::TempDir;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

const FORMATS: [Format; 2] = [Format::OpenAi, Format::Anthropic];
/// Long enough on any machine.
const SOON: Duration = Duration::from_secs(60);

/// A model, a workspace, and what an agent is told.
struct Stage {
    server: Server,
    home: TempDir,
    assignment: Assignment,
    deadlines: Deadlines,
}

/// An agent at work.
struct Agent {
    seen: mpsc::Receiver<Seen>,
    people: mpsc::Sender<Order>,
    working: JoinHandle<Result<Finished, AgentError>>,
    acts: Vec<Seen>,
}

impl Stage {
    async fn set(format: Format, rules: impl IntoIterator<Item = Rule>) -> Self {
        let server = Server::start().await;
        for rule in rules {
            server.rule(rule);
        }
        let home = tempfile::tempdir().unwrap();
        let model = Model { name: "a-model".into(), format, max_output_tokens: 1_000, context_tokens: None };
        let assignment = Assignment {
            driver: "native".into(),
            command: Vec::new(),
            model: Some(model),
            prompt: "Begin the task.".into(),
            run: None,
            version: None,
            silent_after_s: None,
            environment: Vec::new(),
            workspace: home.path().to_owned(),
            writes: true,
            platform: server.platform_url(),
        };
        let deadlines = Deadlines { first_byte: SOON, idle: SOON, whole: SOON };
        Self { server, home, assignment, deadlines }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.home.path().join(path)
    }

    fn begin(&self) -> Agent {
        let soon = Duration::from_millis(1);
        let retries = Retries { tries: 2, first: soon, longest: soon, ..Retries::default() };
        let http = HttpOptions { retries, ..HttpOptions::default() };
        let driver = NativeDriver::new().waiting(http, self.deadlines);
        let assignment = self.assignment.clone();
        let (tell, seen) = mpsc::channel(10_000);
        let (people, orders) = mpsc::channel(16);
        let working =
            tokio::spawn(async move { driver.work(&assignment, Desk { seen: tell, orders }).await });
        Agent { seen, people, working, acts: Vec::new() }
    }

    async fn done(&self) -> (Vec<Act>, Finished) {
        let (acts, finished) = self.begin().end().await;
        (acts.into_iter().map(|seen| seen.what).collect(), finished)
    }

    /// What the model was told in the last request, without the system's words.
    fn last_asked(&self) -> String {
        self.server.requests().last().unwrap().asked().text()
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
    async fn end(mut self) -> (Vec<Seen>, Finished) {
        let finished = timeout(SOON, self.working).await.unwrap().unwrap().unwrap();
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

fn notes<'a>(acts: &'a [Act], wanted: &str) -> Vec<&'a str> {
    let of = |act: &'a Act| match act {
        Act::Noted { code, text } if code == wanted => Some(text.as_str()),
        _ => None,
    };
    acts.iter().filter_map(of).collect()
}

/// What tools answered, and whether they did what they were asked for.
fn returned(acts: &[Act]) -> Vec<(bool, &str)> {
    let of = |act: &'_ Act| matches!(act, Act::ToolReturned { .. });
    let returned = acts.iter().filter(|act| of(act)).map(|act| match act {
        Act::ToolReturned { ok, output, .. } => (*ok, output.as_str()),
        _ => unreachable!("others are left out"),
    });
    returned.collect()
}

/// Waits until there is a file.
async fn is_there(path: &Path) {
    until(|| path.exists()).await;
}

async fn until(condition: impl Fn() -> bool) {
    let waiting = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(SOON, waiting).await.unwrap();
}
