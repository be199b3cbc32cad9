//! Which account at a provider opens whose account here.

use identity::user::Command;
use kernel::Uuid;
use vocabulary::{AccountHash, Slug, UserId};

use crate::address::EmailAddress;
use crate::audit::{Entry, What};
use crate::{AccountError, Accounts, Origin};

/// What an account elsewhere opens, or will when it is linked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    pub(super) user: UserId,
    pub(super) linked: bool,
}

impl Accounts {
    pub(super) async fn link_of(&self, account: AccountHash) -> Result<Option<Link>, AccountError> {
        let row: Option<(Uuid, bool)> = sqlx::query_as(
            "select user_id, linked_at is not null from vault.linked_accounts where account = $1",
        )
        .bind(&account.as_bytes()[..])
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|(user, linked)| Link { user: UserId(user), linked }))
    }

    /// Says who this account will open before there is such a person; whoever comes second goes on with the first.
    pub(super) async fn begin_link(
        &self,
        provider: &str,
        account: AccountHash,
    ) -> Result<UserId, AccountError> {
        let user: Uuid = sqlx::query_scalar(
            "insert into vault.linked_accounts as l (account, provider, user_id, made_at) \
             values ($1, $2, $3, omoi_now()) on conflict (account) do update set made_at = l.made_at returning user_id",
        )
        .bind(&account.as_bytes()[..])
        .bind(provider)
        .bind(Uuid::now_v7())
        .fetch_one(&self.pool)
        .await?;
        Ok(UserId(user))
    }

    /// Links: the log first, which lets an account open one person only, then the vault, by which it is found.
    pub(super) async fn link(
        &self,
        provider: &str,
        account: AccountHash,
        user: UserId,
        origin: &Origin,
    ) -> Result<(), AccountError> {
        let slug = Slug::new(provider).map_err(|_| AccountError::NotFound("provider"))?;
        self.of_person(user, Command::LinkOauth { provider: slug, account }).await?;
        // One account a provider: another takes its place.
        sqlx::query(
            "with before as (delete from vault.linked_accounts \
                 where user_id = $3 and provider = $2 and account <> $1) \
             insert into vault.linked_accounts as l (account, provider, user_id, made_at, linked_at) \
             values ($1, $2, $3, omoi_now(), omoi_now()) \
             on conflict (account) do update set user_id = excluded.user_id, \
                 linked_at = coalesce(l.linked_at, excluded.linked_at)",
        )
        .bind(&account.as_bytes()[..])
        .bind(provider)
        .bind(user.0)
        .execute(&self.pool)
        .await?;
        let entry = Entry::of(What::AccountLinked).by(user.0).about(provider);
        self.write_down(entry.from(origin.address.as_deref())).await
    }

    /// Whoever has proved to read mail there.
    pub(super) async fn owner_of(&self, email: &EmailAddress) -> Result<Option<UserId>, AccountError> {
        let user: Option<Uuid> = sqlx::query_scalar(
            "select user_id from vault.credentials where address = $1 and proved_at is not null",
        )
        .bind(&self.custody.address_hash(email).as_bytes()[..])
        .fetch_optional(&self.pool)
        .await?;
        Ok(user.map(UserId))
    }
}
