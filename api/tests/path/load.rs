//! Clients at work: tickets with tasks that are done, fail, wait for each other; and wishes that are refused.

use std::sync::Arc;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::{Interval, MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;

use crate::client::Client;
use crate::door::Door;

/// Between two commands of one client: a load, not a race, so that the log stays small enough to judge.
const PACE: Duration = Duration::from_millis(15);
/// Tickets of a project, before the client begins another one.
const TICKETS: usize = 40;

/// Some clients that go on until they are told to stop.
pub(crate) struct Load {
    clients: JoinSet<Client>,
    stop: CancellationToken,
}

impl Load {
    /// So many clients; `seed` makes what they wish.
    pub(crate) fn start(door: &Arc<Door>, clients: usize, seed: u64) -> Self {
        let stop = CancellationToken::new();
        let mut working = JoinSet::new();
        for n in 0..clients {
            let client = Client::new(door.clone(), &format!("load {seed}/{n}")).preferring(n);
            let random = StdRng::seed_from_u64(seed.wrapping_add(n as u64));
            working.spawn(work(Worker { client, random, pace: paced() }, stop.clone()));
        }
        Self { clients: working, stop }
    }

    /// Lets them work for a while; none of them may give up.
    pub(crate) async fn work_for(&mut self, time: Duration) {
        if let Ok(ended) = timeout(time, self.clients.join_next()).await {
            ended.expect("there are clients").expect("a client gave up");
            panic!("a client ended by itself");
        }
    }

    /// Lets them finish what they are at; what they know.
    pub(crate) async fn stop(mut self) -> Vec<Client> {
        self.stop.cancel();
        let mut clients = Vec::new();
        while let Some(ended) = self.clients.join_next().await {
            clients.push(ended.expect("every request was answered in the end"));
        }
        clients
    }
}

struct Worker {
    client: Client,
    random: StdRng,
    pace: Interval,
}

async fn work(mut worker: Worker, stop: CancellationToken) -> Client {
    let mut projects = 0;
    while !stop.is_cancelled() {
        projects += 1;
        let name = format!("{} {projects}", worker.client_name());
        let project = worker.done("/projects", json!({ "name": name })).await;
        for n in 0..TICKETS {
            if stop.is_cancelled() {
                break;
            }
            worker.ticket(&project, n).await;
        }
    }
    worker.client
}

impl Worker {
    fn client_name(&mut self) -> String {
        format!("load {:08x}", self.random.random::<u32>())
    }

    async fn done(&mut self, path: &str, body: serde_json::Value) -> String {
        self.pace.tick().await;
        self.client.done(path, &body).await.body["id"].as_str().unwrap_or_default().to_owned()
    }

    async fn refused(&mut self, path: &str, code: &str) {
        self.pace.tick().await;
        let reply = self.client.post(path, &json!({})).await;
        assert!(reply.status == 422, "{path} is refused with {code}: {reply:?}");
    }

    /// A ticket with a task that is done, and one that waits for it.
    async fn ticket(&mut self, project: &str, n: usize) {
        let wish = json!({ "title": format!("Ticket {n}"), "phase": "implementation" });
        let ticket = self.done(&format!("/projects/{project}/tickets"), wish).await;
        let tasks = format!("/tickets/{ticket}/tasks");
        let first = self.done(&tasks, json!({ "title": "first", "estimate_hours": 1.5 })).await;
        let second = self.done(&tasks, json!({ "title": "second", "depends_on": [first] })).await;
        self.refused(&format!("/tasks/{second}/start"), "not_ready").await;
        self.done(&format!("/tasks/{first}/start"), json!({})).await;
        match self.random.random_range(0..4) {
            0 => {
                let failure = json!({ "reason": "no network", "class": "transient" });
                self.done(&format!("/tasks/{first}/fail"), failure).await;
            }
            1 => {
                let failure = json!({ "reason": "no such API", "class": "permanent" });
                self.done(&format!("/tasks/{first}/fail"), failure).await;
            }
            _ => {
                let evidence = json!({ "commands": [{ "cmd": "make test", "exit": 0 }] });
                self.done(&format!("/tasks/{first}/submit-evidence"), evidence).await;
            }
        }
        match self.random.random_range(0..3) {
            0 => {
                self.done(&format!("/tickets/{ticket}/comments"), json!({ "text": "I wait for this." })).await
            }
            1 => self.done(&format!("/tasks/{second}/prioritise"), json!({ "priority": "critical" })).await,
            _ => {
                self.done(
                    &format!("/tickets/{ticket}/refine"),
                    json!({ "title": format!("Ticket {n}, refined") }),
                )
                .await
            }
        };
    }
}

fn paced() -> Interval {
    let mut pace = interval(PACE);
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    pace
}
