//! The independent second reader: stock postgres-es reads streams of this log, and what it sees is compared
//! with what our reader and our load see.

use cqrs_es::persist::PersistedEventRepository as _;
use kernel::{CommandId, EventKind, OrgId, Recorded, Uuid};
use postgres_es::PostgresEventRepository;
use serde::Serialize;
use serde_json::{Value, json};

use crate::load::Snapshot;
use crate::{Direction, Filter, LoadError, Sourced, Store, Unavailable, decode};

/// Streams asked for at once.
const PAGE: i64 = 500;
/// Differences described; all are counted.
const DESCRIBED: usize = 20;

/// What two readers saw of the streams of one kind of aggregate.
#[derive(Clone, Debug, Serialize)]
pub struct Crosscheck {
    /// The kind, e.g. `project`.
    pub aggregate_type: String,
    /// Streams compared.
    pub streams: u64,
    /// Events compared.
    pub events: u64,
    /// Differences found; 0 is the only good number.
    pub different: u64,
    /// The first of them.
    pub differences: Vec<CrosscheckDifference>,
}

/// Something the two readers do not agree on.
#[derive(Clone, Debug, Serialize)]
pub struct CrosscheckDifference {
    /// The stream's id.
    pub aggregate_id: String,
    /// Which event; `None` when it is about the stream as a whole.
    pub sequence: Option<i64>,
    /// What differs, e.g. `payload`.
    pub what: &'static str,
    /// As stock postgres-es sees it.
    pub stock: Value,
    /// As we see it.
    pub ours: Value,
}

/// Reads the streams of `D` with both readers, at most `most` of them, and compares: every field the two
/// share, the number of events, and the state they fold to.
///
/// # Errors
/// When the database cannot be used.
pub async fn crosscheck<D: Snapshot>(store: &Store, most: Option<u64>) -> Result<Crosscheck, Unavailable> {
    let pool = &store.pools().project;
    let stock = PostgresEventRepository::new(pool.clone()).with_tables("es.events", "es.snapshots");
    let mut found = Crosscheck {
        aggregate_type: D::TYPE.to_owned(),
        streams: 0,
        events: 0,
        different: 0,
        differences: Vec::new(),
    };
    let mut after = String::new();
    loop {
        let streams: Vec<(String, Uuid, i64)> = sqlx::query_as(
            "select aggregate_id, org_id, version from es.streams \
              where log_id = $1 and aggregate_type = $2 and aggregate_id > $3 order by aggregate_id limit $4",
        )
        .bind(store.log_id())
        .bind(D::TYPE)
        .bind(&after)
        .bind(PAGE)
        .fetch_all(pool)
        .await?;
        let Some((last, _, _)) = streams.last() else { return Ok(found) };
        after.clone_from(last);
        for (id, org, version) in streams {
            if most.is_some_and(|most| found.streams >= most) {
                return Ok(found);
            }
            found.stream::<D>(store, &stock, OrgId(org), &id, version).await?;
        }
    }
}

impl Crosscheck {
    async fn stream<D: Snapshot>(
        &mut self,
        store: &Store,
        stock: &PostgresEventRepository,
        org: OrgId,
        id: &str,
        version: i64,
    ) -> Result<(), Unavailable> {
        self.streams += 1;
        // Ours first: the stream may grow between the two, and then stock sees more.
        let ours = events_of::<D>(store, id).await?;
        let stock = stock
            .get_events::<Sourced<D>>(id)
            .await
            .map_err(|error| Unavailable::Refused(format!("stock postgres-es: {error}")))?;
        if stock.len() < ours.len() || i64::try_from(ours.len()).is_ok_and(|n| n < version) {
            self.differ(id, None, "events", json!(stock.len()), json!([ours.len(), version]));
        }
        let mut state = D::default();
        for (stock, ours) in stock.iter().zip(&ours) {
            self.events += 1;
            let envelope = &ours.envelope;
            let n = Some(envelope.sequence);
            let version = format!("{}.0", envelope.schema_version);
            self.compare(id, n, "aggregate_id", json!(stock.aggregate_id), json!(envelope.aggregate_id));
            self.compare(
                id,
                n,
                "aggregate_type",
                json!(stock.aggregate_type),
                json!(envelope.aggregate_type),
            );
            self.compare(id, n, "sequence", json!(stock.sequence), json!(envelope.sequence));
            self.compare(id, n, "event_type", json!(stock.event_type), json!(envelope.event_type));
            self.compare(id, n, "event_version", json!(stock.event_version), json!(version));
            self.compare(id, n, "payload", stock.payload.clone(), parsed(&ours.event));
            self.compare(id, n, "metadata", stock.metadata.clone(), parsed(&ours.metadata));
            match of_stock::<D::Event>(stock) {
                Ok(event) => state.evolve(&event),
                Err(reason) => self.differ(id, n, "readable", json!(reason), Value::Null),
            }
        }
        self.state::<D>(store, org, id, ours.len(), &state).await
    }

    /// The state that our load answers, through a snapshot when there is one.
    async fn state<D: Snapshot>(
        &mut self,
        store: &Store,
        org: OrgId,
        id: &str,
        events: usize,
        state: &D,
    ) -> Result<(), Unavailable> {
        let loaded = match store.load::<D>(org, id, CommandId(Uuid::nil())).await {
            Ok(loaded) => loaded.aggregate,
            Err(LoadError::Unavailable(reason)) => return Err(reason),
            Err(error) => {
                self.differ(id, None, "load", json!("readable"), json!(error.to_string()));
                return Ok(());
            }
        };
        // A stream that grew meanwhile has another state by right.
        if usize::try_from(loaded.version).is_ok_and(|version| version == events) {
            let ours = serde_json::to_value(&loaded.state).unwrap_or_default();
            self.compare(id, None, "state", serde_json::to_value(state).unwrap_or_default(), ours);
        }
        Ok(())
    }

    fn compare(&mut self, id: &str, sequence: Option<i64>, what: &'static str, stock: Value, ours: Value) {
        if stock != ours {
            self.differ(id, sequence, what, stock, ours);
        }
    }

    fn differ(&mut self, id: &str, sequence: Option<i64>, what: &'static str, stock: Value, ours: Value) {
        self.different += 1;
        if self.differences.len() < DESCRIBED {
            self.differences.push(CrosscheckDifference {
                aggregate_id: id.to_owned(),
                sequence,
                what,
                stock,
                ours,
            });
        }
    }
}

async fn events_of<D: Snapshot>(store: &Store, id: &str) -> Result<Vec<Recorded<String>>, Unavailable> {
    let filter = Filter {
        aggregate_type: Some(D::TYPE.to_owned()),
        aggregate_id: Some(id.to_owned()),
        ..Filter::default()
    };
    let reader = store.reader();
    let mut events: Vec<Recorded<String>> = Vec::new();
    loop {
        let from = events.last().map_or(0, |event| event.envelope.position);
        let page = reader.page(&filter, from, 1000, Direction::Forwards).await?;
        if page.is_empty() {
            return Ok(events);
        }
        events.extend(page);
    }
}

fn of_stock<E: EventKind>(event: &cqrs_es::persist::SerializedEvent) -> Result<E, String> {
    let version = event.event_version.strip_suffix(".0").and_then(|version| version.parse().ok());
    let version = version.ok_or_else(|| format!("version {}", event.event_version))?;
    decode(&event.event_type, version, &event.payload.to_string()).map_err(|error| error.to_string())
}

fn parsed(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_else(|_| Value::String(json.to_owned()))
}
