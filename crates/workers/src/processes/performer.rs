//! What processes asked for, carried out: the actions of an instance one after another, instances side by side.
//! A crash repeats an action under the same command id, so it acts once; two nodes that take the same one too.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use commands::processes::Reacting;
use commands::{CommandError, Dispatcher, Intent};
use eventstore::{Store, Unavailable};
use futures::StreamExt as _;
use kernel::{ActorId, OrgId, derived_uuid};
use sqlx::{Postgres, Transaction};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::rows::{self, Asked};

/// However many wake-ups are lost, the list is looked at this often; timers are this late at most.
const POLL: Duration = Duration::from_millis(250);
/// The wake-up comes a moment before what it is about is committed, so the first looks follow each other closely.
const FIRST_LOOK: Duration = Duration::from_millis(2);
/// Actions taken in a round, and carried out at once.
const ROUND: i64 = 64;
const AT_ONCE: usize = 16;

/// Carries out the actions of one process.
#[derive(Debug)]
pub struct Performer<P> {
    store: Store,
    dispatcher: Dispatcher,
    asked: Arc<Notify>,
    process: PhantomData<P>,
}

impl<P: Reacting> Performer<P> {
    /// `asked` wakes it.
    #[must_use]
    pub fn new(store: Store, dispatcher: Dispatcher, asked: Arc<Notify>) -> Self {
        Self { store, dispatcher, asked, process: PhantomData }
    }

    /// Runs until `stop` is cancelled; an error ends the round, never the loop.
    pub async fn run(&self, stop: &CancellationToken) {
        let mut pause = FIRST_LOOK;
        while !stop.is_cancelled() {
            let progress = self.round().await.unwrap_or_else(|error| {
                tracing::warn!(process = P::NAME, %error, "the process pauses");
                false
            });
            if progress {
                pause = FIRST_LOOK;
                continue;
            }
            let woken = tokio::time::timeout(pause, self.asked.notified());
            pause = match stop.run_until_cancelled(woken).await {
                Some(Ok(())) => FIRST_LOOK,
                _ => (pause * 2).min(POLL),
            };
        }
    }

    /// Carries out what can be carried out now; whether anything was.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn round(&self) -> Result<bool, Unavailable> {
        let actions = rows::next::<P>(&self.store.pools().project, ROUND).await?;
        let mut performed = futures::stream::iter(actions)
            .map(|action| async move { self.perform(&action).await })
            .buffer_unordered(AT_ONCE);
        let mut progress = false;
        while let Some(done) = performed.next().await {
            progress |= done?;
        }
        Ok(progress)
    }

    async fn perform(&self, action: &Asked) -> Result<bool, Unavailable> {
        let refused = match self.dispatcher.act(&intent::<P>(action), action.body.clone()).await {
            // With another content it was carried out by an older release: the id says what it is about.
            Ok(_) | Err(CommandError::Mismatch) => None,
            Err(CommandError::Rejected { code, .. }) => Some(code),
            Err(CommandError::Guard { fault, .. }) => Some(fault.code().to_owned()),
            Err(error) => {
                // It stays first in its line: what comes after it may depend on it.
                tracing::warn!(
                    process = P::NAME, action = %action.key, target = %action.target, %error,
                    "an action could not be carried out; it is tried again"
                );
                rows::note_failure(&self.store.pools().project, action, &error.to_string()).await?;
                return Ok(false);
            }
        };
        let mut transaction = self.store.pools().project.begin().await?;
        match refused {
            None => _ = rows::done(&mut transaction, action).await?,
            Some(code) => self.tell(&mut transaction, action, &code).await?,
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// Tells the process of a refusal and writes down what it wants instead. The state first, as the reactor
    /// does it: two transactions that take the same rows in another order would wait for each other.
    async fn tell(
        &self,
        transaction: &mut Transaction<'static, Postgres>,
        action: &Asked,
        code: &str,
    ) -> Result<(), Unavailable> {
        tracing::debug!(process = P::NAME, action = %action.key, target = %action.target, code, "refused");
        let mut state: P = rows::state(transaction, action.instance).await?;
        if !rows::done(transaction, action).await? {
            // Another node has told it.
            return Ok(());
        }
        let instead: Vec<_> = state
            .refused(&action.body, code)
            .into_iter()
            .map(|next| Asked::after::<P>(action.trigger, action.correlation, action.instance, next))
            .collect();
        rows::save_state(transaction, action.instance, &state).await?;
        rows::ask::<P>(transaction, &instead).await
    }
}

/// The command that the action becomes: caused by the event that the process heard.
fn intent<P: Reacting>(action: &Asked) -> Intent {
    let actor = ActorId(derived_uuid(&[b"process", P::NAME.as_bytes()]));
    let body = serde_json::to_vec(&action.body).unwrap_or_default();
    let mut intent = Intent::new(OrgId(action.instance.0), actor, &body);
    intent.command_id = action.command_id;
    intent.correlation_id = action.correlation;
    intent.causation_id = Some(action.trigger.0);
    // The same answer every time: a refusal that was not yet heard when the node died is heard later.
    intent.remember_rejection = true;
    intent
}
