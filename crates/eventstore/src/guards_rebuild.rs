//! What the guards have left behind, rebuilt from the log and compared with the live tables. The log is the
//! truth: a difference means that a table was changed behind its back, or that the fold is wrong.

use std::collections::BTreeMap;

use kernel::Uuid;
use sqlx::postgres::PgConnection;

use crate::append::GUARDS_KEY;
use crate::{Guard, Store, Unavailable};

/// Positions looked at by one statement.
const STRETCH: i64 = 20_000;
/// The sources that an opened run takes batches from.
const SOURCES: [&str; 3] = ["worker", "gateway", "host"];

/// Where two accounts of a guard differ.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Difference {
    /// Which guard, e.g. `key project_slug/billing`.
    pub what: String,
    /// The tenant.
    pub org_id: Uuid,
    /// What follows from the log.
    pub log: Option<String>,
    /// What the live table says.
    pub live: Option<String>,
}

/// Why guards could not be rebuilt.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    /// The database cannot be used.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// An event records guards that this program cannot read.
    #[error("the guards recorded at position {position} cannot be read: {source}")]
    Unreadable {
        /// Which event.
        position: i64,
        /// Why.
        source: serde_json::Error,
    },
}

impl From<sqlx::Error> for RebuildError {
    fn from(error: sqlx::Error) -> Self {
        Self::Unavailable(error.into())
    }
}

/// Everything that guards keep between appends. Two are equal when every later guard is judged alike.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GuardState {
    keys: BTreeMap<(Uuid, String, String), String>,
    holders: BTreeMap<(Uuid, String, String), i64>,
    used: BTreeMap<(Uuid, String), i64>,
    epochs: BTreeMap<(Uuid, String), i64>,
    ingest: BTreeMap<(Uuid, Uuid, String), Source>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Source {
    next_seq: i64,
    epoch: i64,
    closed: bool,
}

impl GuardState {
    /// Folds in a guard that held.
    pub fn apply(&mut self, org: Uuid, guard: &Guard) {
        match guard {
            Guard::Unique { scope, key, holder } => {
                self.keys.entry((org, scope.clone(), key.clone())).or_insert_with(|| holder.clone());
            }
            Guard::UniqueEverywhere { scope, key, holder } => {
                let place = (Guard::EVERYWHERE, scope.clone(), key.clone());
                self.keys.entry(place).or_insert_with(|| holder.clone());
            }
            Guard::Vacate { scope, key, holder } => {
                let place = (org, scope.clone(), key.clone());
                if self.keys.get(&place) == Some(holder) {
                    self.keys.remove(&place);
                }
            }
            Guard::Take { pool, holder, amount, .. } => {
                let before = self.holders.insert((org, pool.clone(), holder.clone()), *amount);
                *self.used.entry((org, pool.clone())).or_default() += amount - before.unwrap_or(0);
            }
            Guard::Release { pool, holder } => {
                if let Some(before) = self.holders.remove(&(org, pool.clone(), holder.clone())) {
                    *self.used.entry((org, pool.clone())).or_default() -= before;
                }
            }
            Guard::Fence { .. } => {}
            Guard::Claim { lease, epoch, .. } => {
                self.epochs.insert((org, lease.clone()), *epoch);
            }
            Guard::Ingest { run, source, count, .. } => {
                if let Some(source) = self.ingest.get_mut(&(org, *run, source.clone())) {
                    source.next_seq += count;
                }
            }
            Guard::IngestOpen { run, epoch } => {
                for source in SOURCES {
                    let key = (org, *run, source.to_owned());
                    let next_seq = self.ingest.get(&key).map_or(1, |before| before.next_seq);
                    self.ingest.insert(key, Source { next_seq, epoch: *epoch, closed: false });
                }
            }
            Guard::IngestClose { run } => {
                for source in SOURCES {
                    if let Some(source) = self.ingest.get_mut(&(org, *run, source.to_owned())) {
                        source.closed = true;
                    }
                }
            }
        }
    }

    /// Where `self`, rebuilt from the log, and `live` differ. Leases that no event ever claimed are the
    /// platform's own and follow from nothing.
    #[must_use]
    pub fn differences(&self, live: &Self) -> Vec<Difference> {
        let mut found = Vec::new();
        compare(&self.keys, &live.keys, &mut found, |(org, scope, key)| (*org, format!("key {scope}/{key}")));
        compare(&self.holders, &live.holders, &mut found, |(org, pool, holder)| {
            (*org, format!("holder {holder} of pool {pool}"))
        });
        // A pool nobody holds any more is like one that never was.
        let in_use = |used: &BTreeMap<_, i64>| -> BTreeMap<(Uuid, String), i64> {
            used.iter()
                .filter(|(_, used)| **used != 0)
                .map(|(key, used)| (Clone::clone(key), *used))
                .collect()
        };
        compare(&in_use(&self.used), &in_use(&live.used), &mut found, |(org, pool)| {
            (*org, format!("pool {pool}"))
        });
        let mut claimed = live.epochs.clone();
        claimed.retain(|lease, _| self.epochs.contains_key(lease));
        compare(&self.epochs, &claimed, &mut found, |(org, lease)| (*org, format!("lease {lease}")));
        compare(&self.ingest, &live.ingest, &mut found, |(org, run, source)| {
            (*org, format!("source {source} of run {run}"))
        });
        found
    }
}

fn compare<K: Ord, V: PartialEq + std::fmt::Debug>(
    log: &BTreeMap<K, V>,
    live: &BTreeMap<K, V>,
    found: &mut Vec<Difference>,
    name: impl Fn(&K) -> (Uuid, String),
) {
    let only_live = live.keys().filter(|key| !log.contains_key(key));
    for key in log.keys().chain(only_live) {
        let (in_log, in_live) = (log.get(key), live.get(key));
        if in_log != in_live {
            let (org_id, what) = name(key);
            let text = |value: Option<&V>| value.map(|value| format!("{value:?}"));
            found.push(Difference { what, org_id, log: text(in_log), live: text(in_live) });
        }
    }
}

/// Rebuilds every guard from the log and compares with the live tables, at one moment of both.
///
/// # Errors
/// See [`RebuildError`].
pub async fn rebuild_and_compare(store: &Store) -> Result<Vec<Difference>, RebuildError> {
    let mut transaction =
        store.pools().project.begin_with("begin isolation level repeatable read, read only").await?;
    let rebuilt = rebuild(&mut transaction, store.log_id()).await?;
    let live = live(&mut transaction).await?;
    transaction.rollback().await?;
    Ok(rebuilt.differences(&live))
}

async fn rebuild(connection: &mut PgConnection, log_id: i16) -> Result<GuardState, RebuildError> {
    let head: i64 = sqlx::query_scalar("select coalesce(max(position), 0) from es.events where log_id = $1")
        .bind(log_id)
        .fetch_one(&mut *connection)
        .await?;
    let mut state = GuardState::default();
    let mut from = 0;
    while from < head {
        let recorded: Vec<(i64, Uuid, String)> = sqlx::query_as(
            "select position, org_id, metadata ->> $4 from es.events \
              where log_id = $1 and position > $2 and position <= $3 and metadata ->> $4 is not null \
              order by position",
        )
        .bind(log_id)
        .bind(from)
        .bind(from + STRETCH)
        .bind(GUARDS_KEY)
        .fetch_all(&mut *connection)
        .await?;
        for (position, org, guards) in recorded {
            let guards: Vec<Guard> = serde_json::from_str(&guards)
                .map_err(|source| RebuildError::Unreadable { position, source })?;
            for guard in &guards {
                state.apply(org, guard);
            }
        }
        from += STRETCH;
    }
    Ok(state)
}

async fn live(connection: &mut PgConnection) -> Result<GuardState, RebuildError> {
    let keys: Vec<(Uuid, String, String, String)> =
        sqlx::query_as("select org_id, scope, key, holder from es.guards")
            .fetch_all(&mut *connection)
            .await?;
    let holders: Vec<(Uuid, String, String, i64)> =
        sqlx::query_as("select org_id, pool, holder, amount from es.pool_holders")
            .fetch_all(&mut *connection)
            .await?;
    let used: Vec<(Uuid, String, i64)> =
        sqlx::query_as("select org_id, pool, used from es.pools").fetch_all(&mut *connection).await?;
    let epochs: Vec<(Uuid, String, i64)> =
        sqlx::query_as("select org_id, name, epoch from es.leases").fetch_all(&mut *connection).await?;
    let ingest: Vec<(Uuid, Uuid, String, i64, i64, bool)> =
        sqlx::query_as("select org_id, run_id, source, next_seq, epoch, closed from es.ingest")
            .fetch_all(connection)
            .await?;
    Ok(GuardState {
        keys: keys.into_iter().map(|(org, scope, key, holder)| ((org, scope, key), holder)).collect(),
        holders: holders
            .into_iter()
            .map(|(org, pool, holder, amount)| ((org, pool, holder), amount))
            .collect(),
        used: used.into_iter().map(|(org, pool, used)| ((org, pool), used)).collect(),
        epochs: epochs.into_iter().map(|(org, name, epoch)| ((org, name), epoch)).collect(),
        ingest: ingest
            .into_iter()
            .map(|(org, run, source, next_seq, epoch, closed)| {
                ((org, run, source), Source { next_seq, epoch, closed })
            })
            .collect(),
    })
}
