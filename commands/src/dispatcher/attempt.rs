//! One try of a unit of work: its turn at every stream, the decision, the append.

use std::borrow::Cow;

use eventstore::{AppendError, AppendItem, Context, Submitted};
use kernel::ProjectId;
use tokio::sync::OwnedMutexGuard;
use tracing::Instrument as _;

use super::receipt::{answer_again, repeat};
use super::{Dispatcher, Receipt};
use crate::slots::{Cached, Place};
use crate::step::{BoxFuture, Decision, Step};
use crate::{CommandError, Grants, Intent};

impl Dispatcher {
    /// Waits for the turn of every stream, in one order everywhere so that two units never wait for each other.
    async fn hold<'a>(&self, intent: &Intent, steps: &'a mut [Step]) -> Result<Vec<Held<'a>>, CommandError> {
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
            let place = self.slots.slot(intent.actor.org, steps[n].kind, steps[n].id).place()?;
            let mut cached = place.turn().await;
            if steps[n].begins {
                steps[n].order.assume_absent(&mut cached);
            }
            turns[n] = Some((place, cached));
        }
        let held = steps.iter_mut().zip(turns.into_iter().flatten());
        Ok(held.map(|(step, (place, cached))| Held { step, place, cached }).collect())
    }

    pub(super) async fn attempt(&self, steps: &mut [Step], intent: &Intent) -> Result<Receipt, CommandError> {
        let mut held = self.hold(intent, steps).await?;
        let only = intent.actor.only_project();
        // Cached states may be behind, or rest on what does not come: they are good enough to append on (the version
        // is checked), not to refuse on.
        if matches!(decide(&mut held, only), Some(Verdict::Append)) {
            return self.append(held, intent).await;
        }
        let mut stored = None;
        for Held { step, cached, .. } in &mut held {
            cached.settle().await;
            let outcome = step.order.load(&self.store, intent.actor.org, intent.command_id, cached).await?;
            stored = stored.or(outcome);
        }
        if let Some(outcome) = stored {
            return repeat(intent, &outcome);
        }
        match decide(&mut held, only) {
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

    async fn append(&self, held: Vec<Held<'_>>, intent: &Intent) -> Result<Receipt, CommandError> {
        let sent = self.submit(held, intent)?;
        let span = tracing::info_span!("append", command.id = %intent.command_id);
        let appended = match sent.append.answer().instrument(span).await {
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
        for snapshot in sent.snapshots {
            self.snapshots.spawn(snapshot);
        }
        Ok(Receipt { version: sent.version, ..Receipt::of(&appended) })
    }

    /// Sends what was decided and gives every stream to the next command, which goes on from there.
    fn submit(&self, mut held: Vec<Held<'_>>, intent: &Intent) -> Result<Sent, CommandError> {
        let (mut streams, mut guards, mut rests_on) =
            (Vec::with_capacity(held.len()), Vec::new(), Vec::new());
        for Held { step, cached, .. } in &mut held {
            let (write, guarded) = step.order.write(cached)?;
            streams.push(write);
            guards.extend(guarded);
            rests_on.extend(cached.rests_on().cloned());
        }
        let item = AppendItem { context: context(intent), outcome: "accepted".into(), streams, guards };
        let append = self.store.submit(item, rests_on)?;
        let mut sent =
            Sent { append, version: None, snapshots: Vec::new(), _places: Vec::with_capacity(held.len()) };
        for Held { step, place, mut cached } in held {
            let org = intent.actor.org;
            let (version, snapshot) =
                step.order.submitted(&self.store, org, sent.append.pending(), &mut cached);
            sent.version.get_or_insert(version);
            sent.snapshots.extend(snapshot);
            sent._places.push(place);
        }
        Ok(sent)
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
struct Held<'a> {
    step: &'a mut Step,
    place: Place,
    cached: OwnedMutexGuard<Cached>,
}

/// A decision that is on its way.
struct Sent {
    append: Submitted,
    /// The version of the first step's stream, once it stands.
    version: Option<i64>,
    snapshots: Vec<BoxFuture<'static, ()>>,
    /// They count until the answer has come.
    _places: Vec<Place>,
}

/// What the steps come to together.
enum Verdict {
    Append,
    Nothing,
    Refused(CommandError),
}

/// Decides every step on the states in memory; `None` when one of them is not there.
fn decide(held: &mut [Held<'_>], only: Option<ProjectId>) -> Option<Verdict> {
    let mut verdict = Verdict::Nothing;
    for Held { step, cached, .. } in held {
        match step.order.decide(step.expected, only, cached) {
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
