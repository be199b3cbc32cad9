//! One client of the load: 40 % create a ticket, 40 % plan a task that waits for another one, 20 % take a task a step
//! on. It knows what it made, and sends what a person could send.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use anyhow::ensure;
use serde_json::{Value, json};

use super::server::{Answer, Api, id};

/// Tasks that a new one may wait for.
const RECENT: usize = 50;

/// What one client did.
#[derive(Debug, Default)]
pub(super) struct Done {
    pub(super) latencies: Vec<Duration>,
    /// Refused because the task was not yet ready: its readiness is on the way.
    pub(super) early: usize,
    pub(super) last_position: i64,
}

#[derive(Debug)]
pub(super) struct Client {
    api: Api,
    project: String,
    seed: u64,
    ticket: String,
    /// Planned, newest last.
    recent: VecDeque<String>,
    /// May be ready; the client finds out.
    planned: VecDeque<String>,
    running: VecDeque<String>,
    done: Done,
}

impl Client {
    pub(super) async fn new(api: &Api, project: &str, seed: u64) -> anyhow::Result<Self> {
        let ticket = id(&api.done(&format!("/projects/{project}/tickets"), &ticket(0)).await?)?;
        let (recent, planned, running) = (VecDeque::new(), VecDeque::new(), VecDeque::new());
        let (api, project, done) = (api.clone(), project.to_owned(), Done::default());
        Ok(Self { api, project, seed, ticket, recent, planned, running, done })
    }

    /// Sends commands until `end`, one after another.
    pub(super) async fn run(mut self, end: Instant) -> anyhow::Result<Done> {
        while Instant::now() < end {
            let asked = Instant::now();
            let position = match self.random() % 10 {
                0..4 => self.create_ticket().await?,
                4..8 => self.plan_task().await?,
                _ => self.take_a_step().await?,
            };
            self.done.latencies.push(asked.elapsed());
            self.done.last_position = self.done.last_position.max(position);
        }
        Ok(self.done)
    }

    async fn create_ticket(&mut self) -> anyhow::Result<i64> {
        let n = self.random();
        let made = self.api.done(&format!("/projects/{}/tickets", self.project), &ticket(n)).await?;
        self.ticket = id(&made)?;
        Ok(position(&made))
    }

    async fn plan_task(&mut self) -> anyhow::Result<i64> {
        let n = self.random();
        let mut plan = json!({ "title": format!("Check the sum {n}"), "estimate_hours": 1.5 });
        // The first of a chain has nothing to wait for.
        if !(self.recent.is_empty() || self.planned.is_empty() && self.running.is_empty()) {
            let on = usize::try_from(n).unwrap_or(0) % self.recent.len();
            plan["depends_on"] = json!([self.recent[on]]);
        }
        let made = self.api.done(&format!("/tickets/{}/tasks", self.ticket), &plan).await?;
        let task = id(&made)?;
        self.recent.push_back(task.clone());
        if self.recent.len() > RECENT {
            self.recent.pop_front();
        }
        self.planned.push_back(task);
        Ok(position(&made))
    }

    async fn take_a_step(&mut self) -> anyhow::Result<i64> {
        if let Some(task) = self.running.pop_front() {
            let evidence = json!({ "commands": [{ "cmd": "make test", "exit": 0 }] });
            return Ok(position(&self.api.done(&format!("/tasks/{task}/submit-evidence"), &evidence).await?));
        }
        let Some(task) = self.planned.pop_front() else { return self.plan_task().await };
        let Answer { status, body } = self.api.post(&format!("/tasks/{task}/start"), &json!({})).await?;
        match status {
            200 => self.running.push_back(task),
            422 if body["code"] == "not_ready" => {
                self.done.early += 1;
                self.planned.push_back(task);
            }
            _ => ensure!(false, "start: {status} {body}"),
        }
        Ok(position(&body))
    }

    /// A number that looks like chance and is the same in each run (xorshift).
    fn random(&mut self) -> u64 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        self.seed
    }
}

fn ticket(n: u64) -> Value {
    json!({ "title": format!("Send invoice {n}"), "phase": "implementation", "priority": "high" })
}

/// 0 for an answer that changed nothing.
fn position(body: &Value) -> i64 {
    body["position"].as_i64().unwrap_or(0)
}
