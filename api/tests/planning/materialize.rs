//! A hundred at once make the work of a plan, over many connections, and one set of it comes into being.

use std::time::Duration;

use futures::future::join_all;
use serde_json::{Value, json};
use simulators::llm::{Pace, Script};

use crate::proof::Proof;
use crate::support::{Answer, eventually};
use crate::world::World;

const RUNNERS: usize = 100;
const WITHIN: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn materialize() {
    let mut proof = Proof::new("materialize", 1);
    let world = World::begin(Script::planner(Pace { whole_ms: 300, ..Pace::default() })).await;
    assert!(proof.next_case());
    let mut socket = world.api().socket().await;
    let from = world.api().last_position().await;
    socket.subscribe("log", json!({ "kind": "log" }), Some(from)).await;
    let spec = world.submit("auto").await;
    eventually(WITHIN, "the last phase begins", async || {
        (world.spec(&spec).await["phase"] == "tasks").then_some(())
    })
    .await;
    let (mut rounds, mut made) = (0, 0);
    loop {
        let answers = all_ask(&world, &spec).await;
        rounds += 1;
        made += answers.iter().filter(|answer| answer.body["position"].is_i64()).count();
        let early = answers.iter().filter(|answer| answer.status == 422).inspect(|answer| {
            assert_eq!(answer.problem().1, "not_planned", "{answer:?}");
        });
        let early = early.count();
        // So many at once that some were not tried again.
        let other = answers.iter().find(|answer| ![200, 422, 503].contains(&answer.status));
        assert!(other.is_none(), "{other:?}");
        if early == 0 {
            assert!(answers.iter().any(|answer| answer.status == 200), "{answers:?}");
            break;
        }
        // Whoever was early asks again when the log has something new to tell: that the plan is accepted is among it.
        socket.news("log").await;
    }
    assert!(made <= 1, "{made} of them made it");
    let shown = world.rests(&spec).await;
    let ids = |kind: &str| -> Vec<Value> { shown["work"][kind].as_array().expect("a list").clone() };
    assert_eq!(ids("tasks").len(), shown["tasks"].as_array().map_or(0, Vec::len));
    assert_eq!(world.counts(&spec).await["spec.work_materialized"], 1);
    proof.figure("asked", RUNNERS);
    proof.figure("rounds", rounds);
    proof.figure("made_by_them", made);
    proof.holds();
}

async fn all_ask(world: &World, spec: &str) -> Vec<Answer> {
    join_all((0..RUNNERS).map(|_| world.tell(spec, "materialize", json!({})))).await
}
