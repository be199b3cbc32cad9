//! Whatever cannot be carried out is refused with a status, a stable code and a sentence, and writes nothing.

use reqwest::{Method, RequestBuilder, header::IF_MATCH};
use serde_json::{Value, json};

use crate::support::{Api, answer};

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

/// What the requests name: a project with a ticket, a task and a full column; another project with a task.
struct World {
    api: Api,
    project: String,
    ticket: String,
    task: String,
    waiting_task: String,
    /// The fourth ticket that wants into a column for three.
    fourth: String,
    foreign_task: String,
}

/// A request, and what it is answered: status and code.
type Bad = (RequestBuilder, u16, &'static str);

impl World {
    async fn make() -> Self {
        let api = Api::start().await;
        let (project, other) = (made_project(&api, "Payments").await, made_project(&api, "Billing").await);
        let ticket = made_ticket(&api, &project, "design").await;
        let task = made_task(&api, &ticket, &json!([])).await;
        let waiting_task = made_task(&api, &ticket, &json!([task])).await;
        let foreign_ticket = made_ticket(&api, &other, "backlog").await;
        let foreign_task = made_task(&api, &foreign_ticket, &json!([])).await;
        let mut fourth = String::new();
        for n in 0..4 {
            fourth = made_ticket(&api, &project, "testing").await;
            if n < 3 {
                api.done(&format!("/tickets/{fourth}/move"), &json!({ "phase": "deployment" })).await;
            }
        }
        // Keys that were used before.
        let rename = api.post(&format!("/projects/{project}/rename"), &json!({ "name": "Cards" }));
        assert_eq!(answer(rename.header("Idempotency-Key", "used")).await.status, 200);
        Self { api, project, ticket, task, waiting_task, fourth, foreign_task }
    }

    fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.api.post(path, body)
    }

    fn raw(&self, body: impl Into<reqwest::Body>) -> RequestBuilder {
        let request = self.api.request(Method::POST, &format!("/projects/{}/tickets", self.project));
        request.header("content-type", "application/json").body(body)
    }

    fn to_ticket(&self, verb: &str, body: &Value) -> RequestBuilder {
        self.post(&format!("/tickets/{}/{verb}", self.ticket), body)
    }

    fn to_task(&self, verb: &str, body: &Value) -> RequestBuilder {
        self.post(&format!("/tasks/{}/{verb}", self.task), body)
    }
}

async fn made_project(api: &Api, name: &str) -> String {
    api.done("/projects", &json!({ "name": name })).await.id().to_owned()
}

async fn made_ticket(api: &Api, project: &str, phase: &str) -> String {
    let wish = json!({ "title": "A ticket", "phase": phase });
    api.done(&format!("/projects/{project}/tickets"), &wish).await.id().to_owned()
}

async fn made_task(api: &Api, ticket: &str, depends_on: &Value) -> String {
    let wish = json!({ "title": "A task", "depends_on": depends_on });
    api.done(&format!("/tickets/{ticket}/tasks"), &wish).await.id().to_owned()
}

#[tokio::test]
async fn bad_input_is_refused_with_a_code_and_writes_nothing() {
    let world = World::make().await;
    let log = world.api.last_position().await;
    let groups = [
        unknown_things(&world),
        malformed_ids(&world),
        bodies_without_sense(&world),
        values_that_break_a_rule(&world),
        headers(&world),
        queries(&world),
        what_the_rules_forbid(&world),
    ];
    for (request, status, code) in groups.into_iter().flatten() {
        let copy = request.try_clone().expect("no stream").build().expect("a request");
        let what = format!("{} {}", copy.method(), copy.url().path());
        let said = answer(request).await;
        assert_eq!(said.problem(), (status, code), "{what}: {said:?}");
        assert_eq!(said.header("content-type"), Some("application/problem+json"), "{what}: {said:?}");
        assert_eq!(said.body["type"], format!("urn:omoi:problem:{code}"), "{what}");
        assert_eq!(said.body["status"], status, "{what}");
        assert!(said.body["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{what}: {said:?}");
        assert_eq!(world.api.last_position().await, log, "{what} ({code}) wrote something");
    }
}

fn unknown_things(world: &World) -> Vec<Bad> {
    let ticket = json!({ "title": "T" });
    let missing = [
        world.post(&format!("/projects/{NOBODY}/tickets"), &ticket),
        world.post(&format!("/projects/{NOBODY}/rename"), &json!({ "name": "N" })),
        world.api.get(&format!("/projects/{NOBODY}/board")),
        world.post(&format!("/tickets/{NOBODY}/move"), &json!({ "phase": "design" })),
        world.post(&format!("/tickets/{NOBODY}/comments"), &json!({ "text": "?" })),
        world.post(&format!("/tickets/{NOBODY}/tasks"), &ticket),
        // A project is no ticket.
        world.post(&format!("/tickets/{}/tasks", world.project), &ticket),
        world.post(&format!("/tasks/{NOBODY}/start"), &json!({})),
        world.post(&format!("/tasks/{NOBODY}/dependencies"), &json!({ "on": world.task })),
        world.api.request(Method::DELETE, &format!("/tasks/{NOBODY}/dependencies/{}", world.task)),
    ];
    missing.into_iter().map(|request| (request, 404, "not_found")).collect()
}

fn malformed_ids(world: &World) -> Vec<Bad> {
    let malformed = [
        world.api.get("/projects/payments/board"),
        world.post("/projects/17/tickets", &json!({ "title": "T" })),
        world.post("/tickets/TKT-001/move", &json!({ "phase": "design" })),
        world.post(&format!("/tasks/{}0/start", world.task), &json!({})),
        world.api.request(Method::DELETE, &format!("/tasks/{}/dependencies/TSK-002", world.task)),
        world.post("/projects/%00/rename", &json!({ "name": "N" })),
    ];
    malformed.into_iter().map(|request| (request, 400, "invalid_id")).collect()
}

fn bodies_without_sense(world: &World) -> Vec<Bad> {
    let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
    let bodies = [
        world.raw("{"),
        world.raw("nonsense"),
        world.raw(r#"{"title":"T"} {}"#),
        world.raw(b"{\"title\":\"\xff\"}".to_vec()),
        world.raw(""),
        world.raw("null"),
        world.raw("[]"),
        world.raw(format!(r#"{{"title":{deep}}}"#)),
        world.raw(deep),
        world.raw(r#"{"title":"T","title":"U"}"#),
        world.raw(r#"{"title":"T","colour":"red"}"#),
        world.to_ticket("cancel", &json!({ "reasn": "a typing error must not be a yes" })),
        world.to_ticket("move", &json!({ "phase": "design", "force": "yes" })),
        world.to_task("start", &json!({ "as": "somebody else" })),
    ];
    let mut bad: Vec<Bad> = bodies.into_iter().map(|request| (request, 422, "invalid_body")).collect();
    // One byte more than the limit: the server reads to the end before it knows.
    let large = format!(r#"{{"title":"{}"}}"#, "x".repeat(1024 * 1024 + 1 - r#"{"title":""}"#.len()));
    bad.push((world.raw(large), 413, "body_too_large"));
    bad
}

fn values_that_break_a_rule(world: &World) -> Vec<Bad> {
    let tickets = format!("/projects/{}/tickets", world.project);
    let values = [
        world.post(&tickets, &json!({ "title": 7 })),
        world.post(&tickets, &json!({ "title": null })),
        world.post(&tickets, &json!({ "title": "" })),
        world.post(&tickets, &json!({ "title": "a\u{0}b" })),
        world.post(&tickets, &json!({ "title": "x".repeat(10_000) })),
        world.post(&tickets, &json!({ "title": "T", "description": "a\u{0}b" })),
        world.post(&tickets, &json!({ "title": "T", "description": "x".repeat(20_001) })),
        world.post(&tickets, &json!({ "title": "T", "priority": "urgent" })),
        world.post(&tickets, &json!({ "title": "T", "phase": "later" })),
        world.to_ticket("tasks", &json!({ "title": "T", "estimate_hours": -1 })),
        world.to_ticket("tasks", &json!({ "title": "T", "estimate_hours": 1e300 })),
        world.to_ticket("tasks", &json!({ "title": "T", "depends_on": ["TSK-001"] })),
        world.to_ticket("tasks", &json!({ "title": "T", "depends_on": world.task })),
        world.to_ticket("move", &json!({ "phase": "design", "position": "not a rank" })),
        world.to_ticket("comments", &json!({ "text": " " })),
        world.to_task("dependencies", &json!({ "on": "TSK-002" })),
    ];
    values.into_iter().map(|request| (request, 422, "invalid_body")).collect()
}

fn headers(world: &World) -> Vec<Bad> {
    let rename =
        |name: &str| world.post(&format!("/projects/{}/rename", world.project), &json!({ "name": name }));
    let moved = || world.to_ticket("move", &json!({ "phase": "implementation", "force": true }));
    vec![
        (moved().header(IF_MATCH, "seven"), 400, "invalid_if_match"),
        (moved().header(IF_MATCH, "\"1"), 400, "invalid_if_match"),
        (moved().header(IF_MATCH, "\"99999999999999999999\""), 400, "invalid_if_match"),
        (moved().header(IF_MATCH, ""), 400, "invalid_if_match"),
        (moved().header(IF_MATCH, "\"99\""), 412, "precondition_failed"),
        (moved().header(IF_MATCH, "\"-1\""), 412, "precondition_failed"),
        (rename("X").header("Idempotency-Key", ""), 422, "invalid_idempotency_key"),
        (rename("X").header("Idempotency-Key", "k".repeat(256)), 422, "invalid_idempotency_key"),
        (rename("X").header("Idempotency-Key", "ключ"), 422, "invalid_idempotency_key"),
        (rename("Coins").header("Idempotency-Key", "used"), 422, "idempotency_mismatch"),
    ]
}

fn queries(world: &World) -> Vec<Bad> {
    let board = format!("/projects/{}/board", world.project);
    let header = |text: &str| world.api.get(&board).header("Omoi-Min-Position", text);
    vec![
        (world.api.get(&format!("{board}?min_position=-1")), 400, "invalid_position"),
        (world.api.get(&format!("{board}?min_position=soon")), 400, "invalid_position"),
        (header("-1"), 400, "invalid_position"),
        (header("99999999999999999999"), 400, "invalid_position"),
        (header(""), 400, "invalid_position"),
        (header("1000000"), 422, "position_ahead"),
        (world.api.get(&format!("{board}?min_position={}", i64::MAX)), 422, "position_ahead"),
        (world.api.get("/events?colour=red"), 400, "invalid_query"),
        (world.api.get(&format!("{board}?colour=red")), 400, "invalid_query"),
        (world.api.get("/events?type=%00"), 422, "invalid_filter"),
        (world.api.get(&format!("/events?aggregate_id={}", world.task)), 422, "invalid_filter"),
        (world.api.get("/boards"), 404, "no_such_route"),
        (world.api.request(Method::DELETE, "/projects"), 405, "method_not_allowed"),
        (world.api.get("/events?after=one"), 400, "invalid_query"),
        (world.api.get("/events?project=payments"), 400, "invalid_query"),
        (world.api.get("/events?after=1&before=9"), 422, "invalid_range"),
        (world.api.get("/events?limit=0"), 422, "invalid_limit"),
        (world.api.get("/events?limit=1001"), 422, "invalid_limit"),
    ]
}

fn what_the_rules_forbid(world: &World) -> Vec<Bad> {
    let tasks =
        |depends_on: &str| world.to_ticket("tasks", &json!({ "title": "T", "depends_on": [depends_on] }));
    let undepend =
        |on: &str| world.api.request(Method::DELETE, &format!("/tasks/{}/dependencies/{on}", world.task));
    let tickets = format!("/projects/{}/tickets", world.project);
    let full = || world.post(&format!("/tickets/{}/move", world.fourth), &json!({ "phase": "deployment" }));
    vec![
        (tasks(&world.foreign_task), 422, "unknown_prerequisite"),
        (tasks(NOBODY), 422, "unknown_prerequisite"),
        (world.to_task("dependencies", &json!({ "on": world.foreign_task })), 422, "unknown_prerequisite"),
        (world.to_task("dependencies", &json!({ "on": NOBODY })), 422, "unknown_prerequisite"),
        (undepend(&world.foreign_task), 422, "unknown_prerequisite"),
        (full(), 409, "full"),
        (full().header("Idempotency-Key", "full"), 409, "full"),
        // The remembered answer is the same one.
        (full().header("Idempotency-Key", "full"), 409, "full"),
        (world.post("/projects", &json!({ "name": "Other", "slug": "billing" })), 409, "taken"),
        (world.post(&tickets, &json!({ "title": "T", "phase": "done" })), 422, "no_work_in_done"),
        (world.post(&format!("/tasks/{}/start", world.waiting_task), &json!({})), 422, "not_ready"),
        (world.to_ticket("unblock", &json!({})), 422, "not_blocked"),
    ]
}
