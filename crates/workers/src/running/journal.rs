//! What the host itself sees of a run, into its trajectory: each source counts its events, so that one that is sent again is one.

use std::time::Duration;

use eventstore::{AppendError, Context, IngestError, NewEvent, Store, TrajectoryBatch};
use execution::trajectory::Event;
use kernel::{EventId, EventKind as _, ProjectId, Timestamp, Uuid};
use ports::BoxFuture;
use tokio::sync::Mutex;
use tokio::time::sleep;

/// The pause while the database is away, doubled each time.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

/// Writes for one source of a run.
#[derive(Debug)]
pub(super) struct Journal {
    store: Store,
    context: Context,
    run: Uuid,
    project: ProjectId,
    epoch: i64,
    source: &'static str,
    /// The number of the next event.
    next: Mutex<i64>,
}

/// Where something is written down for good.
pub(crate) trait Record: std::fmt::Debug + Send + Sync {
    /// What the log's clock says, however long the database is away.
    fn time(&self) -> BoxFuture<'_, Timestamp>;

    /// Writes events in one piece, and waits until they stand in the log.
    fn write<'a>(&'a self, events: &'a [Event]) -> BoxFuture<'a, Result<(), Over>>;
}

impl Record for Journal {
    fn time(&self) -> BoxFuture<'_, Timestamp> {
        Box::pin(Self::time(self))
    }

    fn write<'a>(&'a self, events: &'a [Event]) -> BoxFuture<'a, Result<(), Over>> {
        Box::pin(Self::write(self, events))
    }
}

/// The run is over, or another node's: nothing more is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the run is over")]
pub(crate) struct Over;

impl Journal {
    /// Begins one; a run has each source once.
    pub(super) fn begin(
        store: &Store,
        context: Context,
        (run, epoch): (Uuid, i64),
        project: ProjectId,
        source: &'static str,
    ) -> Self {
        Self { store: store.clone(), context, run, project, epoch, source, next: Mutex::new(1) }
    }

    /// What the log's clock says, however long the database is away.
    pub(super) async fn time(&self) -> Timestamp {
        let mut pause = FIRST_PAUSE;
        loop {
            if let Ok(now) = self.store.now().await {
                return now;
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Writes events in one piece, and waits until they stand in the log, however long the database is away.
    pub(super) async fn write(&self, events: &[Event]) -> Result<(), Over> {
        let new: Vec<NewEvent> = events.iter().map(new_event).collect();
        let mut next = self.next.lock().await;
        let mut pause = FIRST_PAUSE;
        loop {
            let batch = TrajectoryBatch {
                run: self.run,
                source: self.source.into(),
                from_seq: *next,
                epoch: self.epoch,
                project: Some(self.project),
                events: new.clone(),
            };
            match self.store.ingest(&self.context, batch).await {
                Ok(ingested) => {
                    *next = ingested.next_seq;
                    return Ok(());
                }
                Err(IngestError::Append(AppendError::Unavailable(_))) => sleep(pause).await,
                Err(IngestError::Append(error)) => {
                    tracing::warn!(%error, run = %self.run, "what was seen of a run is not written; it is tried again");
                    sleep(pause).await;
                }
                Err(IngestError::Fenced | IngestError::UnknownRun | IngestError::ExpectedSeq(_)) => {
                    return Err(Over);
                }
            }
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

/// Sent again it keeps its id.
fn new_event(event: &Event) -> NewEvent {
    NewEvent {
        event_id: EventId(Uuid::now_v7()),
        event_type: event.event_type().into(),
        schema_version: event.schema_version(),
        payload: serde_json::to_string(event).expect("an event can be written"),
    }
}
