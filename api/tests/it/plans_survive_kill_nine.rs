//! The whole program is killed between what was asked for and what follows from it, at any moment: a plan that is revised and
//! its work, a repository that is linked, texts that are embedded. Afterwards all of it is there once.

use std::collections::BTreeSet;
use std::time::Duration;

use plan::{Layout, Plan};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use simulators::llm::Script;
use tokio::time::timeout;

use crate::judge;
use crate::support::{Answer, answer, eventually, files_of, plan_of, repository};
use crate::world::World;

const KILLS: usize = 4;
const PATIENCE: Duration = Duration::from_secs(60);
/// More than are embedded by one call.
const TASKS: usize = 80;

/// Sends it, and lets go of it after some of the time that it takes; every second one is answered.
async fn under_way(n: usize, request: RequestBuilder, usual_ms: u64) {
    let some = Duration::from_millis(rand::random::<u64>() % usual_ms);
    let patience = if n.is_multiple_of(2) { some } else { PATIENCE };
    if let Ok(answered) = timeout(patience, answer(request)).await {
        assert!(answered.status < 300, "{answered:?}");
    }
}

async fn begin() -> World {
    World::begin(Script::default()).await
}

async fn import(world: &World, plan: &Plan, key: &str) -> Answer {
    let body = json!({ "files": files_of(plan, Layout::Document) });
    let request = world.api().post(&format!("/projects/{}/specs/import", world.project), &body);
    let imported = answer(request.header("Idempotency-Key", key)).await;
    assert_eq!(imported.status, 201, "{imported:?}");
    imported
}

async fn times(world: &World, event: &str) -> usize {
    world.api().newest(&format!("&limit=1000&type={event}")).await.len()
}

/// Has another task, and the first one takes longer.
fn revised(round: usize) -> Plan {
    let mut plan = plan_of(TASKS + round);
    plan.tasks.tasks[0].estimated_hours = u32::try_from(round + 1).ok().map(f64::from);
    plan
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revision_is_there_once_and_so_is_its_work() {
    let mut world = begin().await;
    let spec = import(&world, &revised(0), "plan").await.id().to_owned();
    world.rests(&spec).await;
    for round in 1..=KILLS {
        let base = world.spec(&spec).await["plan_hash"].clone();
        let body = json!({ "content_hash": base, "files": files_of(&revised(round), Layout::Document) });
        let ask = |world: &World| {
            let request = world.api().post(&format!("/specs/{spec}/revise"), &body);
            request.header("Idempotency-Key", format!("revision {round}"))
        };
        under_way(round, ask(&world), 150).await;
        world.killed().await;
        let again = answer(ask(&world)).await;
        assert_eq!(again.status, 200, "{again:?}");
        let shown = eventually(PATIENCE, "the work follows", async || {
            let shown = world.spec(&spec).await;
            let known = shown["revisions"].as_array().expect("a list");
            known.iter().all(|revision| !revision["work"].is_null()).then_some(shown.clone())
        })
        .await;
        let counts = world.counts(&spec).await;
        assert_eq!(shown["revisions"].as_array().map(Vec::len), Some(round), "{shown}");
        assert_eq!((counts["spec.revised"], counts["spec.work_revised"]), (round, round), "{counts:?}");
        assert_eq!(judge::faults_of_work(&shown, &counts), [""; 0], "{shown}");
        assert_eq!(shown["work"]["tasks"].as_array().map(Vec::len), Some(TASKS + round));
    }
    assert_eq!(times(&world, "task.planned").await, TASKS + KILLS);
    assert_eq!(times(&world, "task.revised").await, KILLS);
    assert_eq!(times(&world, "task.cancelled").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repository_is_linked_as_often_as_it_was_asked_for() {
    let mut world = begin().await;
    let (_home, url) = repository().await;
    let path = format!("/projects/{}/repository", world.project);
    let linked_before = times(&world, "project.repository_linked").await;
    for round in 0..KILLS {
        let branch = ["main", "next"][round % 2];
        let ask = |world: &World| {
            let body = json!({ "url": url, "branch": branch });
            let request = world.api().request(Method::PUT, &path).json(&body);
            request.header("Idempotency-Key", format!("link {round}"))
        };
        under_way(round, ask(&world), 60).await;
        world.killed().await;
        let again = answer(ask(&world)).await;
        assert_eq!((again.status, &again.body["branch"]), (200, &json!(branch)), "{again:?}");
        assert_eq!(times(&world, "project.repository_linked").await, linked_before + round + 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_near_is_near_once() {
    let mut world = begin().await;
    let first = import(&world, &plan_of(TASKS), "plan 0").await.id().to_owned();
    let mut specs = vec![first];
    for round in 1..=KILLS {
        let key = format!("plan {round}");
        let spec = import(&world, &plan_of(TASKS), &key).await.id().to_owned();
        if round.is_multiple_of(2) {
            // Its tasks are embedded, or are about to be.
            let shown = world.rests(&spec).await;
            compared(&world, &task_ids(&shown)[0]).await;
        }
        world.killed().await;
        assert_eq!(import(&world, &plan_of(TASKS), &key).await.id(), spec);
        specs.push(spec);
    }
    for (n, spec) in specs.iter().enumerate() {
        let shown = world.rests(spec).await;
        let near = eventually(PATIENCE, "it is compared with all others", async || {
            let near = ids(&world.spec(spec).await["near_duplicates"]);
            (near.len() >= KILLS).then_some(near)
        })
        .await;
        let others: BTreeSet<_> = specs.iter().filter(|other| *other != spec).cloned().collect();
        assert_eq!(near.len(), KILLS, "spec {n} is near to each of the others once: {near:?}");
        assert_eq!(near.into_iter().collect::<BTreeSet<_>>(), others);
        for task in task_ids(&shown) {
            let near = compared(&world, &task).await;
            let distinct: BTreeSet<_> = near.iter().collect();
            assert_eq!(distinct.len(), near.len(), "{near:?}");
            assert!(!near.contains(&task), "{task} is near to itself");
        }
    }
}

fn task_ids(spec: &Value) -> Vec<String> {
    ids(&spec["work"]["tasks"])
}

fn ids(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(|one| one["id"].as_str().map(str::to_owned)).collect()
}

/// What is near to a task, once it is compared.
async fn compared(world: &World, task: &str) -> Vec<String> {
    eventually(PATIENCE, "the task is compared", async || {
        let shown = answer(world.api().get(&format!("/tasks/{task}"))).await;
        shown.body["near_duplicates"].is_array().then(|| ids(&shown.body["near_duplicates"]))
    })
    .await
}
