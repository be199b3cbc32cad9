//! An aggregate as the log knows it, in one round trip.

use kernel::{CommandId, Decider, OrgId, ProjectId, Timestamp};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sqlx::{PgPool, Row as _};

use crate::crash_point::reach;
use crate::{DecodeError, Unavailable, decode};

/// Why an aggregate could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The database cannot be used.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// The stream holds something this program cannot read; it is never guessed at.
    #[error("stream {stream} cannot be read at version {version}: {source}")]
    Unreadable {
        /// `type/id`.
        stream: String,
        /// Which event.
        version: i64,
        /// Why.
        source: DecodeError,
    },
    /// The rows are not what `es.load` promises.
    #[error("es.load answered {0}")]
    Unexpected(String),
}

/// A folded aggregate.
#[derive(Clone, Debug)]
pub struct StoredState<D> {
    /// The state after `version` events.
    pub state: D,
    /// 0 when the stream does not exist for this organization.
    pub version: i64,
    /// The version of the snapshot it started from; 0 without one.
    pub snapshot_version: i64,
    /// The stream's project.
    pub project: Option<ProjectId>,
}

impl<D: Decider> Default for StoredState<D> {
    fn default() -> Self {
        Self { state: D::default(), version: 0, snapshot_version: 0, project: None }
    }
}

/// What an earlier try of a command came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredOutcome {
    /// SHA-256 of the content it had.
    pub request_hash: [u8; 32],
    /// `accepted`, or the code of the rejection.
    pub outcome: String,
    /// Where its events begin.
    pub first_position: Option<i64>,
    /// Where they end.
    pub last_position: Option<i64>,
    /// The streams it appended to, as `type/id`.
    pub streams: Vec<String>,
    /// When.
    pub created_at: Timestamp,
}

/// What [`crate::Store::load`] answers.
#[derive(Clone, Debug)]
pub struct Loaded<D> {
    /// The aggregate.
    pub aggregate: StoredState<D>,
    /// The stored outcome of the command that was asked about.
    pub outcome: Option<StoredOutcome>,
}

/// Snapshots of one logic version, as JSON; anything that does not decode is ignored and folded instead.
pub trait Snapshot: Decider + serde::Serialize + DeserializeOwned {}
impl<D: Decider + serde::Serialize + DeserializeOwned> Snapshot for D {}

pub(crate) async fn load<D: Snapshot>(
    pool: &PgPool,
    org: OrgId,
    id: &str,
    command: CommandId,
) -> Result<Loaded<D>, LoadError> {
    match load_from(pool, org, id, command, Some(D::LOGIC_VERSION)).await {
        Err(Fault::Snapshot) => {}
        Err(Fault::Load(error)) => return Err(error),
        Ok(loaded) => return Ok(loaded),
    }
    load_from(pool, org, id, command, None).await.map_err(|fault| match fault {
        Fault::Load(error) => error,
        Fault::Snapshot => LoadError::Unexpected("a snapshot that was not asked for".into()),
    })
}

enum Fault {
    Load(LoadError),
    Snapshot,
}

impl<E: Into<LoadError>> From<E> for Fault {
    fn from(error: E) -> Self {
        Self::Load(error.into())
    }
}

impl From<sqlx::Error> for LoadError {
    fn from(error: sqlx::Error) -> Self {
        Self::Unavailable(error.into())
    }
}

async fn load_from<D: Snapshot>(
    pool: &PgPool,
    org: OrgId,
    id: &str,
    command: CommandId,
    logic_version: Option<i32>,
) -> Result<Loaded<D>, Fault> {
    reach("load.asked");
    let rows = sqlx::query(
        "select kind, sequence, schema_version, event_type, payload from es.load($1, $2, $3, $4, $5, 0)",
    )
    .bind(org.0)
    .bind(D::TYPE)
    .bind(id)
    .bind(command.0)
    .bind(logic_version)
    .fetch_all(pool)
    .await?;

    reach("load.answered");
    let mut aggregate = StoredState::<D>::default();
    let mut outcome = None;
    let mut promised = 0;
    for row in &rows {
        let kind: i16 = row.try_get(0)?;
        match kind {
            0 => {
                promised = row.try_get(1)?;
                let project: Option<&str> = row.try_get(4)?;
                aggregate.project = project.and_then(|id| id.parse().ok());
            }
            1 => outcome = Some(parse_outcome(row.try_get(4)?)?),
            2 => {
                aggregate.version = row.try_get(1)?;
                aggregate.snapshot_version = aggregate.version;
                aggregate.state = serde_json::from_str(row.try_get(4)?).map_err(|_| Fault::Snapshot)?;
            }
            3 => {
                let version: i64 = row.try_get(1)?;
                if version != aggregate.version + 1 {
                    let hole = format!("event {version} of {}/{id} after {}", D::TYPE, aggregate.version);
                    return Err(LoadError::Unexpected(hole).into());
                }
                let event = decode::<D::Event>(row.try_get(3)?, row.try_get(2)?, row.try_get(4)?).map_err(
                    |source| LoadError::Unreadable { stream: format!("{}/{id}", D::TYPE), version, source },
                )?;
                aggregate.state.evolve(&event);
                aggregate.version = version;
            }
            other => return Err(LoadError::Unexpected(format!("a row of kind {other}")).into()),
        }
    }
    if aggregate.version != promised {
        let short = format!("{} events of {}/{id}, the stream has {promised}", aggregate.version, D::TYPE);
        return Err(LoadError::Unexpected(short).into());
    }
    Ok(Loaded { aggregate, outcome })
}

fn parse_outcome(json: &str) -> Result<StoredOutcome, LoadError> {
    #[derive(Deserialize)]
    struct Row {
        request_hash: String,
        outcome: String,
        first_position: Option<i64>,
        last_position: Option<i64>,
        streams: Vec<String>,
        created_at: Timestamp,
    }
    let unexpected =
        |reason: String| LoadError::Unexpected(format!("an outcome that cannot be read: {reason}"));
    let row: Row = serde_json::from_str(json).map_err(|e| unexpected(e.to_string()))?;
    let mut request_hash = [0; 32];
    hex::decode_to_slice(&row.request_hash, &mut request_hash).map_err(|e| unexpected(e.to_string()))?;
    Ok(StoredOutcome {
        request_hash,
        outcome: row.outcome,
        first_position: row.first_position,
        last_position: row.last_position,
        streams: row.streams,
        created_at: row.created_at,
    })
}
