//! A hundred at once make the work of a plan, over many connections, and one set of it comes into being.

use std::time::Duration;

use futures::future::join_all;
use serde_json::{Value, json};
use simulators::llm::{Pace, Script};

use crate::proof::Proof;
use crate::support::eventually;
use crate::world::World;

const RUNNERS: usize = 100;
const WITHIN: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn materialize() {
    let mut proof = Proof::new("materialize", 1);
    let world = World::begin(Script::planner(Pace { whole_ms: 300, ..Pace::default() })).await;
    assert!(proof.next_case());
    let spec = world.submit("auto").await;
    eventually(WITHIN, "the last phase begins", async || {
        (world.spec(&spec).await["phase"] == "tasks").then_some(())
    })
    .await;
    // Each asks until the plan is accepted, so all of them ask when it is.
    let until_done = async |_| loop {
        let answer = world.tell(&spec, "materialize", json!({})).await;
        match answer.status {
            200 => break,
            409 | 422 => assert_eq!(answer.problem().1, "not_planned", "{answer:?}"),
            // So many at once that it was not tried again.
            _ => assert_eq!(answer.status, 503, "{answer:?}"),
        }
    };
    join_all((0..RUNNERS).map(until_done)).await;
    let shown = world.rests(&spec).await;
    let ids = |kind: &str| -> Vec<Value> { shown["work"][kind].as_array().expect("a list").clone() };
    assert_eq!(ids("tasks").len(), shown["tasks"].as_array().map_or(0, Vec::len));
    assert_eq!(world.counts(&spec).await["spec.work_materialized"], 1);
    proof.figure("asked", RUNNERS);
    proof.holds();
}
