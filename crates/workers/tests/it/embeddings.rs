//! What is planned is embedded, whoever embeds it, whatever that refuses and whoever dies; only the own organization sees
//! it.

mod stops;
mod texts;

use std::future::ready;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use eventstore::Store;
use eventstore::subscribe::Tailer;
use kernel::ProjectId;
use ports::BoxFuture;
use ports::embed::{Embedded, Embedder, Embedding};
use ports::llm::{LlmError, Said};
use projections::ReadModels;
use projections::near_duplicates::NearDuplicate;
use sqlx::PgConnection;
use tokio::time::{interval, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use vocabulary::TaskId;
use workers::{Embeddings, Node, Projectors};

use crate::site::Site;
use crate::support::{TestDb, org};

const DEADLINE: Duration = Duration::from_secs(60);

/// Everything points the same way; what it must not hear it refuses, and the whole request with it.
#[derive(Debug, Default)]
struct OneWay {
    name: String,
    dimensions: usize,
    refuses: Option<&'static str>,
    heard: Mutex<Vec<String>>,
}

impl OneWay {
    fn named(name: &str, dimensions: usize) -> Self {
        Self { name: name.to_owned(), dimensions, ..Self::default() }
    }
}

impl Embedder for OneWay {
    fn model(&self) -> &str {
        &self.name
    }

    fn dimensions(&self) -> usize {
        self.dimensions
    }

    fn near_duplicate_from(&self) -> f32 {
        0.9
    }

    fn embed<'a>(&'a self, texts: &'a [&'a str]) -> BoxFuture<'a, Result<Embedded, LlmError>> {
        let refused = self.refuses.is_some_and(|word| texts.iter().any(|text| text.contains(word)));
        if refused {
            return Box::pin(ready(Err(LlmError::ContentRefused { said: Said::new("no") })));
        }
        self.heard.lock().unwrap().extend(texts.iter().map(|text| (*text).to_owned()));
        let one = || Embedding::towards(vec![1.0; self.dimensions]).unwrap();
        let embeddings = texts.iter().map(|_| one()).collect();
        Box::pin(ready(Ok(Embedded { embeddings, tokens: 0 })))
    }
}

/// A node that embeds and keeps the read models.
struct Embeds {
    tasks: TaskTracker,
    stop: CancellationToken,
}

impl Embeds {
    async fn start(store: &Store, embedder: &Arc<impl Embedder + 'static>) -> Self {
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let (tailer, tailing) = Tailer::start(store, stop.clone()).await.unwrap();
        tasks.spawn(tailing);
        let node = Node { store, tailer: &tailer, owner: "embeds", tasks: &tasks, stop: &stop };
        Projectors { node: &node }.start().await.unwrap();
        Embeddings { node: &node, embedder: embedder.clone() }.start();
        tasks.close();
        Self { tasks, stop }
    }

    async fn stop(self) {
        self.stop.cancel();
        timeout(DEADLINE, self.tasks.wait()).await.unwrap();
    }
}

async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let mut looks = interval(Duration::from_millis(10));
    let arrival = async {
        loop {
            looks.tick().await;
            if let Some(seen) = look().await {
                return seen;
            }
        }
    };
    timeout(DEADLINE, arrival).await.unwrap_or_else(|_| panic!("never: {what}"))
}

async fn near(read: &ReadModels, site: &Site, task: TaskId) -> Option<Vec<NearDuplicate>> {
    read.near_duplicates_of_task(site.org, task, 0.9).await.unwrap()
}

/// A ticket with a task of this title.
async fn task(site: &mut Site, project: ProjectId, title: &str) -> TaskId {
    let ticket = site.ticket(project, title).await;
    site.task_named(ticket, title).await
}

async fn rows(admin: &mut PgConnection) -> Vec<(bool, i32, Option<String>, Option<i32>)> {
    let query = "select pending, attempts, model, dimensions from search.embeddings order by position";
    sqlx::query_as(query).fetch_all(admin).await.unwrap()
}

#[tokio::test]
async fn a_text_that_is_refused_holds_up_no_other() {
    let db = TestDb::new().await;
    let store = db.store();
    let mut site = Site::new(store.clone(), org());
    let project = site.project("billing").await;
    let mut tasks = Vec::new();
    for title in ["One", "Unspeakable", "Two"] {
        tasks.push(task(&mut site, project, title).await);
    }
    let embedder = Arc::new(OneWay { refuses: Some("Unspeakable"), ..OneWay::named("first", 3) });
    let node = Embeds::start(&store, &embedder).await;
    let read = ReadModels::new(&store);
    let found = eventually("One is compared", async || {
        near(&read, &site, tasks[0]).await.filter(|near| !near.is_empty())
    })
    .await;
    assert_eq!(found.iter().map(|one| one.id).collect::<Vec<_>>(), [tasks[2].0]);
    assert_eq!(near(&read, &site, tasks[1]).await, None);
    let mut admin = db.admin().await;
    let done = (false, 0, Some("first".to_owned()), Some(3));
    assert_eq!(rows(&mut admin).await, [done.clone(), (true, 1, None, None), done]);
    // Later work goes through; the other one waits for its time, a minute.
    let late = task(&mut site, project, "Late").await;
    eventually("Late is compared", async || near(&read, &site, late).await.filter(|near| near.len() == 2))
        .await;
    assert_eq!(rows(&mut admin).await[1].1, 1);
    db.clock().await.advance(Duration::from_secs(61)).await.unwrap();
    eventually("it is tried again", async || (rows(&mut admin).await[1].1 == 2).then_some(())).await;
    node.stop().await;
}

#[tokio::test]
async fn another_model_embeds_all_anew_and_what_is_done_is_not_done_twice() {
    let db = TestDb::new().await;
    let store = db.store();
    let mut site = Site::new(store.clone(), org());
    let project = site.project("billing").await;
    let (one, two) = (task(&mut site, project, "One").await, task(&mut site, project, "Two").await);
    let read = ReadModels::new(&store);
    for (name, dimensions) in [("first", 3), ("first", 4), ("second", 4)] {
        let embedder = Arc::new(OneWay::named(name, dimensions));
        for round in 0..2 {
            let node = Embeds::start(&store, &embedder).await;
            let by_it = async || {
                near(&read, &site, one).await.filter(|near| near.len() == 1 && near[0].model == name)
            };
            let found = eventually("it is compared by this model", by_it).await;
            assert_eq!(found[0].id, two.0);
            let all = async || {
                (rows(&mut db.admin().await)
                    .await
                    .iter()
                    .all(|row| row.3 == Some(i32::try_from(dimensions).unwrap())))
                .then_some(())
            };
            eventually("all have its dimensions", all).await;
            node.stop().await;
            let heard = embedder.heard.lock().unwrap().len();
            assert_eq!(heard, 2, "in round {round} of {name}");
        }
    }
}

#[tokio::test]
async fn a_tenant_reads_its_own_embeddings_only_and_no_text() {
    let db = TestDb::new().await;
    let store = db.store();
    let mut site = Site::new(store.clone(), org());
    let project = site.project("billing").await;
    let one = task(&mut site, project, "One").await;
    let node = Embeds::start(&store, &Arc::new(OneWay::named("first", 3))).await;
    let read = ReadModels::new(&store);
    eventually("it is compared", async || near(&read, &site, one).await).await;
    node.stop().await;
    assert_eq!(read.near_duplicates_of_task(org(), one, 0.9).await.unwrap(), None);
    let mut transaction = store.pools().read.begin().await.unwrap();
    let seen = "select count(*) from search.embeddings";
    assert_eq!(sqlx::query_scalar::<_, i64>(seen).fetch_one(&mut *transaction).await.unwrap(), 0);
    sqlx::query("select set_config('app.org', $1, true)")
        .bind(site.org.to_string())
        .execute(&mut *transaction)
        .await
        .unwrap();
    assert_eq!(sqlx::query_scalar::<_, i64>(seen).fetch_one(&mut *transaction).await.unwrap(), 1);
    assert!(sqlx::query("select text from search.embeddings").execute(&mut *transaction).await.is_err());
}
