//! A run is shown with all that happened in it, page by page, to those who may see it; before it there is a task that says
//! what it waits for.

use std::collections::BTreeSet;
use std::time::Duration;

use commands::{Actor, Dispatcher};
use eventstore::{Options, Store};
use kernel::{ActorId, Uuid};
use reqwest::Method;
use serde_json::{Value, json};

use crate::runs_tour::runs_tour;
use crate::support::{Answer, Api, Person, eventually};

/// Who looks, and from which position on the answers count.
struct Reader<'a> {
    api: &'a Api,
    person: &'a Person,
    least: i64,
}

impl Reader<'_> {
    async fn get(&self, path: &str) -> Answer {
        let with = if path.contains('?') { '&' } else { '?' };
        self.person.get(self.api, &format!("{path}{with}min_position={}", self.least)).await
    }

    /// What is there.
    async fn found(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        answer.body
    }
}

async fn head(api: &Api, person: &Person) -> i64 {
    let newest = person.get(api, &format!("/events?before={}&limit=1", i64::MAX)).await.body;
    newest["events"][0]["position"].as_i64().expect("an event")
}

fn positions(events: &Value) -> Vec<i64> {
    let events = events["events"].as_array().expect("events");
    events.iter().map(|event| event["position"].as_i64().expect("a number")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_shown_with_all_that_happened_in_it() {
    let api = Api::start().await;
    let mut owner = Person::register(&api, "owner@example.org").await;
    let org = owner.found(&api, "Acme").await;
    let project = owner.done(&api, "/projects", &json!({ "name": "Billing" })).await.id().to_owned();
    let other = owner.done(&api, "/projects", &json!({ "name": "Elsewhere" })).await.id().to_owned();
    let wish = json!({ "title": "T", "phase": "implementation" });
    let ticket = owner.done(&api, &format!("/projects/{project}/tickets"), &wish).await.id().to_owned();
    let task = owner.done(&api, &format!("/tickets/{ticket}/tasks"), &json!({ "title": "K" })).await;
    let task = task.id().to_owned();
    waits(&api, &owner, &project, &task).await;

    let store =
        Store::open(&Options::new(embedded::inspect::app_url(&api.up.ready.data_dir).unwrap())).unwrap();
    let actor = Actor::process(org.parse().unwrap(), ActorId(Uuid::nil()));
    let dispatcher = Dispatcher::new(store, 100);
    runs_tour(&dispatcher, actor, project.parse().unwrap(), task.parse().unwrap()).await;
    dispatcher.store().pools().close().await;

    let reader = Reader { api: &api, person: &owner, least: head(&api, &owner).await };
    let run = listed(&reader, &project, &task).await;
    shown(&reader, &run).await;
    read_page_by_page(&reader, &run).await;
    what_it_ran_in_and_by(&reader, &project).await;
    who_stepped_in(&reader, &run, &project, &other).await;
    refused(&reader, &run, &project).await;
    others_see_nothing(&api, &owner, &org, &run, [&project, &other]).await;
}

/// As soon as a project has one thing, the task waits for the next.
async fn waits(api: &Api, owner: &Person, project: &str, task: &str) {
    let says = async || {
        let reader = Reader { api, person: owner, least: head(api, owner).await };
        reader.found(&format!("/tasks/{task}")).await["waits_for"].clone()
    };
    assert_eq!(says().await, "autonomy_off");
    owner.done(api, &format!("/projects/{project}/autonomy"), &json!({ "on": true })).await;
    assert_eq!(says().await, "no_agent");
    // One that no installation has: nobody starts the task.
    let agent = json!({ "agent": { "kind": "profile", "name": "of nobody" } });
    owner.done(api, &format!("/projects/{project}/settings"), &agent).await;
    assert_eq!(says().await, "no_repository");
}

/// It is in the list of its project and in that of its task.
async fn listed(reader: &Reader<'_>, project: &str, task: &str) -> String {
    let of_task = reader.found(&format!("/tasks/{task}/runs")).await;
    assert_eq!(of_task["runs"].as_array().map(Vec::len), Some(1), "{of_task}");
    let of_project = reader.found(&format!("/projects/{project}/runs?limit=1")).await;
    assert_eq!(of_project["runs"], of_task["runs"]);
    let older = reader.found(&format!("/projects/{project}/runs?before={}", of_project["next"])).await;
    assert_eq!((&older["runs"], &older["next"]), (&json!([]), &Value::Null));
    let by_task = format!("task={task}");
    for (which, count) in [
        ("state=failed", 1),
        ("state=ended", 1),
        ("state=succeeded", 0),
        ("agent=builder&state=failed", 1),
        ("agent=nobody", 0),
        (&by_task, 1),
        ("task=00000000-0000-8000-8000-000000000007", 0),
    ] {
        let found = reader.found(&format!("/projects/{project}/runs?{which}")).await;
        assert_eq!(found["runs"].as_array().map(Vec::len), Some(count), "{which}: {found}");
    }
    let run = &of_task["runs"][0];
    assert_eq!((&run["task"], &run["project"]), (&json!(task), &json!(project)));
    run["id"].as_str().expect("an id").to_owned()
}

async fn shown(reader: &Reader<'_>, run: &str) {
    let shown = reader.found(&format!("/runs/{run}")).await;
    let told = [&shown["status"], &shown["outcome"], &shown["agent"], &shown["progress"]["code"]];
    assert_eq!(told, ["ended", "failed", "builder", "stopped"]);
    assert_eq!(
        (&shown["released"], &shown["sandbox_lost"], &shown["steer"]),
        (&json!(true), &json!(true), &Value::Null)
    );
    let seen = &shown["seen"];
    let counted =
        ["turns", "messages", "thoughts", "commands", "files", "tools"].map(|what| seen[what].as_u64());
    assert_eq!(counted, [1, 1, 1, 1, 1, 2].map(Some), "{seen}");
    assert_eq!((&seen["calls"]["cost"], &shown["cost"]), (&json!(100), &json!(100)));
}

async fn read_page_by_page(reader: &Reader<'_>, run: &str) {
    let whole = reader.found(&format!("/runs/{run}/events?limit=1000")).await;
    let all = positions(&whole);
    assert!(all.is_sorted_by(|one, other| one < other) && all.len() > 30, "{all:?}");
    let mut expected = BTreeSet::new();
    for kind in ["run", "trajectory"] {
        let stream = format!("/events?limit=1000&aggregate_type={kind}&aggregate_id={run}");
        expected.extend(positions(&reader.person.get(reader.api, &stream).await.body));
    }
    assert_eq!(all, expected.into_iter().collect::<Vec<_>>());
    let (mut after, mut paged) = (0, Vec::new());
    loop {
        let page = reader.found(&format!("/runs/{run}/events?limit=7&after={after}")).await;
        let more = positions(&page);
        if more.is_empty() {
            assert_eq!(page["next"], after);
            break;
        }
        paged.extend(more);
        after = page["next"].as_i64().expect("a position");
    }
    assert_eq!(paged, all);
    // And from the end: the newest are one question.
    let (mut before, mut paged) = (i64::MAX, Vec::new());
    loop {
        let page = reader.found(&format!("/runs/{run}/events?limit=7&before={before}")).await;
        let older = positions(&page);
        if older.is_empty() {
            assert_eq!(page["next"], before);
            break;
        }
        assert_eq!(page["next"], older[0]);
        before = older[0];
        paged.splice(0..0, older);
    }
    assert_eq!(paged, all);
    let message = whole["events"].as_array().into_iter().flatten();
    let message = message.into_iter().find(|event| event["type"] == "trajectory.message_emitted");
    assert_eq!(message.expect("it said something")["payload"]["text"]["in"], "event", "it is sealed");
}

async fn what_it_ran_in_and_by(reader: &Reader<'_>, project: &str) {
    assert_eq!(reader.found("/sandboxes").await["sandboxes"], json!([]), "it was released");
    let all = reader.found(&format!("/sandboxes?released=true&project={project}")).await;
    let sandbox = &all["sandboxes"][0];
    assert_eq!((&sandbox["state"], &sandbox["level"]), (&json!("released"), &json!("full")), "{all}");
    let name = json!({ "number": "TSK-001", "title": "K", "project_slug": "billing", "agent": "builder", "status": "ended", "outcome": "failed" });
    is_called(&sandbox["name"], &name);
    for path in ["/agents", &format!("/agents?project={project}")] {
        let agents = reader.found(path).await;
        let agent = &agents["agents"][0];
        assert_eq!(
            (&agent["name"], &agent["failed"], &agent["running"]),
            (&json!("builder"), &json!(1), &json!(0))
        );
        assert_eq!(agent["cost"], 100);
        is_called(&agent["last"], &name);
    }
}

/// Once the process has told of all: three that the tour wrote down itself, four messages and an interruption.
async fn who_stepped_in(reader: &Reader<'_>, run: &str, project: &str, other: &str) {
    let of = async |which: &str| reader.found(&format!("/interventions?{which}")).await;
    let all = eventually(Duration::from_secs(30), "all interventions are told of", async || {
        let all = of(&format!("run={run}")).await["interventions"].as_array().cloned().unwrap_or_default();
        let settled = all.iter().filter(|one| one["settled_at"].is_string()).count();
        ((all.len(), settled) == (8, 8)).then_some(all)
    })
    .await;
    let mut told: Vec<String> =
        all.iter().map(|one| format!("{} {}", one["kind"], one["status"]).replace('"', "")).collect();
    told.sort();
    let delivered = "message delivered";
    let failed = "message failed";
    assert_eq!(
        told,
        ["interrupt delivered", delivered, delivered, delivered, "message expired", failed, failed, failed]
    );
    assert_eq!(of(&format!("project={project}")).await["interventions"], json!(all));
    for nothing in [format!("project={other}"), format!("run={}", Uuid::from_u128(7))] {
        assert_eq!(of(&nothing).await["interventions"], json!([]), "{nothing}");
    }
    let (mut before, mut paged) = (i64::MAX.to_string(), Vec::new());
    loop {
        let page = of(&format!("run={run}&limit=3&before={before}")).await;
        paged.extend(page["interventions"].as_array().expect("a list").clone());
        let Some(next) = page["next"].as_i64() else { break };
        before = next.to_string();
    }
    assert_eq!(paged, all);
}

/// A run, by the names that are expected of it.
fn is_called(said: &Value, expected: &Value) {
    for (field, value) in expected.as_object().expect("names") {
        assert_eq!(&said[field], value, "{field}: {said}");
    }
}

async fn refused(reader: &Reader<'_>, run: &str, project: &str) {
    let nobody = Uuid::from_u128(7);
    for (path, problem) in [
        (format!("/runs/{nobody}"), (404, "not_found")),
        (format!("/runs/{nobody}/events"), (404, "not_found")),
        (format!("/tasks/{nobody}/runs"), (404, "not_found")),
        (format!("/projects/{nobody}/runs"), (404, "not_found")),
        (format!("/runs/{run}/events?limit=0"), (422, "invalid_limit")),
        (format!("/runs/{run}/events?limit=1001"), (422, "invalid_limit")),
        (format!("/runs/{run}/events?after=-1"), (400, "invalid_position")),
        (format!("/runs/{run}/events?before=-1"), (400, "invalid_position")),
        (format!("/runs/{run}/events?before=9&after=1"), (400, "invalid_position")),
        (format!("/projects/{project}/runs?limit=201"), (422, "invalid_limit")),
        (format!("/projects/{project}/runs?before=-1"), (400, "invalid_position")),
        ("/interventions?before=-1".to_owned(), (400, "invalid_position")),
        ("/interventions?limit=0".to_owned(), (422, "invalid_limit")),
        ("/sandboxes?after=x".to_owned(), (400, "invalid_query")),
    ] {
        let answer = reader.get(&path).await;
        assert_eq!(answer.problem(), problem, "{path}: {answer:?}");
    }
}

/// Neither another organization, nor a key of another project.
async fn others_see_nothing(api: &Api, owner: &Person, org: &str, run: &str, [project, other]: [&str; 2]) {
    let mut stranger = Person::register(api, "stranger@example.net").await;
    stranger.found(api, "Rivals").await;
    let body = json!({ "name": "K", "scopes": ["auditor"], "project": other });
    let key = owner.done(api, &format!("/organizations/{org}/api-keys"), &body).await;
    let key = key.body["key"].as_str().expect("a key").to_owned();
    for bearer in [&stranger.access, &key] {
        let get = async |path: &str| {
            crate::support::answer(api.request_with(Some(bearer), Method::GET, path)).await
        };
        for path in
            [format!("/runs/{run}"), format!("/runs/{run}/events"), format!("/projects/{project}/runs")]
        {
            assert_eq!(get(&path).await.problem(), (404, "not_found"), "{path}");
        }
        assert_eq!(get("/sandboxes?released=true").await.body["sandboxes"], json!([]));
        assert_eq!(get(&format!("/interventions?run={run}")).await.body["interventions"], json!([]));
        assert_eq!(get("/agents").await.body["agents"], json!([]));
    }
    let mine =
        crate::support::answer(api.request_with(Some(&key), Method::GET, &format!("/projects/{other}/runs")));
    assert_eq!(mine.await.body["runs"], json!([]));
    let asked = api.request_with(Some(&key), Method::GET, &format!("/agents?project={project}"));
    assert_eq!(crate::support::answer(asked).await.problem(), (404, "not_found"));
}
