//! What stands still or waits: numbers for whoever watches the installation.

use eventstore::Unavailable;
use sqlx::PgPool;

/// The actions that a process has asked for and that are still to be carried out.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    /// The process.
    pub process: String,
    /// Those that are due, and timers.
    pub actions: i64,
    /// How long the timer that should have acted first is overdue, in seconds; 0 when none is.
    pub oldest_seconds: f64,
}

/// What the processes have still to do, by name.
///
/// # Errors
/// When the database cannot be used.
pub async fn waiting(pool: &PgPool) -> Result<Vec<Waiting>, Unavailable> {
    let rows: Vec<(String, i64, f64)> = sqlx::query_as(
        "select process, count(*), \
         greatest(coalesce(extract(epoch from omoi_now() - min(due_at))::float8, 0), 0) \
         from processes.actions group by process order by process",
    )
    .fetch_all(pool)
    .await?;
    let waiting = |(process, actions, oldest_seconds)| Waiting { process, actions, oldest_seconds };
    Ok(rows.into_iter().map(waiting).collect())
}

/// How many roots each consumer has set aside.
///
/// # Errors
/// When the database cannot be used.
pub async fn parked(pool: &PgPool, log_id: i16) -> Result<Vec<(String, i64)>, Unavailable> {
    let statement = "select c.consumer, count(p.root) from es.checkpoints c \
                     left join es.parked p on p.consumer = c.consumer and p.log_id = c.log_id \
                     where c.log_id = $1 group by c.consumer order by c.consumer";
    Ok(sqlx::query_as(statement).bind(log_id).fetch_all(pool).await?)
}
