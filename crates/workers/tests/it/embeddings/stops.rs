//! Nodes that die while they embed, and a provider that is away: nothing is lost or done double, and nothing waits.

use std::collections::BTreeMap;
use std::future::pending;

use adapters::embed::{Lexical, OpenAiEmbedder, OpenAiEmbedderOptions};
use adapters::llm::{BaseUrl, Endpoint, HttpOptions, Retries};
use eventstore::Leases;
use planning::spec::{self, GateMode};
use simulators::embeddings::{EmbeddingFault, Embeddings as Server};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Notify, watch};
use vocabulary::{Name, Text};
use work::task::{self, Revision, Task, Waits};

use super::*;

/// By letters and words, when it may answer; it says that it was asked.
#[derive(Debug)]
struct Held {
    asked: Notify,
    may_answer: watch::Sender<bool>,
    heard: Mutex<Vec<String>>,
}

impl Held {
    fn new(may_answer: bool) -> Arc<Self> {
        let (may_answer, _) = watch::channel(may_answer);
        Arc::new(Self { asked: Notify::new(), may_answer, heard: Mutex::default() })
    }

    /// How often each text was asked about.
    fn times(&self) -> BTreeMap<String, usize> {
        let mut times = BTreeMap::new();
        for text in self.heard.lock().unwrap().iter() {
            *times.entry(text.clone()).or_default() += 1;
        }
        times
    }
}

impl Embedder for Held {
    fn model(&self) -> &str {
        Lexical.model()
    }

    fn dimensions(&self) -> usize {
        Lexical.dimensions()
    }

    fn near_duplicate_from(&self) -> f32 {
        Lexical.near_duplicate_from()
    }

    fn embed<'a>(&'a self, texts: &'a [&'a str]) -> BoxFuture<'a, Result<Embedded, LlmError>> {
        Box::pin(async move {
            self.heard.lock().unwrap().extend(texts.iter().map(|text| (*text).to_owned()));
            self.asked.notify_one();
            drop(self.may_answer.subscribe().wait_for(|may| *may).await.unwrap());
            Lexical.embed(texts).await
        })
    }
}

/// A node with a runtime and connections of its own: it ends in the middle of whatever it does, and gives no lease back.
struct Doomed(Runtime);

impl Doomed {
    fn start(db: &TestDb, embedder: &Arc<Held>) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (options, embedder) = (db.options(), embedder.clone());
        runtime.spawn(async move {
            let node = Embeds::start(&Store::open(&options).unwrap(), &embedder).await;
            pending::<()>().await;
            node.stop().await;
        });
        Self(runtime)
    }

    /// When this returns nothing of it runs any more, and nobody waits for its leases.
    async fn dies(self, store: &Store) {
        tokio::task::spawn_blocking(move || self.0.shutdown_timeout(DEADLINE)).await.unwrap();
        Leases::end_those_of_loops(store.pools()).await.unwrap();
    }
}

async fn site(db: &TestDb) -> (Site, ProjectId, ReadModels) {
    let store = db.store();
    let mut site = Site::new(store.clone(), org());
    let project = site.project("billing").await;
    (site, project, ReadModels::new(&store))
}

/// All of so many are embedded, each in one row.
async fn all_done(db: &TestDb, count: usize) {
    let mut admin = db.admin().await;
    let done = async || {
        let rows = rows(&mut admin).await;
        (rows.len() == count && rows.iter().all(|(waits, ..)| !waits)).then_some(())
    };
    eventually("all is embedded", done).await;
}

/// Each text has its own embedding, not that of another one.
async fn none_is_mixed_up(db: &TestDb) {
    let kept = "select text, embedding::text from search.embeddings";
    let kept: Vec<(String, String)> = sqlx::query_as(kept).fetch_all(&mut db.admin().await).await.unwrap();
    for (text, embedding) in kept {
        let embedding = Embedding::towards(serde_json::from_str(&embedding).unwrap()).unwrap();
        assert!(embedding.similarity(&Lexical::of(&text)) > 0.999, "{text} has that of another one");
    }
}

#[tokio::test]
async fn a_node_that_dies_while_it_asks_loses_nothing() {
    let db = TestDb::new().await;
    let (mut site, project, _) = site(&db).await;
    let titles = ["One", "Two", "Three"];
    for title in titles {
        task(&mut site, project, title).await;
    }
    let embedder = Held::new(false);
    let doomed = Doomed::start(&db, &embedder);
    timeout(DEADLINE, embedder.asked.notified()).await.unwrap();
    doomed.dies(site.node.store()).await;
    assert!(rows(&mut db.admin().await).await.iter().all(|(waits, ..)| *waits), "it was never answered");

    embedder.may_answer.send_replace(true);
    for _ in 0..2 {
        let node = Embeds::start(site.node.store(), &embedder).await;
        all_done(&db, titles.len()).await;
        node.stop().await;
    }
    let times = embedder.times();
    assert_eq!(times.len(), titles.len());
    assert!(times.values().all(|times| *times <= 2), "paid for twice at most, by one death: {times:?}");
}

/// Postgres carries out what the dead one had asked of it, or not: nobody knows, and it makes no difference.
#[tokio::test]
async fn a_node_that_dies_while_it_writes_leaves_each_text_with_its_embedding() {
    let db = TestDb::new().await;
    let (mut site, project, _) = site(&db).await;
    for title in ["One", "Two"] {
        task(&mut site, project, title).await;
    }
    let embedder = Held::new(false);
    let doomed = Doomed::start(&db, &embedder);
    timeout(DEADLINE, embedder.asked.notified()).await.unwrap();
    let mut admin = db.admin().await;
    sqlx::query("begin").execute(&mut admin).await.unwrap();
    sqlx::query("select from search.embeddings for update").execute(&mut admin).await.unwrap();
    embedder.may_answer.send_replace(true);
    let writes = "select count(*) from pg_stat_activity where datname = current_database() \
                  and wait_event_type = 'Lock' and query like 'update search.embeddings%'";
    let mut looks = db.admin().await;
    let waits = async || {
        let writing: i64 = sqlx::query_scalar(writes).fetch_one(&mut looks).await.unwrap();
        (writing == 1).then_some(())
    };
    eventually("its write waits", waits).await;
    doomed.dies(site.node.store()).await;
    sqlx::query("rollback").execute(&mut admin).await.unwrap();

    let node = Embeds::start(site.node.store(), &embedder).await;
    all_done(&db, 2).await;
    none_is_mixed_up(&db).await;
    node.stop().await;
    let times = embedder.times();
    assert!(times.values().all(|times| *times <= 2), "paid for twice at most, by one death: {times:?}");
}

/// The answer is about a text that is another one by now.
#[tokio::test]
async fn an_answer_that_comes_too_late_is_not_kept() {
    let db = TestDb::new().await;
    let (mut site, project, read) = site(&db).await;
    let (one, two) = (task(&mut site, project, "One").await, task(&mut site, project, "Two").await);
    let embedder = Held::new(false);
    let node = Embeds::start(site.node.store(), &embedder).await;
    timeout(DEADLINE, embedder.asked.notified()).await.unwrap();
    let revision = Box::new(Revision { title: Some(Name::new("One").unwrap()), ..Revision::default() });
    let revise = task::Command::Revise { revision, waits: Waits::default() };
    site.node.execute::<Task>(&site.wish(), two.0, revise).await.unwrap();
    let mut admin = db.admin().await;
    let heard = async || {
        let texts = "select count(*) from search.embeddings where text = 'One'";
        let same: i64 = sqlx::query_scalar(texts).fetch_one(&mut admin).await.unwrap();
        (same == 2).then_some(())
    };
    eventually("both say the same", heard).await;
    embedder.may_answer.send_replace(true);
    let same = async || near(&read, &site, two).await.filter(|near| near.len() == 1 && near[0].id == one.0);
    assert_eq!(eventually("it is as near as can be", same).await[0].similarity, 1.0);
    node.stop().await;
}

/// After each task a node dies: at once, when it has written the text down, or when it asks.
#[tokio::test]
async fn wherever_nodes_die_each_text_is_embedded_once() {
    let db = TestDb::new().await;
    let (mut site, project, _) = site(&db).await;
    let deaths = 9;
    let embedder = Held::new(true);
    for n in 0..deaths {
        let doomed = Doomed::start(&db, &embedder);
        task(&mut site, project, &format!("Number {n} of all")).await;
        match n % 3 {
            0 => {}
            1 => {
                let mut admin = db.admin().await;
                let written = async || (rows(&mut admin).await.len() == n + 1).then_some(());
                eventually("it is written down", written).await;
            }
            _ => timeout(DEADLINE, embedder.asked.notified()).await.unwrap(),
        }
        doomed.dies(site.node.store()).await;
    }
    let node = Embeds::start(site.node.store(), &embedder).await;
    all_done(&db, deaths).await;
    none_is_mixed_up(&db).await;
    node.stop().await;
    let times = embedder.times();
    assert_eq!(times.len(), deaths);
    // A death costs one more call at most, for what was asked about when it came.
    assert!(times.values().sum::<usize>() <= deaths * 2, "{times:?}");
}

/// Answers 500 to everybody, and tells of each.
async fn fails(listener: TcpListener, asked: Arc<Notify>) {
    loop {
        let (mut stream, _) = listener.accept().await.unwrap();
        let (mut request, mut chunk) = (Vec::new(), [0; 4096]);
        // Whoever answers before all was sent is not heard.
        while !request.ends_with(b"}") {
            let read = stream.read(&mut chunk).await.unwrap();
            request.extend_from_slice(&chunk[..read]);
            if read == 0 {
                break;
            }
        }
        let answer = "HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        stream.write_all(answer.as_bytes()).await.unwrap();
        asked.notify_one();
    }
}

#[tokio::test]
async fn while_the_provider_fails_or_hangs_specs_are_taken_and_embedded_later() {
    let db = TestDb::new().await;
    let (site, project, read) = site(&db).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let http = HttpOptions { retries: Retries { tries: 1, ..Retries::default() }, ..HttpOptions::default() };
    let url = BaseUrl::parse(&format!("http://{address}/v1"), false).unwrap();
    let options = OpenAiEmbedderOptions {
        model: "played".to_owned(),
        dimensions: 8,
        asks_for_dimensions: false,
        near_duplicate_from: 0.9,
        within: Duration::from_millis(200),
    };
    let endpoint = Endpoint::new(url, Some("sk-of-a-test".into()), http).unwrap();
    let node = Embeds::start(site.node.store(), &Arc::new(OpenAiEmbedder::new(endpoint, options))).await;
    let submit = async || {
        let (title, idea) = (Name::new("Reminders").unwrap(), Text::new("People forget things.").unwrap());
        let command = spec::Command::Submit { title, idea, gates: GateMode::Auto, budget: None };
        // What hangs here would be seen: a node that waits for its provider waits for ever.
        let wish = site.wish();
        timeout(DEADLINE, site.node.create_spec(&wish, project, command)).await.unwrap().unwrap().0
    };
    let near = async |spec| read.near_duplicates_of_spec(site.org, spec, 0.9).await.unwrap();

    let asked = Arc::new(Notify::new());
    let failing = tokio::spawn(fails(listener, asked.clone()));
    let first = submit().await;
    timeout(DEADLINE, asked.notified()).await.unwrap();
    failing.abort();
    assert!(failing.await.unwrap_err().is_cancelled());

    let server = eventually("the address is free", async || Server::start_on(address).await.ok()).await;
    server.misbehave(EmbeddingFault::Hangs);
    let again = submit().await;
    let asked = async || {
        let requests = server.requests();
        requests.last().is_some_and(|body| body["input"].as_array().is_some_and(|texts| texts.len() == 2))
    };
    eventually("both wait", async || asked().await.then_some(())).await;
    assert_eq!((near(first).await, near(again).await), (None, None));

    server.behave();
    let found = eventually("they are compared", async || near(again).await).await;
    assert_eq!(found.iter().map(|one| one.id).collect::<Vec<_>>(), [first.0]);
    all_done(&db, 2).await;
    node.stop().await;
}
