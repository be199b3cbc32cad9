//! A command's way: load, decide, append; once per command id, in turn per stream.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use eventstore::{
    AppendError, AppendItem, Appended, Context, Store, StoredOutcome, StoredState, Unavailable,
};
use kernel::{CommandId, OrgId, Timestamp, Uuid};
use tokio::sync::OwnedMutexGuard;
use tokio::time::Instant;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;
use work::project::Project;

use crate::numbers::Numbers;
use crate::slots::{Cached, Slots};
use crate::step::{Decision, Step};
use crate::{CommandError, Grants, Handled, Intent};

/// How often a command that lost to another node is decided again.
const MAX_CONFLICTS: u32 = 10;
/// How old a state may be that a command is built from: another node may have changed the stream meanwhile.
const RECENT: Duration = Duration::from_secs(1);
/// How long a command waits for a database that does not answer before the caller is told.
const PATIENCE: Duration = Duration::from_secs(3);

/// What a command came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Position of the first event; `None` when nothing had to change.
    pub first_position: Option<i64>,
    /// Position of the last event: wait for it to read your own write.
    pub last_position: Option<i64>,
    /// When it was recorded; `None` when nothing was.
    pub recorded_at: Option<Timestamp>,
    /// The version of the first step's stream now; `None` when nothing changed or the answer is repeated.
    pub version: Option<i64>,
    /// True when this command acted before and its stored answer is given again.
    pub repeated: bool,
}

/// The write side of this node. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Dispatcher {
    store: Store,
    slots: Arc<Slots>,
    numbers: Arc<Numbers>,
    snapshots: TaskTracker,
}

impl Dispatcher {
    /// Serves commands over this log, with `cached_aggregates` recent streams in memory.
    #[must_use]
    pub fn new(store: Store, cached_aggregates: usize) -> Self {
        Self {
            store,
            slots: Arc::new(Slots::new(cached_aggregates)),
            numbers: Arc::default(),
            snapshots: TaskTracker::new(),
        }
    }

    /// Carries out `command` on the stream `id`.
    ///
    /// # Errors
    /// See [`CommandError`]. After `Unavailable` the command may have acted: the same intent settles it.
    pub async fn execute<D>(
        &self,
        intent: &Intent,
        id: Uuid,
        command: D::Command,
    ) -> Result<Receipt, CommandError>
    where
        D: Handled<Rules: Default>,
    {
        self.carry_out(intent, vec![Step::on::<D>(id, command)]).await
    }

    /// Carries out a command on a stream whose id was just made, so that it cannot exist: spares the load.
    /// The append still checks; if the id was in use after all this is [`Dispatcher::execute`].
    ///
    /// # Errors
    /// As [`Dispatcher::execute`].
    pub async fn begin<D>(
        &self,
        intent: &Intent,
        id: Uuid,
        command: D::Command,
    ) -> Result<Receipt, CommandError>
    where
        D: Handled<Rules: Default>,
    {
        self.carry_out(intent, vec![Step::on::<D>(id, command).beginning()]).await
    }

    /// Carries out a unit of work: all steps act, or none. Its events stand in the log in the order of the
    /// steps, side by side. Every stream at most once.
    ///
    /// # Errors
    /// `Forbidden` when the actor may not do one of them; else as [`Dispatcher::execute`]. The first step that is
    /// refused names the reason.
    pub async fn carry_out(&self, intent: &Intent, steps: Vec<Step>) -> Result<Receipt, CommandError> {
        for step in &steps {
            intent.actor.require(step.order.permission())?;
        }
        let mut held = self.hold(intent, steps).await?;
        let patience = Instant::now() + PATIENCE;
        let mut conflicts = 0;
        loop {
            let error = match self.attempt(&mut held, intent).await {
                Ok(receipt) => return Ok(receipt),
                Err(error) => error,
            };
            match &error {
                CommandError::Conflict { .. } if conflicts < MAX_CONFLICTS => {
                    forget(&mut held);
                    conflicts += 1;
                    pause(Duration::from_millis(1 << conflicts.min(6))).await;
                }
                CommandError::Unavailable(Unavailable::Down(_) | Unavailable::Stalled(_))
                    if Instant::now() < patience =>
                {
                    forget(&mut held);
                    pause(Duration::from_millis(200)).await;
                }
                CommandError::Unavailable(_) | CommandError::Conflict { .. } => {
                    forget(&mut held);
                    return Err(error);
                }
                _ => return Err(error),
            }
        }
    }

    /// The state of a stream as the log had it at most a second ago: a baseline to build a command from. What
    /// must hold exactly is decided by the stream itself, or by a guard.
    ///
    /// # Errors
    /// When the stream cannot be loaded.
    pub async fn peek<D: Handled>(&self, org: OrgId, id: Uuid) -> Result<StoredState<D>, CommandError> {
        self.look::<D>(org, id, RECENT).await
    }

    /// The state of a stream as this node has ever known it, for what never changes about it, e.g. its number.
    pub(crate) async fn recall<D: Handled>(
        &self,
        org: OrgId,
        id: Uuid,
    ) -> Result<StoredState<D>, CommandError> {
        self.look::<D>(org, id, Duration::MAX).await
    }

    async fn look<D: Handled>(
        &self,
        org: OrgId,
        id: Uuid,
        age: Duration,
    ) -> Result<StoredState<D>, CommandError> {
        let slot = self.slots.slot(org, D::TYPE, id);
        let mut cached = slot.turn().await?;
        let recent = cached.is_within(RECENT);
        if let Some(known) = cached.get::<D>()
            // What was not there may have come.
            && (recent || age > RECENT && known.version > 0)
        {
            return Ok(known.clone());
        }
        let loaded = self.store.load::<D>(org, &id.to_string(), CommandId(Uuid::nil())).await?;
        Ok(cached.put(loaded.aggregate).clone())
    }

    /// The answer of an earlier try of the same wish; asked only when the client chose its id.
    pub(crate) async fn settled(&self, intent: &Intent) -> Result<Option<Receipt>, CommandError> {
        if !intent.remember_rejection {
            return Ok(None);
        }
        let nowhere = Uuid::nil().to_string();
        let loaded = self.store.load::<Project>(intent.actor.org, &nowhere, intent.command_id).await?;
        loaded.outcome.map(|outcome| repeat(intent, &outcome)).transpose()
    }

    /// Remembers a refusal that came before any stream was asked, as those of the streams are.
    pub(crate) async fn early<T>(
        &self,
        intent: &Intent,
        answer: Result<T, CommandError>,
    ) -> Result<T, CommandError> {
        if let Err(CommandError::Rejected { code, .. }) = &answer {
            self.remember(intent, code, Receipt::nothing()).await?;
        }
        answer
    }

    /// Waits for the turn of every stream, in one order everywhere so that two units never wait for each other.
    async fn hold(&self, intent: &Intent, steps: Vec<Step>) -> Result<Vec<Held>, CommandError> {
        let mut order: Vec<usize> = (0..steps.len()).collect();
        order.sort_by_key(|&n| (steps[n].kind, steps[n].id));
        if order
            .windows(2)
            .any(|pair| (steps[pair[0]].kind, steps[pair[0]].id) == (steps[pair[1]].kind, steps[pair[1]].id))
        {
            return Err(CommandError::Broken("a unit of work names a stream twice".into()));
        }
        let mut turns: Vec<_> = steps.iter().map(|_| None).collect();
        for n in order {
            let mut turn = self.slots.slot(intent.actor.org, steps[n].kind, steps[n].id).turn().await?;
            if steps[n].begins {
                steps[n].order.assume_absent(&mut turn);
            }
            turns[n] = Some(turn);
        }
        Ok(steps
            .into_iter()
            .zip(turns.into_iter().flatten())
            .map(|(step, cached)| Held { step, cached })
            .collect())
    }

    async fn attempt(&self, held: &mut [Held], intent: &Intent) -> Result<Receipt, CommandError> {
        // Cached states may be behind: they are good enough to append on (the version is checked), not to
        // refuse on.
        if matches!(decide(held), Some(Verdict::Append)) {
            return self.append(held, intent).await;
        }
        let mut stored = None;
        for Held { step, cached } in &mut *held {
            let outcome = step.order.load(&self.store, intent.actor.org, intent.command_id, cached).await?;
            stored = stored.or(outcome);
        }
        if let Some(outcome) = stored {
            return repeat(intent, &outcome);
        }
        match decide(held) {
            Some(Verdict::Append) => self.append(held, intent).await,
            // A process asks again after a crash, and may: what it asks for is decided on the facts of then.
            Some(Verdict::Nothing) if intent.actor.grants == Grants::Process => Ok(Receipt::nothing()),
            Some(Verdict::Nothing) => self.remember(intent, "accepted", Receipt::nothing()).await,
            Some(Verdict::Refused(error)) => {
                if let CommandError::Rejected { code, .. } = &error {
                    // Another try of the same command was quicker: one command has one answer.
                    let stored = self.remember(intent, code, Receipt::nothing()).await?;
                    if stored.repeated {
                        return Ok(stored);
                    }
                }
                Err(error)
            }
            None => Err(CommandError::Broken("a loaded stream is not known".into())),
        }
    }

    async fn append(&self, held: &mut [Held], intent: &Intent) -> Result<Receipt, CommandError> {
        let (mut streams, mut guards) = (Vec::with_capacity(held.len()), Vec::new());
        for Held { step, cached } in &mut *held {
            let (write, guarded) = step.order.write(cached)?;
            streams.push(write);
            guards.extend(guarded);
        }
        let item = AppendItem { context: context(intent), outcome: "accepted".into(), streams, guards };
        let span = tracing::info_span!("append", command.id = %intent.command_id);
        let appended = match self.store.append(item).instrument(span).await {
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
        let mut receipt = Receipt::of(&appended);
        for Held { step, cached } in held {
            let (version, snapshot) = step.order.appended(&self.store, intent.actor.org, cached);
            receipt.version.get_or_insert(version);
            if let Some(snapshot) = snapshot {
                self.snapshots.spawn(snapshot);
            }
        }
        Ok(receipt)
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

    /// The log this dispatcher appends to.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// A number that people say, which nobody else ever gets.
    pub(crate) async fn number(&self, org: OrgId, scope: &str) -> Result<i64, Unavailable> {
        self.numbers.take(&self.store, org, scope).await
    }

    /// Waits for the snapshots that are being written.
    pub async fn close(&self) {
        self.snapshots.close();
        self.snapshots.wait().await;
    }
}

/// A step whose turn has come.
struct Held {
    step: Step,
    cached: OwnedMutexGuard<Cached>,
}

/// What the steps come to together.
enum Verdict {
    Append,
    Nothing,
    Refused(CommandError),
}

/// Decides every step on the states in memory; `None` when one of them is not there.
fn decide(held: &mut [Held]) -> Option<Verdict> {
    let mut verdict = Verdict::Nothing;
    for Held { step, cached } in held {
        match step.order.decide(step.expected, cached) {
            Decision::Unknown => return None,
            Decision::Moved { actual } => {
                let stream = format!("{}/{}", step.kind, step.id);
                return Some(Verdict::Refused(CommandError::Moved { stream, actual }));
            }
            Decision::Refused(error) => return Some(Verdict::Refused(error)),
            Decision::Nothing => {}
            Decision::Change => verdict = Verdict::Append,
        }
    }
    Some(verdict)
}

fn forget(held: &mut [Held]) {
    for step in held {
        step.cached.forget();
    }
}

impl Receipt {
    fn nothing() -> Self {
        Self { first_position: None, last_position: None, recorded_at: None, version: None, repeated: false }
    }

    fn of(appended: &Appended) -> Self {
        Self {
            first_position: appended.first_position,
            last_position: appended.last_position,
            recorded_at: Some(appended.recorded_at),
            version: None,
            repeated: appended.repeated,
        }
    }
}

fn context(intent: &Intent) -> Context {
    Context {
        org: intent.actor.org,
        actor: intent.actor.id,
        command_id: intent.command_id,
        request_hash: intent.request_hash,
        correlation_id: intent.correlation_id,
        causation_id: intent.causation_id,
        epoch: None,
        metadata: intent.metadata.clone(),
    }
}

fn repeat(intent: &Intent, stored: &StoredOutcome) -> Result<Receipt, CommandError> {
    if stored.request_hash != intent.request_hash {
        return Err(CommandError::Mismatch);
    }
    let receipt = Receipt {
        first_position: stored.first_position,
        last_position: stored.last_position,
        recorded_at: Some(stored.created_at),
        version: None,
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
