//! The database stands still, or dies, while a model plans and while a plan comes in: who asks is told, nothing is half
//! written, and afterwards all of it is as if nothing had happened.

use std::time::Duration;

use embedded::inspect;
use futures::future::join_all;
use plan::Layout;
use rustix::process::Signal;
use serde_json::{Value, json};
use simulators::llm::{Pace, Script};
use sqlx::{Connection as _, PgConnection};
use tokio::time::timeout;

use crate::judge::{self, plan_of};
use crate::support::{self, Answer, Api, answer, descendants, eventually, files_of, is_running, signal};
use crate::world::World;

const PATIENCE: Duration = Duration::from_secs(60);
/// About as many events as a plan makes before its work.
const EVENTS: u64 = 90;
/// Twice as long as a plan of so many tasks takes to come in.
const IMPORT_MS: u64 = 250;
const TASKS: usize = 60;
/// More than a pool has.
const SESSIONS: usize = 24;

/// What happens to it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Outage {
    /// Its processes are there and do nothing.
    StandsStill,
    /// It is gone, and is started again by itself.
    Dies,
}

impl Outage {
    const EACH: [Self; 4] = [Self::StandsStill, Self::Dies, Self::StandsStill, Self::Dies];

    /// Answers which postmaster it was.
    fn begins(self, api: &Api) -> u32 {
        let postmaster = postgres(api).next().expect("a Postgres");
        match self {
            Self::StandsStill => postgres(api).for_each(|pid| signal(pid, Signal::STOP)),
            Self::Dies => signal(postmaster, Signal::KILL),
        }
        postmaster
    }

    /// Until it works again: commands, reads, and read models.
    async fn ends(self, world: &World, postmaster: u32) {
        match self {
            Self::StandsStill => postgres(world.api()).for_each(|pid| signal(pid, Signal::CONT)),
            // Its sessions live on for a moment, and answer; another one takes new ones when they are gone.
            Self::Dies => {
                let url = inspect::app_url(&world.api().up.ready.data_dir).expect("it runs");
                eventually(PATIENCE, "another one is started", async || {
                    let session = PgConnection::connect(&url).await.ok();
                    session.filter(|_| !is_running(postmaster))
                })
                .await;
            }
        }
        // Beside each other, so that no session of a pool is left that ended with the database.
        eventually(PATIENCE, "it answers again", async || {
            let all = join_all((0..SESSIONS).map(|_| answers(world))).await;
            all.into_iter().all(|answered| answered).then_some(())
        })
        .await;
    }
}

/// Whether a command acts, and shows.
async fn answers(world: &World) -> bool {
    let name = format!("After {:x}", rand::random::<u64>());
    let made = answer(world.api().post("/projects", &json!({ "name": name }))).await;
    let Some(position) = made.body["position"].as_i64() else { return false };
    let path = format!("/projects/{}/specs", world.project);
    answer(world.api().get(&path).header("Omoi-Min-Position", position)).await.status == 200
}

/// The postmaster comes first.
fn postgres(api: &Api) -> impl Iterator<Item = u32> {
    descendants(api.up.ready.pid).into_iter().filter(|(_, name)| name == "postgres").map(|(pid, _)| pid)
}

fn assert_told(told: &Answer) {
    assert_eq!(told.problem(), (503, "database_down"), "{told:?}");
    assert_eq!(told.header("content-type"), Some("application/problem+json"), "{told:?}");
    assert!(told.header("retry-after").is_some(), "{told:?}");
}

async fn world() -> World {
    World::begin(Script::planner(Pace { whole_ms: 400, chunk_chars: 64, ..Pace::default() })).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_model_goes_on_to_the_same_plan() {
    let world = world().await;
    let undisturbed = plan_of(&world.rests(&world.submit("auto").await).await);
    for outage in Outage::EACH {
        let spec = world.submit("auto").await;
        let events = i64::try_from(rand::random::<u64>() % EVENTS).expect("a few");
        let until = world.api().last_position().await + events;
        eventually(PATIENCE, "so many events", async || {
            let shown = world.spec(&spec).await;
            (shown["position"].as_i64() >= Some(until) || shown["status"] != "planning").then_some(())
        })
        .await;
        let postmaster = outage.begins(world.api());
        if outage == Outage::StandsStill {
            assert_told(&answer(world.api().get(&format!("/specs/{spec}"))).await);
            assert_told(&world.tell(&spec, "cancel", json!({})).await);
            // The model has said all it has to say, and nobody could write it down.
            timeout(PATIENCE, world.model.quiet()).await.expect("no call is under way");
        }
        outage.ends(&world, postmaster).await;
        let shown = world.rests(&spec).await;
        let counts = world.counts(&spec).await;
        let faults = judge::faults(&shown, &undisturbed, &counts);
        assert_eq!(faults, [""; 0], "{outage:?} after {events} events: {shown}");
        assert_eq!(counts["spec.phase_started"], 6, "{outage:?} after {events} events: {counts:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_that_is_asked_again_is_one_spec_and_one_set_of_work() {
    let world = world().await;
    let path = format!("/projects/{}/specs/import", world.project);
    let body = json!({ "files": files_of(&support::plan_of(TASKS), Layout::Document) });
    let (mut specs, mut told_of) = (Vec::new(), 0);
    for (n, outage) in Outage::EACH.into_iter().cycle().take(8).enumerate() {
        let ask = || answer(world.api().post(&path, &body).header("Idempotency-Key", format!("plan {n}")));
        let mut first = std::pin::pin!(ask());
        let instant = Duration::from_millis(rand::random::<u64>() % IMPORT_MS);
        let early = timeout(instant, &mut first).await;
        let postmaster = outage.begins(world.api());
        let first = match early {
            Ok(answered) => answered,
            Err(_) => first.await,
        };
        match first.status {
            201 => {}
            _ => {
                assert_told(&first);
                told_of += 1;
            }
        }
        if outage == Outage::StandsStill {
            assert_told(&ask().await);
        }
        outage.ends(&world, postmaster).await;
        let (made, again) = (ask().await, ask().await);
        assert_eq!(
            (made.status, again.status),
            (201, 201),
            "{outage:?} after {instant:?}: {made:?} {again:?}"
        );
        assert_eq!(made.id(), again.id());
        if first.status == 201 {
            assert_eq!(made.id(), first.id());
        }
        specs.push(made.id().to_owned());
    }
    println!("{told_of} of {} imports were told that the database is away", specs.len());
    for spec in &specs {
        let shown = world.rests(spec).await;
        let counts = world.counts(spec).await;
        assert_eq!(judge::faults_of_work(&shown, &counts), [""; 0], "{shown}");
        assert_eq!(counts["spec.imported"], 1, "{counts:?}");
    }
    let times = async |event: &str| world.api().newest(&format!("&limit=1000&type={event}")).await.len();
    assert_eq!(times("spec.imported").await, specs.len());
    assert_eq!(times("task.planned").await, specs.len() * TASKS);
    let shown = answer(world.api().get(&format!("/projects/{}/specs", world.project))).await;
    assert_eq!(shown.body["specs"].as_array().map(Vec::len), Some(specs.len()), "no half of one: {shown:?}");
    let ids: Vec<&Value> =
        shown.body["specs"].as_array().into_iter().flatten().map(|one| &one["id"]).collect();
    assert!(specs.iter().all(|spec| ids.iter().any(|id| *id == spec)), "{ids:?}");
}
