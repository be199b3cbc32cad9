//! Events that no program of today can read: the project they belong to stands still in every read model that would
//! show them, and says so; all others go on. When they can be read, one command a read model brings all level.

use std::collections::BTreeSet;
use std::time::Duration;

use commands::processes::{
    FinishedWork, Interventions, Reacting, Repositories, RetryTimers, RunsOfTasks, SpecWork,
    TaskDependencies, TicketProgress,
};
use commands::{Actor, Dispatcher, Intent};
use eventstore::Store;
use eventstore::relcheck::Rule;
use kernel::{ActorId, Uuid};
use projections::{Projection, Visitor};
use reqwest::Method;
use rustix::process::Signal;
use serde_json::json;
use tokio::time::Instant;
use vocabulary::{Text, TicketId};
use work::ticket::Command;
use workers::Generations;
use workers::processes::Reactor;

use crate::client::{Client, Reply, read};
use crate::database::Database;
use crate::judge::{assert_whole, at_rest, of_the_log};
use crate::nodes::Nodes;
use crate::proof::{Proof, Times};
use crate::support::eventually;

const CASES: usize = 50;
/// From the moment at which the node serves.
const PARKED_WITHIN: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_secs(30);

/// What becomes of the stored event, as SQL of an update of it.
const BROKEN: [(&str, &str); 5] = [
    ("unknown type", "event_type = 'ticket.exploded'"),
    ("unknown version", "schema_version = 99"),
    ("broken fields", r#"payload = '{"comment": 7}'"#),
    ("huge text", "payload = jsonb_set(payload::jsonb, '{text}', to_jsonb(repeat('x', 262144)))::json"),
    ("deep JSON", "payload = (repeat('[', 1000) || repeat(']', 1000))::json"),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn poison() {
    let mut proof = Proof::new("poison", CASES);
    let mut nodes = Nodes::start(1).await;
    let mut client = nodes.client("client");
    let mut parking = Times::default();
    while proof.next_case() {
        let (kind, breakage) = BROKEN[(proof.cases() - 1) % BROKEN.len()];
        let story = Story::begin(&mut client, proof.cases()).await;
        at_rest(&nodes.database.store()).await;
        // In order, so that its leases are free at once.
        assert!(nodes.end_node(0, Signal::TERM).await.success());
        let planted = story.plant(&nodes.database, breakage).await;
        nodes.start_node(0).await;
        let serving = Instant::now();
        story.is_parked(&nodes.database, planted.position, kind).await;
        parking.push(serving.elapsed());
        story.says_so(&client, planted.position).await;
        story.others_go_on(&mut client).await;
        story.cannot_be_unparked(&nodes.database, &client).await;
        story.a_rebuild_parks_it_as_well(&nodes.database, &client).await;
        let report = of_the_log(&nodes.database, &[]).await;
        assert!(report.violations.contains_key(&Rule::Forged), "the twin: the checker sees it: {report:#?}");

        planted.restore(&nodes.database, &client).await;
        story.unparks(&nodes.database).await;
        at_rest(&nodes.database.store()).await;
        story.is_level(&client).await;
    }
    assert!(parking.longest() <= PARKED_WITHIN, "{}", parking.summary());
    proof.figure("parked_after", parking.summary());
    proof.figure("judged", assert_whole(&nodes.database, &[client]).await.figures());
    nodes.remove().await;
    proof.holds();
}

/// A project whose ticket will get a comment that cannot be read, and another one.
struct Story {
    project: String,
    ticket: String,
    other: String,
}

/// An event that was broken, as it was.
struct Planted {
    position: i64,
    event_type: String,
    schema_version: i32,
    payload: String,
}

impl Story {
    async fn begin(client: &mut Client, n: usize) -> Self {
        let mut ticket = async |name: String| {
            let project = client.done("/projects", &json!({ "name": name })).await.id();
            let wish = json!({ "title": "Take cards", "phase": "design" });
            (client.done(&format!("/projects/{project}/tickets"), &wish).await.id(), project)
        };
        let (ticket_id, project) = ticket(format!("Poisoned {n}")).await;
        let (other, _) = ticket(format!("Healthy {n}")).await;
        Self { project, ticket: ticket_id, other }
    }

    /// While nobody reads, a comment is made by another node and broken.
    async fn plant(&self, database: &Database, breakage: &str) -> Planted {
        let position = self.comment(&database.dispatcher(), database).await;
        let mut connection = database.connect().await;
        let (event_type, schema_version, payload): (String, i32, String) = sqlx::query_as(
            "select event_type, schema_version, payload::text from es.events where position = $1",
        )
        .bind(position)
        .fetch_one(&mut connection)
        .await
        .expect("it was appended");
        database.tamper(&format!("update es.events set {breakage} where position = {position}")).await;
        Planted { position, event_type, schema_version, payload }
    }

    async fn comment(&self, dispatcher: &Dispatcher, database: &Database) -> i64 {
        let (org, _) = database.first_actor().await;
        let by = ActorId(Uuid::nil());
        let wish = Intent::new(Actor::process(org, by), b"comment");
        let text = Text::new("It hurts.").expect("a text");
        let command = Command::Comment { comment: Uuid::now_v7(), text, by };
        let ticket: TicketId = self.ticket.parse().expect("an id");
        let receipt = dispatcher.on_ticket(&wish, ticket, command, None).await.expect("a ticket");
        dispatcher.store().pools().close().await;
        receipt.last_position.expect("a comment is an event")
    }

    /// In every read model that reads tickets, at this event.
    async fn is_parked(&self, database: &Database, position: i64, kind: &str) {
        let expected: BTreeSet<String> =
            readers_of("ticket").into_iter().map(|name| name.to_owned()).collect();
        let project: Uuid = self.project.parse().expect("an id");
        let mut connection = database.connect().await;
        let mut looks = tokio::time::interval(Duration::from_millis(20));
        let deadline = Instant::now() + PATIENCE;
        loop {
            looks.tick().await;
            let parked: Vec<String> = sqlx::query_scalar(
                "select distinct split_part(consumer, '/', 1) from es.parked \
                 where root = $1 and position = $2 and consumer not like 'process/%'",
            )
            .bind(project)
            .bind(position)
            .fetch_all(&mut connection)
            .await
            .expect("the database");
            if parked.into_iter().collect::<BTreeSet<_>>() == expected {
                return;
            }
            assert!(Instant::now() < deadline, "{kind}: not parked everywhere");
        }
    }

    async fn says_so(&self, client: &Client, position: i64) {
        let stale = position.to_string();
        for path in [format!("/tickets/{}", self.ticket), format!("/projects/{}/board", self.project)] {
            let shown = client.get(&path).await.expect("it can be read");
            assert_eq!(header(&shown, "omoi-stale"), Some(stale.as_str()), "{path}: {shown:?}");
        }
        let metrics = read(client.request_to(Method::GET, "/metrics")).await.expect("an answer");
        let counted = metrics.body.as_str().expect("text").lines().any(|line| {
            line.starts_with("omoi_parked_roots") && line.contains("board/") && line.ends_with(" 1")
        });
        assert!(counted, "{}", metrics.body);
    }

    async fn others_go_on(&self, client: &mut Client) {
        let done =
            client.done(&format!("/tickets/{}/comments", self.other), &json!({ "text": "Fine." })).await;
        let position = done.position().expect("a comment is an event").to_string();
        let path = format!("/tickets/{}", self.other);
        eventually(PATIENCE, "the other project is read to its end", async || {
            let request = client.request(Method::GET, &path).header("Omoi-Min-Position", &position);
            let shown = read(request).await.ok().filter(|shown| shown.status == 200)?;
            assert_eq!(header(&shown, "omoi-stale"), None, "{shown:?}");
            Some(())
        })
        .await;
    }

    async fn cannot_be_unparked(&self, database: &Database, client: &Client) {
        let request = client.request(Method::POST, "/projections/board/unpark").json(&json!({}));
        let refused = read(request).await.expect("an answer");
        assert_eq!(refused.code(), "still_parked", "{refused:?}");
        let (ok, said) = unpark(database, "board").await;
        assert!(!ok && said.contains("still cannot apply"), "{said}");
    }

    async fn a_rebuild_parks_it_as_well(&self, database: &Database, client: &Client) {
        rebuild(client, "board").await;
        let project: Uuid = self.project.parse().expect("an id");
        let store = database.store();
        eventually(PATIENCE, "both generations set it aside", async || {
            let parked: i64 = sqlx::query_scalar(
                "select count(*) from es.parked where root = $1 and consumer in ('board/1', 'board/2')",
            )
            .bind(project)
            .fetch_one(&store.pools().project)
            .await
            .ok()?;
            (parked == 2).then_some(())
        })
        .await;
        Generations::new(&store).switch_soon("board").await.expect("both are level");
    }

    async fn unparks(&self, database: &Database) {
        for name in readers_of("ticket") {
            let (ok, said) = unpark(database, name).await;
            assert!(ok, "{name}: {said}");
        }
        let (store, project) = (database.store(), self.project.parse().expect("an id"));
        unpark_process::<TaskDependencies>(&store, project).await;
        unpark_process::<TicketProgress>(&store, project).await;
        unpark_process::<RetryTimers>(&store, project).await;
        unpark_process::<SpecWork>(&store, project).await;
        unpark_process::<RunsOfTasks>(&store, project).await;
        unpark_process::<Interventions>(&store, project).await;
        unpark_process::<Repositories>(&store, project).await;
        unpark_process::<FinishedWork>(&store, project).await;
    }

    async fn is_level(&self, client: &Client) {
        let shown = client.get(&format!("/tickets/{}", self.ticket)).await.expect("it can be read");
        assert_eq!(header(&shown, "omoi-stale"), None, "{shown:?}");
        assert_eq!(shown.body["conversation"][0]["text"], "It hurts.", "{shown:?}");
        assert_eq!(shown.body["comments"], 1, "it was folded once: {shown:?}");
    }
}

impl Planted {
    /// As if a later program could read it: the event is as it was. An index of types reads any event, and has seen one
    /// that the log no longer has: it is made anew, as after everything that changed the log behind its back.
    async fn restore(&self, database: &Database, client: &Client) {
        let Self { position, event_type, schema_version, payload } = self;
        let restore = format!(
            "update es.events set event_type = '{event_type}', schema_version = {schema_version}, \
             payload = $stored${payload}$stored$ where position = {position}"
        );
        database.tamper(&restore).await;
        rebuild(client, "event_index").await;
        Generations::new(&database.store()).switch_soon("event_index").await.expect("it is level");
    }
}

async fn rebuild(client: &Client, name: &str) {
    let request = client.request(Method::POST, &format!("/projections/{name}/rebuild")).json(&json!({}));
    assert_eq!(read(request).await.expect("an answer").status, 202);
}

fn header<'a>(reply: &'a Reply, name: &str) -> Option<&'a str> {
    reply.headers.get(name)?.to_str().ok()
}

/// `omoi projections unpark`: whether it succeeded, and what it said.
async fn unpark(database: &Database, name: &str) -> (bool, String) {
    let mut command = database.command();
    command.args(["projections", "unpark", name]);
    let output = command.output().await.expect("omoi starts");
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Processes stand still as read models do.
async fn unpark_process<P: Reacting>(store: &Store, project: Uuid) {
    let reactor = Reactor::<P>::start(store, std::sync::Arc::default()).await.expect("the database");
    let unparked = store.unpark(&reactor, project).await.expect("it can be read again");
    assert_eq!(unparked, P::HEARS.contains(&"ticket"), "{}", P::NAME);
}

/// The read models that decode the events of this type of aggregate.
fn readers_of(aggregate: &str) -> Vec<&'static str> {
    struct Readers<'a>(&'a str, Vec<&'static str>);
    impl Visitor for Readers<'_> {
        fn visit<P: Projection>(&mut self) {
            if P::READS.contains(&self.0) && !P::INDEX {
                self.1.push(P::NAME);
            }
        }
    }
    let mut readers = Readers(aggregate, Vec::new());
    projections::visit_all(&mut readers);
    readers.1
}
