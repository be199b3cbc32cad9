//! Who owns a piece of work. Judged by the database's clock only; fenced by an epoch that only grows.

use std::time::Duration;

use kernel::{OrgId, Uuid};
use sqlx::PgPool;
use tokio::time::Instant;

use crate::{Pools, Unavailable};

/// Leases of one owner (a node, a worker).
#[derive(Clone, Debug)]
pub struct Leases {
    pool: PgPool,
    owner: String,
}

/// How long the holder of the lease of a loop may be silent before another node takes over.
const SILENCE: Duration = Duration::from_secs(12);
const HEARTBEAT: Duration = Duration::from_secs(3);

/// Why a lease is not held any more.
#[derive(Debug, thiserror::Error)]
pub enum Lost {
    /// Somebody else has it now.
    #[error("another node has taken over")]
    Taken,
    /// It could not be renewed in time.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// A lease that was held when last asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// Whose; nil for the platform's own.
    pub org: OrgId,
    /// E.g. `consumer/board`.
    pub name: String,
    /// The claim number: everything done under the lease carries it.
    pub epoch: i64,
}

impl Leases {
    /// Leases taken by `owner`, a name for logs and doctors.
    #[must_use]
    pub fn new(pools: &Pools, owner: impl Into<String>) -> Self {
        Self { pool: pools.project.clone(), owner: owner.into() }
    }

    /// Takes a lease that is free or expired; `None` when somebody holds it.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn acquire(&self, org: OrgId, name: &str, ttl: Duration) -> Result<Option<Lease>, Unavailable> {
        let epoch: Option<i64> = sqlx::query_scalar("select es.lease_acquire($1, $2, $3, $4)")
            .bind(org.0)
            .bind(name)
            .bind(&self.owner)
            .bind(millis(ttl))
            .fetch_one(&self.pool)
            .await?;
        Ok(epoch.map(|epoch| Lease { org, name: name.to_owned(), epoch }))
    }

    /// Prolongs a lease that is still held; false means stop working at once.
    ///
    /// # Errors
    /// When the database cannot be used: then the lease must be taken as lost when its time is over.
    pub async fn renew(&self, lease: &Lease, ttl: Duration) -> Result<bool, Unavailable> {
        Ok(sqlx::query_scalar("select es.lease_renew($1, $2, $3, $4)")
            .bind(lease.org.0)
            .bind(&lease.name)
            .bind(lease.epoch)
            .bind(millis(ttl))
            .fetch_one(&self.pool)
            .await?)
    }

    /// Takes the platform's lease of a loop that runs on one node at a time; `None` when another node runs it. It must be
    /// [kept](Self::keep).
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn acquire_loop(&self, name: &str) -> Result<Option<Lease>, Unavailable> {
        self.acquire(OrgId(Uuid::nil()), name, SILENCE).await
    }

    /// Takes the lease of a piece of work that takes long, e.g. `planning/<spec>`; `None` when another node has it. It must be
    /// [kept](Self::keep).
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn acquire_work(&self, org: OrgId, name: &str) -> Result<Option<Lease>, Unavailable> {
        self.acquire(org, name, SILENCE).await
    }

    /// Renews a lease; completes when it is lost.
    pub async fn keep(&self, lease: &Lease) -> Lost {
        let mut beat = tokio::time::interval(HEARTBEAT);
        let mut held_until = Instant::now() + SILENCE;
        loop {
            beat.tick().await;
            match self.renew(lease, SILENCE).await {
                Ok(true) => held_until = Instant::now() + SILENCE,
                Ok(false) => return Lost::Taken,
                Err(_) if Instant::now() < held_until => {}
                Err(error) => return error.into(),
            }
        }
    }

    /// Ends the leases of all loops and of all work, for a node that knows itself alone: what a killed predecessor held need not be
    /// waited for. Epochs go on, so it could do no harm even if it lived.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn end_those_of_loops(pools: &Pools) -> Result<(), Unavailable> {
        sqlx::query(
            "select es.lease_release(org_id, name, epoch) from es.leases \
             where (name like 'consumer/%' or name like 'relay/%' or name like 'planning/%' or name like 'run/%') and expires_at > omoi_now()",
        )
        .execute(&pools.project)
        .await?;
        Ok(())
    }

    /// Gives a lease back; false when it was not held any more.
    ///
    /// # Errors
    /// When the database cannot be used: then it expires by itself.
    pub async fn release(&self, lease: &Lease) -> Result<bool, Unavailable> {
        Ok(sqlx::query_scalar("select es.lease_release($1, $2, $3)")
            .bind(lease.org.0)
            .bind(&lease.name)
            .bind(lease.epoch)
            .fetch_one(&self.pool)
            .await?)
    }
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}
