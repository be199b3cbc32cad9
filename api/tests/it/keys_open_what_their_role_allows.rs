//! Nothing is open: without a key no route answers, a key opens what its role allows, in its own organization, and
//! a revoked one nothing.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection, postgres::PgConnectOptions};

use crate::support::{Answer, Api, Person, answer, eventually, omoi};

/// Each route once: its method, its path with the ids put in, a body that does something, and who may.
fn routes(project: &str, ticket: &str, task: &str) -> Vec<(Method, String, Value, &'static [&'static str])> {
    const WORKERS: &[&str] = &["owner", "admin", "member"];
    const LEADERS: &[&str] = &["owner", "admin"];
    const READERS: &[&str] = &["owner", "admin", "member", "viewer"];
    const ALL: &[&str] = &["owner", "admin", "member", "viewer", "auditor"];
    let read = |path: String, who| (Method::GET, path, Value::Null, who);
    let write = |path: String, body, who| (Method::POST, path, body, who);
    vec![
        read("/events".into(), ALL),
        read("/projects".into(), READERS),
        read(format!("/projects/{project}/board"), READERS),
        read(format!("/projects/{project}/graph"), READERS),
        read(format!("/projects/{project}/activity"), READERS),
        read(format!("/tickets/{ticket}"), READERS),
        read(format!("/tasks/{task}"), READERS),
        write("/projects".into(), json!({ "name": "?" }), LEADERS),
        write(format!("/projects/{project}/rename"), json!({ "name": "Ours" }), LEADERS),
        write(format!("/projects/{project}/tickets"), json!({ "title": "More" }), WORKERS),
        write(format!("/tickets/{ticket}/comments"), json!({ "text": "Hello" }), WORKERS),
        write(format!("/tickets/{ticket}/move"), json!({ "phase": "design" }), WORKERS),
        write(format!("/tickets/{ticket}/move"), json!({ "phase": "backlog", "force": true }), LEADERS),
        write(format!("/tickets/{ticket}/tasks"), json!({ "title": "Another" }), WORKERS),
        write(format!("/tasks/{task}/prioritise"), json!({ "priority": "low" }), WORKERS),
    ]
}

async fn ask(api: &Api, key: Option<&str>, method: &Method, path: &str, body: &Value) -> Answer {
    let request = api.request_with(key, method.clone(), path);
    answer(if body.is_null() { request } else { request.json(body) }).await
}

async fn seed(api: &Api) -> (String, String, String) {
    let project = api.done("/projects", &json!({ "name": "Ours" })).await.id().to_owned();
    let ticket =
        api.done(&format!("/projects/{project}/tickets"), &json!({ "title": "A" })).await.id().to_owned();
    let task = api.done(&format!("/tickets/{ticket}/tasks"), &json!({ "title": "B" })).await.id().to_owned();
    (project, ticket, task)
}

#[tokio::test]
async fn a_role_opens_what_the_table_says() {
    let api = Api::start().await;
    let (project, ticket, task) = seed(&api).await;
    for role in ["owner", "admin", "member", "viewer", "auditor"] {
        let made = api.key("local", role).await;
        let key = made["key"].as_str();
        for (n, (method, path, mut body, who)) in routes(&project, &ticket, &task).into_iter().enumerate() {
            if body["name"] == "?" {
                body["name"] = json!(format!("{role} {n}"));
            }
            let before = api.last_position().await;
            let answer = ask(&api, key, &method, &path, &body).await;
            if who.contains(&role) {
                assert!(matches!(answer.status, 200 | 201), "{role} {method} {path}: {answer:?}");
                if method == Method::POST && answer.body["position"].is_number() {
                    let newest = api.newest("&limit=20").await;
                    let by_us = newest.iter().any(|event| event["actor"] == made["id"]);
                    assert!(by_us, "the log names the key: {newest:?}");
                }
            } else {
                assert_eq!(answer.problem(), (403, "forbidden"), "{role} {method} {path}");
                assert_eq!(api.last_position().await, before, "{role} {method} {path} wrote something");
            }
            let strangers = ask(&api, None, &method, &path, &body).await;
            assert_eq!(strangers.problem(), (401, "unauthenticated"), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn an_organization_sees_nothing_of_another() {
    let api = Api::start().await;
    let (project, ticket, task) = seed(&api).await;
    let made = api.key("rivals", "owner").await;
    assert_ne!(made["org"]["id"], api.key("local", "owner").await["org"]["id"]);
    let key = made["key"].as_str();
    let before = api.last_position().await;
    for (method, path, body, _) in routes(&project, &ticket, &task) {
        if path.ends_with("/projects") || path == "/events" {
            continue;
        }
        let answer = ask(&api, key, &method, &path, &body).await;
        assert_eq!(answer.problem(), (404, "not_found"), "{method} {path}");
        assert!(!answer.body.to_string().contains("Ours"), "{answer:?}");
    }
    assert_eq!(api.last_position().await, before);
    let events = ask(&api, key, &Method::GET, "/events", &Value::Null).await;
    let events = events.body["events"].as_array().expect("a list");
    assert!(events.iter().all(|event| event["aggregate_type"] == "organization"), "{events:?}");
    assert_eq!(events.len(), 2, "its own founding, and its owner");
    let projects = ask(&api, key, &Method::GET, "/projects", &Value::Null).await;
    assert_eq!(projects.body["projects"], json!([]));

    // What concerns everybody is the operator's.
    for path in ["/projections/board/rebuild", "/projections/board/switch"] {
        let answer = ask(&api, key, &Method::POST, path, &json!({})).await;
        assert_eq!(answer.problem(), (403, "forbidden"), "{path}");
    }

    // The same name is free in another organization.
    let theirs = ask(&api, key, &Method::POST, "/projects", &json!({ "name": "Ours" })).await;
    assert_eq!(theirs.status, 201, "{theirs:?}");
    let ours = answer(api.get(&format!("/projects/{}/board", theirs.id()))).await;
    assert_eq!(ours.problem(), (404, "not_found"));
}

#[tokio::test]
async fn a_wrong_or_revoked_key_opens_nothing() {
    let api = Api::start().await;
    let made = api.key("local", "viewer").await;
    let key = made["key"].as_str().expect("a key").to_owned();
    let ask = async |key: &str| ask(&api, Some(key), &Method::GET, "/events", &Value::Null).await;
    assert_eq!(ask(&key).await.status, 200);

    let other = if key.contains('a') { key.replacen('a', "b", 1) } else { key.replacen('b', "a", 1) };
    for wrong in ["", "omoi", &key[1..], &other, &key.to_uppercase()] {
        assert_eq!(ask(wrong).await.problem(), (401, "unauthenticated"), "{wrong}");
    }

    let mut revoke = omoi();
    revoke.args(["key", "revoke", made["id"].as_str().expect("an id"), "--data-dir"]);
    let revoked = revoke.arg(&api.up.ready.data_dir).output().await.expect("omoi starts");
    assert!(revoked.status.success(), "{}", String::from_utf8_lossy(&revoked.stderr));
    eventually(Duration::from_secs(5), "the revoked key opens nothing", || async {
        (ask(&key).await.status == 401).then_some(())
    })
    .await;
}

/// What was made a moment ago is there for the next command, whether or not a read model knows it yet.
#[tokio::test]
async fn a_key_is_made_for_a_project_of_a_moment_ago() {
    let api = Api::start().await;
    let mut owner = Person::register(&api, "ada@example.org").await;
    let org = owner.found(&api, "Acme").await;
    let url = embedded::inspect::app_url(&api.up.ready.data_dir).expect("it runs");
    let options: PgConnectOptions = url.parse().expect("a URL");
    let mut database =
        PgConnection::connect_with(&options.options([("role", "omoi_project")])).await.expect("it runs");
    // Nobody writes the read model meanwhile; everybody may read it.
    let mut held = database.begin().await.expect("a transaction");
    sqlx::query("lock table read_models.projects in share mode").execute(&mut *held).await.expect("held");
    let project = owner.done(&api, "/projects", &json!({ "name": "New" })).await.id().to_owned();
    let wish = json!({ "name": "CI", "scopes": ["projects:read"], "project": project });
    let made = owner.done(&api, &format!("/organizations/{org}/api-keys"), &wish).await;
    assert_eq!(made.status, 201, "{made:?}");
    held.rollback().await.expect("let go");
}
