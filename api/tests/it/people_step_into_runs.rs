//! Whoever says something to an agent, or interrupts it, reads afterwards whether that came through.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::workshop::{MEND, Workshop, sandboxes};
use crate::support::{answer, eventually, omoi};

const PATIENCE: Duration = Duration::from_secs(90);

/// The interventions into a run, the newest first, once what became of each is known.
async fn settled(workshop: &Workshop, run: &str, count: usize) -> Vec<Value> {
    eventually(PATIENCE, "what became of them is told", async || {
        let page = answer(workshop.api.get(&format!("/interventions?run={run}"))).await;
        assert_eq!(page.status, 200, "{page:?}");
        let found = page.body["interventions"].as_array().cloned().unwrap_or_default();
        let all = found.len() == count && found.iter().all(|one| one["settled_at"].is_string());
        all.then_some(found)
    })
    .await
}

/// A run whose agent waits for advice.
async fn waiting(workshop: &Workshop) -> String {
    let moves = json!([{ "say": "I wait for advice." }, { "wait_for_message": { "path": "advice.txt" } }]);
    let script = json!({ "moves": moves }).to_string();
    let task = workshop.task_with(json!({ "title": "Wait", "agent": "scripted", "run": script })).await;
    let run = workshop.start(&task).await;
    workshop.waits_for(&run, "trajectory.message_emitted").await;
    run
}

async fn says(workshop: &Workshop, run: &str) -> Value {
    let words = json!({ "text": "Mind the sign." });
    workshop.api.done(&format!("/runs/{run}/messages"), &words).await.body["message"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn and_read_whether_it_came_through() {
    if !sandboxes() {
        return;
    }
    let workshop = Workshop::open().await;
    let run = waiting(&workshop).await;
    assert_eq!(settled(&workshop, &run, 0).await, Vec::<Value>::new());
    let message = says(&workshop, &run).await;
    let told = settled(&workshop, &run, 1).await;
    assert_eq!((&told[0]["id"], &told[0]["kind"]), (&message, &json!("message")), "{told:?}");
    assert_eq!((&told[0]["status"], &told[0]["turn"]), (&json!("delivered"), &json!(1)), "{told:?}");
    assert_eq!(told[0]["project"], workshop.project.as_str(), "{told:?}");
    let shown = omoi_says(&workshop, &["run", "show", &run]).await;
    assert!(shown.contains("interventions\n  message  delivered in turn 1"), "{shown}");

    let run = waiting(&workshop).await;
    workshop.api.done(&format!("/runs/{run}/interrupt"), &json!({})).await;
    let told = settled(&workshop, &run, 1).await;
    assert_eq!(
        (&told[0]["kind"], &told[0]["status"]),
        (&json!("interrupt"), &json!("delivered")),
        "{told:?}"
    );

    // A command takes no messages.
    let task = workshop.task(&format!("{MEND} && sleep 98765")).await;
    let run = workshop.start(&task).await;
    workshop.waits_for(&run, "trajectory.turn_started").await;
    says(&workshop, &run).await;
    let told = settled(&workshop, &run, 1).await;
    assert_eq!(told[0]["status"], "failed", "{told:?}");
    assert!(told[0]["reason"].as_str().is_some_and(|why| why.contains("takes no messages")), "{told:?}");
    workshop.api.done(&format!("/runs/{run}/stop"), &json!({})).await;
    workshop.ended(&run).await;
}

async fn omoi_says(workshop: &Workshop, args: &[&str]) -> String {
    let data_dir = &workshop.api.up.ready.data_dir;
    let output = omoi().args(args).arg("--data-dir").arg(data_dir).output().await.expect("omoi starts");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
