//! A repository is moved away: the next run ends by name, and the repository is broken and says what to do. It is put back: the next
//! run mends it, and what that has pushed stands in the log.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::workshop::{MEND, Workshop, sandboxes};
use crate::support::{answer, eventually, omoi};

const PATIENCE: Duration = Duration::from_secs(30);

/// What a project says of its repository, once that is so.
async fn is(workshop: &Workshop, status: &str) -> Value {
    let path = format!("/projects/{}/repository", workshop.project);
    eventually(PATIENCE, &format!("the repository is {status}"), async || {
        let shown = answer(workshop.api.get(&path)).await;
        assert_eq!(shown.status, 200, "{shown:?}");
        (shown.body["status"] == status).then_some(shown.body)
    })
    .await
}

/// The payloads of the events of this type, the newest first, once there are so many.
async fn told(workshop: &Workshop, event: &str, count: usize) -> Vec<Value> {
    eventually(PATIENCE, &format!("{count} of {event}"), async || {
        let events = workshop.api.newest(&format!("&limit=1000&type={event}")).await;
        let payloads: Vec<Value> = events.iter().map(|event| event["payload"].clone()).collect();
        (payloads.len() == count).then_some(payloads)
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn by_runs_and_what_they_push_is_told() {
    if !sandboxes() {
        return;
    }
    let workshop = Workshop::open().await;
    assert!(is(&workshop, "linked").await.get("reason").is_none());
    told(&workshop, "repository.linked", 1).await;

    let away = workshop.repository.with_extension("away");
    std::fs::rename(&workshop.repository, &away).expect("it is moved");
    for task in ["true", "echo"] {
        let ended = workshop.does(task).await;
        assert_eq!(
            (&ended["outcome"], &ended["code"]),
            (&json!("failed"), &json!("not_a_repository")),
            "{ended}"
        );
    }
    let broken = is(&workshop, "broken").await;
    let reason = broken["reason"].as_str().expect("a reason").to_owned();
    assert!(reason.contains("no git repository at this place: check it"), "{broken}");
    assert!(broken["since"].is_string(), "{broken}");
    let project = answer(workshop.api.get(&format!("/projects/{}", workshop.project))).await;
    assert_eq!(project.body["repository"]["reason"], json!(reason), "{project:?}");
    for args in [["repo", "show", "calc"], ["project", "show", "calc"]] {
        let said = omoi_says(&workshop, &args).await;
        assert!(said.contains(&reason) && said.contains("then start a run"), "{args:?}: {said}");
    }

    std::fs::rename(&away, &workshop.repository).expect("it is back");
    let ended = workshop.does(MEND).await;
    assert_eq!(ended["code"], "verified", "{ended}");
    is(&workshop, "linked").await;
    // What was so already was no news: two failures are one, and it was mended once.
    assert_eq!(told(&workshop, "repository.sync_failed", 1).await, [json!({ "reason": reason })]);
    told(&workshop, "repository.repaired", 1).await;

    let branch = "omoi/TSK-003-mend-add";
    let (commit, base) =
        (workshop.git(&["rev-parse", branch]).await, workshop.git(&["rev-parse", "main"]).await);
    let pushed = told(&workshop, "repository.commit_pushed", 1).await;
    assert_eq!(pushed, [json!({ "branch": branch, "run": ended["run"], "commit": commit })]);
    let created = told(&workshop, "repository.branch_created", 1).await;
    assert_eq!(created, [json!({ "branch": branch, "run": ended["run"], "base": base })]);
}

async fn omoi_says(workshop: &Workshop, args: &[&str]) -> String {
    let data_dir = &workshop.api.up.ready.data_dir;
    let output = omoi().args(args).arg("--data-dir").arg(data_dir).output().await.expect("omoi starts");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
