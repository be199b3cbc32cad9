//! Was every promise kept? Asked when the faults are over.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;
use std::time::Duration;

use eventstore::Store;
use eventstore::relcheck::{Line, Report, Rule, check, gather};
use kernel::Uuid;
use projections::{Projection, Visitor};
use sqlx::Connection as _;
use tokio::task::JoinSet;
use workers::Generations;
use workers::generations::{Difference, GenerationError};

use crate::client::Client;
use crate::database::Database;
use crate::support::eventually;

/// For readers to catch up, and for a rebuild: a machine under load is slow.
const PATIENCE: Duration = Duration::from_secs(120);

/// What is known once everything has come to rest.
pub(crate) struct Verdict {
    pub(crate) report: Report,
    /// Rows of all read models, each the same when built again.
    pub(crate) rows: u64,
}

impl Verdict {
    /// For the figures of a proof.
    pub(crate) fn figures(&self) -> serde_json::Value {
        serde_json::json!({
            "events": self.report.events, "acknowledged": self.report.acknowledged,
            "refused": self.report.refused, "rows_compared": self.rows,
        })
    }
}

/// Judges the log by the journals of these clients, and the read models by the log.
///
/// # Panics
/// When a promise is broken, with what was found.
pub(crate) async fn assert_whole(database: &Database, clients: &[Client]) -> Verdict {
    let store = database.store();
    at_rest(&store).await;
    let report = of_the_log(database, clients).await;
    assert!(report.events > 0, "an empty log proves nothing");
    assert!(report.is_clean(), "{report:#?}");
    assert_eq!(report.unsettled, 0, "a command was not settled");
    assert_told_true(database, clients).await;
    let rows = assert_rebuilt_are_equal(&store).await;
    store.pools().close().await;
    Verdict { report, rows }
}

/// Builds every read model again, all at once; how many rows were the same.
pub(crate) async fn assert_rebuilt_are_equal(store: &Store) -> u64 {
    let mut building = JoinSet::new();
    for name in read_models() {
        let store = store.clone();
        building.spawn(async move { (name, rebuilt(&store, name).await) });
    }
    let mut rows = 0;
    while let Some(built) = building.join_next().await {
        let (name, difference) = built.expect("a rebuild ends");
        assert_eq!(difference.different, 0, "{name}: {difference:?}");
        rows += difference.rows;
    }
    assert!(rows > 0, "read models without rows prove nothing");
    rows
}

/// Every type of event about work has happened in this log; people and organizations have stories of their own.
pub(crate) async fn assert_every_type(database: &Database) {
    let mut connection = database.connect().await;
    let happened: Vec<String> =
        sqlx::query_scalar("select distinct event_type || '.v' || schema_version || '.json' from es.events")
            .fetch_all(&mut connection)
            .await
            .expect("the log");
    let happened: BTreeSet<_> = happened.into_iter().collect();
    let mut known = known_types();
    known.retain(|name| !name.starts_with("organization.") && !name.starts_with("user."));
    assert!(known.len() > 40, "{known:?}");
    assert_eq!(known.difference(&happened).collect::<Vec<_>>(), Vec::<&String>::new());
}

/// The file of each type of event.
pub(crate) fn known_types() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas/events");
    let files = std::fs::read_dir(folder).expect("the schemas of the events");
    let names = files.map(|file| file.expect("a file").file_name().into_string().expect("text"));
    names.filter(|name| name.ends_with(".json")).collect()
}

/// The names of the read models.
pub(crate) fn read_models() -> Vec<&'static str> {
    struct Names(Vec<&'static str>);
    impl Visitor for Names {
        fn visit<P: Projection>(&mut self) {
            self.0.push(P::NAME);
        }
    }
    let mut names = Names(Vec::new());
    projections::visit_all(&mut names);
    names.0
}

/// Waits until all readers have read everything, nothing is parked, and every action was carried out.
pub(crate) async fn at_rest(store: &Store) {
    eventually(PATIENCE, "everything has come to rest", async || {
        let head = store.reader().head().await.ok()?;
        let lags = workers::lags(&store.pools().project, store.log_id()).await.ok()?;
        let waiting: (i64, i64) = sqlx::query_as(
            "select (select count(*) from processes.actions), (select count(*) from es.parked)",
        )
        .fetch_one(&store.pools().project)
        .await
        .ok()?;
        let still = store.reader().head().await.ok()? == head;
        (still && waiting == (0, 0) && lags.iter().all(|lag| lag.behind == 0)).then_some(())
    })
    .await;
}

/// What the checker says of the log, and of the answers that these clients got.
pub(crate) async fn of_the_log(database: &Database, clients: &[Client]) -> Report {
    let mut connection = database.connect().await;
    let mut moment =
        connection.begin_with("begin isolation level repeatable read").await.expect("a transaction");
    let (log, mut evidence) = gather(&mut moment, 1, &[]).await.expect("the log");
    moment.rollback().await.expect("the end of a transaction");
    evidence.journals = clients.iter().map(|client| settled(&client.journal)).collect();
    check(log, &evidence)
}

/// A refusal settles what was in doubt before: had a try of the command acted, its answer would have been given again.
/// So nothing of a refused command may be in the log, and the checker is to look.
fn settled(journal: &[Line]) -> Vec<Line> {
    let refused: HashSet<Uuid> = journal
        .iter()
        .filter_map(|line| match line {
            Line::Fail { command_id, .. } => Some(*command_id),
            _ => None,
        })
        .collect();
    let in_doubt =
        |line: &&Line| matches!(line, Line::Unknown { command_id, .. } if refused.contains(command_id));
    journal.iter().filter(|line| !in_doubt(line)).cloned().collect()
}

/// The position that a client was told is that of its command's last event.
async fn assert_told_true(database: &Database, clients: &[Client]) {
    let mut connection = database.connect().await;
    let last: HashMap<Uuid, i64> =
        sqlx::query_as("select command_id, max(position) from es.events group by command_id")
            .fetch_all(&mut connection)
            .await
            .expect("the log")
            .into_iter()
            .collect();
    for (command, told) in clients.iter().flat_map(|client| &client.told) {
        assert_eq!(last.get(command), told.as_ref(), "what was told of command {command}");
    }
}

/// Asks for the other generation of a read model to be built. Rows that are read just now hold it up for a moment.
pub(crate) async fn begin_rebuild(generations: &Generations, name: &str, switches: bool) {
    eventually(PATIENCE, &format!("a rebuild of {name} begins"), async || {
        match generations.rebuild(name, switches).await {
            Ok(true) => Some(()),
            Ok(false) => panic!("{name} is being rebuilt already"),
            Err(GenerationError::Unavailable(_)) => None,
            Err(error) => panic!("{name}: {error}"),
        }
    })
    .await;
}

/// Builds the other generation of a read model from the start of the log, compares it with the one that serves, and
/// lets it serve.
pub(crate) async fn rebuilt(store: &Store, name: &str) -> Difference {
    let generations = Generations::new(store);
    begin_rebuild(&generations, name, false).await;
    let difference =
        eventually(PATIENCE, &format!("{name} is rebuilt"), async || match generations.differ(name).await {
            Ok(difference) => Some(difference),
            Err(GenerationError::Behind { .. } | GenerationError::Unavailable(_)) => None,
            Err(error) => panic!("{name}: {error}"),
        })
        .await;
    generations.switch_soon(name).await.unwrap_or_else(|error| panic!("{name}: {error}"));
    difference
}

/// The twin of every part with a load: an event of the log is lost, and a row of a read model is another one. The
/// checkers find both.
pub(crate) async fn assert_finds_planted_defects(database: &Database, clients: &[Client]) {
    let row = "update read_models.board b set position = position + 1 where (kind, id) = \
               (select kind, id from read_models.board order by position desc limit 1) \
               and gen = (select gen from read_models.generations g where g.name = 'board' and g.state = 'live')";
    database.tamper(row).await;
    let difference = Generations::new(&database.store()).differ("board").await;
    assert_ne!(difference.expect("both generations are level").different, 0, "a planted row is found");
    let loss = "delete from es.events where position = (select (max(position) + 1) / 2 from es.events)";
    database.tamper(loss).await;
    let report = of_the_log(database, clients).await;
    assert!(report.violations.contains_key(&Rule::Hole), "a planted loss is found: {report:#?}");
}
