//! Tickets and tasks made by several clients at once, while Postgres and then the whole program are killed: what was
//! asked for is there once, and so is what follows from it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use reqwest::Client;
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::{Up, descendants, eventually, remove_home, signal};

const CLIENTS: usize = 4;
const TICKETS_EACH: usize = 12;
const PATIENCE: Duration = Duration::from_secs(60);

/// Clients that repeat a request under its key until it is answered, whichever server runs.
#[derive(Clone)]
struct Clients {
    http: Client,
    key: String,
    /// Where the server is; another one after a restart.
    url: Arc<RwLock<String>>,
    made: Arc<AtomicUsize>,
}

impl Clients {
    fn of(up: &Up, data_dir: &Path) -> Self {
        let key = std::fs::read_to_string(data_dir.join("operator.key")).expect("omoi up made the key");
        let http = Client::builder().timeout(Duration::from_secs(10)).build().expect("a client");
        let url = Arc::new(RwLock::new(up.ready.url.clone()));
        Self { http, key, url, made: Arc::default() }
    }

    fn now_at(&self, up: &Up) {
        self.url.write().expect("no panic while held").clone_from(&up.ready.url);
    }

    fn url(&self, path: &str) -> String {
        format!("{}/api/v1{path}", self.url.read().expect("no panic while held"))
    }

    /// The answer, however often it has to be asked for.
    async fn done(&self, path: &str, body: Value, key: &str) -> Value {
        eventually(PATIENCE, path, async || {
            let request = self.http.post(self.url(path)).bearer_auth(&self.key).json(&body);
            let answer = request.header("Idempotency-Key", key).send().await.ok()?;
            let status = answer.status().as_u16();
            let body: Value = answer.json().await.ok()?;
            assert!(!(300..500).contains(&status), "{path}: {status} {body}");
            (status < 300).then_some(body)
        })
        .await
    }

    async fn read(&self, path: &str) -> Value {
        eventually(PATIENCE, path, async || {
            let answer = self.http.get(self.url(path)).bearer_auth(&self.key).send().await.ok()?;
            if answer.status() == 200 { answer.json().await.ok() } else { None }
        })
        .await
    }

    /// A ticket with a task that is completed and one that waits for it.
    async fn ticket(&self, project: &str, name: &str) {
        let wish = json!({ "title": name, "phase": "implementation" });
        let ticket = self.done(&format!("/projects/{project}/tickets"), wish, name).await;
        let tasks = format!("/tickets/{}/tasks", text(&ticket["id"]));
        let first = self.done(&tasks, json!({ "title": "first" }), &format!("{name} first")).await;
        let wish = json!({ "title": "second", "depends_on": [first["id"]] });
        self.done(&tasks, wish, &format!("{name} second")).await;
        let task = format!("/tasks/{}", text(&first["id"]));
        self.done(&format!("{task}/start"), json!({}), &format!("{name} start")).await;
        let evidence = json!({ "commands": [{ "cmd": "make test", "exit": 0 }] });
        self.done(&format!("{task}/submit-evidence"), evidence, &format!("{name} evidence")).await;
        self.made.fetch_add(1, Ordering::SeqCst);
    }

    /// Waits until so many tickets are made.
    async fn have_made(&self, tickets: usize) {
        let made = async || (self.made.load(Ordering::SeqCst) >= tickets).then_some(());
        eventually(PATIENCE, "the clients go on", made).await;
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}

fn kill_postgres(up: &Up) {
    let children = descendants(up.ready.pid);
    let (postmaster, _) = children.iter().find(|(_, name)| name == "postgres").expect("a Postgres");
    signal(*postmaster, Signal::KILL);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_asked_for_is_there_once_and_so_is_what_follows() {
    let directory = tempfile::tempdir().expect("a directory");
    let data_dir = directory.path().join("data");
    let mut up = Up::start_in(&data_dir).await;
    let clients = Clients::of(&up, &data_dir);
    let project = clients.done("/projects", json!({ "name": "Payments" }), "project").await;
    let project = text(&project["id"]).to_owned();

    let work: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let (clients, project) = (clients.clone(), project.clone());
            tokio::spawn(async move {
                for n in 0..TICKETS_EACH {
                    clients.ticket(&project, &format!("{client}/{n}")).await;
                }
            })
        })
        .collect();
    let all = CLIENTS * TICKETS_EACH;
    clients.have_made(all / 4).await;
    kill_postgres(&up);
    clients.have_made(all / 2).await;
    signal(up.ready.pid, Signal::KILL);
    up.ended(Duration::from_secs(10)).await;
    let up = Up::start_in(&data_dir).await;
    clients.now_at(&up);
    clients.have_made(all * 3 / 4).await;
    kill_postgres(&up);
    for client in work {
        client.await.expect("every request was answered in the end");
    }

    every_ticket_is_on_the_board_and_knows_of_its_task(&clients, &project, all).await;
    every_consequence_happened_once(&clients, all).await;
    drop(up);
    remove_home(&data_dir);
}

async fn every_ticket_is_on_the_board_and_knows_of_its_task(clients: &Clients, project: &str, all: usize) {
    let path = format!("/projects/{project}/board");
    let cards = eventually(PATIENCE, "every ticket knows of its task", async || {
        let board = clients.read(&path).await;
        let columns = board["columns"].as_array().expect("a list");
        let cards: Vec<Value> =
            columns.iter().flat_map(|column| column["cards"].as_array().expect("a list")).cloned().collect();
        let one_of_two = json!({ "total": 2, "completed": 1, "failed": 0 });
        let settled = cards.len() == all && cards.iter().all(|card| card["tasks"] == one_of_two);
        settled.then_some(cards)
    })
    .await;
    let numbers: BTreeSet<&str> = cards.iter().map(|card| text(&card["number"])).collect();
    assert_eq!(numbers.len(), all, "no number twice");
}

async fn every_consequence_happened_once(clients: &Clients, all: usize) {
    let twice_as_many_tasks = all * 2;
    let ready = eventually(PATIENCE, "every task became ready", async || {
        let ready = times(clients, "task.became_ready").await;
        (ready.len() == twice_as_many_tasks).then_some(ready)
    })
    .await;
    assert!(ready.values().all(|times| *times == 1), "{ready:?}");
    let noted = times(clients, "ticket.task_outcome_noted").await;
    assert!(noted.len() == all && noted.values().all(|times| *times == 1), "{noted:?}");
}

/// How often an event of this type happened, by stream.
async fn times(clients: &Clients, event_type: &str) -> BTreeMap<String, usize> {
    let events = clients.read(&format!("/events?limit=1000&type={event_type}")).await;
    let mut times = BTreeMap::new();
    for event in events["events"].as_array().expect("a list") {
        *times.entry(text(&event["aggregate_id"]).to_owned()).or_default() += 1;
    }
    times
}
