//! Every event that was ever stored is read by the code of today: each golden example is put into a log and folded by
//! every read model. An event of a type that nobody knows is not skipped.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use eventstore::{AppendItem, Context, Direction, Filter, NewEvent, Store, StreamWrite};
use kernel::{ActorId, CommandId, EventId, OrgId, ProjectId, Uuid};
use projections::Fact;

use crate::database::Database;
use crate::judge::{assert_rebuilt_are_equal, known_types, of_the_log};
use crate::nodes::Nodes;
use crate::proof::Proof;
use crate::support::eventually;

/// The golden examples there are now; more are welcome.
const EXAMPLES: usize = 50;
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn old_events() {
    let examples = examples();
    assert_eq!(examples.keys().cloned().collect::<BTreeSet<_>>(), known_types(), "an example a type");
    assert!(examples.len() >= EXAMPLES, "examples are never removed");
    let mut proof = Proof::new("old_events", examples.len());
    let nodes = Nodes::start(1).await;
    let store = nodes.database.store();
    let (org, _) = nodes.database.first_actor().await;
    for (file, payload) in &examples {
        assert!(proof.next_case_or(true), "a case an example");
        let (event_type, version) = file.trim_end_matches(".json").rsplit_once(".v").expect("type.vN");
        append(&store, org, event_type, version.parse().expect("a number"), payload).await;
    }
    let head = store.reader().head().await.expect("the database");
    has_read(&store, head).await;
    let parked = parked(&nodes.database).await;
    assert_eq!(parked, BTreeMap::new(), "an old event cannot be read");
    decoding_is_pure(&store, examples.len()).await;
    let rows = assert_rebuilt_are_equal(&store).await;
    assert!(of_the_log(&nodes.database, &[]).await.is_clean());
    proof.figure("rows_compared", rows);
    // The twin: what cannot be read is found, and not passed over.
    let position = append(&store, org, "ticket.exploded", 1, r#"{"$type":"ticket.exploded"}"#).await;
    has_read(&store, position).await;
    let parked = self::parked(&nodes.database).await;
    for name in ["board", "task_graph", "ticket_detail", "activity", "process"] {
        assert_eq!(parked.get(name), Some(&position), "{name}: {parked:?}");
    }
    store.pools().close().await;
    nodes.remove().await;
    proof.holds();
}

/// By the name of its file: `ticket.created.v1.json`.
fn examples() -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas/events/examples");
    let files = std::fs::read_dir(folder).expect("the golden examples");
    files
        .map(|file| {
            let file = file.expect("a file");
            let payload = std::fs::read_to_string(file.path()).expect("text");
            (file.file_name().into_string().expect("text"), payload.trim().to_owned())
        })
        .collect()
}

/// Puts an event into a new stream of a new project; where.
async fn append(store: &Store, org: OrgId, event_type: &str, version: i32, payload: &str) -> i64 {
    let (aggregate, _) = event_type.split_once('.').expect("aggregate.event");
    let project = Uuid::now_v7();
    // A project and its graph are streams of the project's own id.
    let stream = if matches!(aggregate, "project" | "work_graph") { project } else { Uuid::now_v7() };
    let write = StreamWrite {
        aggregate_type: Cow::Owned(aggregate.to_owned()),
        aggregate_id: stream.to_string(),
        project: Some(ProjectId(project)),
        expected: 0,
        events: vec![NewEvent {
            event_id: EventId(Uuid::now_v7()),
            event_type: Cow::Owned(event_type.to_owned()),
            schema_version: version,
            payload: payload.to_owned(),
        }],
    };
    let context = Context {
        org,
        actor: ActorId(Uuid::nil()),
        command_id: CommandId(Uuid::now_v7()),
        request_hash: [0; 32],
        correlation_id: Uuid::now_v7(),
        causation_id: None,
        epoch: None,
        metadata: BTreeMap::new(),
    };
    let item = AppendItem { context, outcome: "accepted".into(), streams: vec![write], guards: Vec::new() };
    store.append(item).await.expect("appended").last_position.expect("it has an event")
}

/// Waits until every read model and every process has come so far.
async fn has_read(store: &Store, position: i64) {
    eventually(PATIENCE, "all readers have come so far", async || {
        let lags = workers::lags(&store.pools().project, store.log_id()).await.ok()?;
        lags.iter().all(|lag| lag.position >= position).then_some(())
    })
    .await;
}

/// Who has set something aside, and the first event of it; processes count as one.
async fn parked(database: &Database) -> BTreeMap<String, i64> {
    let mut connection = database.connect().await;
    sqlx::query_as("select split_part(consumer, '/', 1), min(position) from es.parked group by 1")
        .fetch_all(&mut connection)
        .await
        .expect("the database")
        .into_iter()
        .collect()
}

/// The same bytes are the same event, however often they are read.
async fn decoding_is_pure(store: &Store, examples: usize) {
    let filter = Filter::default();
    let page = store.reader().page(&filter, 0, 1_000, Direction::Forwards).await.expect("the log");
    assert!(page.len() > examples, "every example is in the log");
    for event in &page {
        let once = Fact::of(event).expect("it can be read");
        assert_eq!(once, Fact::of(event).expect("it can be read"));
    }
}
