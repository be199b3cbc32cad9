//! How far a consumer is. Its row is locked before the page is applied and moved in the same transaction,
//! under the epoch of the lease: exactly once, and a paused old reader can do no harm.

use std::collections::HashSet;

use kernel::Uuid;
use sqlx::{PgPool, Postgres, Transaction};

use crate::Unavailable;

/// A consumer's place in a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Everything up to here is applied, or parked.
    pub position: i64,
    /// The claim under which it may be moved.
    pub epoch: i64,
    /// The log's incarnation when it was written.
    pub incarnation: Uuid,
}

/// The log's incarnation: another value than a checkpoint's means that the log is not the one it was.
pub(crate) async fn incarnation(pool: &PgPool, log_id: i16) -> Result<Uuid, Unavailable> {
    Ok(sqlx::query_scalar("select incarnation from es.log_head where log_id = $1")
        .bind(log_id)
        .fetch_one(pool)
        .await?)
}

/// Reads the checkpoint, makes it when there is none, and puts it under `epoch`. `None` when a newer claim
/// has it.
pub(crate) async fn take_over(
    pool: &PgPool,
    consumer: &str,
    log_id: i16,
    epoch: i64,
    incarnation: Uuid,
) -> Result<Option<Checkpoint>, Unavailable> {
    let row: Option<(i64, i64, Uuid)> = sqlx::query_as(
        "insert into es.checkpoints as c (consumer, log_id, position, epoch, incarnation, updated_at) \
         values ($1, $2, 0, $3, $4, omoi_now()) \
         on conflict (consumer, log_id) do update set epoch = excluded.epoch where c.epoch <= excluded.epoch \
         returning position, epoch, incarnation",
    )
    .bind(consumer)
    .bind(log_id)
    .bind(epoch)
    .bind(incarnation)
    .fetch_optional(pool)
    .await?;
    Ok(row.map(|(position, epoch, incarnation)| Checkpoint { position, epoch, incarnation }))
}

/// Locks the row for this transaction and answers the parked roots; `None` when it is not where and whose this
/// reader thinks. The transaction need not be durable at once: checkpoint and rows stand or fall together, and what
/// a crash of the database takes back is read again.
pub(crate) async fn lock(
    transaction: &mut Transaction<'static, Postgres>,
    consumer: &str,
    log_id: i16,
    expected: &Checkpoint,
) -> Result<Option<HashSet<Uuid>>, sqlx::Error> {
    let found: Option<(Vec<Uuid>, String)> = sqlx::query_as(
        "select array(select root from es.parked where consumer = $1 and log_id = $2), \
         set_config('synchronous_commit', 'off', true) from es.checkpoints \
         where consumer = $1 and log_id = $2 and position = $3 and epoch = $4 and incarnation = $5 for update",
    )
    .bind(consumer)
    .bind(log_id)
    .bind(expected.position)
    .bind(expected.epoch)
    .bind(expected.incarnation)
    .fetch_optional(&mut **transaction)
    .await?;
    Ok(found.map(|(roots, _)| roots.into_iter().collect()))
}

/// Moves the row over events that its consumer does not want, in one statement; false when it is not where and whose
/// this reader thinks. It need not be durable at once, as in [`lock`].
pub(crate) async fn pass_over(
    pool: &PgPool,
    consumer: &str,
    log_id: i16,
    expected: &Checkpoint,
    to: i64,
) -> Result<bool, sqlx::Error> {
    let moved = sqlx::query(
        "with relaxed as materialized (select set_config('synchronous_commit', 'off', true)) \
         update es.checkpoints set position = $6, updated_at = omoi_now() from relaxed \
         where consumer = $1 and log_id = $2 and position = $3 and epoch = $4 and incarnation = $5",
    )
    .bind(consumer)
    .bind(log_id)
    .bind(expected.position)
    .bind(expected.epoch)
    .bind(expected.incarnation)
    .bind(to)
    .execute(pool)
    .await?;
    Ok(moved.rows_affected() == 1)
}

/// Moves the locked row.
pub(crate) async fn move_to(
    transaction: &mut Transaction<'static, Postgres>,
    consumer: &str,
    log_id: i16,
    to: &Checkpoint,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "update es.checkpoints set position = $3, incarnation = $4, updated_at = omoi_now() \
         where consumer = $1 and log_id = $2",
    )
    .bind(consumer)
    .bind(log_id)
    .bind(to.position)
    .bind(to.incarnation)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}
