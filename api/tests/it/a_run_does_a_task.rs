//! A task is done by a run in a sandbox: its work is kept, judged on a fresh checkout, and stands on a branch of the repository.

use serde_json::json;

use crate::support::workshop::{MEND, Workshop, sandboxes};
use crate::support::{answer, eventually, omoi};
use std::time::Duration;

const SECRET: &str = "canary-5d1f";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_the_claim_to_the_branch() {
    if !sandboxes() {
        return;
    }
    let workshop = Workshop::open().await;
    let task = workshop.task(&format!("{MEND} && echo {SECRET}")).await;
    let run = workshop.start(&task).await;
    let ended = workshop.ended(&run).await;
    assert_eq!((&ended["outcome"], &ended["code"]), (&json!("succeeded"), &json!("verified")), "{ended}");

    let shown = workshop.shown(&task).await;
    assert_eq!(shown["status"], "completed", "{shown}");
    assert_eq!(shown["progress"]["kind"], "verified", "{shown}");
    let evidence = &workshop.events(&run, "run.evidence_gathered").await[0]["payload"];
    assert_eq!(evidence["changed"], json!(["calc.sh"]), "{evidence}");
    assert_eq!(evidence["commands"][0]["exit"], 0, "{evidence}");
    let ready = &workshop.events(&run, "run.sandbox_ready").await[0]["payload"];
    assert!(["full", "user"].contains(&ready["level"].as_str().unwrap_or_default()), "{ready}");

    // The work stands on a branch of its own, says whose it is, and nothing else of the repository was touched.
    let branch = "omoi/TSK-001-mend-add";
    assert_eq!(workshop.git(&["diff", "--name-only", "main", branch]).await, "calc.sh");
    let message = workshop.git(&["log", "-1", "--format=%B", branch]).await;
    assert!(
        message.contains("Omoi-Task: TSK-001") && message.contains(&format!("Omoi-Run: {run}")),
        "{message}"
    );
    assert_eq!(workshop.git(&["status", "--porcelain"]).await, "");
    let kept = workshop.git(&["rev-parse", &format!("refs/omoi/runs/{run}/1")]).await;
    assert_eq!(kept, workshop.git(&["rev-parse", branch]).await);
    let refs = workshop.git(&["for-each-ref", "--format=%(refname)"]).await;
    assert!(refs.lines().all(|name| name.contains("omoi/") || name == "refs/heads/main"), "{refs}");

    // What was seen of the agent, in order, and sealed.
    let seen = [
        "trajectory.turn_started",
        "trajectory.file_changed",
        "trajectory.command_ran",
        "trajectory.turn_ended",
    ];
    let mut last = 0;
    for event in seen {
        let events = workshop.events(&run, event).await;
        assert_eq!(events.len(), 1, "{event}");
        let position = events[0]["position"].as_i64().expect("a number");
        assert!(position > last, "{event}");
        last = position;
        assert!(!events[0].to_string().contains(SECRET), "{}", events[0]);
    }
    // Who may see runs reads the words; the log itself has them sealed.
    let page = answer(workshop.api.get(&format!("/runs/{run}/events?limit=1000"))).await.body;
    let ran = page["events"].as_array().into_iter().flatten();
    let ran = ran.clone().find(|event| event["type"] == "trajectory.command_ran").expect("it is there");
    assert_eq!(ran["payload"]["output"]["text"], format!("{SECRET}\n"), "{ran}");
    // So does the terminal, as it happened.
    let mut watch = omoi();
    watch.args(["run", "watch", &run, "--data-dir"]).arg(&workshop.api.up.ready.data_dir);
    let told = watch.output().await.expect("omoi starts");
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    for part in [SECRET, "modified", "calc.sh", "verified by  sh check.sh", "succeeded"] {
        assert!(told.contains(part), "{part}: {told}");
    }
    // Its place is gone.
    workshop.waits_for(&run, "run.sandbox_released").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_missing_is_told_to_the_next_run() {
    if !sandboxes() {
        return;
    }
    let workshop = Workshop::open().await;
    // The first time it writes what is wrong, the second time it finds that and mends it.
    let task = workshop.task(&format!("if [ -f begun ]; then {MEND}; else echo begun > begun; fi")).await;
    let first = workshop.start(&task).await;
    let ended = workshop.ended(&first).await;
    assert_eq!((&ended["outcome"], &ended["code"]), (&json!("failed"), &json!("not_verified")), "{ended}");
    let shown = workshop.shown(&task).await;
    assert_eq!((&shown["status"], &shown["iteration"]), (&json!("ready"), &json!(1)), "{shown}");
    assert_eq!(shown["feedback"]["failed"][0]["cmd"], "sh check.sh", "{shown}");

    let second = workshop.start(&task).await;
    let ended = workshop.ended(&second).await;
    assert_eq!(ended["code"], "verified", "{ended}");
    assert_eq!(workshop.shown(&task).await["status"], "completed");
    let names = workshop.git(&["diff", "--name-only", "main", "omoi/TSK-001-mend-add"]).await;
    assert_eq!(names, "begun\ncalc.sh", "the work of the first run was built on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_starts_by_itself_and_stands_on_what_it_waited_for() {
    if !sandboxes() {
        return;
    }
    let workshop = Workshop::open().await;
    let task = |title: &str, run: &str| json!({ "title": title, "run": run });
    let first = workshop.task_with(task("First", &format!("{MEND} && echo 1 > one"))).await;
    let other = workshop.task_with(task("Other", &format!("{MEND} && echo 2 > two"))).await;
    let mut last = task("Last", "test -f one && test -f two && echo 3 > three");
    last["depends_on"] = json!([first, other]);
    let last = workshop.task_with(last).await;
    assert_eq!(workshop.shown(&first).await["status"], "ready", "nothing starts before it may");

    workshop.api.done(&format!("/projects/{}/autonomy", workshop.project), &json!({ "on": true })).await;
    eventually(Duration::from_secs(90), "all are completed", async || {
        let shown = workshop.shown(&last).await;
        assert_ne!(shown["status"], "failed", "{shown}");
        (shown["status"] == "completed").then_some(())
    })
    .await;
    let runs = workshop.api.newest("&limit=1000&type=run.started").await;
    assert_eq!(runs.len(), 3, "each in one run: {runs:?}");
    let requested = &workshop.api.newest("&limit=1&type=run.sandbox_requested").await[0]["payload"];
    let on: Vec<_> =
        requested["on"].as_array().into_iter().flatten().map(|one| one["task"].clone()).collect();
    assert_eq!(on, [json!(first), json!(other)], "{requested}");
    let files = workshop.git(&["ls-tree", "--name-only", "omoi/TSK-003-last"]).await;
    assert!(["one", "two", "three"].iter().all(|name| files.lines().any(|line| line == *name)), "{files}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_explores_leaves_a_report_and_nothing_else() {
    if !sandboxes() {
        return;
    }
    let workshop = Workshop::open().await;
    // Nothing of it would have to be verified by a command.
    let settings = format!("/projects/{}/settings", workshop.project);
    workshop.api.done(&settings, &json!({ "verify": [] })).await;
    let explores = |title: &str, run: &str| json!({ "title": title, "run": run, "mode": "exploration" });
    let report = json!({ "summary": format!("add subtracts ({SECRET})"),
        "findings": [{ "title": "add", "detail": "It has a minus.", "files": ["calc.sh"] }] });
    let good = format!("touch new 2>/dev/null && exit 3; grep -q -- - calc.sh && echo '{report}'");
    let good = workshop.task_with(explores("Find out", &good)).await;
    let bad = workshop.task_with(explores("Say so", "echo 'All is well.'")).await;
    let run = workshop.start(&good).await;
    let ended = workshop.ended(&run).await;
    assert_eq!((&ended["outcome"], &ended["code"]), (&json!("succeeded"), &json!("verified")), "{ended}");
    let shown = workshop.shown(&good).await;
    assert_eq!(
        (&shown["status"], &shown["progress"]["kind"]),
        (&json!("completed"), &json!("verified")),
        "{shown}"
    );
    let evidence = &workshop.events(&run, "run.evidence_gathered").await[0]["payload"];
    assert!(evidence["report"].is_object() && evidence["files"] == 0, "{evidence}");
    assert!(!evidence.to_string().contains(SECRET), "it is sealed: {evidence}");
    assert_eq!(workshop.git(&["branch", "--list", "omoi/*"]).await, "", "nothing was changed");

    // Whoever leaves none is not done, whatever they say.
    let ended = workshop.ended(&workshop.start(&bad).await).await;
    assert_eq!((&ended["outcome"], &ended["code"]), (&json!("failed"), &json!("no_report")), "{ended}");
    assert_ne!(workshop.shown(&bad).await["status"], "completed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_cannot_start_is_told_what_is_missing() {
    if !sandboxes() {
        return;
    }
    let workshop = Workshop::open().await;
    let start =
        async |task: &str, body| answer(workshop.api.post(&format!("/tasks/{task}/runs"), &body)).await;
    let task = workshop.task(MEND).await;
    let refused = start(&task, json!({ "agent": "nobody" })).await;
    assert_eq!(refused.problem(), (422, "unknown_agent"), "{refused:?}");
    let settings = format!("/projects/{}/settings", workshop.project);
    workshop.api.done(&settings, &json!({ "verify": [] })).await;
    let refused = start(&task, json!({})).await;
    assert_eq!(refused.problem(), (422, "no_verification"), "{refused:?}");
    workshop.api.done(&settings, &json!({ "agent": { "kind": "none" }, "verify": ["true"] })).await;
    let refused = start(&task, json!({})).await;
    assert_eq!(refused.problem(), (422, "no_agent"), "{refused:?}");
    // Nothing of it was written down.
    assert!(workshop.api.newest("&limit=10&type=run.started").await.is_empty());
    let begun = start(&task, json!({ "agent": "command" })).await;
    assert_eq!(begun.status, 201, "{begun:?}");
    assert_eq!(start(&task, json!({ "agent": "command" })).await.problem(), (422, "claimed_already"));
    assert_eq!(workshop.ended(begun.id()).await["code"], "verified");
    assert_eq!(start(&task, json!({})).await.problem().1, "already_completed");
}
