//! What is mailed or printed and is good once: kept as a hash, for one purpose, until its time is over.

use std::time::Duration;

use kernel::{OrgId, Uuid};
use vault::secret::{ExposeSecret as _, SecretString};
use vault::token::{Token, TokenKind};

use crate::{AccountError, Accounts};

/// Enough to find the mail again the day after.
pub(crate) const VERIFY_WITHIN: Duration = Duration::from_secs(24 * 3600);
pub(crate) const RESET_WITHIN: Duration = Duration::from_secs(3600);
/// Printed by `omoi up` and used right away, or printed again.
pub(crate) const LOGIN_WITHIN: Duration = Duration::from_secs(15 * 60);

/// What a token is good for, and for whom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Purpose {
    pub(crate) kind: TokenKind,
    /// The person; of an invitation the invitation.
    pub(crate) subject: Uuid,
    pub(crate) org: Option<OrgId>,
    pub(crate) within: Duration,
}

/// A token that was shown and is good.
#[derive(Debug)]
pub(crate) struct Shown {
    pub(crate) subject: Uuid,
    pub(crate) org: Option<OrgId>,
    hash: [u8; 32],
}

const fn name(kind: TokenKind) -> &'static str {
    match kind {
        TokenKind::Verification => "verify",
        TokenKind::Reset => "reset",
        TokenKind::Invitation => "invite",
        TokenKind::LoginLink => "login",
        TokenKind::Refresh => panic!("a refresh token is kept with its session"),
        TokenKind::Consent => panic!("a consent is kept with what it is given to"),
    }
}

impl Accounts {
    /// Makes a token. Those before it stay good: letters overtake each other.
    pub(crate) async fn make_token(&self, purpose: Purpose) -> Result<SecretString, AccountError> {
        let token = Token::random(purpose.kind);
        // What is over for a day is of use to nobody.
        sqlx::query(
            "with gone as (delete from vault.single_use_tokens where hash in ( \
                 select hash from vault.single_use_tokens where expires_at < omoi_now() - interval '1 day' \
                 order by expires_at limit 20)) \
             insert into vault.single_use_tokens (hash, kind, subject, org_id, made_at, expires_at) \
             values ($1, $2, $3, $4, omoi_now(), omoi_now() + $5)",
        )
        .bind(&token.fingerprint().as_bytes()[..])
        .bind(name(purpose.kind))
        .bind(purpose.subject)
        .bind(purpose.org.map(|org| org.0))
        .bind(purpose.within)
        .execute(&self.pool)
        .await?;
        Ok(token.reveal().expose_secret().into())
    }

    /// Looks at a token without using it up.
    ///
    /// # Errors
    /// `InvalidToken`, whatever is wrong with it.
    pub(crate) async fn look_at_token(&self, kind: TokenKind, text: &str) -> Result<Shown, AccountError> {
        let hash =
            *Token::parse(kind, text).map_err(|_| AccountError::InvalidToken)?.fingerprint().as_bytes();
        let row: Option<(Uuid, Option<Uuid>)> = sqlx::query_as(
            "select subject, org_id from vault.single_use_tokens \
             where hash = $1 and kind = $2 and used_at is null and expires_at > omoi_now()",
        )
        .bind(&hash[..])
        .bind(name(kind))
        .fetch_optional(&self.pool)
        .await?;
        let (subject, org) = row.ok_or(AccountError::InvalidToken)?;
        Ok(Shown { subject, org: org.map(OrgId), hash })
    }

    /// Uses a token up.
    ///
    /// # Errors
    /// `InvalidToken` when somebody else was faster.
    pub(crate) async fn use_token(&self, shown: &Shown) -> Result<(), AccountError> {
        let used = sqlx::query(
            "update vault.single_use_tokens set used_at = omoi_now() \
             where hash = $1 and used_at is null and expires_at > omoi_now()",
        )
        .bind(&shown.hash[..])
        .execute(&self.pool)
        .await?;
        if used.rows_affected() == 1 { Ok(()) } else { Err(AccountError::InvalidToken) }
    }

    /// Ends every token of this kind of somebody.
    pub(crate) async fn end_tokens(&self, kind: TokenKind, subject: Uuid) -> Result<(), AccountError> {
        sqlx::query(
            "update vault.single_use_tokens set used_at = omoi_now() \
             where subject = $1 and kind = $2 and used_at is null",
        )
        .bind(subject)
        .bind(name(kind))
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
