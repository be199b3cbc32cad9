//! The event bus stands still, or dies, while ideas are planned and plans come in: nobody waits for it, and afterwards it has
//! every event once.

use std::time::Duration;

use async_nats::jetstream;
use embedded::bus;
use plan::Layout;
use reqwest::Method;
use rustix::process::Signal;
use serde_json::{Value, json};
use simulators::llm::{Pace, Script};

use crate::judge;
use crate::support::{answer, descendants, eventually, files_of, plan_of, signal};
use crate::world::World;

const PATIENCE: Duration = Duration::from_secs(60);
const TASKS: usize = 60;

fn nats(world: &World) -> u32 {
    let children = descendants(world.api().up.ready.pid);
    children.into_iter().find(|(_, name)| name == "nats-server").expect("the child runs").0
}

async fn readiness(world: &World) -> Value {
    answer(world.api().request_to(Method::GET, "/readyz")).await.body
}

async fn world() -> World {
    World::begin(Script::planner(Pace { chunk_chars: 64, ..Pace::default() })).await
}

/// An idea and a plan become work.
async fn works(world: &World) {
    let body = json!({ "files": files_of(&plan_of(TASKS), Layout::Kiro) });
    let path = format!("/projects/{}/specs/import", world.project);
    let (submitted, imported) = tokio::join!(world.submit("auto"), world.api().done(&path, &body));
    for spec in [&*submitted, imported.id()] {
        let shown = world.rests(spec).await;
        assert_eq!(judge::faults_of_work(&shown, &world.counts(spec).await), [""; 0], "{shown}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plans_come_in_while_it_stands_still() {
    let world = world().await;
    works(&world).await;
    let nats = nats(&world);
    signal(nats, Signal::STOP);
    eventually(PATIENCE, "the bus stands still", async || {
        (readiness(&world).await["bus"]["ok"] == false).then_some(())
    })
    .await;
    works(&world).await;
    assert_eq!(readiness(&world).await["bus"]["ok"], false, "it was away all the time");
    signal(nats, Signal::CONT);
    it_has_every_event_once(&world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plans_come_in_while_it_dies() {
    let world = world().await;
    for _ in 0..3 {
        let killed = async {
            // While the plan is written.
            let begun = world.api().last_position().await;
            eventually(PATIENCE, "something happens", async || {
                (world.api().last_position().await > begun).then_some(())
            })
            .await;
            signal(nats(&world), Signal::KILL);
        };
        tokio::join!(works(&world), killed);
        eventually(PATIENCE, "it is started again", async || {
            (readiness(&world).await["bus"]["ok"] == true).then_some(())
        })
        .await;
    }
    it_has_every_event_once(&world).await;
}

/// Each message is the event that belongs in its place, up to the end of the log.
async fn it_has_every_event_once(world: &World) {
    eventually(PATIENCE, "the bus has caught up", async || {
        let ready = readiness(world).await;
        (ready["bus"]["ok"] == true && ready["behind"] == json!([])).then_some(())
    })
    .await;
    let head = world.api().last_position().await;
    let reader = jetstream::new(bus::connect(&world.api().up.ready.nats_url).await.expect("let in"));
    let info = eventually(PATIENCE, "the last event is there", async || {
        let stream = reader.get_stream("OMOI_1").await.ok()?;
        let info = stream.cached_info().clone();
        let base: i64 = info.config.metadata["omoi-base"].parse().expect("a number");
        let last = i64::try_from(info.state.last_sequence).expect("a sequence") + base;
        (last >= head).then_some((stream, info, base))
    })
    .await;
    let (stream, info, base) = info;
    let expected = info.state.last_sequence - info.state.first_sequence + 1;
    assert_eq!(info.state.messages, expected, "a hole: {info:?}");
    for sequence in info.state.first_sequence..=info.state.last_sequence {
        let message = stream.get_raw_message(sequence).await.expect("a message");
        let position = message.headers.get("Omoi-Position").map(|value| value.as_str().to_owned());
        let belongs = i64::try_from(sequence).expect("a sequence") + base;
        assert_eq!(position, Some(belongs.to_string()), "{message:?}");
    }
    let first = i64::try_from(info.state.first_sequence).expect("a sequence") + base;
    assert_eq!(first, 1, "from the beginning of the log");
}
