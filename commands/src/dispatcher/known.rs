//! What commands are built from: states of streams as this node knows them, earlier answers, numbers.

use std::time::Duration;

use eventstore::{Fate, Pending, StoredState, Unavailable};
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
        loop {
            let (seen, rests_on) = self.look::<D>(org, id, RECENT).await?;
            match rests_on {
                None => return Ok(seen),
                // The log has had what was seen, whatever has come since.
                Some(append) if append.settled().await != Fate::Fell => return Ok(seen),
                Some(_) => {}
            }
        }
    }

    /// The state of a stream as this node has ever known it, for what never changes about it, e.g. its number.
    pub(crate) async fn recall<D: Handled>(
        &self,
        org: OrgId,
        id: Uuid,
    ) -> Result<StoredState<D>, CommandError> {
        Ok(self.look::<D>(org, id, Duration::MAX).await?.0)
    }

    /// A state whose stream the log is known to have had so long ago, and the append on which it rests.
    async fn look<D: Handled>(
        &self,
        org: OrgId,
        id: Uuid,
        age: Duration,
    ) -> Result<(StoredState<D>, Option<Pending>), CommandError> {
        let place = self.slots.slot(org, D::TYPE, id).place()?;
        let mut cached = place.turn().await;
        if cached.confirmed().is_none_or(|(version, _)| version == 0) {
            // What was not there may have come, or is about to.
            cached.settle().await;
        }
        let fresh = cached.confirmed().is_some_and(|(version, since)| version > 0 && since <= age);
        let rests_on = cached.rests_on().cloned();
        if (fresh || rests_on.is_some())
            && let Some(known) = cached.get::<D>()
        {
            return Ok((known.clone(), rests_on));
        }
        let loaded = self.store.load::<D>(org, &id.to_string(), CommandId(Uuid::nil())).await?;
        Ok((cached.put(loaded.aggregate).clone(), None))
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
