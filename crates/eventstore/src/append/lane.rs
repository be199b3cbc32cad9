//! Group append: one lane a node and log. It drains what is queued into one call, without waiting when idle,
//! so the cost of a commit is shared by all that arrived while the last one was in flight. An item that finds
//! the lane idle makes the call in its own task: a lonely command pays for no hand-over.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use sqlx::PgPool;
use tokio::sync::{Mutex, Notify, OwnedMutexGuard, mpsc, oneshot};
use tokio::time::timeout;

use super::AppendItem;
use super::batch::Prepared;
use super::call::{Answer, Call, Member};
use super::gather::{Waiting, fate, gather};
use super::pending::{Pending, Verdict};
use crate::crash_point::reach;
use crate::{AppendError, Unavailable};

/// Items waiting for the lane; beyond it callers get [`Unavailable::Busy`].
const QUEUE: usize = 4096;
/// How long the queue waits for an item that makes the call in its own task. Its caller may have stopped
/// polling it, and then it never ends; a second call beside it is only slower, because the head is locked.
const FORGOTTEN: Duration = Duration::from_millis(100);

/// A handle to the lane of one log on this node.
#[derive(Clone, Debug)]
pub(crate) struct Lane {
    queue: mpsc::Sender<Waiting>,
    /// Held during a call: one call of a lane at a time, unless its caller forgot about it.
    turn: Arc<Mutex<Call>>,
    /// Whether the last call carried more than one item: then waiting for the next one is better.
    busy: Arc<AtomicBool>,
    brake: Arc<RwLock<Option<Unavailable>>>,
}

impl Lane {
    /// Starts the lane; it ends when the last handle is dropped. `appended` is woken after each batch.
    pub(crate) fn start(pool: PgPool, log_id: i16, notify: bool, appended: Arc<Notify>) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let spare = Call::new(pool.clone(), log_id, notify, appended.clone());
        let turn = Arc::new(Mutex::new(Call::new(pool, log_id, notify, appended)));
        let busy = Arc::new(AtomicBool::new(false));
        let runner =
            Runner { turn: turn.clone(), spare, busy: busy.clone(), waiting, put_off: VecDeque::new() };
        tokio::spawn(runner.run());
        Self { queue, turn, busy, brake: Arc::default() }
    }

    /// Takes a place in the lane at once: what is submitted later comes later.
    pub(crate) fn submit(&self, item: AppendItem, rests_on: Vec<Pending>) -> Result<Submitted, AppendError> {
        if let Some(reason) = self.brake.read().expect("no panic while held").clone() {
            return Err(reason.into());
        }
        let prepared = Prepared::new(item)?;
        let (verdict, pending) = Verdict::new();
        let idle = self.queue.capacity() == QUEUE
            && !self.busy.load(Ordering::Relaxed)
            && rests_on.iter().all(|pending| pending.fate().is_some());
        let way = match if idle { self.turn.clone().try_lock_owned().ok() } else { None } {
            Some(call) => Way::Alone(Box::new(Alone { call, prepared, rests_on, verdict })),
            None => {
                let (answer, answered) = oneshot::channel();
                self.queue.try_send(Waiting { prepared, rests_on, verdict, answer }).map_err(|refused| {
                    match refused {
                        mpsc::error::TrySendError::Full(_) => AppendError::from(Unavailable::Busy),
                        mpsc::error::TrySendError::Closed(_) => stopped(),
                    }
                })?;
                Way::Queued(answered)
            }
        };
        Ok(Submitted { pending, way })
    }

    /// Refuses appends from now on, with this reason; `None` lets them through again.
    pub(crate) fn set_brake(&self, reason: Option<Unavailable>) {
        *self.brake.write().expect("no panic while held") = reason;
    }
}

fn stopped() -> AppendError {
    Unavailable::Down("the log is shutting down".into()).into()
}

/// An append that has its place in the lane. One that is dropped before it is answered may act all the same.
#[derive(Debug)]
#[must_use = "it may not act before it is asked for its answer"]
pub struct Submitted {
    pending: Pending,
    way: Way,
}

#[derive(Debug)]
enum Way {
    /// The lane was idle: it makes the call itself.
    Alone(Box<Alone>),
    Queued(oneshot::Receiver<Answer>),
}

#[derive(Debug)]
struct Alone {
    // Before the turn, so that the next one finds it settled.
    verdict: Verdict,
    prepared: Prepared,
    rests_on: Vec<Pending>,
    call: OwnedMutexGuard<Call>,
}

impl Submitted {
    /// For those who decide on what it will leave.
    #[must_use]
    pub fn pending(&self) -> &Pending {
        &self.pending
    }

    /// What came of it.
    ///
    /// # Errors
    /// See [`AppendError`].
    pub async fn answer(self) -> Answer {
        reach("append.queued");
        let answer = match self.way {
            Way::Alone(alone) => alone.append().await,
            Way::Queued(answered) => answered.await.unwrap_or_else(|_| Err(stopped())),
        };
        reach("append.answered");
        answer
    }
}

impl Alone {
    /// Only its own item is in this call, so a caller that goes away leaves nobody without an answer.
    async fn append(self: Box<Self>) -> Answer {
        let Self { verdict, prepared, rests_on, mut call } = *self;
        if rests_on.iter().any(Pending::fell) {
            return Err(AppendError::Baseless);
        }
        let alone = Member { prepared, after: Vec::new() };
        let answer = call.append(std::slice::from_ref(&alone)).await.pop().expect("one answer an item");
        verdict.settle(fate(&answer));
        answer
    }
}

struct Runner {
    turn: Arc<Mutex<Call>>,
    /// For when the turn does not come.
    spare: Call,
    busy: Arc<AtomicBool>,
    waiting: mpsc::Receiver<Waiting>,
    put_off: VecDeque<Waiting>,
}

impl Runner {
    async fn run(mut self) {
        while let Some(first) = self.next().await {
            let turn = self.turn.clone();
            let mut call = timeout(FORGOTTEN, turn.lock()).await.ok();
            // What came while the turn was waited for goes along.
            let batch = gather(first, &mut self.put_off, &mut self.waiting);
            let answers = match call.as_deref_mut() {
                Some(call) => call.append(&batch.members).await,
                None => self.spare.append(&batch.members).await,
            };
            self.busy.store(answers.len() > 1, Ordering::Relaxed);
            for (asker, answer) in batch.askers.into_iter().zip(answers) {
                asker.tell(answer);
            }
            drop(call);
            // Those who were answered ask again first: one full call is worth more than a small one and a
            // full one.
            tokio::task::yield_now().await;
        }
    }

    async fn next(&mut self) -> Option<Waiting> {
        match self.put_off.pop_front() {
            Some(waiting) => Some(waiting),
            None => self.waiting.recv().await,
        }
    }
}
