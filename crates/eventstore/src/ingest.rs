//! Batches of a run's trajectory: many events, no decision, each exactly once whatever is sent again.
//!
//! A source (worker, gateway, host) numbers its events from 1. A batch that continues where the last ended is
//! appended; one that is wholly old answers that it is stored; one that is partly old is trimmed; one that is
//! ahead, of another claim, or after the close is refused.

use kernel::Uuid;

use crate::{AppendError, AppendItem, Context, Guard, GuardFault, NewEvent, Store, StreamWrite};

/// The second stream of a run; never loaded, only read.
const TRAJECTORY: &str = "trajectory";
/// Lost races for the trajectory's version: three sources at most meet there.
const MAX_RACES: usize = 20;

/// Part of what a source has seen.
#[derive(Clone, Debug)]
pub struct TrajectoryBatch {
    /// The run.
    pub run: Uuid,
    /// `worker`, `gateway` or `host`.
    pub source: String,
    /// Number of the first event, from 1 for each source.
    pub from_seq: i64,
    /// The claim of the run.
    pub epoch: i64,
    /// Its project.
    pub project: Option<kernel::ProjectId>,
    /// In order.
    pub events: Vec<NewEvent>,
}

/// What became of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ingested {
    /// Number of the event the source sends next.
    pub next_seq: i64,
    /// Position of the last event appended now; `None` when all of it was stored before.
    pub last_position: Option<i64>,
}

/// Why a batch was refused.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The batch is ahead: events before it are missing.
    #[error("the next event expected is number {0}")]
    ExpectedSeq(i64),
    /// The claim is old, or the run has ended.
    #[error("the run takes no more events under this claim")]
    Fenced,
    /// No such run takes batches.
    #[error("no such run takes events")]
    UnknownRun,
    /// Anything else.
    #[error(transparent)]
    Append(#[from] AppendError),
}

impl Store {
    /// Appends what of the batch is new.
    ///
    /// # Errors
    /// See [`IngestError`]; after `Unavailable` send the batch again: what is stored is trimmed.
    pub async fn ingest(
        &self,
        context: &Context,
        mut batch: TrajectoryBatch,
    ) -> Result<Ingested, IngestError> {
        let mut version = self.trajectory_version(context, batch.run).await?;
        for _ in 0..MAX_RACES {
            let count = i64::try_from(batch.events.len()).expect("a batch is bounded");
            if count == 0 {
                return Ok(Ingested { next_seq: batch.from_seq, last_position: None });
            }
            let item = item(context, &batch, version, count);
            match self.append(item).await {
                Ok(appended) => {
                    return Ok(Ingested {
                        next_seq: batch.from_seq + count,
                        last_position: appended.last_position.filter(|_| !appended.repeated),
                    });
                }
                Err(AppendError::Conflict { actual, .. }) => version = actual,
                Err(AppendError::Guard { fault: GuardFault::ExpectedSeq(next), .. }) => {
                    let old =
                        usize::try_from(next - batch.from_seq).map_err(|_| IngestError::ExpectedSeq(next))?;
                    if old >= batch.events.len() {
                        return Ok(Ingested { next_seq: next, last_position: None });
                    }
                    batch.events.drain(..old);
                    batch.from_seq = next;
                }
                Err(AppendError::Guard { fault: GuardFault::UnknownRun, .. }) => {
                    return Err(IngestError::UnknownRun);
                }
                Err(AppendError::Guard { .. }) => return Err(IngestError::Fenced),
                Err(error) => return Err(error.into()),
            }
        }
        Err(IngestError::Append(AppendError::Unavailable(crate::Unavailable::Busy)))
    }

    async fn trajectory_version(&self, context: &Context, run: Uuid) -> Result<i64, AppendError> {
        let version: Option<i64> =
            sqlx::query_scalar("select sequence from es.load($1, $2, $3, null, null, $4) where kind = 0")
                .bind(context.org.0)
                .bind(TRAJECTORY)
                .bind(run.to_string())
                .bind(i64::MAX)
                .fetch_optional(&self.pools().load)
                .await?;
        Ok(version.unwrap_or(0))
    }
}

/// The command id follows from what is sent, so that a batch sent twice is one command.
fn item(context: &Context, batch: &TrajectoryBatch, version: i64, count: i64) -> AppendItem {
    let command_id = kernel::derived_uuid(&[
        b"ingest",
        batch.run.as_bytes(),
        batch.source.as_bytes(),
        &batch.epoch.to_be_bytes(),
        &batch.from_seq.to_be_bytes(),
        &count.to_be_bytes(),
    ]);
    AppendItem {
        context: Context {
            command_id: kernel::CommandId(command_id),
            epoch: Some(batch.epoch),
            ..context.clone()
        },
        outcome: "accepted".into(),
        streams: vec![StreamWrite {
            aggregate_type: TRAJECTORY.into(),
            aggregate_id: batch.run.to_string(),
            project: batch.project,
            expected: version,
            events: batch.events.clone(),
        }],
        guards: vec![Guard::Ingest {
            run: batch.run,
            source: batch.source.clone(),
            from_seq: batch.from_seq,
            count,
            epoch: batch.epoch,
        }],
    }
}
