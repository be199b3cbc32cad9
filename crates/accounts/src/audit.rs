//! Who was let in, and who was not: facts that no aggregate decides. They stand beside the log and are only added to.

use commands::Actor;
use kernel::{ActorId, OrgId, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use sqlx::Row as _;

use crate::throttle::NOTES_OF;
use crate::{AccountError, Accounts};

/// What happened. The names are for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum What {
    Registered,
    EmailVerified,
    AccountLinked,
    SignedIn,
    SignInRefused,
    Throttled,
    Refreshed,
    RefreshTokenReused,
    SignedOut,
    SessionEnded,
    PasswordChanged,
    PasswordReset,
    ResetAsked,
    OrganizationSwitched,
    InvitationAccepted,
    KeyMade,
    KeyRevoked,
    BusCredentialMade,
    BusCredentialRevoked,
    Forbidden,
    UserErased,
}

impl What {
    /// Its name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Registered => "registered",
            Self::EmailVerified => "email_verified",
            Self::AccountLinked => "account_linked",
            Self::SignedIn => "signed_in",
            Self::SignInRefused => "sign_in_refused",
            Self::Throttled => "throttled",
            Self::Refreshed => "refreshed",
            Self::RefreshTokenReused => "refresh_token_reused",
            Self::SignedOut => "signed_out",
            Self::SessionEnded => "session_ended",
            Self::PasswordChanged => "password_changed",
            Self::PasswordReset => "password_reset",
            Self::ResetAsked => "reset_asked",
            Self::OrganizationSwitched => "organization_switched",
            Self::InvitationAccepted => "invitation_accepted",
            Self::KeyMade => "key_made",
            Self::KeyRevoked => "key_revoked",
            Self::BusCredentialMade => "bus_credential_made",
            Self::BusCredentialRevoked => "bus_credential_revoked",
            Self::Forbidden => "forbidden",
            Self::UserErased => "user_erased",
        }
    }

    /// Whether somebody was let do something.
    const fn allowed(self) -> bool {
        !matches!(self, Self::SignInRefused | Self::Throttled | Self::RefreshTokenReused | Self::Forbidden)
    }
}

/// One fact, to be written down.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// What happened.
    pub what: What,
    /// In which organization, if in one.
    pub org: Option<OrgId>,
    /// Who acted, if that is known.
    pub actor: Option<ActorId>,
    /// What it was about: an id, a route, a permission. Never a secret, a name or an e-mail address.
    pub subject: Option<&'a str>,
    /// From where.
    pub address: Option<&'a str>,
}

impl<'a> Entry<'a> {
    /// Of nobody in particular.
    #[must_use]
    pub const fn of(what: What) -> Self {
        Self { what, org: None, actor: None, subject: None, address: None }
    }

    pub(crate) fn by(self, actor: impl Into<kernel::Uuid>) -> Self {
        Self { actor: Some(ActorId(actor.into())), ..self }
    }

    pub(crate) const fn from(self, address: Option<&'a str>) -> Self {
        Self { address, ..self }
    }

    pub(crate) const fn in_org(self, org: OrgId) -> Self {
        Self { org: Some(org), ..self }
    }

    pub(crate) const fn about(self, subject: &'a str) -> Self {
        Self { subject: Some(subject), ..self }
    }
}

/// One fact, as it was written down.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[schemars(rename = "AuditFact")]
pub struct Fact {
    /// Its number: the order in which facts were written down.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// Who acted, if that is known.
    pub actor: Option<ActorId>,
    /// What happened.
    pub what: String,
    /// Whether somebody was let do something.
    pub allowed: bool,
    /// What it was about.
    pub subject: Option<String>,
    /// From where.
    pub address: Option<String>,
}

impl Accounts {
    /// Writes a fact down.
    ///
    /// # Errors
    /// When the database cannot be used: what cannot be written down is not done.
    pub async fn write_down(&self, entry: Entry<'_>) -> Result<(), AccountError> {
        sqlx::query(
            "insert into vault.audit (at, org_id, actor, what, allowed, subject, address) \
             values (omoi_now(), $1, $2, $3, $4, $5, $6)",
        )
        .bind(entry.org.map(|org| org.0))
        .bind(entry.actor.map(|actor| actor.0))
        .bind(entry.what.as_str())
        .bind(entry.what.allowed())
        .bind(entry.subject.map(|subject| subject.chars().take(200).collect::<String>()))
        .bind(entry.address)
        .execute(&self.pool)
        .await?;
        metrics::counter!("omoi_audit_facts_total", "what" => entry.what.as_str()).increment(1);
        Ok(())
    }

    /// Writes down that somebody was refused, as often as says something: a program that asks a thousand times fills no
    /// table. The refusal stands whether or not it could be written down.
    pub async fn note_forbidden(&self, actor: Actor, asked: &str) {
        let noted = async {
            if self.wait_of(NOTES_OF, actor.id.0.as_bytes()).await?.is_some() {
                return Ok(());
            }
            self.write_down(Entry::of(What::Forbidden).by(actor.id.0).in_org(actor.org).about(asked)).await
        };
        if let Err(error) = noted.await {
            tracing::warn!(%error, "a refusal could not be written down");
        }
    }

    /// The facts of an organization, newest first, at most `limit`, those before the number `before` when it is given.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn facts(
        &self,
        org: OrgId,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<Fact>, AccountError> {
        let rows = sqlx::query(
            "select id, at, actor, what, allowed, subject, address from vault.audit \
             where org_id = $1 and ($2::bigint is null or id < $2) order by id desc limit $3",
        )
        .bind(org.0)
        .bind(before)
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Fact {
                    id: row.try_get(0)?,
                    at: Timestamp::from(row.try_get::<chrono::DateTime<chrono::Utc>, _>(1)?),
                    actor: row.try_get::<Option<kernel::Uuid>, _>(2)?.map(ActorId),
                    what: row.try_get(3)?,
                    allowed: row.try_get(4)?,
                    subject: row.try_get(5)?,
                    address: row.try_get(6)?,
                })
            })
            .collect()
    }
}
