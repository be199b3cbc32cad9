//! A ticket with two tasks, from its creation through the gate of its phase, as the board shows it.

use reqwest::header::IF_MATCH;
use serde_json::{Value, json};

use crate::support::{Answer, Api, answer};

/// A project with one ticket in requirements, whose second task waits for the first.
struct Story {
    api: Api,
    project: String,
    ticket: String,
    tasks: [String; 2],
    /// Of the last command that acted.
    position: String,
}

impl Story {
    async fn begin() -> Self {
        let api = Api::start().await;
        let project = api.done("/projects", &json!({ "name": "Payments" })).await.id().to_owned();
        let wish = json!({ "title": "Take cards", "priority": "high", "phase": "requirements" });
        let created = api.done(&format!("/projects/{project}/tickets"), &wish).await;
        assert_eq!((&created.body["number"], &created.body["version"]), (&json!("TKT-001"), &json!(1)));
        assert_eq!(created.header("etag"), Some("\"1\""));
        let ticket = created.id().to_owned();

        let tasks = format!("/tickets/{ticket}/tasks");
        let form = api.done(&tasks, &json!({ "title": "Write the form" })).await;
        assert_eq!((&form.body["number"], &form.body["status"]), (&json!("TSK-001"), &json!("ready")));
        assert_eq!(form.body["phase"], "requirements", "the ticket's, when none is given");
        let check = api.done(&tasks, &json!({ "title": "Check it", "depends_on": [form.id()] })).await;
        assert_eq!((&check.body["number"], &check.body["status"]), (&json!("TSK-002"), &json!("planned")));
        assert_eq!(check.body["depends_on"], json!([form.id()]));

        let tasks = [form.id().to_owned(), check.id().to_owned()];
        Self { position: position(&check), project, ticket, tasks, api }
    }

    /// The board as of the last command that acted, whoever is quicker.
    async fn board(&self) -> Value {
        let request = self.api.get(&format!("/projects/{}/board", self.project));
        let board = answer(request.header("Omoi-Min-Position", &self.position)).await;
        assert_eq!((board.status, &board.body["stale"]), (200, &Value::Null), "{board:?}");
        assert_eq!(
            board.header("omoi-position").map(str::to_owned),
            Some(board.body["position"].to_string())
        );
        board.body["columns"].clone()
    }

    async fn move_to(&self, wish: Value, version: &str) -> Answer {
        let path = format!("/tickets/{}/move", self.ticket);
        answer(self.api.post(&path, &wish).header(IF_MATCH, version)).await
    }

    /// What makes a request and is refused with this, and leaves the log and the board as they were.
    async fn refused(&self, request: impl AsyncFnOnce() -> Answer, status: u16, code: &str) -> String {
        let (log, board) = (self.api.last_position().await, self.board().await);
        let refused = request().await;
        assert_eq!(refused.problem(), (status, code), "{refused:?}");
        assert_eq!((self.api.last_position().await, self.board().await), (log, board), "after {code}");
        refused.body["detail"].as_str().expect("a sentence").to_owned()
    }

    /// The position of the ticket's newest event.
    async fn touched(&self) -> Value {
        let filter = format!("&aggregate_type=ticket&aggregate_id={}&limit=1", self.ticket);
        self.api.newest(&filter).await[0]["position"].clone()
    }
}

fn position(answer: &Answer) -> String {
    answer.header("omoi-position").expect("it acted").to_owned()
}

/// The cards of one column; the others are empty.
fn only_in<'a>(columns: &'a Value, id: &str) -> &'a Value {
    let columns = columns.as_array().expect("a list");
    let (of_it, others): (Vec<_>, Vec<_>) = columns.iter().partition(|column| column["id"] == id);
    assert!(others.iter().all(|column| column["cards"] == json!([])), "{others:?}");
    &of_it[0]["cards"]
}

#[tokio::test]
async fn a_ticket_appears_on_the_board_and_moves_when_it_may() {
    let mut story = Story::begin().await;
    it_stands_in_its_column(&story).await;
    the_graph_shows_what_waits_for_what(&story).await;
    a_change_of_what_is_not_there_any_more_is_refused(&story).await;
    the_gate_names_what_is_open(&story).await;
    a_circle_is_refused_by_name(&story).await;
    force_opens_the_gate(&mut story).await;
}

async fn it_stands_in_its_column(story: &Story) {
    let columns = story.board().await;
    let listed = columns.as_array().expect("a list").iter();
    let listed: Vec<_> = listed.map(|column| (&column["id"], &column["wip_limit"])).collect();
    let expected = [
        (json!("backlog"), Value::Null),
        (json!("design"), json!(5)),
        (json!("implementation"), json!(10)),
        (json!("testing"), json!(8)),
        (json!("deployment"), json!(3)),
        (json!("done"), Value::Null),
    ];
    assert_eq!(listed, expected.each_ref().map(|(id, limit)| (id, limit)));
    assert_eq!(columns[1]["phases"], json!(["requirements", "design"]));
    let card = json!({
        "id": story.ticket, "number": "TKT-001", "title": "Take cards", "priority": "high",
        "phase": "requirements", "blocked": null, "tasks": { "total": 2, "completed": 0, "failed": 0 },
        "rank": null, "position": story.touched().await,
    });
    assert_eq!(*only_in(&columns, "design"), json!([card]));
}

async fn a_change_of_what_is_not_there_any_more_is_refused(story: &Story) {
    // Two tasks were attached since version 1.
    let late = async || story.move_to(json!({ "phase": "design", "force": true }), "\"1\"").await;
    let detail = story.refused(late, 412, "precondition_failed").await;
    assert!(detail.contains("at version 3 now"), "{detail}");
}

async fn the_gate_names_what_is_open(story: &Story) {
    let too_early = async || story.move_to(json!({ "phase": "implementation" }), "\"3\"").await;
    let detail = story.refused(too_early, 422, "gate_closed").await;
    assert!(detail.contains("requirements: TSK-001 is open, TSK-002 is open"), "{detail}");
}

async fn a_circle_is_refused_by_name(story: &Story) {
    let [form, check] = &story.tasks;
    let path = format!("/tasks/{form}/dependencies");
    let circle = async || answer(story.api.post(&path, &json!({ "on": check }))).await;
    let detail = story.refused(circle, 422, "cycle").await;
    assert!(detail.contains("TSK-002 -> TSK-001 -> TSK-002;"), "{detail}");
    let itself = async || answer(story.api.post(&path, &json!({ "on": form }))).await;
    story.refused(itself, 422, "depends_on_itself").await;
}

async fn force_opens_the_gate(story: &mut Story) {
    let moved = story.move_to(json!({ "phase": "implementation", "force": true }), "\"3\"").await;
    assert_eq!((moved.status, &moved.body["phase"]), (200, &json!("implementation")), "{moved:?}");
    assert_eq!(moved.header("etag").map(str::to_owned), Some(format!("\"{}\"", moved.body["version"])));
    story.position = position(&moved);
    let columns = story.board().await;
    let card = &only_in(&columns, "implementation")[0];
    assert_eq!((&card["phase"], &card["position"]), (&json!("implementation"), &story.touched().await));

    let types: Vec<_> = story.api.newest("&aggregate_type=ticket&limit=2").await;
    let types: Vec<_> = types.iter().map(|event| (&event["type"], &event["payload"]["forced"])).collect();
    let forced = &json!(true);
    let expected = [(&json!("ticket.phase_entered"), forced), (&json!("ticket.gate_evaluated"), forced)];
    assert_eq!(types, expected, "the log says that somebody forced it");
}

async fn the_graph_shows_what_waits_for_what(story: &Story) {
    let request = story.api.get(&format!("/projects/{}/graph", story.project));
    let graph = answer(request.header("Omoi-Min-Position", &story.position)).await;
    assert_eq!(graph.status, 200, "{graph:?}");
    let [form, check] = &story.tasks;
    assert_eq!(graph.body["edges"], json!([{ "from": form, "to": check, "kind": "task" }]));
    assert_eq!(graph.body["critical_path"], json!([form, check]));
    let nodes = graph.body["nodes"].as_array().expect("a list");
    let places: Vec<_> = nodes.iter().map(|node| (node["number"].clone(), node["x"].clone())).collect();
    assert_eq!(places, [(json!("TSK-001"), json!(0)), (json!("TSK-002"), json!(1))]);
}
