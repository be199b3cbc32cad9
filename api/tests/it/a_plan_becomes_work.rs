//! A plan that somebody brings along becomes tickets, tasks and edges: once, in its order, and only when it can be.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Api, answer, eventually};

const PATIENCE: Duration = Duration::from_secs(20);

struct Story {
    api: Api,
    project: String,
}

impl Story {
    async fn begin() -> Self {
        let api = Api::start().await;
        let project = api.done("/projects", &json!({ "name": "Todo" })).await.id().to_owned();
        Self { api, project }
    }

    async fn import(&self, body: &Value) -> Answer {
        answer(self.api.post(&format!("/projects/{}/specs/import", self.project), body)).await
    }

    async fn tell(&self, spec: &str, verb: &str, body: Value) -> Answer {
        answer(self.api.post(&format!("/specs/{spec}/{verb}"), &body)).await
    }

    /// As of everything that has happened until now.
    async fn show(&self, path: &str) -> Value {
        let position = self.api.last_position().await;
        let shown = answer(self.api.get(path).header("Omoi-Min-Position", position)).await;
        assert_eq!(shown.status, 200, "{shown:?}");
        shown.body
    }

    async fn spec(&self, spec: &str) -> Value {
        self.show(&format!("/specs/{spec}")).await
    }

    /// The work comes by itself.
    async fn worked_out(&self, spec: &str) -> Value {
        eventually(PATIENCE, "the plan became work", async || {
            let shown = self.spec(spec).await;
            (!shown["work"].is_null()).then_some(shown)
        })
        .await
    }

    /// Titles of the cards of the board, with the number of their tasks.
    async fn cards(&self) -> Vec<(String, u64)> {
        let board = self.show(&format!("/projects/{}/board", self.project)).await;
        let columns = board["columns"].as_array().expect("a list");
        let cards = columns.iter().flat_map(|column| column["cards"].as_array().expect("a list"));
        cards
            .map(|card| {
                (
                    card["title"].as_str().expect("a text").to_owned(),
                    card["tasks"]["total"].as_u64().expect("a number"),
                )
            })
            .collect()
    }
}

fn file(path: &str, text: &str) -> Value {
    json!({ "path": path, "text": text })
}

/// The example of the documentation.
fn kiro() -> Vec<Value> {
    vec![
        file("todo/requirements.md", include_str!("../../../docs/examples/kiro-todo/requirements.md")),
        file("todo/design.md", include_str!("../../../docs/examples/kiro-todo/design.md")),
        file("todo/tasks.md", include_str!("../../../docs/examples/kiro-todo/tasks.md")),
    ]
}

#[tokio::test]
async fn a_kiro_folder_becomes_planned_work_in_its_order() {
    let story = Story::begin().await;
    let imported = story.import(&json!({ "files": kiro() })).await;
    assert_eq!((imported.status, &imported.body["status"]), (201, &json!("planned")), "{imported:?}");
    let shown = story.worked_out(imported.id()).await;

    let (tickets, tasks) =
        (shown["tickets"].as_array().expect("a list"), shown["tasks"].as_array().expect("a list"));
    assert_eq!((tickets.len(), tasks.len()), (4, 8));
    let planned: u64 = story.cards().await.iter().map(|(_, tasks)| tasks).sum();
    assert_eq!((story.cards().await.len(), planned), (4, 8));
    assert_eq!(shown["critical_path"], json!(["TSK-001", "TSK-002", "TSK-003", "TSK-007"]));
    assert!(
        shown["coverage"].as_array().expect("a list").iter().all(|row| row["status"] == "fully_covered"),
        "{shown}"
    );
    assert_eq!(shown["requirements"][0]["criteria"][0]["ears"]["kind"], "event");

    the_graph_has_the_same_critical_path(&story, &shown).await;
    only_what_waits_for_nothing_is_ready(&story, &shown).await;
    a_task_says_where_it_comes_from(&story, &shown).await;
}

async fn the_graph_has_the_same_critical_path(story: &Story, spec: &Value) {
    let graph = story.show(&format!("/projects/{}/graph", story.project)).await;
    let path: Vec<&str> = graph["critical_path"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|id| id.as_str().expect("a text"))
        .collect();
    let work = spec["work"]["tasks"].as_array().expect("a list");
    let id_of = |local: &Value| {
        work.iter().find(|one| one["local"] == *local).expect("it is there")["id"].as_str().expect("a text")
    };
    let expected: Vec<&str> = spec["critical_path"].as_array().expect("a list").iter().map(id_of).collect();
    assert_eq!(path, expected);
}

async fn only_what_waits_for_nothing_is_ready(story: &Story, spec: &Value) {
    for one in spec["work"]["tasks"].as_array().expect("a list") {
        let task = story.show(&format!("/tasks/{}", one["id"].as_str().expect("a text"))).await;
        let expected = if one["local"] == "TSK-001" { "ready" } else { "planned" };
        assert_eq!(task["status"], expected, "{}", one["local"]);
    }
}

async fn a_task_says_where_it_comes_from(story: &Story, spec: &Value) {
    let first = story.api.newest("&type=task.planned").await;
    let local = |event: &Value| event["payload"]["spec"]["local"].as_str().map(str::to_owned);
    let planned =
        first.iter().find(|event| local(event).as_deref() == Some("TSK-002")).expect("it was planned");
    assert_eq!(planned["payload"]["spec"]["id"], spec["id"]);
    assert!(!planned["payload"]["spec"]["requirements"].as_array().expect("a list").is_empty());
}

#[tokio::test]
async fn whoever_asks_for_the_work_however_often_it_is_made_once() {
    let story = Story::begin().await;
    let imported = story.import(&json!({ "files": kiro() })).await;
    let spec = imported.id();
    let asked = (0..100).map(|_| story.tell(spec, "materialize", json!({})));
    for told in futures::future::join_all(asked).await {
        assert_eq!(told.status, 200, "{told:?}");
    }
    story.worked_out(spec).await;
    assert_eq!(story.cards().await.len(), 4);
    assert_eq!(story.api.newest("&type=spec.work_materialized").await.len(), 1);
    assert_eq!(story.api.newest("&type=task.planned").await.len(), 8);
}

#[tokio::test]
async fn gates_wait_and_an_approval_counts_for_what_was_shown() {
    let story = Story::begin().await;
    let imported = story.import(&json!({ "files": kiro(), "gates": "review" })).await;
    let spec = imported.id().to_owned();
    let gate = |shown: &Value| (shown["gate"].clone(), shown["content_hash"].clone());
    let shown = story.spec(&spec).await;
    assert_eq!((&shown["status"], &shown["gate"]), (&json!("awaiting_approval"), &json!("requirements")));
    assert_eq!(story.tell(&spec, "materialize", json!({})).await.problem(), (422, "not_planned"));

    let stale = json!({ "gate": "requirements", "content_hash": "0".repeat(64) });
    assert_eq!(story.tell(&spec, "approve", stale).await.problem(), (422, "content_changed"));

    // Somebody edits meanwhile: what was seen before is not what is approved.
    let (asked, seen) = gate(&shown);
    let mut content = json!({ "feature_name": "todo", "requirements": shown["requirements"] });
    for requirement in content["requirements"].as_array_mut().expect("a list") {
        let fields = requirement.as_object_mut().expect("an object");
        fields.retain(|field, _| !matches!(field.as_str(), "ears" | "criteria"));
        fields.insert("notes".to_owned(), json!("Looked at by Ada."));
    }
    let mut twice = content.clone();
    let again = twice["requirements"][0].clone();
    twice["requirements"].as_array_mut().expect("a list").push(again);
    let refused =
        story.tell(&spec, "edit", json!({ "gate": asked, "content_hash": seen, "content": twice })).await;
    assert_eq!(refused.problem(), (422, "vetoed"));
    assert_eq!(refused.body["problems"][0]["code"], "duplicate_id", "{refused:?}");
    let edited =
        story.tell(&spec, "edit", json!({ "gate": asked, "content_hash": seen, "content": content })).await;
    assert_eq!((edited.status, &edited.body["status"]), (200, &json!("awaiting_approval")), "{edited:?}");
    let approve = json!({ "gate": asked, "content_hash": seen });
    assert_eq!(story.tell(&spec, "approve", approve).await.problem(), (422, "content_changed"));

    for expected in ["requirements", "design"] {
        let (gate, content_hash) = gate(&story.spec(&spec).await);
        assert_eq!(gate, expected);
        let told = story.tell(&spec, "approve", json!({ "gate": gate, "content_hash": content_hash })).await;
        assert_eq!(told.status, 200, "{told:?}");
    }
    let shown = story.worked_out(&spec).await;
    assert_eq!(shown["requirements"][0]["notes"], "Looked at by Ada.");
    assert!(
        shown["approvals"].as_array().expect("a list").iter().all(|approval| approval["status"] == "granted")
    );
}

#[tokio::test]
async fn a_plan_that_cannot_be_is_refused_with_every_place_and_nothing_is_written() {
    let story = Story::begin().await;
    let before = story.api.last_position().await;
    for (depends, requires, code, line) in
        [("1.2", "1.1", "cycle", 4), ("none", "9.9", "dangling_reference", 6)]
    {
        let tasks = format!(
            "# Plan\n\n- [ ] 1. Build\n  - [ ] 1.1 One\n    - _Depends: {depends}_\n    - _Requirements: {requires}_\n  \
             - [ ] 1.2 Two\n    - _Depends: 1.1_\n    - _Requirements: 1, 2, 3_\n"
        );
        let mut files = kiro();
        files[2] = file("todo/tasks.md", &tasks);
        let refused = story.import(&json!({ "files": files })).await;
        assert_eq!(refused.problem(), (422, "invalid_plan"), "{refused:?}");
        let problems = refused.body["problems"].as_array().expect("a list");
        let problem = problems.iter().find(|problem| problem["code"] == code);
        let problem = problem.unwrap_or_else(|| panic!("no {code} in {problems:?}"));
        assert_eq!(
            (&problem["file"], &problem["line"]),
            (&json!("todo/tasks.md"), &json!(line)),
            "{problem}"
        );
    }

    for (files, code) in [
        (json!([]), "not_a_plan"),
        (json!([file("notes.txt", "Buy milk.")]), "not_a_plan"),
        (json!([file("todo/requirements.md", "# Requirements\n")]), "missing_file"),
    ] {
        let refused = story.import(&json!({ "files": files })).await;
        assert_eq!(refused.problem(), (422, "invalid_plan"), "{refused:?}");
        let codes: Vec<_> = refused.body["problems"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|problem| &problem["code"])
            .collect();
        assert!(codes.contains(&&json!(code)), "{codes:?} has no {code}");
    }
    assert_eq!(story.api.last_position().await, before);
}

#[tokio::test]
async fn what_is_exported_is_the_plan_and_can_be_imported_again() {
    let story = Story::begin().await;
    let first = story.import(&json!({ "files": kiro() })).await;
    let shown = story.worked_out(first.id()).await;
    for layout in ["document", "kiro", "spec-kit"] {
        let exported = story.show(&format!("/specs/{}/export?layout={layout}", first.id())).await;
        let again = story.import(&json!({ "files": exported["files"], "layout": layout })).await;
        assert_eq!(again.status, 201, "{layout}: {again:?}");
        let again = story.spec(again.id()).await;
        let about = |spec: &Value, field: &str| -> Vec<Value> {
            spec["tasks"].as_array().expect("a list").iter().map(|task| task[field].clone()).collect()
        };
        for field in ["title", "dependencies"] {
            assert_eq!(
                about(&again, field),
                about(&shown, field),
                "{layout}: {field}; lost {}",
                exported["lost"]
            );
        }
        if layout == "document" {
            for field in ["requirements", "tickets", "tasks", "critical_path"] {
                assert_eq!(again[field], shown[field], "{field}");
            }
        }
    }
}

#[tokio::test]
async fn a_spec_of_somebody_else_does_not_exist() {
    let story = Story::begin().await;
    let spec = story.import(&json!({ "files": kiro() })).await.id().to_owned();
    let other = story.api.key("elsewhere", "owner").await;
    let secret = other["key"].as_str().expect("a key");
    for path in [
        format!("/specs/{spec}"),
        format!("/specs/{spec}/export?layout=kiro"),
        format!("/projects/{}/specs", story.project),
    ] {
        let asked = story.api.request_with(Some(secret), Method::GET, &path);
        assert_eq!(answer(asked).await.problem(), (404, "not_found"), "{path}");
    }
    let told =
        story.api.request_with(Some(secret), Method::POST, &format!("/specs/{spec}/cancel")).json(&json!({}));
    assert_eq!(answer(told).await.problem(), (404, "not_found"));
}

#[tokio::test]
async fn without_a_model_an_idea_is_refused_and_nothing_pretends_to_plan_it() {
    let story = Story::begin().await;
    let path = format!("/projects/{}/specs", story.project);
    let refused = answer(story.api.post(&path, &json!({ "idea": "A list of things to do." }))).await;
    assert_eq!(refused.problem(), (422, "no_model"));
    assert_eq!(story.show(&path).await["specs"], json!([]));
}
