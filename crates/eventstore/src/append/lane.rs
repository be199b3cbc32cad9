//! Group append: one lane a node and log. It drains what is queued into one call, without waiting when idle,
//! so the cost of a commit is shared by all that arrived while the last one was in flight. An item that finds
//! the lane idle makes the call in its own task: a lonely command pays for no hand-over.

use std::collections::{HashSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use sqlx::{PgConnection, PgPool};
use tokio::sync::{Mutex, Notify, mpsc, oneshot};
use tokio::time::timeout;

use super::batch::{self, Prepared};
use super::{AppendItem, Appended};
use crate::crash_point::reach;
use crate::{AppendError, Unavailable};

/// Items waiting for the lane; beyond it callers get [`Unavailable::Busy`].
const QUEUE: usize = 4096;
/// Bounds of one call: a batch must stay far below the statement's time limit.
const MAX_ITEMS: usize = 256;
const MAX_EVENTS: usize = 4000;
const MAX_BYTES: usize = 8 << 20;
/// How long the queue waits for an item that makes the call in its own task. Its caller may have stopped
/// polling it, and then it never ends; a second call beside it is only slower, because the head is locked.
const FORGOTTEN: Duration = Duration::from_millis(100);
/// How long a call may be silent: longer than the database lets a statement run, so only a line that is dead without
/// saying so comes to it. Whether it was appended is not known then; the same command id settles it.
const SILENCE: Duration = Duration::from_secs(6);

type Answer = Result<Appended, AppendError>;

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

#[derive(Debug)]
struct Waiting {
    prepared: Prepared,
    answer: oneshot::Sender<Answer>,
}

impl Lane {
    /// Starts the lane; it ends when the last handle is dropped. `appended` is woken after each batch.
    pub(crate) fn start(pool: PgPool, log_id: i16, notify: bool, appended: Arc<Notify>) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        let spare = Call { pool: pool.clone(), connection: None, log_id, notify, appended: appended.clone() };
        let turn = Arc::new(Mutex::new(Call { pool, connection: None, log_id, notify, appended }));
        let busy = Arc::new(AtomicBool::new(false));
        tokio::spawn(
            Runner { turn: turn.clone(), spare, busy: busy.clone(), waiting, deferred: VecDeque::new() }
                .run(),
        );
        Self { queue, turn, busy, brake: Arc::default() }
    }

    pub(crate) async fn append(&self, item: AppendItem) -> Answer {
        if let Some(reason) = self.brake.read().expect("no panic while held").clone() {
            return Err(reason.into());
        }
        let prepared = Prepared::new(item)?;
        let idle = self.queue.capacity() == QUEUE && !self.busy.load(Ordering::Relaxed);
        let turn = if idle { self.turn.try_lock().ok() } else { None };
        let answer = match turn {
            // Only its own item is in this call, so a caller that goes away leaves nobody without an answer.
            Some(mut call) => {
                reach("append.queued");
                call.append(std::slice::from_ref(&prepared)).await.pop().expect("one answer an item")
            }
            None => self.queued(prepared).await,
        };
        reach("append.answered");
        answer
    }

    async fn queued(&self, prepared: Prepared) -> Answer {
        let (answer, answered) = oneshot::channel();
        self.queue.try_send(Waiting { prepared, answer }).map_err(|refused| match refused {
            mpsc::error::TrySendError::Full(_) => AppendError::from(Unavailable::Busy),
            mpsc::error::TrySendError::Closed(_) => stopped(),
        })?;
        reach("append.queued");
        answered.await.unwrap_or_else(|_| Err(stopped()))
    }

    /// Refuses appends from now on, with this reason; `None` lets them through again.
    pub(crate) fn set_brake(&self, reason: Option<Unavailable>) {
        *self.brake.write().expect("no panic while held") = reason;
    }
}

fn stopped() -> AppendError {
    Unavailable::Down("the log is shutting down".into()).into()
}

/// How a batch gets into the log.
#[derive(Debug)]
struct Call {
    pool: PgPool,
    /// Kept from call to call: giving it back would cost a round trip, because the pool tests what returns. The
    /// pool has forgotten it, so that closing the pool does not wait for it.
    connection: Option<PgConnection>,
    log_id: i16,
    notify: bool,
    appended: Arc<Notify>,
}

impl Call {
    async fn append(&mut self, batch: &[Prepared]) -> Vec<Answer> {
        let answers = self.append_or_each_alone(batch).await;
        if answers.iter().any(|answer| matches!(answer, Ok(appended) if !appended.repeated)) {
            self.appended.notify_waiters();
        }
        answers
    }

    async fn append_or_each_alone(&mut self, batch: &[Prepared]) -> Vec<Answer> {
        let reason = match self.call(batch).await {
            Ok(answers) => return answers,
            Err(reason) => reason,
        };
        // Only a fault of the data can be one item's own; everything else would meet each of them.
        if batch.len() == 1 || !matches!(reason, Unavailable::Refused(_)) {
            return batch.iter().map(|_| Err(reason.clone().into())).collect();
        }
        let mut answers = Vec::with_capacity(batch.len());
        for alone in batch.chunks(1) {
            answers.push(match self.call(alone).await {
                Ok(mut answer) => answer.pop().expect("one answer an item"),
                Err(reason) => Err(reason.into()),
            });
        }
        answers
    }

    async fn call(&mut self, batch: &[Prepared]) -> Result<Vec<Answer>, Unavailable> {
        // Taken out for the call: when the caller goes away in its middle, it is closed.
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.pool.acquire().await?.detach(),
        };
        let answers = timeout(SILENCE, batch::append(&mut connection, self.log_id, self.notify, batch)).await;
        match answers {
            Ok(Ok(answers)) => {
                self.connection = Some(connection);
                Ok(answers)
            }
            Ok(Err(error)) => Err(error.into()),
            Err(_) => Err(Unavailable::Stalled("no word from the database about an append".into())),
        }
    }
}

struct Runner {
    turn: Arc<Mutex<Call>>,
    /// For when the turn does not come.
    spare: Call,
    busy: Arc<AtomicBool>,
    waiting: mpsc::Receiver<Waiting>,
    deferred: VecDeque<Waiting>,
}

impl Runner {
    async fn run(mut self) {
        while let Some(first) = self.next().await {
            let turn = self.turn.clone();
            let mut call = timeout(FORGOTTEN, turn.lock()).await.ok();
            // What came while the turn was waited for goes along.
            let batch = self.batch(first);
            let (prepared, answers): (Vec<_>, Vec<_>) =
                batch.into_iter().map(|waiting| (waiting.prepared, waiting.answer)).unzip();
            let results = match call.as_deref_mut() {
                Some(call) => call.append(&prepared).await,
                None => self.spare.append(&prepared).await,
            };
            drop(call);
            self.busy.store(answers.len() > 1, Ordering::Relaxed);
            for (answer, result) in answers.into_iter().zip(results) {
                // A caller that went away has its answer in the log, under its command id.
                let _ = answer.send(result);
            }
            // Those who were answered ask again first: one full call is worth more than a small one and a
            // full one.
            tokio::task::yield_now().await;
        }
    }

    async fn next(&mut self) -> Option<Waiting> {
        match self.deferred.pop_front() {
            Some(waiting) => Some(waiting),
            None => self.waiting.recv().await,
        }
    }

    /// What goes into the next call: everything queued, within bounds, no stream and no command twice.
    fn batch(&mut self, first: Waiting) -> Vec<Waiting> {
        let mut batch = Batch::default();
        batch.push(first);
        for waiting in std::mem::take(&mut self.deferred) {
            self.offer(&mut batch, waiting);
        }
        while batch.items.len() < MAX_ITEMS && self.deferred.len() < MAX_ITEMS {
            let Ok(waiting) = self.waiting.try_recv() else { break };
            self.offer(&mut batch, waiting);
        }
        batch.items
    }

    fn offer(&mut self, batch: &mut Batch, waiting: Waiting) {
        if batch.takes(&waiting.prepared) { batch.push(waiting) } else { self.deferred.push_back(waiting) }
    }
}

#[derive(Default)]
struct Batch {
    items: Vec<Waiting>,
    streams: HashSet<(String, String)>,
    commands: HashSet<uuid::Uuid>,
    events: usize,
    bytes: usize,
}

impl Batch {
    fn takes(&self, prepared: &Prepared) -> bool {
        self.items.len() < MAX_ITEMS
            && self.events + prepared.event_count() <= MAX_EVENTS
            && self.bytes + prepared.bytes() <= MAX_BYTES
            && !self.commands.contains(&prepared.item().context.command_id.0)
            && !prepared.item().streams.iter().any(|stream| {
                self.streams.contains(&(stream.aggregate_type.to_string(), stream.aggregate_id.clone()))
            })
    }

    fn push(&mut self, waiting: Waiting) {
        let item = waiting.prepared.item();
        self.commands.insert(item.context.command_id.0);
        for stream in &item.streams {
            self.streams.insert((stream.aggregate_type.to_string(), stream.aggregate_id.clone()));
        }
        self.events += waiting.prepared.event_count();
        self.bytes += waiting.prepared.bytes();
        self.items.push(waiting);
    }
}
