//! API keys: those that an organization issues, which are facts of it, and those that are made beside the installation by
//! whoever can read its data directory. The vault holds the hash of either.

use std::collections::BTreeMap;
use std::time::Duration;

use commands::{Intent, Permission, Receipt, Role};
use identity::organization::{ApiKey, ApiKeyId, Command, KeyGrant, KeyHolder, Organization, Scopes};
use kernel::{ActorId, OrgId, Timestamp, Uuid};
use serde::Serialize;
use sqlx::Row as _;
use vault::api_key;
use vault::secret::{ExposeSecret as _, SecretString};
use vocabulary::{Name, UserId};

use crate::audit::{Entry, What};
use crate::clock::later;
use crate::organizations::is_rejected;
use crate::{AccountError, Accounts, Origin, named};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// A key that somebody wants.
#[derive(Clone, Debug)]
pub struct NewKey {
    /// What people call it.
    pub name: Name,
    /// What it is for.
    pub scopes: Scopes,
    /// Who will use it, and with that the only project that exists for it.
    pub holder: KeyHolder,
    /// How long it lives, in days.
    pub days: u16,
}

/// A key that was made, with its text: this once.
#[derive(Debug)]
pub struct Issued {
    /// Names it.
    pub id: ApiKeyId,
    /// The key itself.
    pub key: SecretString,
    /// From then on it opens nothing.
    pub expires_at: Timestamp,
    /// Where that stands in the log.
    pub receipt: Receipt,
}

/// A key that was made beside the installation, as `omoi key list` shows it.
#[derive(Debug, Serialize)]
pub struct KnownKey {
    /// Names it.
    pub id: Uuid,
    /// The organization it belongs to.
    pub org: String,
    /// Whom the log names.
    pub actor: Uuid,
    /// What it allows.
    pub role: String,
    /// When it was made.
    pub made_at: Timestamp,
    /// Since when it opens nothing.
    pub revoked_at: Option<Timestamp>,
}

impl Accounts {
    /// Makes a key of the actor's organization. Its text is answered once: a repeat of the wish is told so.
    ///
    /// # Errors
    /// `AlreadyIssued`; `too_many_api_keys`, `expiry_out_of_range`.
    pub async fn issue_key(
        &self,
        intent: &Intent,
        maker: UserId,
        new: NewKey,
        origin: &Origin,
    ) -> Result<Issued, AccountError> {
        intent.actor.require(Permission::WriteKeys)?;
        let org = intent.actor.org;
        let id = ApiKeyId(named(b"api key", intent.command_id.0));
        let key = api_key::ApiKey::random(self.settings.environment);
        let at = self.clock.now().await?;
        let expires_at = later(at, DAY * u32::from(new.days));
        // The hash first: whatever the log says was issued can be used. Until the log says so it opens nothing.
        let first = self.keep_hash(id, org, maker, &key, false).await?;
        let grant = KeyGrant { name: new.name, holder: new.holder, scopes: new.scopes, maker, expires_at };
        let command = Command::IssueApiKey { key: id, grant, at };
        let receipt = match self.of_organization(intent, command).await {
            Ok(receipt) => receipt,
            // The end of a repeat lies a little later, so it is another grant to the stream.
            Err(AccountError::Command(error)) if is_rejected(&error, "api_key_exists") => {
                return Err(AccountError::AlreadyIssued);
            }
            Err(error) => return Err(error),
        };
        if receipt.repeated || receipt.last_position.is_none() {
            return Err(AccountError::AlreadyIssued);
        }
        if !first {
            // An earlier try ended between the two, and nobody was ever told its key.
            self.keep_hash(id, org, maker, &key, true).await?;
        }
        let about = id.to_string();
        let entry = Entry::of(What::KeyMade).by(maker.0).in_org(org).about(&about);
        self.write_down(entry.from(origin.address.as_deref())).await?;
        let key = key.reveal().expose_secret().into();
        Ok(Issued { id, key, expires_at, receipt })
    }

    /// Ends a key: one's own, or with `members:write` anybody's.
    ///
    /// # Errors
    /// `unknown_api_key`; `Forbidden` for somebody else's.
    pub async fn revoke_key(
        &self,
        intent: &Intent,
        key: ApiKeyId,
        origin: &Origin,
    ) -> Result<Receipt, AccountError> {
        let org = intent.actor.org;
        let known = self.dispatcher.peek::<Organization>(org, org.0).await?;
        let whose = known.state.profile().and_then(|profile| match profile.api_keys.get(&key)? {
            ApiKey::Live(grant) => Some(grant.maker),
            ApiKey::Revoked => None,
        });
        if whose.is_some_and(|maker| maker.0 != intent.actor.id.0) {
            intent.actor.require(Permission::WriteMembers)?;
        }
        let receipt = self.of_organization(intent, Command::RevokeApiKey { key }).await?;
        sqlx::query("update vault.api_keys set revoked_at = omoi_now() where id = $1 and revoked_at is null")
            .bind(key.0)
            .execute(&self.pool)
            .await?;
        self.known.forget_all();
        let about = key.to_string();
        let entry = Entry::of(What::KeyRevoked).by(intent.actor.id.0).in_org(org).about(&about);
        self.write_down(entry.from(origin.address.as_deref())).await?;
        Ok(receipt)
    }

    /// When each key of an organization was last used, to the minute.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn last_uses(&self, org: OrgId) -> Result<BTreeMap<ApiKeyId, Timestamp>, AccountError> {
        let rows: Vec<(Uuid, chrono::DateTime<chrono::Utc>)> = sqlx::query_as(
            "select id, last_used_at from vault.api_keys where org_id = $1 and last_used_at is not null",
        )
        .bind(org.0)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(|(id, at)| (ApiKeyId(id), Timestamp::from(at))).collect())
    }

    /// Keeps the hash of an issued key; false when there is one of this id already. `again` takes its place.
    async fn keep_hash(
        &self,
        id: ApiKeyId,
        org: OrgId,
        maker: UserId,
        key: &api_key::ApiKey,
        again: bool,
    ) -> Result<bool, AccountError> {
        let kept = sqlx::query(
            "insert into vault.api_keys (id, org_id, actor, role, hash, made_at) \
             values ($1, $2, $3, null, $4, omoi_now()) \
             on conflict (id) do update set hash = excluded.hash where $5",
        )
        .bind(id.0)
        .bind(org.0)
        .bind(maker.0)
        .bind(&key.fingerprint().as_bytes()[..])
        .bind(again)
        .execute(&self.pool)
        .await?;
        Ok(kept.rows_affected() == 1)
    }

    /// Lets a key in that is made beside the installation, for `actor`, as `role`; nothing happens to one that is known.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn add_key(
        &self,
        id: Uuid,
        org: OrgId,
        actor: ActorId,
        role: Role,
        key: &api_key::ApiKey,
    ) -> Result<(), AccountError> {
        sqlx::query(
            "insert into vault.api_keys (id, org_id, actor, role, hash, made_at) \
             values ($1, $2, $3, $4, $5, omoi_now()) on conflict (hash) do nothing",
        )
        .bind(id)
        .bind(org.0)
        .bind(actor.0)
        .bind(role.as_str())
        .bind(&key.fingerprint().as_bytes()[..])
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Ends a key that was made beside the installation; false when there is none that still opened something.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn end_key(&self, id: Uuid) -> Result<bool, AccountError> {
        let ended = sqlx::query(
            "update vault.api_keys set revoked_at = omoi_now() \
             where id = $1 and revoked_at is null and role is not null",
        )
        .bind(id)
        .execute(&self.pool)
        .await?;
        Ok(ended.rows_affected() == 1)
    }

    /// Every key that was made beside the installation, oldest first.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn keys(&self) -> Result<Vec<KnownKey>, AccountError> {
        let rows = sqlx::query(
            "select k.id, coalesce(o.name, k.org_id::text), k.actor, k.role, k.made_at, k.revoked_at \
             from vault.api_keys k left join vault.organizations o on o.id = k.org_id \
             where k.role is not null order by k.made_at, k.id",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                let time = |at| row.try_get::<Option<chrono::DateTime<chrono::Utc>>, _>(at);
                Ok(KnownKey {
                    id: row.try_get(0)?,
                    org: row.try_get(1)?,
                    actor: row.try_get(2)?,
                    role: row.try_get(3)?,
                    made_at: Timestamp::from(row.try_get::<chrono::DateTime<chrono::Utc>, _>(4)?),
                    revoked_at: time(5)?.map(Timestamp::from),
                })
            })
            .collect()
    }
}
