//! However a run comes to its end, it has one outcome, what was done is kept, and nothing of it goes on.

use std::time::Duration;

use futures::future::join_all;
use serde_json::json;

use crate::support::workshop::{MEND, Workshop, sandboxes};
use crate::support::{Api, Up, answer, descendants, eventually, is_running, signal};

const PATIENCE: Duration = Duration::from_secs(90);
/// No process is left of what was ended, after this.
const GONE_WITHIN: Duration = Duration::from_secs(15);

/// Says where it is, works, and then waits for what never comes.
fn for_ever(mark: &str) -> String {
    format!("{MEND} && echo half > half && (setsid sleep 98765 &) && echo {mark} && sleep 98765")
}

/// The agent of the run has begun and has written something.
async fn half_done(workshop: &Workshop, run: &str) {
    workshop.waits_for(run, "trajectory.turn_started").await;
    let place = workshop.waits_for(run, "run.sandbox_ready").await;
    assert!(place["position"].as_i64().is_some());
    // Nobody outside sees into the workspace: the sleep is the last thing that it does.
    let server = workshop.api.up.ready.pid;
    eventually(PATIENCE, "it sleeps", async || sleepers(server).first().copied()).await;
}

fn sleepers(server: u32) -> Vec<u32> {
    descendants(server).into_iter().filter(|(_, name)| name == "sleep").map(|(pid, _)| pid).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_is_stopped_keeps_what_it_has() {
    if !sandboxes() {
        return;
    }
    let workshop = Workshop::open().await;
    let task = workshop.task(&for_ever("stop")).await;
    let run = workshop.start(&task).await;
    half_done(&workshop, &run).await;
    let server = workshop.api.up.ready.pid;
    let sleeping = sleepers(server);
    assert!(!sleeping.is_empty());
    let stop = format!("/runs/{run}/stop");
    workshop.api.done(&stop, &json!({ "reason": "it was planned wrongly" })).await;
    let again = answer(workshop.api.post(&stop, &json!({}))).await;
    assert!(matches!(again.status, 200 | 422), "{again:?}");
    let ended = workshop.ended(&run).await;
    assert_eq!(ended["outcome"], "cancelled", "{ended}");
    assert_eq!(ended["reason"], "it was planned wrongly", "{ended}");
    let shown = workshop.shown(&task).await;
    assert_eq!(shown["status"], "failed", "{shown}");
    assert!(shown["possible"].to_string().contains("retry"), "{shown}");
    // What it had written is kept, and nothing of it runs.
    assert_eq!(workshop.git(&["show", &format!("refs/omoi/runs/{run}/1:half")]).await, "half");
    assert_eq!(workshop.events(&run, "run.ended").await.len(), 1);
    eventually(GONE_WITHIN, "nothing is left", async || {
        sleeping.iter().all(|pid| !is_running(*pid)).then_some(())
    })
    .await;
    // It can be tried again.
    workshop.api.done(&format!("/tasks/{task}/retry"), &json!({})).await;
    assert_eq!(workshop.shown(&task).await["status"], "ready");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_is_spoken_to_hears_it_and_says_so() {
    if !sandboxes() {
        return;
    }
    let workshop = Workshop::open().await;
    let script = json!({ "moves": [
        { "say": "I wait for advice." },
        { "wait_for_message": { "path": "advice.txt" } },
        { "run": MEND },
    ] });
    let mut task = json!({ "title": "Mend add", "agent": "scripted" });
    task["run"] = script.to_string().into();
    let task = workshop.task_with(task).await;
    let run = workshop.start(&task).await;
    workshop.waits_for(&run, "trajectory.message_emitted").await;
    let words = "Mind the sign.";
    let message = format!("/runs/{run}/messages");
    let sent = workshop.api.done(&message, &json!({ "text": words })).await;
    let steer = sent.body["message"].clone();
    assert!(steer.is_string(), "{sent:?}");
    let ended = workshop.ended(&run).await;
    assert_eq!(ended["code"], "verified", "{ended}");
    // Each state once, in order, of this message; and the words are where the agent has put them.
    let mut last = 0;
    for event in ["run.steer_requested", "run.steer_written", "run.steer_accepted", "run.steer_folded"] {
        let events = workshop.events(&run, event).await;
        assert_eq!(events.len(), 1, "{event}");
        assert_eq!(events[0]["payload"]["steer"], steer, "{event}");
        assert!(!events[0].to_string().contains(words), "{}", events[0]);
        let position = events[0]["position"].as_i64().expect("a number");
        assert!(position > last, "{event}");
        last = position;
    }
    assert_eq!(workshop.git(&["show", "omoi/TSK-001-mend-add:advice.txt"]).await, words);
    let late = answer(workshop.api.post(&message, &json!({ "text": words }))).await;
    assert_eq!(late.problem(), (422, "already_ended"), "{late:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_whose_turn_is_interrupted_ends_by_that_and_is_not_tried_again() {
    if !sandboxes() {
        return;
    }
    let workshop = Workshop::open().await;
    let task = workshop.task(&for_ever("interrupt")).await;
    let run = workshop.start(&task).await;
    half_done(&workshop, &run).await;
    let interrupt = format!("/runs/{run}/interrupt");
    let asked = workshop.api.done(&interrupt, &json!({})).await;
    assert_eq!(
        (&asked.body["status"], asked.body["id"].as_str()),
        (&json!("active"), Some(&*run)),
        "{asked:?}"
    );
    let ended = workshop.ended(&run).await;
    assert_eq!((&ended["outcome"], &ended["code"]), (&json!("cancelled"), &json!("interrupted")), "{ended}");
    // Who asked stands in the log, and what came of it: once each, whatever was asked meanwhile.
    assert_eq!(workshop.events(&run, "run.interrupt_requested").await.len(), 1);
    let settled = workshop.events(&run, "run.interrupt_settled").await;
    assert_eq!(settled.len(), 1, "{settled:?}");
    assert_eq!(settled[0]["payload"], json!({ "turn": 1, "stop": "cancelled" }));
    let turns = workshop.events(&run, "trajectory.turn_ended").await;
    assert!(turns.len() == 1 && turns[0]["position"].as_i64() < settled[0]["position"].as_i64(), "{turns:?}");
    assert_eq!(workshop.git(&["show", &format!("refs/omoi/runs/{run}/1:half")]).await, "half");
    assert_eq!(workshop.shown(&task).await["status"], "failed");
    let late = answer(workshop.api.post(&interrupt, &json!({}))).await;
    assert_eq!(late.problem(), (422, "already_ended"), "{late:?}");

    // An agent that waits for words is interrupted like one that works.
    let script = json!({ "moves": [{ "say": "I wait." }, { "wait_for_message": { "path": "advice.txt" } }] });
    let task = json!({ "title": "Wait", "agent": "scripted", "run": script.to_string() });
    let run = workshop.start(&workshop.task_with(task).await).await;
    workshop.waits_for(&run, "trajectory.message_emitted").await;
    workshop.api.done(&format!("/runs/{run}/interrupt"), &json!({})).await;
    let ended = workshop.ended(&run).await;
    assert_eq!(ended["code"], "interrupted", "{ended}");
    assert_eq!(workshop.events(&run, "run.interrupt_settled").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_whose_task_is_cancelled_is_stopped() {
    if !sandboxes() {
        return;
    }
    let workshop = Workshop::open().await;
    let task = workshop.task(&for_ever("cancel")).await;
    let run = workshop.start(&task).await;
    half_done(&workshop, &run).await;
    workshop.api.done(&format!("/tasks/{task}/cancel"), &json!({ "reason": "nobody wants it" })).await;
    let ended = workshop.ended(&run).await;
    assert_eq!((&ended["outcome"], &ended["code"]), (&json!("cancelled"), &json!("task_gone")), "{ended}");
    assert_eq!(workshop.shown(&task).await["status"], "cancelled");
    assert_eq!(workshop.git(&["show", &format!("refs/omoi/runs/{run}/1:half")]).await, "half");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_whose_server_is_killed_is_lost_and_its_work_is_not() {
    if !sandboxes() {
        return;
    }
    let directory = tempfile::tempdir().expect("a temporary directory");
    let data_dir = directory.path().join("data");
    let mut workshop = Workshop::open_at(Api::of(Up::start_in(&data_dir).await)).await;
    // The first time it never ends; the second time it finds what was left and goes on from there.
    let run = format!("if [ -f half ]; then echo whole > half; else {}; fi", for_ever("kill"));
    let task = workshop.task(&run).await;
    let first = workshop.start(&task).await;
    half_done(&workshop, &first).await;
    let server = workshop.api.up.ready.pid;
    let sleeping = sleepers(server);
    signal(server, rustix::process::Signal::KILL);
    let killed = tokio::time::Instant::now();
    while sleeping.iter().any(|pid| is_running(*pid)) {
        assert!(killed.elapsed() < GONE_WITHIN, "an agent outlives its server: {sleeping:?}");
        tokio::task::yield_now().await;
    }
    workshop.api.up.child.wait().await.expect("it was killed");
    // Kept: what is dropped removes its data.
    let _killed = std::mem::replace(&mut workshop.api, Api::of(Up::start_in(&data_dir).await));

    let ended = workshop.ended(&first).await;
    assert_eq!((&ended["outcome"], &ended["code"]), (&json!("lost"), &json!("node_lost")), "{ended}");
    assert_eq!(workshop.git(&["show", &format!("refs/omoi/runs/{first}/1:half")]).await, "half");
    let snapshot = &workshop.events(&first, "run.snapshot_taken").await[0]["payload"];
    assert_eq!(snapshot["at"], "rescue", "{snapshot}");
    workshop.waits_for(&first, "run.sandbox_released").await;
    // After a while: whatever brought the node down is not met again at once.
    eventually(GONE_WITHIN, "the task is ready again", async || {
        (workshop.shown(&task).await["status"] == "ready").then_some(())
    })
    .await;

    let second = workshop.start(&task).await;
    let ended = workshop.ended(&second).await;
    assert_eq!(workshop.events(&first, "run.ended").await.len(), 1);
    assert_eq!(ended["code"], "verified", "{ended}");
    assert_eq!(workshop.git(&["show", "omoi/TSK-001-mend-add:half"]).await, "whole");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_starts_take_ten_places() {
    if !sandboxes() {
        return;
    }
    let workshop = Workshop::open().await;
    let settings = format!("/projects/{}/settings", workshop.project);
    workshop.api.done(&settings, &json!({ "max_concurrent_runs": 10 })).await;
    let mut tasks = Vec::new();
    for _ in 0..100 {
        tasks.push(workshop.task("sleep 98765").await);
    }
    let nothing = json!({});
    let starts = join_all(
        tasks
            .iter()
            .map(async |task| answer(workshop.api.post(&format!("/tasks/{task}/runs"), &nothing)).await),
    )
    .await;
    let (begun, refused): (Vec<_>, Vec<_>) = starts.iter().partition(|start| start.status == 201);
    assert_eq!(begun.len(), 10);
    assert!(refused.iter().all(|start| start.problem() == (409, "full")), "{refused:?}");
    // A place is given back with the end of its run, and taken once.
    let first = begun[0].id().to_owned();
    workshop.api.done(&format!("/runs/{first}/stop"), &nothing).await;
    workshop.ended(&first).await;
    let again = join_all(
        tasks
            .iter()
            .map(async |task| answer(workshop.api.post(&format!("/tasks/{task}/runs"), &nothing)).await),
    )
    .await;
    assert_eq!(again.iter().filter(|start| start.status == 201).count(), 1);
}

/// What a task needs for itself alone no other run of the project has meanwhile, whoever starts it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_with_the_same_lock_run_one_after_the_other() {
    if !sandboxes() {
        return;
    }
    let workshop = Workshop::open().await;
    let locked = async |run: &str| {
        let locks = ["staging-database", "staging-database"];
        workshop.task_with(json!({ "title": "Migrate", "run": run, "locks": locks })).await
    };
    let nothing = json!({});
    let first = workshop.start(&locked("sleep 98765").await).await;
    let mut tasks = Vec::new();
    for _ in 0..4 {
        tasks.push(locked(MEND).await);
    }
    let refused = answer(workshop.api.post(&format!("/tasks/{}/runs", tasks[0]), &nothing)).await;
    assert_eq!(refused.problem(), (409, "locked"), "{refused:?}");
    let other = workshop.start(&workshop.task(MEND).await).await;
    assert_eq!(workshop.ended(&other).await["code"], "verified", "who needs no lock waits for none");

    let autonomy = format!("/projects/{}/autonomy", workshop.project);
    workshop.api.done(&autonomy, &json!({ "on": true })).await;
    eventually(PATIENCE, "it says what it waits for", async || {
        (workshop.shown(&tasks[0]).await["waits_for"] == "lock").then_some(())
    })
    .await;
    workshop.api.done(&format!("/runs/{first}/stop"), &nothing).await;
    for task in &tasks {
        eventually(PATIENCE, "its turn comes", async || {
            (workshop.shown(task).await["status"] == "completed").then_some(())
        })
        .await;
    }
    let of_tasks = |event: &serde_json::Value| event["aggregate_id"] != other.as_str();
    let mut told = workshop.api.newest("&limit=1000&type=run.started").await;
    told.extend(workshop.api.newest("&limit=1000&type=run.ended").await);
    told.retain(of_tasks);
    told.sort_by_key(|event| event["position"].as_i64());
    let order: Vec<_> = told.iter().map(|event| event["type"].as_str().unwrap_or_default()).collect();
    assert_eq!(order, ["run.started", "run.ended"].repeat(5), "{told:?}");
}
