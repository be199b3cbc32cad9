//! Credentials of the event bus: each reads the events of one organization, and nothing else opens by it. What the bus
//! is told of them follows from [`Accounts::bus_credentials_in_force`].

use commands::{Actor, Intent, Permission};
use kernel::{ActorId, OrgId, Timestamp, Uuid};
use sqlx::{Postgres, Row as _, Transaction};
use vault::bus_password::BusPassword;
use vault::secret::SecretString;
use vocabulary::Name;

use crate::audit::{Entry, What};
use crate::{AccountError, Accounts, Origin, named};

/// Each is an account and a consumer of the server of the bus.
const MOST: i64 = 20;

/// A credential that was made, with its password: this once.
#[derive(Debug)]
pub struct MadeBusCredential {
    /// Names it.
    pub id: Uuid,
    /// Its password on the bus.
    pub password: SecretString,
}

/// A credential as it is listed.
#[derive(Clone, Debug)]
pub struct BusCredential {
    /// Names it.
    pub id: Uuid,
    /// What people call it.
    pub name: Name,
    /// Who made it.
    pub maker: ActorId,
    /// The first position that it reads; `None` for the first one of the log.
    pub from: Option<i64>,
    /// When it was made.
    pub made_at: Timestamp,
}

/// A credential as the server of the bus is told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BusCredentialInForce {
    /// Whose events it reads.
    pub org: OrgId,
    /// Names it.
    pub id: Uuid,
    /// bcrypt of its password.
    pub hash: String,
    /// The first position that it reads.
    pub from: Option<i64>,
}

impl Accounts {
    /// Makes a credential of the actor's organization. Its password is answered once: a repeat of the wish is told so.
    ///
    /// # Errors
    /// `AlreadyIssued`; `TooManyBusCredentials`; `Forbidden` for whoever may not decide who sees what, or may not see
    /// the events.
    pub async fn make_bus_credential(
        &self,
        intent: &Intent,
        name: &Name,
        from: Option<i64>,
        origin: &Origin,
    ) -> Result<MadeBusCredential, AccountError> {
        intent.actor.require(Permission::WriteMembers)?;
        intent.actor.require(Permission::ReadEvents)?;
        let (org, maker) = (intent.actor.org, intent.actor.id);
        let id = named(b"bus credential", intent.command_id.0);
        let BusPassword { password, hash } = BusPassword::random();
        let mut transaction = self.in_org(org).await?;
        let known: bool = sqlx::query_scalar(
            "select exists (select from vault.bus_credentials where org_id = $1 and id = $2)",
        )
        .bind(org.0)
        .bind(id)
        .fetch_one(&mut *transaction)
        .await?;
        if known {
            return Err(AccountError::AlreadyIssued);
        }
        let made = sqlx::query(
            "insert into vault.bus_credentials (org_id, id, name, hash, maker, from_position, made_at) \
             select $1, $2, $3, $4, $5, $6, omoi_now() \
             where (select count(*) from vault.bus_credentials where org_id = $1 and revoked_at is null) < $7 \
             on conflict do nothing",
        )
        .bind(org.0)
        .bind(id)
        .bind(name.as_str())
        .bind(hash)
        .bind(maker.0)
        .bind(from)
        .bind(MOST)
        .execute(&mut *transaction)
        .await?;
        if made.rows_affected() == 0 {
            return Err(AccountError::TooManyBusCredentials { most: MOST });
        }
        transaction.commit().await?;
        let about = id.to_string();
        let entry = Entry::of(What::BusCredentialMade).by(maker.0).in_org(org).about(&about);
        self.write_down(entry.from(origin.address.as_deref())).await?;
        Ok(MadeBusCredential { id, password })
    }

    /// Ends a credential. The server of the bus has to be told, which is not done here.
    ///
    /// # Errors
    /// `NotFound` when there is none, or no longer.
    pub async fn revoke_bus_credential(
        &self,
        actor: Actor,
        id: Uuid,
        origin: &Origin,
    ) -> Result<(), AccountError> {
        actor.require(Permission::WriteMembers)?;
        let org = actor.org;
        let mut transaction = self.in_org(org).await?;
        let revoked = sqlx::query(
            "update vault.bus_credentials set revoked_at = omoi_now() \
             where org_id = $1 and id = $2 and revoked_at is null",
        )
        .bind(org.0)
        .bind(id)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        if revoked.rows_affected() == 0 {
            return Err(AccountError::NotFound("bus credential"));
        }
        let about = id.to_string();
        let entry = Entry::of(What::BusCredentialRevoked).by(actor.id.0).in_org(org).about(&about);
        self.write_down(entry.from(origin.address.as_deref())).await
    }

    /// Those of an organization that nobody has revoked, oldest first.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn bus_credentials(&self, org: OrgId) -> Result<Vec<BusCredential>, AccountError> {
        let mut transaction = self.in_org(org).await?;
        let rows = sqlx::query(
            "select id, name, maker, from_position, made_at from vault.bus_credentials \
             where org_id = $1 and revoked_at is null order by made_at, id",
        )
        .bind(org.0)
        .fetch_all(&mut *transaction)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(BusCredential {
                    id: row.try_get(0)?,
                    name: Name::new(row.try_get(1)?)?,
                    maker: ActorId(row.try_get(2)?),
                    from: row.try_get(3)?,
                    made_at: Timestamp::from(row.try_get::<chrono::DateTime<chrono::Utc>, _>(4)?),
                })
            })
            .collect()
    }

    /// All that the server of the bus is to let in, in a fixed order: not those that were revoked, nor those of an
    /// organization that is suspended or closed.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn bus_credentials_in_force(&self) -> Result<Vec<BusCredentialInForce>, AccountError> {
        let rows: Vec<(Uuid, Uuid, String, Option<i64>)> =
            sqlx::query_as("select org_id, id, hash, from_position from vault.bus_credentials_in_force()")
                .fetch_all(&self.pool)
                .await?;
        let of = |(org, id, hash, from)| BusCredentialInForce { org: OrgId(org), id, hash, from };
        Ok(rows.into_iter().map(of).collect())
    }

    /// A transaction that sees the rows of one organization, whatever its statements forget.
    async fn in_org(&self, org: OrgId) -> Result<Transaction<'static, Postgres>, AccountError> {
        let mut transaction = self.pool.begin().await?;
        sqlx::query("select set_config('app.org', $1, true)")
            .bind(org.0.to_string())
            .execute(&mut *transaction)
            .await?;
        Ok(transaction)
    }
}
