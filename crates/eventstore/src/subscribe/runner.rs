//! The loop of one consumer: lease, pages, one transaction a page.

use std::sync::Arc;
use std::time::Duration;

use kernel::Recorded;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio_util::sync::CancellationToken;

use super::checkpoint::{self, Checkpoint};
use super::parking::park;
use super::stretch::{Ahead, Stretch};
use super::tailer::{Page, Tailer};
use super::{ApplyError, Consumer, root};
use crate::crash_point::reach;
use crate::{Lease, Leases, Lost, Store, Unavailable};

const PAUSE: Duration = Duration::from_millis(500);

/// Why a run of a consumer ended before it was told to.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Another reader has the lease or the checkpoint now. Nothing was written by this one.
    #[error("another reader has taken over")]
    Fenced,
    /// The database cannot be used just now.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// Events cannot be applied, and not for one event's sake.
    #[error("the consumer cannot go on: {0}")]
    Broken(String),
}

impl From<Lost> for RunError {
    fn from(lost: Lost) -> Self {
        match lost {
            Lost::Taken => Self::Fenced,
            Lost::Unavailable(reason) => Self::Unavailable(reason),
        }
    }
}

impl From<sqlx::Error> for RunError {
    fn from(error: sqlx::Error) -> Self {
        Self::Unavailable(error.into())
    }
}

/// A consumer and the log it reads.
#[derive(Debug)]
pub struct Subscription<C> {
    store: Store,
    tailer: Tailer,
    leases: Leases,
    consumer: C,
}

impl<C: Consumer> Subscription<C> {
    /// Reads `store` for `consumer`. `owner` names this node in the lease.
    pub fn new(store: Store, tailer: Tailer, consumer: C, owner: &str) -> Self {
        let leases = Leases::new(store.pools(), owner);
        Self { store, tailer, leases, consumer }
    }

    /// The consumer.
    pub fn consumer(&self) -> &C {
        &self.consumer
    }

    /// Runs until `stop` is cancelled: as the reader while it holds the lease, as a standby otherwise. An
    /// error ends the turn, never the loop.
    pub async fn run(&self, stop: &CancellationToken) {
        while !stop.is_cancelled() {
            match self.turn(stop).await {
                Ok(()) => {}
                Err(RunError::Fenced) => {
                    tracing::info!(consumer = self.consumer.name(), "another reader took over");
                }
                Err(error) => tracing::warn!(consumer = self.consumer.name(), %error, "the consumer pauses"),
            }
            stop.run_until_cancelled(tokio::time::sleep(PAUSE)).await;
        }
    }

    /// One turn as the reader; ends at once when somebody else holds the lease.
    ///
    /// # Errors
    /// See [`RunError`].
    pub async fn turn(&self, stop: &CancellationToken) -> Result<(), RunError> {
        let name = format!("consumer/{}", self.consumer.name());
        let Some(lease) = self.leases.acquire_loop(&name).await? else { return Ok(()) };
        let result = tokio::select! {
            result = self.read(&lease, stop) => result,
            lost = self.leases.keep(&lease) => Err(lost.into()),
        };
        // Given back even after an error, so that a standby need not wait for the time to run out.
        let _ = self.leases.release(&lease).await;
        result
    }

    async fn read(&self, lease: &Lease, stop: &CancellationToken) -> Result<(), RunError> {
        let mut pages = self.tailer.pages();
        let mut ahead = Ahead::of(&self.store);
        let mut at = self.begin(lease).await?;
        while !stop.is_cancelled() {
            match stop.run_until_cancelled(self.next_page(&mut pages, &mut ahead, &at)).await {
                None => break,
                Some(page) => {
                    let mut stretch = Stretch::of(page?);
                    let _turn = self.tailer.turn().await;
                    // What has come meanwhile goes along.
                    stretch.join(&mut pages);
                    reach("page.read");
                    at = self.apply(&stretch, &at).await?;
                }
            }
        }
        Ok(())
    }

    /// Takes the checkpoint over; starts from nothing when the log is not the one it was.
    async fn begin(&self, lease: &Lease) -> Result<Checkpoint, RunError> {
        let (pool, log_id) = (&self.store.pools().project, self.store.log_id());
        let incarnation = checkpoint::incarnation(pool, log_id).await?;
        let at = checkpoint::take_over(pool, self.consumer.name(), log_id, lease.epoch, incarnation)
            .await?
            .ok_or(RunError::Fenced)?;
        if at.incarnation == incarnation {
            return Ok(at);
        }
        tracing::warn!(consumer = self.consumer.name(), "the log was restored or imported: starting over");
        let mut transaction = pool.begin().await?;
        checkpoint::lock(&mut transaction, self.consumer.name(), log_id, &at)
            .await?
            .ok_or(RunError::Fenced)?;
        self.consumer
            .start_over(&mut transaction)
            .await
            .map_err(|error| RunError::Broken(error.to_string()))?;
        sqlx::query("delete from es.parked where consumer = $1 and log_id = $2")
            .bind(self.consumer.name())
            .bind(log_id)
            .execute(&mut *transaction)
            .await?;
        let start = Checkpoint { position: 0, epoch: at.epoch, incarnation };
        checkpoint::move_to(&mut transaction, self.consumer.name(), log_id, &start).await?;
        transaction.commit().await?;
        Ok(start)
    }

    /// The stretch right after `at`: from the tailer when caught up, from the log itself when behind.
    async fn next_page(
        &self,
        pages: &mut broadcast::Receiver<Arc<Page>>,
        ahead: &mut Ahead,
        at: &Checkpoint,
    ) -> Result<Arc<Page>, RunError> {
        loop {
            if *self.tailer.head().borrow() > at.position {
                match pages.try_recv() {
                    Ok(page) if page.after == at.position => return Ok(page),
                    // Older than the checkpoint, or with a stretch missing in between: the log has it all.
                    Ok(page) if page.to <= at.position => continue,
                    _ => return ahead.page(at.position).await,
                }
            }
            match pages.recv().await {
                Ok(page) if page.after == at.position => return Ok(page),
                Ok(page) if page.to <= at.position => {}
                Ok(_) | Err(RecvError::Lagged(_)) => return ahead.page(at.position).await,
                Err(RecvError::Closed) => {
                    return Err(Unavailable::Down("the tailer has stopped".into()).into());
                }
            }
        }
    }

    /// Applies a stretch and moves the checkpoint over it, in one transaction; parks what is poison.
    async fn apply(&self, stretch: &Stretch, at: &Checkpoint) -> Result<Checkpoint, RunError> {
        let mut poison: Vec<(&Recorded<String>, String)> = Vec::new();
        loop {
            match self.try_apply(stretch, at, &poison).await {
                Ok(at) => return Ok(at),
                Err(TryError::Run(error)) => return Err(error),
                Err(TryError::Poison { position, reason }) => {
                    let event =
                        stretch.events().find(|event| event.envelope.position == position).ok_or_else(
                            || RunError::Broken(format!("poison at {position}, outside the page: {reason}")),
                        )?;
                    if poison.iter().any(|(known, _)| root(known) == root(event)) {
                        return Err(RunError::Broken(format!(
                            "event {position} of a parked root was applied"
                        )));
                    }
                    tracing::error!(
                        consumer = self.consumer.name(), event.position = position, root = %root(event), %reason,
                        "an event cannot be applied; its root is parked"
                    );
                    poison.push((event, reason));
                }
            }
        }
    }

    async fn try_apply(
        &self,
        stretch: &Stretch,
        at: &Checkpoint,
        poison: &[(&Recorded<String>, String)],
    ) -> Result<Checkpoint, TryError> {
        let (name, log_id) = (self.consumer.name(), self.store.log_id());
        let moved = Checkpoint { position: stretch.to(), ..at.clone() };
        if !stretch.events().any(|event| self.consumer.wants(event)) {
            let passed =
                checkpoint::pass_over(&self.store.pools().project, name, log_id, at, moved.position).await?;
            return if passed { Ok(moved) } else { Err(RunError::Fenced.into()) };
        }
        let mut transaction = self.store.pools().project.begin().await?;
        reach("page.begun");
        let parked = checkpoint::lock(&mut transaction, name, log_id, at).await?.ok_or(RunError::Fenced)?;
        reach("page.locked");
        let waits = |event: &Recorded<String>| {
            parked.contains(&root(event))
                || poison.iter().any(|(bad, _)| {
                    root(bad) == root(event) && bad.envelope.position <= event.envelope.position
                })
        };
        let wanted: Vec<_> =
            stretch.events().filter(|event| !waits(event) && self.consumer.wants(event)).collect();
        if !wanted.is_empty() {
            self.consumer.apply(&mut transaction, &wanted).await?;
        }
        for (event, reason) in poison {
            park(&mut transaction, name, log_id, event, reason).await?;
        }
        reach("page.applied");
        checkpoint::move_to(&mut transaction, name, log_id, &moved).await?;
        reach("page.moved");
        transaction.commit().await?;
        reach("page.committed");
        Ok(moved)
    }
}

enum TryError {
    Run(RunError),
    Poison { position: i64, reason: String },
}

impl From<sqlx::Error> for TryError {
    fn from(error: sqlx::Error) -> Self {
        Self::Run(error.into())
    }
}

impl From<RunError> for TryError {
    fn from(error: RunError) -> Self {
        Self::Run(error)
    }
}

impl From<ApplyError> for TryError {
    fn from(error: ApplyError) -> Self {
        match error {
            ApplyError::Poison { position, reason } => Self::Poison { position, reason },
            ApplyError::Unavailable(reason) => Self::Run(reason.into()),
        }
    }
}
