//! Whose key it is. The answer is kept for a few seconds, so that a request does not cost a round trip and a
//! revoked key is out soon.

use std::sync::Arc;
use std::time::{Duration, Instant};

use commands::{Actor, Grants, Role};
use eventstore::{Store, Unavailable};
use kernel::{ActorId, OrgId, Timestamp, Uuid};
use quick_cache::sync::Cache;
use serde::Serialize;
use sqlx::Row as _;

use super::{ApiKey, operator};

/// How long after its end a key may still open something.
const REMEMBERED: Duration = Duration::from_secs(4);
const MOST_REMEMBERED: usize = 10_000;

/// Of a key.
pub(crate) type Hash = [u8; 32];

/// The keys of this installation. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct KeyRing {
    store: Store,
    seen: Arc<Cache<Hash, (Instant, Actor)>>,
}

/// A key as its owner sees it afterwards.
#[derive(Debug, Serialize)]
pub(crate) struct KnownKey {
    pub(crate) id: Uuid,
    pub(crate) org: String,
    pub(crate) actor: Uuid,
    pub(crate) role: String,
    pub(crate) made_at: Timestamp,
    pub(crate) revoked_at: Option<Timestamp>,
}

impl KeyRing {
    pub(crate) fn new(store: &Store) -> Self {
        Self { store: store.clone(), seen: Arc::new(Cache::new(MOST_REMEMBERED)) }
    }

    /// Who holds the key of this hash; `None` when it opens nothing.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub(crate) async fn holder(&self, hash: Hash) -> Result<Option<Actor>, Unavailable> {
        if let Some((since, actor)) = self.seen.get(&hash)
            && since.elapsed() < REMEMBERED
        {
            return Ok(Some(actor));
        }
        let asked = Instant::now();
        let row = sqlx::query("select org_id, actor, role from vault.holder($1)")
            .bind(&hash[..])
            .fetch_optional(&self.store.pools().read)
            .await?;
        let Some(row) = row else {
            self.seen.remove(&hash);
            return Ok(None);
        };
        let role: Role = row
            .try_get::<&str, _>(2)?
            .parse()
            .map_err(|error| Unavailable::Refused(format!("the vault holds a key: {error}")))?;
        let actor =
            Actor { org: OrgId(row.try_get(0)?), id: ActorId(row.try_get(1)?), grants: Grants::Role(role) };
        self.seen.insert(hash, (asked, actor));
        Ok(Some(actor))
    }

    /// The organization of this name; made when there is none.
    ///
    /// # Errors
    /// When the database cannot be used, or refuses the name.
    pub(crate) async fn organization(&self, name: &str) -> Result<OrgId, Unavailable> {
        let id: Uuid = sqlx::query_scalar("select vault.organization($1, $2)")
            .bind(Uuid::now_v7())
            .bind(name)
            .fetch_one(&self.store.pools().load)
            .await?;
        Ok(OrgId(id))
    }

    /// Lets a key in for `actor`, as `role`; nothing happens to one that is known already.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub(crate) async fn add(
        &self,
        id: Uuid,
        org: OrgId,
        actor: ActorId,
        role: Role,
        key: &ApiKey,
    ) -> Result<(), Unavailable> {
        sqlx::query("select vault.add_key($1, $2, $3, $4, $5)")
            .bind(id)
            .bind(org.0)
            .bind(actor.0)
            .bind(role.as_str())
            .bind(&key.hash()[..])
            .execute(&self.store.pools().load)
            .await?;
        Ok(())
    }

    /// Lets the key of a data directory in, as the operator; one that was revoked stays so.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub(crate) async fn admit_operator(&self, key: &ApiKey) -> Result<(), Unavailable> {
        let Actor { org, id, .. } = operator();
        self.add(Uuid::now_v7(), org, id, Role::Owner, key).await
    }

    /// Ends a key; false when there is no such key that still opened something.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub(crate) async fn revoke(&self, id: Uuid) -> Result<bool, Unavailable> {
        Ok(sqlx::query_scalar("select vault.revoke_key($1)")
            .bind(id)
            .fetch_one(&self.store.pools().load)
            .await?)
    }

    /// Every key, oldest first.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub(crate) async fn all(&self) -> Result<Vec<KnownKey>, Unavailable> {
        let rows = sqlx::query("select id, org, actor, role, made_at, revoked_at from vault.keys()")
            .fetch_all(&self.store.pools().load)
            .await?;
        rows.iter()
            .map(|row| {
                Ok(KnownKey {
                    id: row.try_get(0)?,
                    org: row.try_get(1)?,
                    actor: row.try_get(2)?,
                    role: row.try_get(3)?,
                    made_at: Timestamp::from(row.try_get::<chrono::DateTime<chrono::Utc>, _>(4)?),
                    revoked_at: row
                        .try_get::<Option<chrono::DateTime<chrono::Utc>>, _>(5)?
                        .map(Timestamp::from),
                })
            })
            .collect()
    }
}
