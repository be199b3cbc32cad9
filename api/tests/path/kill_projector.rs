//! The node that folds is killed in the middle of a page: at each named point of it, and at random. No event is
//! missed and none is folded twice; and a long backlog is caught up with soon.

use std::collections::BTreeMap;
use std::os::unix::process::ExitStatusExt as _;
use std::time::Duration;

use commands::{Actor, Dispatcher, Intent, NewTask, NewTicket};
use kernel::{ActorId, ProjectId, Uuid};
use rand::Rng as _;
use rustix::process::Signal;
use tokio::task::JoinSet;
use tokio::time::Instant;
use vocabulary::{Name, Phase, Priority};
use work::task::Work;

use crate::database::Database;
use crate::judge::{assert_every_type, assert_finds_planted_defects, assert_whole};
use crate::load::Load;
use crate::nodes::Nodes;
use crate::proof::{Proof, between_ms};
use crate::support::eventually;
use crate::tour::tour;

const KILLS: usize = 100;
const CLIENTS: usize = 3;
const POINTS: [&str; 6] =
    ["page.read", "page.begun", "page.locked", "page.applied", "page.moved", "page.committed"];
/// For a node to come to its point.
const PATIENCE: Duration = Duration::from_secs(60);

const BACKLOG: i64 = 10_000;
const CAUGHT_UP_WITHIN: Duration = Duration::from_secs(5);
/// A killed node gives nothing back: others wait until its lease is over (`subscribe/runner.rs`).
const LEASE: Duration = Duration::from_secs(12);
/// After one kill of so many the leases end by themselves, as after the last one of every run. Three such waits would
/// take longer than a short run may, and a hundred prove no more than these.
const WAITED_FOR: usize = 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_projector() {
    let mut proof = Proof::new("kill_projector", KILLS);
    let mut random = proof.random();
    let mut nodes = Nodes::start(1).await;
    let mut guide = nodes.client("guide");
    tour(&mut guide, &nodes.database, "Tour").await;
    let mut load = Load::start(&nodes.door, CLIENTS, random.random());
    let mut visited = BTreeMap::<&str, usize>::new();
    nodes.end_node(0, Signal::KILL).await;
    while proof.next_case() {
        let waits = proof.cases().is_multiple_of(WAITED_FOR);
        if !waits {
            expire_leases(&nodes.database).await;
        }
        if !waits && random.random_bool(0.25) {
            nodes.start_node(0).await;
            load.work_for(between_ms(&mut random, 1, 500)).await;
            nodes.end_node(0, Signal::KILL).await;
            *visited.entry("at random").or_default() += 1;
            continue;
        }
        let point = POINTS[proof.cases() % POINTS.len()];
        let nth = random.random_range(1..=40);
        nodes.begin_node(0, &[("OMOI_CRASH_AT", &format!("{point}:{nth}"))]);
        let ended =
            nodes.ended_node(0, PATIENCE).await.unwrap_or_else(|| panic!("{point}:{nth} was not reached"));
        assert_eq!(ended.signal(), Some(Signal::ABORT.as_raw()), "{point}:{nth}: {ended}");
        *visited.entry(point).or_default() += 1;
    }
    let held = kill_while_it_folds(&mut nodes).await;
    let killed = Instant::now();
    nodes.start_node(0).await;
    let mut clients = load.stop().await;
    clients.push(guide);
    caught_up(&nodes.database).await;
    let after_a_kill = killed.elapsed();
    taken_over(&nodes.database, &held).await;

    let verdict = assert_whole(&nodes.database, &clients).await;
    assert_every_type(&nodes.database).await;
    assert!(!proof.is_full() || POINTS.iter().all(|point| visited.contains_key(point)), "{visited:?}");
    let backlog = if proof.is_full() { BACKLOG } else { BACKLOG / 5 };
    let (events, catching_up) = catch_up_with(&mut nodes, backlog).await;
    proof.figure("killed_at", serde_json::json!(visited));
    proof.figure("judged", verdict.figures());
    proof.figure("caught_up_after_a_kill_ms", millis(after_a_kill));
    proof.figure("backlog_events", events);
    proof.figure("caught_up_with_the_backlog_ms", millis(catching_up));
    if proof.is_full() {
        assert!(catching_up <= CAUGHT_UP_WITHIN, "{catching_up:?} for {events} events");
        assert!(after_a_kill <= LEASE + CAUGHT_UP_WITHIN, "{after_a_kill:?} after a kill");
    }
    assert_finds_planted_defects(&nodes.database, &clients).await;
    nodes.remove().await;
    proof.holds();
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).expect("a short time")
}

/// Who folds.
#[derive(Debug)]
struct Holder {
    owner: String,
    is_over: bool,
}

/// The leases of all consumers, by name.
async fn leases(database: &Database) -> BTreeMap<String, Holder> {
    let leases = "select name, owner, expires_at <= omoi_now() from es.leases where name like 'consumer/%'";
    let rows: Vec<(String, String, bool)> =
        sqlx::query_as(leases).fetch_all(&mut database.connect().await).await.expect("the database");
    rows.into_iter().map(|(name, owner, is_over)| (name, Holder { owner, is_over })).collect()
}

/// Kills the node while it holds the lease of every consumer; the leases it leaves behind.
async fn kill_while_it_folds(nodes: &mut Nodes) -> BTreeMap<String, Holder> {
    expire_leases(&nodes.database).await;
    nodes.start_node(0).await;
    let held = eventually(PATIENCE, "the node folds", async || {
        let held = leases(&nodes.database).await;
        held.values().all(|lease| !lease.is_over).then_some(held)
    })
    .await;
    nodes.end_node(0, Signal::KILL).await;
    held
}

/// Every lease comes to another holder.
async fn taken_over(database: &Database, from: &BTreeMap<String, Holder>) {
    eventually(PATIENCE, "every lease is taken over", async || {
        let now = leases(database).await;
        from.iter().all(|(name, lease)| now[name].owner != lease.owner).then_some(())
    })
    .await;
}

/// As if the time of a lease had passed since its holder died.
async fn expire_leases(database: &Database) {
    database.tamper("update es.leases set expires_at = omoi_now()").await;
}

async fn caught_up(database: &Database) {
    let store = database.store();
    eventually(PATIENCE, "the readers have caught up", async || {
        let lags = workers::lags(&store.pools().project, 1).await.ok()?;
        lags.iter().all(|lag| lag.behind == 0).then_some(())
    })
    .await;
    store.pools().close().await;
}

/// While no node runs, so many events are appended; how many they became, and how long a node needs for them.
async fn catch_up_with(nodes: &mut Nodes, events: i64) -> (i64, Duration) {
    nodes.end_node(0, Signal::TERM).await;
    let events = append(&nodes.database, events).await;
    let started = Instant::now();
    nodes.start_node(0).await;
    caught_up(&nodes.database).await;
    (events, started.elapsed())
}

async fn append(database: &Database, events: i64) -> i64 {
    let (org, _) = database.first_actor().await;
    let dispatcher = database.dispatcher();
    let begun = dispatcher.store().reader().head().await.expect("the database");
    let actor = Actor::process(org, ActorId(Uuid::nil()));
    let mut writers = JoinSet::new();
    for n in 0..16 {
        writers.spawn(plan_tasks(dispatcher.clone(), actor, n, begun + events));
    }
    writers.join_all().await;
    let events = dispatcher.store().reader().head().await.expect("the database") - begun;
    dispatcher.store().pools().close().await;
    events
}

/// Plans tasks until the log is so long.
async fn plan_tasks(dispatcher: Dispatcher, actor: Actor, n: usize, upto: i64) {
    let wish = || Intent::new(actor, b"backlog");
    let name = |text: String| Name::new(&text).expect("a name");
    let slug = format!("backlog-{n}-{upto}");
    let project = Uuid::now_v7();
    let create = work::project::Command::Create {
        name: name(slug.clone()),
        slug: vocabulary::Slug::new(&slug).expect("a slug"),
        description: None,
    };
    dispatcher.begin::<work::project::Project>(&wish(), project, create).await.expect("a new project");
    loop {
        let new = NewTicket {
            title: name("A ticket".into()),
            description: None,
            priority: Priority::High,
            phase: Phase::Design,
        };
        let (ticket, _) =
            dispatcher.create_ticket(&wish(), ProjectId(project), new).await.expect("a new ticket");
        for _ in 0..20 {
            let new = NewTask {
                title: name("A task".into()),
                description: None,
                phase: None,
                priority: None,
                estimate: None,
                files: Default::default(),
                work: Work::default(),
                depends_on: Vec::new(),
            };
            let (_, receipt) = dispatcher.plan_task(&wish(), ticket, new).await.expect("a new task");
            if receipt.last_position.expect("it is new") >= upto {
                return;
            }
        }
    }
}
