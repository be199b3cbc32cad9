//! What says nearly the same as what is there is planned all the same, and everybody is told: of the same project only,
//! and by the provider of embeddings when it is there again.

use std::path::Path;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};
use simulators::embeddings::Embeddings;

use crate::support::{Answer, Api, Person, Up, answer, eventually, omoi, signal};

/// However busy the machine; the pauses of the product are shorter.
const PATIENCE: Duration = Duration::from_secs(60);
const KIRO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/examples/kiro-todo");

const ONE: (&str, &str) =
    ("Rate limit the login route", "At most 5 attempts a minute; answer 429 with Retry-After.");
const SAME: (&str, &str) =
    ("Limit attempts at the login route", "5 attempts a minute at most, then 429 and Retry-After.");
const OTHER: (&str, &str) =
    ("Translate the settings page", "German and French, reviewed by native speakers.");

/// A task under a ticket of its own.
async fn task(api: &Api, project: &str, (title, description): (&str, &str)) -> String {
    let wish = json!({ "title": title, "phase": "implementation" });
    let ticket = api.done(&format!("/projects/{project}/tickets"), &wish).await.id().to_owned();
    let wish = json!({ "title": title, "description": description });
    api.done(&format!("/tickets/{ticket}/tasks"), &wish).await.id().to_owned()
}

async fn project(api: &Api, name: &str) -> String {
    api.done("/projects", &json!({ "name": name })).await.id().to_owned()
}

/// What is shown of it with all that has happened so far.
async fn just_made(api: &Api, path: &str) -> Answer {
    answer(api.get(path).header("omoi-min-position", api.last_position().await)).await
}

/// What is near to it, once it is compared by this model; its own model is told by those that are near.
async fn near(api: &Api, path: &str, ready: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    eventually(PATIENCE, path, async || {
        let shown = answer(api.get(path)).await;
        let near = shown.body["near_duplicates"].as_array()?.clone();
        ready(&near).then_some(near)
    })
    .await
}

fn ids(near: &[Value]) -> Vec<&str> {
    near.iter().map(|one| one["id"].as_str().expect("an id")).collect()
}

#[tokio::test]
async fn a_task_that_is_there_already_is_planned_and_warned_of() {
    let api = Api::start().await;
    let (billing, shop) = (project(&api, "Billing").await, project(&api, "Shop").await);
    let one = task(&api, &billing, ONE).await;
    let other = task(&api, &billing, OTHER).await;
    let elsewhere = task(&api, &shop, ONE).await;
    let same = task(&api, &billing, SAME).await;

    let found = near(&api, &format!("/tasks/{same}"), |near| !near.is_empty()).await;
    assert_eq!(ids(&found), [&one]);
    let (kind, model) = (&found[0]["kind"], &found[0]["model"]);
    assert_eq!((kind, model), (&json!("task"), &json!("lexical-2")));
    assert_eq!((&found[0]["title"], &found[0]["number"]), (&json!(ONE.0), &json!("TSK-001")));
    let similarity = found[0]["similarity"].as_f64().expect("a number");
    assert!((0.39..1.0).contains(&similarity), "{similarity}");
    assert_eq!(ids(&near(&api, &format!("/tasks/{one}"), |_| true).await), [&same]);
    assert_eq!(near(&api, &format!("/tasks/{other}"), |_| true).await, [] as [Value; 0]);
    assert_eq!(near(&api, &format!("/tasks/{elsewhere}"), |_| true).await, [] as [Value; 0]);

    let said = shown(&api, &["task", "show", &same]).await;
    assert!(
        said.contains(&format!("warning: {same} says nearly the same as {one} TSK-001 {}", ONE.0)),
        "{said}"
    );

    // What is given up repeats nothing.
    let given_up = api.done(&format!("/tasks/{one}/cancel"), &json!({})).await;
    let position = given_up.body["position"].as_i64().expect("a position");
    let after = answer(api.get(&format!("/tasks/{same}")).header("omoi-min-position", position)).await;
    assert_eq!(after.body["near_duplicates"], json!([]));
}

#[tokio::test]
async fn nothing_of_another_organization_is_near() {
    let api = Api::start().await;
    let billing = project(&api, "Billing").await;
    let one = task(&api, &billing, ONE).await;
    let mut stranger = Person::register(&api, "stranger@example.net").await;
    stranger.found(&api, "Rivals").await;
    let theirs = stranger.done(&api, "/projects", &json!({ "name": "Billing" })).await.id().to_owned();
    let wish = json!({ "title": ONE.0, "phase": "implementation" });
    let ticket = stranger.done(&api, &format!("/projects/{theirs}/tickets"), &wish).await.id().to_owned();
    let wish = json!({ "title": ONE.0, "description": ONE.1 });
    let made = stranger.done(&api, &format!("/tickets/{ticket}/tasks"), &wish).await.id().to_owned();
    let compared = eventually(PATIENCE, "their task is compared", async || {
        let shown: Answer = stranger.get(&api, &format!("/tasks/{made}")).await;
        shown.body["near_duplicates"].as_array().cloned()
    })
    .await;
    assert_eq!(compared, [] as [Value; 0]);
    assert_eq!(near(&api, &format!("/tasks/{one}"), |_| true).await, [] as [Value; 0]);
    assert_eq!(answer(api.get(&format!("/tasks/{made}"))).await.status, 404);
}

#[tokio::test]
async fn a_plan_that_is_handed_in_twice_is_warned_of_at_once() {
    let api = Api::start().await;
    project(&api, "Todo").await;
    let submit = ["spec", "submit", "--project", "todo", "--import", KIRO];
    let first = shown(&api, &submit).await;
    assert!(!first.contains("warning"), "{first}");
    let again = shown(&api, &submit).await;
    let line = again.lines().find(|line| line.starts_with("warning: ")).unwrap_or_else(|| panic!("{again}"));
    let (id, other) = (id_in(&again), id_in(&first));
    assert!(line.starts_with(&format!("warning: {id} says nearly the same as {other} ")), "{line}");
    let said = shown(&api, &["spec", "show", &id]).await;
    assert!(said.contains(line), "{said}");
    let found = near(&api, &format!("/specs/{id}"), |_| true).await;
    assert_eq!((ids(&found), &found[0]["kind"]), (vec![other.as_str()], &json!("spec")));
}

#[tokio::test]
async fn programs_are_warned_beside_what_they_are_told() {
    let api = Api::start().await;
    project(&api, "Todo").await;
    let submit = async |title: &str| -> Value {
        let submit = ["spec", "submit", "--project", "todo", "--import", KIRO, "--title", title, "--json"];
        serde_json::from_str(&shown(&api, &submit).await).expect("one JSON object")
    };
    let first = submit("Todo").await;
    assert_eq!((&first["status"], &first["warnings"]), (&json!("planned"), &json!([])));
    let again = submit("Things that are left").await;
    assert!(again["problems"].is_array() && again["position"].is_i64(), "{again}");
    let warnings = again["warnings"].as_array().expect("a list");
    assert_eq!(ids(warnings), [first["id"].as_str().expect("an id")]);
    assert_eq!((&warnings[0]["code"], &warnings[0]["title"]), (&json!("near_duplicate"), &json!("Todo")));
    let message = warnings[0]["message"].as_str().expect("text");
    let says = format!("{} says nearly the same as ", again["id"].as_str().expect("an id"));
    assert!(message.starts_with(&says), "{message}");
}

/// The second line is the id.
fn id_in(said: &str) -> String {
    said.lines().nth(1).expect("an id").to_owned()
}

async fn shown(api: &Api, args: &[&str]) -> String {
    let mut command = omoi();
    let output =
        command.args(args).arg("--data-dir").arg(&api.up.ready.data_dir).output().await.expect("omoi starts");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("text")
}

#[tokio::test]
async fn while_the_provider_is_away_work_goes_on_and_is_compared_later() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let data_dir = directory.path().join("data");
    // Whose address is known, and where nobody listens yet.
    let address = Embeddings::start().await.address();
    let server = format!("http://{address}/v1");
    let api = up(
        &data_dir,
        &[
            ("OMOI_EMBEDDER_KIND", "openai"),
            ("OMOI_EMBEDDER_BASE_URL", &server),
            ("OMOI_EMBEDDER_MODEL", "played"),
            ("OMOI_EMBEDDER_DIMENSIONS", "8"),
            ("OMOI_EMBEDDER_KEY", "sk-of-a-test"),
        ],
    )
    .await;
    let project = project(&api, "Billing").await;
    let (one, same) = (task(&api, &project, ONE).await, task(&api, &project, ONE).await);
    let path = format!("/tasks/{same}");
    let shown = just_made(&api, &path).await;
    assert_eq!((shown.status, &shown.body["near_duplicates"]), (200, &Value::Null));

    let provider =
        eventually(PATIENCE, "the address is free", async || Embeddings::start_on(address).await.ok()).await;
    let found = near(&api, &path, |near| !near.is_empty()).await;
    assert_eq!((ids(&found), &found[0]["model"]), (vec![one.as_str()], &json!("played")));
    assert_eq!(found[0]["similarity"], json!(1.0));
    // Each text was paid for once.
    let texts: usize =
        provider.requests().iter().map(|body| body["input"].as_array().map_or(0, Vec::len)).sum();
    assert_eq!(texts, 2, "{:?}", provider.requests());

    // Away once more, and then another model for good: what is there is embedded anew, and nothing is compared across.
    drop(provider);
    let mut api = api;
    let third = task(&api, &project, SAME).await;
    let shown = just_made(&api, &format!("/tasks/{third}")).await;
    assert_eq!((shown.status, &shown.body["near_duplicates"]), (200, &Value::Null));
    // Whoever hands in a spec is not held up, and not told that there is nothing like it.
    self::project(&api, "Todo").await;
    let submit = ["spec", "submit", "--project", "todo", "--import", KIRO, "--json"];
    let handed_in: Value = serde_json::from_str(&self::shown(&api, &submit).await).expect("JSON");
    assert_eq!((&handed_in["status"], handed_in.get("warnings")), (&json!("planned"), Some(&Value::Null)));
    signal(api.up.ready.pid, Signal::TERM);
    let (status, _) = api.up.ended(PATIENCE).await;
    assert!(status.success(), "{status:?}");
    let again = up(&data_dir, &[]).await;
    let found = near(&again, &format!("/tasks/{third}"), |near| near.len() == 2).await;
    assert!(found.iter().all(|one| one["model"] == "lexical-2"), "{found:?}");
    let found = near(&again, &path, |near| near.len() == 2).await;
    assert_eq!(ids(&found), [&one, &third], "the closest first");
}

async fn up(data_dir: &Path, settings: &[(&str, &str)]) -> Api {
    let mut command = omoi();
    command.args(["up", "--json", "--listen", "127.0.0.1:0", "--data-dir"]).arg(data_dir);
    command.envs(settings.iter().copied());
    Api::of(Up::start_command(command).await)
}
