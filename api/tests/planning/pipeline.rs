//! From an idea about a small repository to tickets and tasks: people answer, reject and approve on the way.

use serde_json::json;
use simulators::llm::{Pace, Script};

use crate::judge;
use crate::proof::Proof;
use crate::world::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pipeline() {
    let mut proof = Proof::new("pipeline", 1);
    let world = World::begin(Script::planner(Pace { chunk_chars: 64, ..Pace::default() })).await;
    assert!(proof.next_case());
    let spec = world.submit("review").await;
    let asked = world.rests(&spec).await;
    assert_eq!(asked["status"], "awaiting_answers", "{asked}");
    let told = world.model.requests()[0].asked().text();
    assert!(told.contains("src/reminders.py") && told.contains("def due(now)"), "the code is seen: {told}");
    for question in asked["questions"].as_array().expect("a list") {
        let body = json!({ "question": question["question"], "text": "Only the owner, and never at night." });
        assert_eq!(world.tell(&spec, "answers", body).await.status, 200);
    }
    let mut reasons = vec!["Say what happens when the letter cannot be sent."];
    loop {
        let shown = world.rests(&spec).await;
        if shown["status"] != "awaiting_approval" {
            break;
        }
        let (gate, hash) = (&shown["gate"], &shown["content_hash"]);
        let stale = json!({ "gate": gate, "content_hash": "0".repeat(64) });
        let refused = world.tell(&spec, "approve", stale).await;
        assert!(refused.status >= 400, "another content than is shown: {refused:?}");
        let (verb, body) = match reasons.pop() {
            Some(reason) => ("reject", json!({ "gate": gate, "content_hash": hash, "reason": reason })),
            None => ("approve", json!({ "gate": gate, "content_hash": hash })),
        };
        let answered = world.tell(&spec, verb, body).await;
        assert_eq!(answered.status, 200, "{answered:?}");
    }
    let shown = world.rests(&spec).await;
    assert_eq!(shown["status"], "planned", "{shown}");
    let told: Vec<String> = world.model.requests().iter().map(|request| request.asked().text()).collect();
    assert!(told.iter().any(|text| text.contains("- rejected: Say what happens when the letter")));
    assert!(told[1..].iter().all(|text| text.contains("never at night")), "answers reach every later phase");
    let tasks = shown["tasks"].as_array().expect("a list").len();
    let covered = shown["coverage"].as_array().expect("a list");
    assert!(
        covered.iter().all(|one| one["covered_by_tasks"].as_array().is_some_and(|tasks| !tasks.is_empty()))
    );
    let counts = world.counts(&spec).await;
    assert_eq!(judge::faults_of_work(&shown, &counts), [""; 0], "{}", shown["work"]);
    assert_eq!(counts["spec.approval_granted"], 2);
    assert_eq!(counts["trajectory.llm_call_started"], counts["trajectory.usage_recorded"]);
    proof.figure("calls", counts["trajectory.llm_call_started"]);
    proof.figure("sections", counts["spec.phase_section_written"]);
    proof.figure("tasks", tasks);
    proof.holds();
}
