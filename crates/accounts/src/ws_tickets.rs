//! How a socket is opened. A browser cannot send a header with it, and a key does not belong into an address: so whoever
//! is let in gets a ticket that opens one socket, once, soon.

use std::time::Duration;

use kernel::{OrgId, Timestamp, Uuid};

use crate::access::Credential;
use crate::{AccountError, Accounts};

/// How long a ticket is good.
const GOOD_FOR: Duration = Duration::from_secs(30);

impl Accounts {
    /// Takes a ticket in, by its hash, and says when it ends; removes some that have ended, so that the table stays small.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn make_ws_ticket(
        &self,
        hash: [u8; 32],
        credential: Credential,
    ) -> Result<Timestamp, AccountError> {
        let (key, session, org) = match &credential {
            Credential::Key(key) => (Some(&key[..]), None, None),
            Credential::Session { id, org } => (None, Some(*id), Some(org.0)),
        };
        let expires_at: chrono::DateTime<chrono::Utc> = sqlx::query_scalar(
            "with gone as (delete from vault.ws_tickets where hash in ( \
                 select hash from vault.ws_tickets where expires_at <= omoi_now() order by expires_at limit 10 \
                 for update skip locked)) \
             insert into vault.ws_tickets (hash, key_hash, session_id, org_id, expires_at) \
             values ($1, $2, $3, $4, omoi_now() + $5) returning expires_at",
        )
        .bind(&hash[..])
        .bind(key)
        .bind(session)
        .bind(org)
        .bind(GOOD_FOR)
        .fetch_one(&self.pool)
        .await?;
        Ok(expires_at.into())
    }

    /// What the ticket was made with; `None` for one that is unknown, used or over. It opens nothing from now on.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn use_ws_ticket(&self, hash: [u8; 32]) -> Result<Option<Credential>, AccountError> {
        type Row = (Option<Vec<u8>>, Option<Uuid>, Option<Uuid>);
        let row: Option<Row> = sqlx::query_as(
            "delete from vault.ws_tickets where hash = $1 and expires_at > omoi_now() \
             returning key_hash, session_id, org_id",
        )
        .bind(&hash[..])
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.and_then(|(key, session, org)| match (key, session, org) {
            (Some(key), ..) => key.try_into().ok().map(Credential::Key),
            (None, Some(id), Some(org)) => Some(Credential::Session { id, org: OrgId(org) }),
            (None, ..) => None,
        }))
    }
}
