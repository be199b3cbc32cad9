//! Read models are folds of the log and nothing else: dropped and built again they are the same, byte for byte, and
//! nobody notices while they are built again under load.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use eventstore::Store;
use rand::Rng as _;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use workers::Generations;
use workers::generations::State;

use crate::client::{Client, read};
use crate::database::Database;
use crate::door::Door;
use crate::judge::{
    assert_every_type, assert_finds_planted_defects, assert_whole, at_rest, begin_rebuild, read_models,
    rebuilt,
};
use crate::load::Load;
use crate::proof::Proof;
use crate::site::Site;
use crate::support::eventually;
use crate::tour::tour;

/// Under load.
const REBUILDS: usize = 21;
const CLIENTS: usize = 3;
const PATIENCE: Duration = Duration::from_secs(120);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replay() {
    let mut proof = Proof::new("replay", REBUILDS);
    let mut random = proof.random();
    let site = Site::start().await;
    let database = site.database();
    let store = database.store();
    let mut guide = site.client("guide");
    tour(&mut guide, &database, "Tour").await;
    let load = Load::start(&site.door, CLIENTS, random.random());
    let stop = CancellationToken::new();
    let mut readers = JoinSet::new();
    readers.spawn(read_without_a_pause(site.door.clone(), stop.clone()));
    let models = read_models();
    while proof.next_case() {
        rebuild_and_switch(&store, models[proof.cases() % models.len()]).await;
    }
    let mut clients = load.stop().await;
    clients.push(guide);
    stop.cancel();
    let reads: usize = readers.join_all().await.into_iter().sum();
    at_rest(&store).await;
    for name in &models[1..=proof.cases().min(models.len() - 1)] {
        let difference = Generations::new(&store).differ(name).await.expect("both follow the log");
        assert_eq!(difference.different, 0, "built under load, {name} is the same: {difference:?}");
    }

    let dumps = three_dumps(&database, &store, &models).await;
    proof.figure("reads", reads);
    proof.figure("failed_reads", 0);
    proof.figure("sha256", serde_json::json!(dumps));
    proof.figure("judged", assert_whole(&database, &clients).await.figures());
    assert_every_type(&database).await;
    twin_of_the_dump(&database, &dumps["board"]).await;
    assert_finds_planted_defects(&database, &clients).await;
    proof.holds();
}

/// Reads boards all the time; none fails, and none is older than the one before.
async fn read_without_a_pause(door: Arc<Door>, stop: CancellationToken) -> usize {
    let client = Client::new(door, "reader");
    let projects = client.get("/projects").await.expect("it serves").body;
    let project = projects["projects"][0]["id"].as_str().expect("there is one").to_owned();
    let path = format!("/projects/{project}/board");
    let (mut reads, mut seen) = (0, 0);
    while !stop.is_cancelled() {
        let shown = read(client.request(reqwest::Method::GET, &path)).await.expect("an answer");
        assert_eq!(shown.status, 200, "{shown:?}");
        let position = shown.position().expect("a position");
        assert!(position >= seen, "from {seen} back to {position}");
        (reads, seen) = (reads + 1, position);
    }
    reads
}

/// The other generation is built beside the one that serves, and takes over by itself.
async fn rebuild_and_switch(store: &Store, name: &str) {
    let generations = Generations::new(store);
    let serving = live(&generations, name).await;
    begin_rebuild(&generations, name, true).await;
    eventually(PATIENCE, &format!("{name} takes over"), async || {
        (live(&generations, name).await != serving).then_some(())
    })
    .await;
}

async fn live(generations: &Generations, name: &str) -> Option<i16> {
    let listed = generations.list(None).await.expect("the database");
    let model = listed.projections.into_iter().find(|model| model.name == name).expect("there is one");
    model.generations.iter().find(|generation| generation.state == State::Live).map(|live| live.generation)
}

/// As folded event by event, and as built twice from nothing: of each read model the same hash three times.
async fn three_dumps(
    database: &Database,
    store: &Store,
    models: &[&'static str],
) -> BTreeMap<&'static str, String> {
    let mut dumps = BTreeMap::new();
    for name in models {
        let folded = dump(database, name).await;
        for _ in 0..2 {
            rebuilt(store, name).await;
            assert_eq!(dump(database, name).await, folded, "{name} is not the same");
        }
        dumps.insert(*name, folded);
    }
    dumps
}

/// The hash of every row of the generation that serves, in the order of their places.
async fn dump(database: &Database, name: &str) -> String {
    let mut connection = database.connect().await;
    let statement = format!(
        "select encode(sha256(convert_to(coalesce(string_agg(concat_ws('|', org_id, root, kind, id, position, row), \
         E'\\n' order by org_id, root, kind collate \"C\", id collate \"C\"), ''), 'UTF8')), 'hex') \
         from read_models.{name} where gen = (select gen from read_models.generations \
         where name = '{name}' and state = 'live')"
    );
    sqlx::query_scalar(&statement).fetch_one(&mut connection).await.expect("the rows")
}

/// The twin: one position is another one, and so is the hash.
async fn twin_of_the_dump(database: &Database, folded: &str) {
    database.tamper("update read_models.board set position = position + 1 where kind = 'columns'").await;
    assert_ne!(dump(database, "board").await, folded, "a planted row changes the hash");
    database.tamper("update read_models.board set position = position - 1 where kind = 'columns'").await;
}
