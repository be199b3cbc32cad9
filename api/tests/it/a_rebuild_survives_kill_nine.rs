//! A read model is rebuilt while the whole program is killed again and again in the middle of it: nobody who reads sees
//! anything of it, and in the end it serves rows that are the old ones byte for byte. (Where a rebuild goes on after a
//! kill is no promise: a crash of the database takes the last moments of its pages back, see `eventstore::subscribe`.)

mod past;

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use eventstore::{Options, Store};
use kernel::{OrgId, ProjectId, Uuid};
use reqwest::RequestBuilder;
use rustix::process::Signal;
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection, postgres::PgConnectOptions};
use tempfile::TempDir;
use tokio::process::Child;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use workers::Generations;

use crate::support::{eventually, omoi, remove_home, signal};

const PATIENCE: Duration = Duration::from_secs(60);
/// One before the first page, the others later and later.
const KILLS: i64 = 3;
/// Between two looks at what cannot wait: soon enough to meet the middle of a rebuild.
const LOOK: Duration = Duration::from_millis(5);
/// A past of ten pages: each ticket is five events.
const PROJECTS: usize = 40;
const TICKETS: u32 = 100;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_ends_after_kill_nine_and_serves_the_same_rows() {
    let mut story = Story::begin().await;
    let project = story.live_through_a_past().await;
    story.nothing_is_behind().await;
    let old = story.rows(1).await;
    let readers = Readers::of(&story, &project);
    let shown = readers.read().await.expect("it runs");
    let reading = tokio::spawn(readers.clone().read_without_a_pause(shown));

    let rebuild = story.post("/projections/board/rebuild", &json!({ "switch": true }));
    assert_eq!(rebuild.send().await.expect("an answer").status(), 202);
    let head = story.head().await;
    for kill in 0..KILLS {
        story.comes_to(head * kill / KILLS).await;
        story.kill().await;
        story.start();
    }
    eventually(PATIENCE, "what was rebuilt serves", async || {
        (story.rebuilt().await?.0 == "live").then_some(())
    })
    .await;
    readers.read_on().await;
    readers.stop.store(true, Ordering::SeqCst);
    reading.await.expect("every read showed the same board");

    assert!(story.rows(2).await == old, "rows that were rebuilt are not those that were served");
    story.nothing_is_behind().await;
    let store = story.store();
    let difference = Generations::new(&store).differ("board").await.expect("two generations, both level");
    assert_eq!((difference.rows, difference.different), (old.len() as u64, 0), "{difference:?}");
    store.pools().close().await;
}

/// `omoi up` at an address that stays, killed and started at will.
struct Story {
    url: String,
    data_dir: PathBuf,
    child: Option<Child>,
    key: String,
    _directory: TempDir,
}

impl Story {
    async fn begin() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("its address"));
        drop(listener);
        let data_dir = directory.path().join("data");
        let mut story = Self { url, data_dir, child: None, key: String::new(), _directory: directory };
        story.start();
        story.nothing_is_behind().await;
        let key = std::fs::read_to_string(story.data_dir.join("operator.key"));
        story.key = key.expect("omoi up made the key").trim().to_owned();
        story
    }

    /// Starts it, and waits for nothing.
    fn start(&mut self) {
        let mut command = omoi();
        let address = self.url.strip_prefix("http://").expect("an address");
        command.args(["up", "--listen", address, "--data-dir"]).arg(&self.data_dir);
        // A program that is killed says much; its end is judged, not its words.
        command.env("OMOI_LOG", "error").stdout(Stdio::null());
        self.child = Some(command.spawn().expect("omoi starts"));
    }

    async fn kill(&mut self) {
        let mut child = self.child.take().expect("it was started");
        signal(child.id().expect("nobody waited for it"), Signal::KILL);
        timeout(PATIENCE, child.wait()).await.expect("it ends").expect("it is our child");
    }

    fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        let url = format!("{}/api/v1{path}", self.url);
        reqwest::Client::new().post(url).bearer_auth(&self.key).json(body)
    }

    async fn nothing_is_behind(&self) {
        eventually(PATIENCE, "it is ready, and nothing is behind", async || {
            let answer = reqwest::get(format!("{}/readyz", self.url)).await.ok()?;
            let ready = answer.json::<Value>().await.ok()?;
            (ready["ready"] == true && ready["behind"] == json!([])).then_some(())
        })
        .await;
    }

    fn store(&self) -> Store {
        let url = embedded::inspect::app_url(&self.data_dir).expect("it runs");
        Store::open(&Options::new(url)).expect("a URL")
    }

    /// A connection that sees every row, when there is a database.
    async fn database(&self) -> Option<PgConnection> {
        let url = embedded::inspect::app_url(&self.data_dir)?;
        let options: PgConnectOptions = url.parse().expect("a URL");
        PgConnection::connect_with(&options.options([("role", "omoi_project")])).await.ok()
    }

    /// The last position of the log.
    async fn head(&self) -> i64 {
        let head = "select max(position) from es.events";
        sqlx::query_scalar(head)
            .fetch_one(&mut self.database().await.expect("it runs"))
            .await
            .expect("the log")
    }

    /// Every row of a generation of the board, byte for byte.
    async fn rows(&self, generation: i16) -> Vec<String> {
        let rows = "select concat_ws(' ', org_id, root, kind, id, position, row::text) from read_models.board \
                    where gen = $1 order by 1";
        let mut database = self.database().await.expect("it runs");
        let rows = sqlx::query_scalar(rows).bind(generation).fetch_all(&mut database).await;
        let rows: Vec<String> = rows.expect("the rows");
        assert!(rows.len() > PROJECTS * TICKETS as usize, "a row for each ticket, and one for its project");
        rows
    }

    /// Of the second generation of the board: its state, and how far it is folded.
    async fn rebuilt(&self) -> Option<(String, i64)> {
        rebuilt(&mut self.database().await?).await
    }

    /// Waits until the rebuild has come so far, with more to come.
    async fn comes_to(&self, position: i64) {
        let begun = Instant::now();
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut database = None;
        loop {
            looks.tick().await;
            assert!(begun.elapsed() < PATIENCE, "it does not come to {position}");
            let Some(connection) = &mut database else {
                database = self.database().await;
                continue;
            };
            let Some((state, now)) = rebuilt(connection).await else {
                database = None;
                continue;
            };
            assert_eq!(state, "building", "it was over before it was killed so often: the past is too short");
            if now >= position {
                return;
            }
        }
    }

    /// Tickets that were said better again and again, in many projects; answers the one that is looked at.
    async fn live_through_a_past(&self) -> String {
        let mut last = String::new();
        for n in 0..PROJECTS {
            let create = self.post("/projects", &json!({ "name": format!("Past {n}") }));
            let created: Value = create.send().await.expect("an answer").json().await.expect("JSON");
            created["id"].as_str().expect("an id").clone_into(&mut last);
        }
        let mut database = self.database().await.expect("it runs");
        let projects: Vec<(Uuid, Uuid)> =
            sqlx::query_as("select org_id, project_id from es.events where event_type = 'project.created'")
                .fetch_all(&mut database)
                .await
                .expect("the log");
        let store = self.store();
        for (org, project) in projects {
            past::write(&store, OrgId(org), ProjectId(project), TICKETS).await;
        }
        store.pools().close().await;
        last
    }
}

impl Drop for Story {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            // It may have ended already.
            let _ = child.start_kill();
        }
        remove_home(&self.data_dir);
    }
}

async fn rebuilt(database: &mut PgConnection) -> Option<(String, i64)> {
    sqlx::query_as(
        "select g.state, coalesce(c.position, 0) from read_models.generations g \
         left join es.checkpoints c on c.consumer = 'board/2' where g.name = 'board' and g.gen = 2",
    )
    .fetch_one(database)
    .await
    .ok()
}

/// Who reads a board all the time.
#[derive(Clone)]
struct Readers {
    http: reqwest::Client,
    url: String,
    key: String,
    reads: Arc<AtomicUsize>,
    stop: Arc<AtomicBool>,
}

impl Readers {
    fn of(story: &Story, project: &str) -> Self {
        let http = reqwest::Client::builder().timeout(PATIENCE).build().expect("a client");
        let url = format!("{}/api/v1/projects/{project}/board", story.url);
        Self { http, url, key: story.key.clone(), reads: Arc::default(), stop: Arc::default() }
    }

    /// What is shown; nothing when the connection was refused or broken off.
    async fn read(&self) -> Option<String> {
        let answer = self.http.get(&self.url).bearer_auth(&self.key).send().await.ok()?;
        let status = answer.status();
        let text = answer.text().await.ok()?;
        assert_eq!(status, 200, "{text}");
        Some(text)
    }

    async fn read_without_a_pause(self, shown: String) {
        // For as long as there is no server.
        let mut looks = interval(LOOK);
        while !self.stop.load(Ordering::SeqCst) {
            let Some(now) = self.read().await else {
                looks.tick().await;
                continue;
            };
            assert!(now == shown, "nothing happened, and the board changed: {now}");
            self.reads.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// Waits until the board has been read since now.
    async fn read_on(&self) {
        let before = self.reads.load(Ordering::SeqCst);
        let more = async || (self.reads.load(Ordering::SeqCst) > before + 1).then_some(());
        eventually(PATIENCE, "the board is read", more).await;
    }
}
