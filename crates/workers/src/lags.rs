//! How far behind the log its consumers are.

use eventstore::Unavailable;
use sqlx::PgPool;

/// One consumer: a generation of a read model as `board/1`, a process as `process/retry_timers`, or `embedding`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lag {
    /// Names its checkpoint.
    pub consumer: String,
    /// Everything up to here is applied.
    pub position: i64,
    /// Events that are still to be applied.
    pub behind: i64,
}

/// Every consumer of log `log_id`, by name: one look at two small tables. Any role that reads may ask.
///
/// # Errors
/// When the database cannot be used.
pub async fn lags(pool: &PgPool, log_id: i16) -> Result<Vec<Lag>, Unavailable> {
    let rows: Vec<(String, i64, i64)> = sqlx::query_as(
        "select w.consumer, coalesce(c.position, 0), greatest(coalesce(es.head($1), 0) - coalesce(c.position, 0), 0) \
         from (select name || '/' || gen as consumer from read_models.generations \
                   where state <> 'retired' or since > omoi_now() - read_models.kept() \
               union select consumer from es.checkpoints where log_id = $1 and (consumer like 'process/%' or consumer = $2)) w \
         left join es.checkpoints c on c.consumer = w.consumer and c.log_id = $1 order by w.consumer",
    )
    .bind(log_id)
    .bind(crate::embedding::CONSUMER)
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|(consumer, position, behind)| Lag { consumer, position, behind }).collect())
}

/// The event bus, which holds the log up to `held`.
///
/// # Errors
/// When the database cannot be used.
pub async fn lag_of_bus(pool: &PgPool, log_id: i16, held: i64) -> Result<Lag, Unavailable> {
    let head: i64 =
        sqlx::query_scalar("select coalesce(es.head($1), 0)").bind(log_id).fetch_one(pool).await?;
    Ok(Lag { consumer: "bus".into(), position: held, behind: (head - held).max(0) })
}
