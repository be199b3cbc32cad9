//! What a consumer could not apply, set aside by root: later events of the root wait, others go on, and
//! nothing is skipped in silence.

use kernel::{Recorded, Timestamp, Uuid};
use sqlx::{Postgres, Row as _, Transaction};

use super::{ApplyError, Consumer, root};
use crate::row::{COLUMNS, recorded};
use crate::{Store, Unavailable};

/// A root that waits for somebody to look at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parked {
    /// The project, else the organization.
    pub root: Uuid,
    /// The first event that was not applied.
    pub position: i64,
    /// Why.
    pub error: String,
    /// How often it was tried.
    pub attempts: i32,
    /// Since when.
    pub parked_at: Timestamp,
}

pub(super) async fn park(
    transaction: &mut Transaction<'static, Postgres>,
    consumer: &str,
    log_id: i16,
    event: &Recorded<String>,
    reason: &str,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "insert into es.parked as p (consumer, log_id, root, position, error, parked_at) \
         values ($1, $2, $3, $4, $5, omoi_now()) \
         on conflict (consumer, log_id, root) do update set error = excluded.error, attempts = p.attempts + 1",
    )
    .bind(consumer)
    .bind(log_id)
    .bind(root(event))
    .bind(event.envelope.position)
    .bind(reason)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

impl Store {
    /// What a consumer has set aside, oldest first.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn parked(&self, consumer: &str) -> Result<Vec<Parked>, Unavailable> {
        let rows = sqlx::query(
            "select root, position, error, attempts, parked_at from es.parked \
             where consumer = $1 and log_id = $2 order by parked_at, root",
        )
        .bind(consumer)
        .bind(self.log_id())
        .fetch_all(&self.pools().project)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Parked {
                    root: row.try_get(0)?,
                    position: row.try_get(1)?,
                    error: row.try_get(2)?,
                    attempts: row.try_get(3)?,
                    parked_at: Timestamp::from(row.try_get::<chrono::DateTime<chrono::Utc>, _>(4)?),
                })
            })
            .collect()
    }

    /// Applies what a parked root missed, up to the consumer's checkpoint, and lets it go on; false when the
    /// root was not parked. The consumer may be running, here or elsewhere: the checkpoint's row is the lock.
    ///
    /// # Errors
    /// `Poison` when it still cannot be applied: then it stays parked, with the new reason.
    pub async fn unpark<C: Consumer>(&self, consumer: &C, parked_root: Uuid) -> Result<bool, ApplyError> {
        let mut transaction = self.pools().project.begin().await?;
        let upto: Option<i64> = sqlx::query_scalar(
            "select position from es.checkpoints where consumer = $1 and log_id = $2 for update",
        )
        .bind(consumer.name())
        .bind(self.log_id())
        .fetch_optional(&mut *transaction)
        .await?;
        let from: Option<i64> = sqlx::query_scalar(
            "delete from es.parked where consumer = $1 and log_id = $2 and root = $3 returning position",
        )
        .bind(consumer.name())
        .bind(self.log_id())
        .bind(parked_root)
        .fetch_optional(&mut *transaction)
        .await?;
        let (Some(mut from), Some(upto)) = (from, upto) else { return Ok(false) };
        loop {
            let events = missed(&mut transaction, self.log_id(), parked_root, from, upto).await?;
            let Some(last) = events.last() else { break };
            from = last.envelope.position + 1;
            let wanted: Vec<_> =
                events.iter().filter(|event| root(event) == parked_root && consumer.wants(event)).collect();
            if wanted.is_empty() {
                continue;
            }
            if let Err(error) = consumer.apply(&mut transaction, &wanted).await {
                transaction.rollback().await?;
                if let ApplyError::Poison { reason, .. } = &error {
                    self.note_attempt(consumer.name(), parked_root, reason).await?;
                }
                return Err(error);
            }
        }
        transaction.commit().await?;
        Ok(true)
    }

    async fn note_attempt(&self, consumer: &str, parked_root: Uuid, reason: &str) -> Result<(), Unavailable> {
        sqlx::query(
            "update es.parked set attempts = attempts + 1, error = $4 \
             where consumer = $1 and log_id = $2 and root = $3",
        )
        .bind(consumer)
        .bind(self.log_id())
        .bind(parked_root)
        .bind(reason)
        .execute(&self.pools().project)
        .await?;
        Ok(())
    }
}

/// Events of a root between two positions, both included, by the index on (org, project, position).
async fn missed(
    transaction: &mut Transaction<'static, Postgres>,
    log_id: i16,
    root: Uuid,
    from: i64,
    upto: i64,
) -> Result<Vec<Recorded<String>>, sqlx::Error> {
    let statement = format!(
        "select {COLUMNS} from es.events where log_id = $1 and position between $2 and $3 \
         and (project_id = $4 or (org_id = $4 and project_id is null)) order by position limit 1000"
    );
    let rows = sqlx::query(&statement)
        .bind(log_id)
        .bind(from)
        .bind(upto)
        .bind(root)
        .fetch_all(&mut **transaction)
        .await?;
    rows.iter().map(recorded).collect()
}
