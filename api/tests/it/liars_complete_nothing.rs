//! What an agent says is no evidence: eight that lie, each in another way, and not one task is completed.

use serde_json::Value;

use crate::support::workshop::{MEND, Workshop, sandboxes};

const LIARS: &str = include_str!("liars.json");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn not_one_task_is_completed_by_a_lie() {
    if !sandboxes() {
        return;
    }
    let liars: Vec<Value> = serde_json::from_str(LIARS).expect("a list");
    assert_eq!(liars.len(), 8);
    let workshop = Workshop::open().await;
    let mut lied = 0;
    for liar in liars.iter().filter(|liar| liar["run"] != "OLD") {
        let ended = workshop.does(liar["run"].as_str().expect("a command")).await;
        let (run, task) = (ended["run"].as_str().expect("an id"), ended["task"].as_str().expect("an id"));
        assert_eq!(ended["code"], liar["code"], "{liar}: {ended}");
        // It did lie: its command has run, and ended well.
        let ran = &workshop.events(run, "trajectory.command_ran").await[0]["payload"];
        assert_eq!(ran["exit"], 0, "{liar}: {ran}");
        if let Some(restored) = liar.get("restored") {
            let evidence = &workshop.events(run, "run.evidence_gathered").await[0]["payload"];
            assert_eq!(&evidence["restored"], restored, "{liar}: {evidence}");
        }
        let shown = workshop.shown(task).await;
        assert_ne!(shown["status"], "completed", "{liar}: {shown}");
        lied += 1;
    }
    assert_eq!(lied, 7);
    assert!(workshop.api.newest("&limit=10&type=task.completed").await.is_empty());
    // The same way, and no lie: so it was not the way that failed.
    let ended = workshop.does(MEND).await;
    assert_eq!(ended["code"], "verified", "{ended}");
}
