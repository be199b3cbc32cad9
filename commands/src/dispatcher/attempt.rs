//! One try of a unit of work: its turn at every stream, the decision, the append.

use std::borrow::Cow;

use eventstore::{AppendError, AppendItem, Context};
use tokio::sync::OwnedMutexGuard;
use tracing::Instrument as _;

use super::receipt::{answer_again, repeat};
use super::{Dispatcher, Receipt};
use crate::slots::Cached;
use crate::step::{Decision, Step};
use crate::{CommandError, Grants, Intent};

impl Dispatcher {
    /// Waits for the turn of every stream, in one order everywhere so that two units never wait for each other.
    pub(super) async fn hold(&self, intent: &Intent, steps: Vec<Step>) -> Result<Vec<Held>, CommandError> {
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

    pub(super) async fn attempt(&self, held: &mut [Held], intent: &Intent) -> Result<Receipt, CommandError> {
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
            // The decision was made on a state from before that try: nobody may build on it.
            forget(held);
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
    pub(super) async fn remember(
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
}

/// A step whose turn has come.
pub(super) struct Held {
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

pub(super) fn forget(held: &mut [Held]) {
    for step in held {
        step.cached.forget();
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
