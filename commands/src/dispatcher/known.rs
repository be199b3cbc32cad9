//! What commands are built from: states of streams as this node knows them, earlier answers, numbers.

use std::time::Duration;

use eventstore::{StoredState, Unavailable};
use kernel::{CommandId, OrgId, Uuid};
use work::project::Project;

use super::receipt::repeat;
use super::{Dispatcher, Receipt};
use crate::{CommandError, Handled, Intent};

/// How old a state may be that a command is built from: another node may have changed the stream meanwhile.
const RECENT: Duration = Duration::from_secs(1);

impl Dispatcher {
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
        // What was not there may have come.
        if cached.is_within(age)
            && let Some(known) = cached.get::<D>().filter(|known| known.version > 0)
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

    /// A number that people say, which nobody else ever gets.
    pub(crate) async fn number(&self, org: OrgId, scope: &str) -> Result<i64, Unavailable> {
        self.numbers.take(&self.store, org, scope).await
    }
}
