//! A command's way: load, decide, append; once per command id, in turn per stream.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use eventstore::{
    AppendError, AppendItem, Appended, Context, NewEvent, Store, StoredOutcome, StoredState, StreamWrite,
    Unavailable,
};
use kernel::{EventId, Rejection as _, Timestamp, Uuid};
use tokio::time::Instant;
use tokio_util::task::TaskTracker;

use crate::slots::{Cached, Slots};
use crate::{CommandError, Handled, Intent};

/// How often a command that lost to another node is decided again.
const MAX_CONFLICTS: u32 = 10;
/// How long a command waits for a database that does not answer before the caller is told.
const PATIENCE: Duration = Duration::from_secs(3);
/// A snapshot is taken when a stream has grown by this much since the last one.
const SNAPSHOT_EVERY: i64 = 500;

/// What a command came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Position of the first event; `None` when nothing had to change.
    pub first_position: Option<i64>,
    /// Position of the last event: wait for it to read your own write.
    pub last_position: Option<i64>,
    /// When it was recorded; `None` when nothing was.
    pub recorded_at: Option<Timestamp>,
    /// True when this command acted before and its stored answer is given again.
    pub repeated: bool,
}

/// The write side of this node. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Dispatcher {
    store: Store,
    slots: Arc<Slots>,
    snapshots: TaskTracker,
}

impl Dispatcher {
    /// Serves commands over this log, with `cached_aggregates` recent streams in memory.
    #[must_use]
    pub fn new(store: Store, cached_aggregates: usize) -> Self {
        Self { store, slots: Arc::new(Slots::new(cached_aggregates)), snapshots: TaskTracker::new() }
    }

    /// Carries out `command` on the stream `id`.
    ///
    /// # Errors
    /// See [`CommandError`]. After `Unavailable` the command may have acted: the same intent settles it.
    pub async fn execute<D: Handled>(
        &self,
        intent: &Intent,
        id: Uuid,
        command: D::Command,
    ) -> Result<Receipt, CommandError> {
        let slot = self.slots.slot(intent.org, D::TYPE, id);
        let mut cached = slot.turn().await?;
        self.carry_out::<D>(&mut cached, intent, id, command).await
    }

    /// Carries out a command on a stream whose id was just made, so that it cannot exist: spares the load.
    /// The append still checks; if the id was in use after all this is [`Dispatcher::execute`].
    ///
    /// # Errors
    /// As [`Dispatcher::execute`].
    pub async fn begin<D: Handled>(
        &self,
        intent: &Intent,
        id: Uuid,
        command: D::Command,
    ) -> Result<Receipt, CommandError> {
        let slot = self.slots.slot(intent.org, D::TYPE, id);
        let mut cached = slot.turn().await?;
        if cached.get::<D>().is_none() {
            cached.put(StoredState::<D>::default());
        }
        self.carry_out::<D>(&mut cached, intent, id, command).await
    }

    async fn carry_out<D: Handled>(
        &self,
        cached: &mut Cached,
        intent: &Intent,
        id: Uuid,
        command: D::Command,
    ) -> Result<Receipt, CommandError> {
        let patience = Instant::now() + PATIENCE;
        let mut conflicts = 0;
        loop {
            let error = match self.attempt::<D>(cached, intent, id, command.clone()).await {
                Ok(receipt) => return Ok(receipt),
                Err(error) => error,
            };
            match &error {
                CommandError::Conflict { .. } if conflicts < MAX_CONFLICTS => {
                    cached.forget();
                    conflicts += 1;
                    pause(Duration::from_millis(1 << conflicts.min(6))).await;
                }
                CommandError::Unavailable(Unavailable::Down(_) | Unavailable::Stalled(_))
                    if Instant::now() < patience =>
                {
                    cached.forget();
                    pause(Duration::from_millis(200)).await;
                }
                CommandError::Unavailable(_) | CommandError::Conflict { .. } => {
                    cached.forget();
                    return Err(error);
                }
                _ => return Err(error),
            }
        }
    }

    async fn attempt<D: Handled>(
        &self,
        cached: &mut Cached,
        intent: &Intent,
        id: Uuid,
        command: D::Command,
    ) -> Result<Receipt, CommandError> {
        if let Some(known) = cached.get::<D>() {
            // A cached state may be behind: it is good enough to append on (the version is checked), not to
            // refuse on.
            if let Ok(events) = known.state.decide(command.clone())
                && !events.is_empty()
            {
                return self.append(known, intent, id, events).await;
            }
        }
        let loaded = self.store.load::<D>(intent.org, &id.to_string(), intent.command_id).await?;
        let known = cached.put(loaded.aggregate);
        if let Some(outcome) = loaded.outcome {
            return repeat(intent, &outcome);
        }
        match known.state.decide(command) {
            Ok(events) if events.is_empty() => self.remember(intent, "accepted", Receipt::nothing()).await,
            Ok(events) => self.append(known, intent, id, events).await,
            Err(rejection) => {
                let rejected = CommandError::Rejected {
                    code: rejection.code().to_owned(),
                    message: rejection.to_string(),
                    repeated: false,
                };
                let stored = self.remember(intent, rejection.code(), Receipt::nothing()).await?;
                // Another try of the same command was quicker: one command has one answer.
                if stored.repeated { Ok(stored) } else { Err(rejected) }
            }
        }
    }

    async fn append<D: Handled>(
        &self,
        known: &mut StoredState<D>,
        intent: &Intent,
        id: Uuid,
        events: Vec<D::Event>,
    ) -> Result<Receipt, CommandError> {
        let new_events = events.iter().map(new_event).collect::<Result<Vec<_>, _>>()?;
        let project = known.project.or_else(|| D::project(id));
        let count = i64::try_from(new_events.len()).expect("a decision is a handful of events");
        let item = AppendItem {
            context: context(intent),
            outcome: "accepted".into(),
            streams: vec![StreamWrite {
                aggregate_type: D::TYPE.into(),
                aggregate_id: id.to_string(),
                project,
                expected: known.version,
                events: new_events,
            }],
            guards: known.state.guards(id, &events),
        };
        let appended = match self.store.append(item).await {
            Ok(appended) => appended,
            Err(error) => {
                if let AppendError::Guard { fault, .. } = &error {
                    let stored = self.remember(intent, fault.code(), Receipt::nothing()).await?;
                    if stored.repeated {
                        return Ok(stored);
                    }
                }
                return Err(error.into());
            }
        };
        if appended.repeated {
            return answer_again(&appended.outcome, Receipt::of(&appended));
        }
        for event in &events {
            known.state.evolve(event);
        }
        known.version += count;
        known.project = project;
        self.snapshot_now_and_then(known, intent, id);
        Ok(Receipt::of(&appended))
    }

    /// Stores the outcome of a command without events, when the client may ask for it again.
    async fn remember(
        &self,
        intent: &Intent,
        outcome: &str,
        receipt: Receipt,
    ) -> Result<Receipt, CommandError> {
        if !intent.remember_rejection {
            return Ok(receipt);
        }
        let item = AppendItem {
            context: context(intent),
            outcome: Cow::Owned(outcome.to_owned()),
            streams: Vec::new(),
            guards: Vec::new(),
        };
        match self.store.append(item).await {
            Ok(appended) if appended.repeated => answer_again(&appended.outcome, Receipt::of(&appended)),
            Ok(_) => Ok(receipt),
            Err(error) => Err(error.into()),
        }
    }

    fn snapshot_now_and_then<D: Handled>(&self, known: &mut StoredState<D>, intent: &Intent, id: Uuid) {
        if known.version - known.snapshot_version < SNAPSHOT_EVERY {
            return;
        }
        known.snapshot_version = known.version;
        let (store, state, version, org) =
            (self.store.clone(), known.state.clone(), known.version, intent.org);
        self.snapshots.spawn(async move {
            if let Err(error) = store.save_snapshot(org, &id.to_string(), version, &state).await {
                tracing::warn!(aggregate.kind = D::TYPE, aggregate.id = %id, %error, "no snapshot this time");
            }
        });
    }

    /// The log this dispatcher appends to.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Waits for the snapshots that are being written.
    pub async fn close(&self) {
        self.snapshots.close();
        self.snapshots.wait().await;
    }
}

impl Receipt {
    fn nothing() -> Self {
        Self { first_position: None, last_position: None, recorded_at: None, repeated: false }
    }

    fn of(appended: &Appended) -> Self {
        Self {
            first_position: appended.first_position,
            last_position: appended.last_position,
            recorded_at: Some(appended.recorded_at),
            repeated: appended.repeated,
        }
    }
}

fn context(intent: &Intent) -> Context {
    Context {
        org: intent.org,
        actor: intent.actor,
        command_id: intent.command_id,
        request_hash: intent.request_hash,
        correlation_id: intent.correlation_id,
        causation_id: intent.causation_id,
        epoch: None,
        metadata: intent.metadata.clone(),
    }
}

fn new_event<E: kernel::EventKind>(event: &E) -> Result<NewEvent, CommandError> {
    Ok(NewEvent {
        event_id: EventId(Uuid::now_v7()),
        event_type: event.event_type().into(),
        schema_version: event.schema_version(),
        payload: serde_json::to_string(event).map_err(|error| CommandError::Broken(error.to_string()))?,
    })
}

fn repeat(intent: &Intent, stored: &StoredOutcome) -> Result<Receipt, CommandError> {
    if stored.request_hash != intent.request_hash {
        return Err(CommandError::Mismatch);
    }
    let receipt = Receipt {
        first_position: stored.first_position,
        last_position: stored.last_position,
        recorded_at: Some(stored.created_at),
        repeated: true,
    };
    answer_again(&stored.outcome, receipt)
}

fn answer_again(outcome: &str, receipt: Receipt) -> Result<Receipt, CommandError> {
    if outcome == "accepted" {
        return Ok(receipt);
    }
    Err(CommandError::Rejected {
        code: outcome.to_owned(),
        message: format!("this command was refused before: {outcome}"),
        repeated: true,
    })
}

/// Waits between half of `most` and all of it, so that two nodes do not meet again.
async fn pause(most: Duration) {
    tokio::time::sleep(most.mul_f64(rand::random_range(0.5..=1.0))).await;
}
