//! No kind of subscription is without a row: each answers accordingly to nobody, to every role, to a key of an auditor, to
//! keys of this project and of another one, and to somebody of another organization.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Api, Person, Socket, answer};

/// Who asks, in the order of the rows.
const CAST: [&str; 9] = [
    "nobody",
    "viewer",
    "member",
    "admin",
    "owner",
    "auditor's key",
    "key of the project",
    "key of another project",
    "member of another organization",
];

/// What comes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// No socket opens.
    Shut,
    /// It is told what happens in the project.
    Hears,
    /// It is told of what is its own, and nothing of the project.
    Silent,
    Forbidden,
    NotFound,
}
use Outcome::{Forbidden, Hears, NotFound, Shut, Silent};

/// A kind, as the schema names it; a topic of that kind; and what everybody of the cast is answered.
type Row = (&'static str, &'static str, [Outcome; CAST.len()]);

#[rustfmt::skip]
const ROWS: &[Row] = &[
    ("log", "everything", [Shut, Hears, Hears, Hears, Hears, Hears, NotFound, NotFound, Silent]),
    ("log", "of the project", [Shut, Hears, Hears, Hears, Hears, Hears, Hears, NotFound, Silent]),
    ("ticket", "of the project", [Shut, Hears, Hears, Hears, Hears, Hears, Hears, NotFound, Silent]),
    ("board", "of the project", [Shut, Hears, Hears, Hears, Hears, Forbidden, Hears, NotFound, NotFound]),
    ("graph", "of the project", [Shut, Hears, Hears, Hears, Hears, Forbidden, Hears, NotFound, NotFound]),
];

/// What is asked about.
struct World {
    api: Api,
    project: String,
    ticket: String,
    task: String,
    /// What each of the cast holds; nobody holds nothing.
    keys: Vec<Option<String>>,
}

impl World {
    async fn make() -> Self {
        let api = Api::start().await;
        let mut owner = Person::register(&api, "owner@example.org").await;
        let org = owner.found(&api, "Acme").await;
        let id = async |path: &str, body: Value| owner.done(&api, path, &body).await.id().to_owned();
        let project = id("/projects", json!({ "name": "Ours" })).await;
        let elsewhere = id("/projects", json!({ "name": "Elsewhere" })).await;
        let ticket = id(&format!("/projects/{project}/tickets"), json!({ "title": "T" })).await;
        let task = id(&format!("/tickets/{ticket}/tasks"), json!({ "title": "K" })).await;
        let key = async |scopes: Value, project: Value| {
            let body = json!({ "name": "K", "scopes": scopes, "project": project });
            let made = owner.done(&api, &format!("/organizations/{org}/api-keys"), &body).await;
            Some(made.body["key"].as_str().expect("a key").to_owned())
        };
        let mut keys = vec![None];
        for role in ["viewer", "member", "admin"] {
            keys.push(Some(owner.invite(&api, &org, &format!("{role}@example.com"), role).await.access));
        }
        keys.push(Some(owner.access.clone()));
        keys.push(key(json!(["auditor"]), Value::Null).await);
        let read = json!(["projects:read", "events:read"]);
        keys.push(key(read.clone(), json!(project)).await);
        keys.push(key(read, json!(elsewhere)).await);
        let mut stranger = Person::register(&api, "stranger@example.net").await;
        stranger.found(&api, "Rivals").await;
        keys.push(Some(stranger.access));
        // So that what is there can be seen by those who may.
        let head = api.last_position().await;
        for path in [format!("/projects/{project}/board"), format!("/projects/{project}/graph")] {
            let read = owner.request(&api, Method::GET, &path).header("omoi-min-position", head);
            assert_eq!(answer(read).await.status, 200);
        }
        Self { api, project, ticket, task, keys }
    }

    fn topic(&self, (kind, of, _): &Row) -> Value {
        match (*kind, *of) {
            ("log", "everything") => json!({ "kind": kind }),
            ("ticket", _) => json!({ "kind": kind, "id": self.ticket }),
            _ => json!({ "kind": kind, "project": self.project }),
        }
    }

    /// What somebody is answered who asks for it from the beginning on.
    async fn outcome(&self, key: Option<&str>, topic: &Value) -> Outcome {
        let Some(key) = key else {
            assert_eq!(self.api.ticket_with(None).await.problem(), (401, "unauthenticated"));
            assert_eq!(self.api.refused_socket(&"a".repeat(43)).await, 401);
            return Shut;
        };
        let mut socket: Socket = self.api.socket_with(key).await;
        let head = self.api.last_position().await;
        let in_order = ["log", "ticket"].contains(&topic["kind"].as_str().expect("a kind"));
        socket.subscribe("s", topic.clone(), in_order.then_some(0)).await;
        loop {
            let frame = socket.frame().await;
            let text = frame.to_string();
            let ours = [&self.ticket, &self.task].iter().any(|id| text.contains(*id));
            match frame["op"].as_str().expect("a word") {
                "refused" if frame["problem"]["code"] == "forbidden" => return Forbidden,
                "refused" if frame["problem"]["code"] == "not_found" => return NotFound,
                "events" | "latest" if ours => return Hears,
                "events" if frame["to"].as_i64().is_some_and(|to| to >= head) => return Silent,
                "events" => {}
                _ => panic!("{topic}: {frame}"),
            }
        }
    }
}

/// Kinds of the schema that no row is about, and rows about none.
fn not_both(schema: &Value) -> Vec<String> {
    let topics = schema["$defs"]["Topic"]["oneOf"].as_array().expect("kinds of topics");
    let kinds: Vec<&str> =
        topics.iter().map(|topic| topic["properties"]["kind"]["const"].as_str().expect("a name")).collect();
    let without = kinds.iter().filter(|kind| !ROWS.iter().any(|(row, ..)| row == *kind));
    let of_none = ROWS.iter().filter(|(row, ..)| !kinds.contains(row)).map(|(row, ..)| row);
    without.chain(of_none).map(|kind| (*kind).to_owned()).collect()
}

#[test]
fn every_kind_of_subscription_has_a_row() {
    let mut schema: Value = serde_json::from_str(include_str!("../../../schemas/ws.json")).expect("JSON");
    assert_eq!(not_both(&schema), Vec::<String>::new());
    let topics = schema["$defs"]["Topic"]["oneOf"].as_array_mut().expect("a list");
    topics.push(json!({ "properties": { "kind": { "const": "agents" } } }));
    assert_eq!(not_both(&schema), ["agents"], "a new kind is seen");
}

#[tokio::test]
async fn every_subscription_answers_as_its_row_says() {
    let world = World::make().await;
    let mut wrong = Vec::new();
    for row in ROWS {
        let topic = world.topic(row);
        for ((who, key), expected) in CAST.iter().zip(&world.keys).zip(row.2) {
            let outcome = world.outcome(key.as_deref(), &topic).await;
            if outcome != expected {
                wrong.push(format!("{} {} as {who}: {outcome:?} and not {expected:?}", row.0, row.1));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}
