//! A project over HTTP, kill -9, and the same event from the log; repeats, refusals and audits on the way.

use std::{path::Path, time::Duration};

use reqwest::{Client, RequestBuilder};
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::{Up, omoi, remove_home, signal};

struct Api {
    up: Up,
    client: Client,
    key: String,
}

/// Of the first thing that somebody does: before it stand the operator, the organization `local`, and whose it is.
const FIRST: i64 = 4;

impl Api {
    async fn start(data_dir: &Path) -> Self {
        let up = Up::start_in(data_dir).await;
        let key = std::fs::read_to_string(data_dir.join("operator.key")).expect("omoi up made the key");
        Self { up, client: Client::new(), key }
    }

    fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.client.post(format!("{}{path}", self.up.ready.url)).bearer_auth(&self.key).json(body)
    }

    async fn events(&self, query: &str) -> Value {
        let url = format!("{}/api/v1/events{query}", self.up.ready.url);
        let answer = self.client.get(url).bearer_auth(&self.key).send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
        answer.json().await.expect("JSON")
    }
}

async fn answer(request: RequestBuilder) -> (u16, Value) {
    let answer = request.send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

#[tokio::test]
async fn a_project_created_over_http_is_in_the_log_after_kill_nine() {
    let directory = tempfile::tempdir().expect("a directory");
    let data_dir = directory.path().join("data");
    let mut api = Api::start(&data_dir).await;

    let wish = json!({ "name": "Payments" });
    let create = || api.post("/api/v1/projects", &wish).header("Idempotency-Key", "once");
    let (status, created) = answer(create()).await;
    assert_eq!((status, &created["slug"], &created["position"]), (201, &json!("payments"), &json!(FIRST)));
    assert_eq!(answer(create()).await, (201, created.clone()), "the same key is the same project");
    let other = api.post("/api/v1/projects", &json!({ "name": "Other" })).header("Idempotency-Key", "once");
    let (status, problem) = answer(other).await;
    assert_eq!((status, &problem["code"]), (422, &json!("idempotency_mismatch")));
    let (status, problem) = answer(api.post("/api/v1/projects", &wish)).await;
    assert_eq!((status, &problem["code"]), (409, &json!("taken")), "no two projects share a slug");

    let id = created["id"].as_str().expect("an id");
    let rename = format!("/api/v1/projects/{id}/rename");
    let (status, renamed) = answer(api.post(&rename, &json!({ "name": "Billing" }))).await;
    assert_eq!((status, &renamed["position"]), (200, &json!(FIRST + 1)));
    let (status, again) = answer(api.post(&rename, &json!({ "name": "Billing" }))).await;
    assert_eq!((status, &again["position"]), (200, &Value::Null), "nothing to change is no event");
    let nobody = "/api/v1/projects/00000000-0000-4000-8000-000000000000/archive";
    let (status, problem) = answer(api.post(nobody, &json!({}))).await;
    assert_eq!((status, &problem["code"]), (404, &json!("not_found")));

    let before = api.events("?after=3").await;
    assert_eq!(before["events"].as_array().map(Vec::len), Some(2), "{before}");
    assert_eq!(before["events"][0]["payload"], json!({ "name": "Payments", "slug": "payments" }));
    signal(api.up.ready.pid, Signal::KILL);
    api.up.ended(Duration::from_secs(10)).await;

    let api = Api::start(&data_dir).await;
    assert_eq!(api.events("?after=3").await, before, "what was acknowledged is what is read");
    assert_eq!(api.events(&format!("?before={}&limit=1", FIRST + 2)).await["events"][0], before["events"][1]);
    assert_eq!(api.events("?type=project.renamed").await["events"][0], before["events"][1]);
    let (status, third) = answer(api.post(&format!("/api/v1/projects/{id}/archive"), &json!({}))).await;
    assert_eq!((status, &third["position"]), (200, &json!(FIRST + 2)), "positions go on without a hole");

    let crosscheck = omoi_beside(&data_dir, &["audit", "crosscheck", "--json"]).await;
    assert_eq!((&crosscheck["ok"], &crosscheck["kinds"][0]["events"]), (&json!(true), &json!(3)));
    let doctor = omoi_beside(&data_dir, &["doctor", "--guards", "--json"]).await;
    assert_eq!(doctor["ok"], true, "{doctor}");
    drop(api);
    remove_home(&data_dir);
}

#[tokio::test]
async fn nothing_below_api_v1_answers_without_the_key() {
    let directory = tempfile::tempdir().expect("a directory");
    let data_dir = directory.path().join("data");
    let api = Api::start(&data_dir).await;
    let before = api.events("").await;
    for request in [
        api.client.get(format!("{}/api/v1/events", api.up.ready.url)),
        api.client.get(format!("{}/api/v1/events?limit=nonsense", api.up.ready.url)).bearer_auth("wrong"),
        api.client.post(format!("{}/api/v1/projects", api.up.ready.url)).bearer_auth("").body("{"),
    ] {
        let (status, problem) = answer(request).await;
        assert_eq!(
            (status, &problem["code"]),
            (401, &json!("unauthenticated")),
            "before anything is looked at"
        );
    }
    let (status, problem) = answer(api.post("/api/v1/projects", &json!({ "name": "\u{7}" }))).await;
    assert_eq!((status, &problem["code"]), (422, &json!("invalid_body")));
    assert_eq!(api.events("").await, before, "a refused request writes nothing");
    drop(api);
    remove_home(&data_dir);
}

async fn omoi_beside(data_dir: &Path, arguments: &[&str]) -> Value {
    let output = omoi().args(arguments).arg("--data-dir").arg(data_dir).output().await.expect("omoi runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text} {output:?}"))
}
