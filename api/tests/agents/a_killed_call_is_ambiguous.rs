//! The server is killed while an agent's call to a model is open: nobody will ever hear its end, so it is ambiguous, once; the run is
//! lost, nothing of it stays set aside, and the next run does the task.

use std::time::Duration;

use rand::Rng as _;
use serde_json::{Value, json};
use simulators::llm::{Fault, Llm, Rule};
use tokio::time::timeout;

use crate::place::{Place, ticket};
use crate::proof::Proof;
use crate::support::workshop::sandboxes;
use crate::support::{answer, eventually};

const KILLS: usize = 10;
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_call_is_ambiguous() {
    if !sandboxes() {
        return;
    }
    let mut proof = Proof::new("a_killed_call_is_ambiguous", KILLS);
    let mut random = proof.random();
    let model = Llm::start().await;
    let settings = vec![
        ("OMOI_LLM_URL", model.openai_url()),
        ("OMOI_LLM_MODEL", "scripted".to_owned()),
        ("OMOI_LLM_KEY", "any".to_owned()),
        ("OMOI_LLM_PRICE", "200000/1200000".to_owned()),
    ];
    let mut place = Place::open(1, settings).await;
    let mut calls = 0;
    while proof.next_case() {
        // Half of the calls have begun to be answered, the others have not.
        let fault = if random.random() { Fault::Hangs } else { Fault::Silent { after: 1 } };
        model
            .script(Default::default())
            .rule(Rule::new("hangs").says("I shall look").misbehaves(fault.clone()));
        let task = json!({
            "title": "Mend add", "agent": "native",
            "description": "Create the file calc.sh with the content `add() { echo $(($1 + $2)); }`",
        });
        let tasks_of = format!("/tickets/{}/tasks", ticket(&place.workshop).await);
        let task = place.workshop.api.done(&tasks_of, &task).await.id().to_owned();
        let run = place.workshop.start(&task).await;
        place.workshop.waits_for(&run, "trajectory.llm_call_started").await;
        timeout(PATIENCE, model.busy(1)).await.expect("the call is open");
        place.kill().await;
        model.script(Default::default()).rule(Rule::new("coder").codes());
        place.start_again().await;

        let ended = place.workshop.ended(&run).await;
        assert_eq!((&ended["outcome"], &ended["code"]), (&json!("lost"), &json!("node_lost")), "{ended}");
        let open = calls_of(&place, &run).await;
        let [ambiguous] = &open[..] else { panic!("{fault:?}: one call, with one end: {open:?}") };
        assert_eq!(ambiguous, "trajectory.llm_call_ambiguous", "{fault:?}");
        assert_eq!(place.workshop.events(&run, "run.ended").await.len(), 1);
        eventually(PATIENCE, "it can be tried again", async || {
            let shown = place.workshop.shown(&task).await;
            (shown["status"] == "ready").then_some(())
        })
        .await;
        timeout(PATIENCE, model.quiet()).await.expect("nobody holds the call any more");

        // The place it had is free, and so is the money.
        let again = place.workshop.start(&task).await;
        let ended = place.workshop.ended(&again).await;
        assert_eq!(ended["code"], "verified", "{ended}");
        let ends = calls_of(&place, &again).await;
        assert!(!ends.is_empty() && ends.iter().all(|end| end == "trajectory.llm_call_finished"), "{ends:?}");
        calls += 1 + ends.len();
        let shown = answer(place.workshop.api.get(&format!("/runs/{run}"))).await.body;
        assert_eq!(shown["status"], "ended", "{shown}");
    }
    proof.figure("calls", calls);
    proof.holds();
}

/// How each call of a run ended, in the order in which they were made.
async fn calls_of(place: &Place, run: &str) -> Vec<String> {
    let types = "trajectory.llm_call_started,trajectory.llm_call_finished,trajectory.llm_call_ambiguous";
    let events = place.workshop.events(run, types).await;
    let started = events.iter().rev().filter(|event| event["type"] == "trajectory.llm_call_started");
    let end = |call: &Value| -> String {
        let call = &call["payload"]["call"];
        let ends = events.iter().filter(|event| {
            event["type"] != "trajectory.llm_call_started" && event["payload"]["call"] == *call
        });
        let ends: Vec<&str> = ends.filter_map(|event| event["type"].as_str()).collect();
        let [end] = &ends[..] else { panic!("a call has one end: {ends:?}") };
        (*end).to_owned()
    };
    started.map(end).collect()
}
