//! A project is configured, and what is configured holds: settings, columns, gates, and tickets that wait for
//! each other.

use std::time::Duration;

use reqwest::{Method, header::IF_MATCH};
use serde_json::{Value, json};

use crate::support::{Answer, Api, answer, eventually};

async fn project(api: &Api, name: &str) -> String {
    api.done("/projects", &json!({ "name": name })).await.id().to_owned()
}

async fn ticket(api: &Api, project: &str, title: &str) -> String {
    let body = json!({ "title": title, "phase": "implementation" });
    api.done(&format!("/projects/{project}/tickets"), &body).await.id().to_owned()
}

/// What the reads say as of the last event.
async fn shown(api: &Api, path: &str) -> Answer {
    let least = api.last_position().await.to_string();
    answer(api.get(path).header("omoi-min-position", least)).await
}

async fn put(api: &Api, path: &str, body: Value) -> Answer {
    answer(api.request(Method::PUT, path).json(&body)).await
}

#[tokio::test]
async fn what_is_set_is_shown() {
    let api = Api::start().await;
    let id = project(&api, "Billing").await;
    let path = format!("/projects/{id}");
    let set = json!({ "max_concurrent_runs": 2, "agent": { "kind": "profile", "name": "careful" }, "verify": ["make test"] });
    api.done(&format!("{path}/settings"), &set).await;
    api.done(&format!("{path}/describe"), &json!({ "description": "Sends invoices." })).await;
    api.done(&format!("{path}/autonomy"), &json!({ "on": true })).await;
    let one = shown(&api, &path).await;
    assert_eq!(one.header("etag"), Some("\"4\""), "four events: {one:?}");
    for (field, value) in [
        ("settings", json!({ "max_concurrent_runs": 2, "agent": "careful", "verify": ["make test"] })),
        ("description", json!("Sends invoices.")),
        ("autonomy", json!(true)),
        ("status", json!("active")),
        ("slug", json!("billing")),
    ] {
        assert_eq!(one.body[field], value, "{field}");
    }
    let stale = api.post(&format!("{path}/autonomy"), &json!({ "on": false })).header(IF_MATCH, "\"1\"");
    assert_eq!(answer(stale).await.problem(), (412, "precondition_failed"));
    let nonsense = api.post(&format!("{path}/settings"), &json!({ "max_concurrent_runs": 0 }));
    assert_eq!(answer(nonsense).await.problem(), (422, "invalid_body"));
}

#[tokio::test]
async fn projects_are_listed_page_by_page() {
    let api = Api::start().await;
    let mut made = Vec::new();
    for n in 0..5 {
        made.push(project(&api, &format!("Project {n}")).await);
    }
    made.sort();
    let (mut seen, mut next) = (Vec::new(), String::new());
    loop {
        let page = shown(&api, &format!("/projects?limit=2{next}")).await;
        let projects = page.body["projects"].as_array().expect("a list");
        assert!(projects.len() <= 2);
        seen.extend(projects.iter().map(|project| project["id"].as_str().expect("an id").to_owned()));
        match page.body["next"].as_str() {
            Some(after) => next = format!("&after={after}"),
            None => break,
        }
    }
    assert_eq!(seen, made);
    for wrong in ["?after=nonsense", "?limit=ten", "?page=1"] {
        let refused = answer(api.get(&format!("/projects{wrong}"))).await;
        assert_eq!(refused.problem(), (400, "invalid_query"), "{wrong}");
    }
    let refused = answer(api.get("/projects?limit=201")).await;
    assert_eq!(refused.problem(), (422, "invalid_limit"));
}

/// Two columns instead of six.
fn two_columns(limit: u32) -> Value {
    json!({ "columns": [
        { "id": "open", "title": "Open", "phases": ["backlog", "requirements", "design", "implementation", "testing", "deployment"], "wip_limit": limit },
        { "id": "done", "title": "Done", "phases": ["done"] },
    ] })
}

#[tokio::test]
async fn columns_are_grouped_before_the_first_ticket_and_limited_at_any_time() {
    let api = Api::start().await;
    let id = project(&api, "Billing").await;
    let columns = format!("/projects/{id}/columns");
    let default = shown(&api, &format!("/projects/{id}")).await.body["board"].clone();
    assert_eq!(put(&api, &columns, two_columns(1)).await.status, 200);
    let board = shown(&api, &format!("/projects/{id}/board")).await;
    assert_eq!(board.body["columns"].as_array().map(Vec::len), Some(2), "{board:?}");

    ticket(&api, &id, "Now there is one").await;
    let before = api.last_position().await;
    let refused = put(&api, &columns, json!({ "columns": default })).await;
    assert_eq!(refused.problem(), (422, "phases_in_use"));
    assert_eq!(api.last_position().await, before);
    assert_eq!(put(&api, &columns, two_columns(7)).await.status, 200);
    let board = shown(&api, &format!("/projects/{id}/board")).await;
    assert_eq!(board.body["columns"][0]["wip_limit"], 7);
    assert_eq!(board.body["columns"][0]["cards"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_configured_gate_holds() {
    let api = Api::start().await;
    let id = project(&api, "Billing").await;
    let approval = json!([{ "kind": "approval" }]);
    let gates = json!({ "gates": { "implementation": approval, "testing": approval } });
    let configured = put(&api, &format!("/projects/{id}/gates"), gates).await;
    assert_eq!(configured.status, 200, "{configured:?}");
    let ticket = ticket(&api, &id, "Send invoices").await;
    let to_testing = api.post(&format!("/tickets/{ticket}/move"), &json!({ "phase": "testing" }));
    assert_eq!(answer(to_testing).await.problem(), (422, "gate_closed"));
    let phase = json!({ "phase": "implementation" });
    api.done(&format!("/tickets/{ticket}/approvals"), &phase).await;
    api.done(&format!("/tickets/{ticket}/approvals/grant"), &phase).await;
    // It goes on by itself, as far as the next gate.
    eventually(Duration::from_secs(10), "the ticket is in testing", || async {
        (shown(&api, &format!("/tickets/{ticket}")).await.body["phase"] == "testing").then_some(())
    })
    .await;
}

#[tokio::test]
async fn tickets_wait_for_tickets_and_never_in_a_circle() {
    let api = Api::start().await;
    let id = project(&api, "Billing").await;
    let [a, b] = [ticket(&api, &id, "A").await, ticket(&api, &id, "B").await];
    let depend = |ticket: &str| format!("/tickets/{ticket}/dependencies");
    api.done(&depend(&b), &json!({ "on": a })).await;
    let graph = shown(&api, &format!("/projects/{id}/graph")).await;
    let edges = graph.body["edges"].as_array().expect("a list");
    assert!(edges.iter().any(|edge| edge["from"] == a && edge["to"] == b), "{edges:?}");

    let before = api.last_position().await;
    let circle = answer(api.post(&depend(&a), &json!({ "on": b }))).await;
    assert_eq!(circle.problem(), (422, "cycle"));
    let words = circle.body["detail"].as_str().expect("words");
    assert!(words.contains("TKT-001") && words.contains("TKT-002"), "{words}");
    let elsewhere = project(&api, "Elsewhere").await;
    let stranger = ticket(&api, &elsewhere, "C").await;
    let refused = answer(api.post(&depend(&a), &json!({ "on": stranger }))).await;
    assert_eq!(refused.problem(), (422, "unknown_prerequisite"));
    assert_eq!(api.last_position().await, before + 2, "only the other project and its ticket");

    let path = format!("{}/{a}", depend(&b));
    assert_eq!(answer(api.request(Method::DELETE, &path)).await.status, 200);
    api.done(&depend(&a), &json!({ "on": b })).await;
}

#[tokio::test]
async fn commits_and_pull_requests_are_linked() {
    let api = Api::start().await;
    let id = project(&api, "Billing").await;
    let ticket = ticket(&api, &id, "Send invoices").await;
    let sha = "0123456789abcdef0123456789abcdef01234567";
    api.done(&format!("/tickets/{ticket}/commits"), &json!({ "sha": sha })).await;
    let request = json!({ "number": 12, "url": "https://example.org/pull/12" });
    api.done(&format!("/tickets/{ticket}/pull-requests"), &request).await;
    let one = shown(&api, &format!("/tickets/{ticket}")).await;
    assert!(one.body.to_string().contains(sha) && one.body.to_string().contains("example.org"), "{one:?}");
    let script = json!({ "number": 13, "url": "javascript:alert(1)" });
    let refused = answer(api.post(&format!("/tickets/{ticket}/pull-requests"), &script)).await;
    assert_eq!(refused.problem(), (422, "invalid_body"));
}
