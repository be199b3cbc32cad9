//! How a batch gets into the log: in one call, or, when something of it does not hold, in as few as tell whose
//! fault it is.

use std::sync::Arc;
use std::time::Duration;

use sqlx::{Connection as _, PgConnection, PgPool};
use tokio::sync::Notify;
use tokio::time::{Instant, timeout};

use super::Appended;
use super::batch::{self, Prepared};
use crate::pools::RESTED;
use crate::{AppendError, Unavailable};

/// How long a call may be silent: longer than the database lets a statement run, so only a line that is dead without
/// saying so comes to it. Whether it was appended is not known then; the same command id settles it.
const SILENCE: Duration = Duration::from_secs(6);

pub(super) type Answer = Result<Appended, AppendError>;

/// An item in its place in a batch.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) prepared: Prepared,
    /// The members, all before it, on whose outcome it was decided.
    pub(super) after: Vec<usize>,
}

/// The line to the log.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) pool: PgPool,
    /// Kept from call to call: giving it back would cost a round trip, because the pool tests what returns. The
    /// pool has forgotten it, so that closing the pool does not wait for it.
    kept: Option<Kept>,
    pub(super) log_id: i16,
    pub(super) notify: bool,
    pub(super) appended: Arc<Notify>,
}

/// A connection, and since when nobody has used it.
#[derive(Debug)]
struct Kept {
    connection: PgConnection,
    since: Instant,
}

impl Call {
    pub(super) fn new(pool: PgPool, log_id: i16, notify: bool, appended: Arc<Notify>) -> Self {
        Self { pool, kept: None, log_id, notify, appended }
    }

    /// One answer a member, in their order.
    pub(super) async fn append(&mut self, batch: &[Member]) -> Vec<Answer> {
        let answers = self.in_chains(batch).await;
        if answers.iter().any(stands) {
            self.appended.notify_waiters();
        }
        answers
    }

    /// Chains stand or fall as a whole in a call. When one falls, those that begin one are judged by themselves;
    /// what follows on a member that fell, falls unasked; the others go on.
    async fn in_chains(&mut self, batch: &[Member]) -> Vec<Answer> {
        let mut answers: Vec<Option<Answer>> = batch.iter().map(|_| None).collect();
        loop {
            let mut open = Vec::with_capacity(batch.len());
            for (n, member) in
                batch.iter().enumerate().filter(|&(n, _)| answers[n].is_none()).collect::<Vec<_>>()
            {
                match member.after.iter().filter_map(|&before| answers[before].as_ref()).find(|a| !stands(a))
                {
                    Some(fallen) => answers[n] = Some(Err(falls_with(fallen))),
                    None => open.push(n),
                }
            }
            if open.is_empty() {
                return answers.into_iter().map(|answer| answer.expect("none is open")).collect();
            }
            let follows = |n: usize| batch[n].after.iter().any(|before| open.contains(before));
            let heads: Vec<usize> = open.iter().copied().filter(|&n| !follows(n)).collect();
            let chained = heads.len() < open.len();
            let results = match self.call(&members(batch, &open), chained).await {
                Err(Unavailable::Refused(_)) if chained => {
                    let judged = self.call_or_each_alone(&members(batch, &heads)).await;
                    for (n, answer) in heads.into_iter().zip(judged) {
                        answers[n] = Some(answer);
                    }
                    continue;
                }
                Err(reason) => self.each_alone(&members(batch, &open), reason).await,
                Ok(results) => results,
            };
            for (n, answer) in open.into_iter().zip(results) {
                answers[n] = Some(answer);
            }
        }
    }

    async fn call_or_each_alone(&mut self, batch: &[&Prepared]) -> Vec<Answer> {
        match self.call(batch, false).await {
            Ok(answers) => answers,
            Err(reason) => self.each_alone(batch, reason).await,
        }
    }

    /// After a call that failed as a whole.
    async fn each_alone(&mut self, batch: &[&Prepared], reason: Unavailable) -> Vec<Answer> {
        // Only a fault of the data can be one item's own; everything else would meet each of them.
        if batch.len() == 1 || !matches!(reason, Unavailable::Refused(_)) {
            return batch.iter().map(|_| Err(reason.clone().into())).collect();
        }
        let mut answers = Vec::with_capacity(batch.len());
        for alone in batch.chunks(1) {
            answers.push(match self.call(alone, false).await {
                Ok(mut answer) => answer.pop().expect("one answer an item"),
                Err(reason) => Err(reason.into()),
            });
        }
        answers
    }

    async fn call(&mut self, batch: &[&Prepared], chained: bool) -> Result<Vec<Answer>, Unavailable> {
        let mut connection = self.connection().await?;
        let call = batch::append(&mut connection, self.log_id, self.notify, batch, chained);
        match timeout(SILENCE, call).await {
            Ok(Ok(answers)) => {
                self.keep(connection);
                Ok(answers)
            }
            Ok(Err(error)) => {
                let reason = Unavailable::from(error);
                // Its no says nothing about the line.
                if matches!(reason, Unavailable::Refused(_)) {
                    self.keep(connection);
                }
                Err(reason)
            }
            Err(_) => Err(Unavailable::Stalled("no word from the database about an append".into())),
        }
    }

    /// The one that is kept, if it still lives. It is taken out: when the caller goes away in the middle of a call, it is
    /// closed.
    async fn connection(&mut self) -> Result<PgConnection, Unavailable> {
        if let Some(Kept { mut connection, since }) = self.kept.take() {
            let lives = since.elapsed() < RESTED
                || timeout(SILENCE, connection.ping())
                    .await
                    .map_err(|_| Unavailable::Stalled("no word from the database before an append".into()))?
                    .is_ok();
            if lives {
                return Ok(connection);
            }
        }
        Ok(self.pool.acquire().await?.detach())
    }

    fn keep(&mut self, connection: PgConnection) {
        self.kept = Some(Kept { connection, since: Instant::now() });
    }
}

/// Whether others may build on it: it was appended, and now.
pub(super) fn stands(answer: &Answer) -> bool {
    matches!(answer, Ok(appended) if !appended.repeated)
}

/// What follows on a member that lost to somebody else, has lost to the same.
fn falls_with(before: &Answer) -> AppendError {
    match before {
        Err(AppendError::Conflict { stream, actual }) => {
            AppendError::Conflict { stream: stream.clone(), actual: *actual }
        }
        _ => AppendError::Baseless,
    }
}

fn members<'a>(batch: &'a [Member], chosen: &[usize]) -> Vec<&'a Prepared> {
    chosen.iter().map(|&n| &batch[n].prepared).collect()
}
