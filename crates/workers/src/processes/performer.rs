//! What processes asked for, carried out: what acts on one target one after another, targets side by side.
//! A crash repeats an action under the same command id, so it acts once; two nodes that take the same one too.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use commands::processes::{Act, Reacting};
use commands::{Actor, CommandError, Dispatcher, Intent};
use eventstore::{Store, Unavailable};
use futures::StreamExt as _;
use kernel::{ActorId, News, OrgId, Uuid, derived_uuid};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::rows::{self, Asked};

/// However many wake-ups are lost, the list is looked at this often; timers are this late at most.
pub(super) const POLL: Duration = Duration::from_millis(250);
/// The wake-up comes a moment before what it is about is committed, so the first looks follow each other closely.
pub(super) const FIRST_LOOK: Duration = Duration::from_millis(2);
/// Actions taken in a round, and carried out at once.
const ROUND: i64 = 128;
const AT_ONCE: usize = 32;

/// Carries out the actions of one process.
#[derive(Debug)]
pub struct Performer<P> {
    store: Store,
    dispatcher: Dispatcher,
    asked: Arc<Notify>,
    process: PhantomData<P>,
}

impl<P: Reacting<Action = Act>> Performer<P> {
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
            .map(|action| async move {
                let done = self.perform(&action).await;
                done.map(|done| done.then_some(action.command_id.0))
            })
            .buffer_unordered(AT_ONCE);
        let (mut done, mut failed) = (Vec::new(), None);
        while let Some(one) = performed.next().await {
            match one {
                Ok(command) => done.extend(command),
                Err(error) => failed = Some(error),
            }
        }
        rows::done(&self.store.pools().project, &done).await?;
        failed.map_or(Ok(!done.is_empty()), Err)
    }

    /// Whether the action is over: carried out now or before, or refused and told so.
    async fn perform(&self, action: &Asked<Act>) -> Result<bool, Unavailable> {
        match self.dispatcher.act(&intent::<P>(action), action.body.clone()).await {
            // With another content it was carried out by an older release: the id says what it is about.
            Ok(_) | Err(CommandError::Mismatch) => Ok(true),
            Err(CommandError::Rejected { code, .. }) => self.tell(action, &code).await,
            Err(CommandError::Guard { fault, .. }) => self.tell(action, fault.code()).await,
            Err(error) => {
                // It stays first in its line: what comes after it may depend on it.
                tracing::warn!(
                    process = P::NAME, action = %action.key, target = %action.target, %error,
                    "an action could not be carried out; it is tried again"
                );
                rows::note_failure(&self.store.pools().project, action, &error.to_string()).await?;
                Ok(false)
            }
        }
    }

    /// Tells the process of a refusal and writes down what it wants instead, in one transaction.
    async fn tell(&self, action: &Asked<Act>, code: &str) -> Result<bool, Unavailable> {
        tracing::debug!(process = P::NAME, action = %action.key, target = %action.target, code, "refused");
        let news = News::Refused { action: &action.body, code };
        let mut transaction = self.store.pools().project.begin().await?;
        rows::lock::<P>(&mut transaction, self.store.log_id()).await?;
        if rows::take_off(&mut transaction, action).await? {
            let (instance, mut memories) = (action.instance, BTreeMap::new());
            let of_instance = |ids: Vec<Uuid>| ids.into_iter().map(|id| (instance, id)).collect();
            rows::recall::<P>(&mut transaction, &of_instance(P::recalls(&news)), &mut memories).await?;
            let further = P::leads_to(&news, memories.entry(instance).or_default());
            rows::recall::<P>(&mut transaction, &of_instance(further), &mut memories).await?;
            let before = memories.clone();
            let instead: Vec<_> = P::react(&news, memories.entry(instance).or_default())
                .into_iter()
                .map(|next| Asked::after::<P>(action.trigger, action.correlation, instance, next))
                .collect();
            rows::keep::<P>(&mut transaction, &before, &memories).await?;
            rows::ask::<P>(&mut transaction, &instead).await?;
        }
        transaction.commit().await?;
        Ok(true)
    }
}

/// The command that the action becomes: caused by the event that the process heard.
fn intent<P: Reacting<Action = Act>>(action: &Asked<Act>) -> Intent {
    let actor = ActorId(derived_uuid(&[b"process", P::NAME.as_bytes()]));
    let body = serde_json::to_vec(&action.body).unwrap_or_default();
    let mut intent = Intent::new(Actor::process(OrgId(action.instance.0), actor), &body);
    intent.command_id = action.command_id;
    intent.correlation_id = action.correlation;
    intent.causation_id = Some(action.trigger.0);
    // The same answer every time: a refusal that was not yet heard when the node died is heard later.
    intent.remember_rejection = true;
    intent
}
