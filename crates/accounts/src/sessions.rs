//! Sessions: a person at a browser or a program. A refresh token is turned into its successor each time it is used; one
//! that is used again by somebody else ends the session, for nobody can tell which of the two is the thief.

use std::time::Duration;

use kernel::{ActorId, OrgId, Timestamp, Uuid};
use sqlx::Row as _;
use vault::secret::ExposeSecret as _;
use vault::token::{Token, TokenKind};
use vocabulary::UserId;

use crate::audit::{Entry, What};
use crate::{AccountError, Accounts, Origin};

/// A session that nobody uses is over after a week,
pub(crate) const IDLE: Duration = Duration::from_secs(7 * 24 * 3600);
/// and any after a month.
const AT_MOST: Duration = Duration::from_secs(30 * 24 * 3600);
/// A client whose answer was lost is given the same successor for so long.
const LOST_ANSWER: Duration = Duration::from_secs(10);
/// Sessions of one person; the one that was used least recently gives way.
const MOST: i64 = 100;

/// A session, and the token that keeps it going.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) session: Uuid,
    pub(crate) user: UserId,
    pub(crate) org: Option<OrgId>,
    pub(crate) refresh: Token,
}

/// A session as its owner sees it.
#[derive(Clone, Debug)]
pub struct SessionShown {
    /// Names it.
    pub id: Uuid,
    /// When somebody signed in.
    pub made_at: Timestamp,
    /// When it was last refreshed.
    pub last_used_at: Timestamp,
    /// When it is over, if it is not used before.
    pub expires_at: Timestamp,
    /// What the client called itself then.
    pub agent: Option<String>,
    /// Where the client was then.
    pub address: Option<String>,
}

impl Accounts {
    /// Opens a session for somebody who has proved who it is.
    pub(crate) async fn open_session(
        &self,
        user: UserId,
        org: Option<OrgId>,
        origin: &Origin,
    ) -> Result<Opened, AccountError> {
        let (session, refresh) = (Uuid::now_v7(), Token::random(TokenKind::Refresh));
        let mut transaction = self.pool.begin().await?;
        sqlx::query(
            "insert into vault.sessions (id, user_id, org_id, made_at, used_at, ends_at, agent, address) \
             values ($1, $2, $3, omoi_now(), omoi_now(), omoi_now() + $4, $5, $6)",
        )
        .bind(session)
        .bind(user.0)
        .bind(org.map(|org| org.0))
        .bind(AT_MOST)
        .bind(origin.agent.as_deref().map(|agent| cut(agent, 200)))
        .bind(origin.address.as_deref().map(|address| cut(address, 64)))
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "insert into vault.refresh_tokens (hash, session_id, made_at) values ($1, $2, omoi_now())",
        )
        .bind(&refresh.fingerprint().as_bytes()[..])
        .bind(session)
        .execute(&mut *transaction)
        .await?;
        // Those of long ago go, and of too many the oldest.
        sqlx::query(
            "delete from vault.sessions where id in (select id from vault.sessions where user_id = $1 and \
                 (ended_at < omoi_now() - interval '1 day' or ends_at < omoi_now() - interval '1 day') limit 50)",
        )
        .bind(user.0)
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "update vault.sessions set ended_at = omoi_now(), ended_by = 'too_many' where id in ( \
                 select id from vault.sessions where user_id = $1 and ended_at is null \
                 order by used_at desc, id desc offset $2)",
        )
        .bind(user.0)
        .bind(MOST)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(Opened { session, user, org, refresh })
    }

    /// Turns a refresh token into its successor.
    ///
    /// # Errors
    /// `InvalidToken` when it is unknown, over, or was used before.
    pub(crate) async fn rotate(&self, text: &str, origin: &Origin) -> Result<Opened, AccountError> {
        let token = Token::parse(TokenKind::Refresh, text).map_err(|_| AccountError::InvalidToken)?;
        let refresh = token.successor(&self.custody.refresh);
        let row =
            sqlx::query("select outcome, session_id, user_id, org_id from vault.rotate($1, $2, $3, $4)")
                .bind(&token.fingerprint().as_bytes()[..])
                .bind(&refresh.fingerprint().as_bytes()[..])
                .bind(IDLE)
                .bind(LOST_ANSWER)
                .fetch_one(&self.pool)
                .await?;
        let outcome: String = row.try_get(0)?;
        if outcome == "unknown" {
            return Err(AccountError::InvalidToken);
        }
        let (session, user): (Uuid, Uuid) = (row.try_get(1)?, row.try_get(2)?);
        let org = row.try_get::<Option<Uuid>, _>(3)?.map(OrgId);
        match outcome.as_str() {
            "rotated" | "again" => Ok(Opened { session, user: UserId(user), org, refresh }),
            "reused" => {
                tracing::warn!(%session, "a refresh token was used twice; its session is ended");
                self.known.forget_all();
                let session = session.to_string();
                let entry = Entry { org, ..Entry::of(What::RefreshTokenReused).by(user).about(&session) };
                self.write_down(entry.from(origin.address.as_deref())).await?;
                Err(AccountError::InvalidToken)
            }
            _ => Err(AccountError::InvalidToken),
        }
    }

    /// The session acts in this organization from now on.
    pub(crate) async fn move_session(&self, session: Uuid, org: Option<OrgId>) -> Result<(), AccountError> {
        sqlx::query("update vault.sessions set org_id = $2 where id = $1")
            .bind(session)
            .bind(org.map(|org| org.0))
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Where the person acted last.
    pub(crate) async fn last_org(&self, user: UserId) -> Result<Option<OrgId>, AccountError> {
        let org: Option<Uuid> = sqlx::query_scalar(
            "select org_id from vault.sessions where user_id = $1 and org_id is not null \
             order by used_at desc limit 1",
        )
        .bind(user.0)
        .fetch_optional(&self.pool)
        .await?;
        Ok(org.map(OrgId))
    }

    /// The sessions of somebody that go on, the newest first.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn sessions(&self, user: UserId) -> Result<Vec<SessionShown>, AccountError> {
        let rows = sqlx::query(
            "select id, made_at, used_at, least(ends_at, used_at + $2), agent, address from vault.sessions \
             where user_id = $1 and ended_at is null and ends_at > omoi_now() and used_at + $2 > omoi_now() \
             order by used_at desc, id desc",
        )
        .bind(user.0)
        .bind(IDLE)
        .fetch_all(&self.pool)
        .await?;
        let time = |row: &sqlx::postgres::PgRow, at| {
            row.try_get::<chrono::DateTime<chrono::Utc>, _>(at).map(Timestamp::from)
        };
        rows.iter()
            .map(|row| {
                Ok(SessionShown {
                    id: row.try_get(0)?,
                    made_at: time(row, 1)?,
                    last_used_at: time(row, 2)?,
                    expires_at: time(row, 3)?,
                    agent: row.try_get(4)?,
                    address: row.try_get(5)?,
                })
            })
            .collect()
    }

    /// Ends one session of somebody.
    ///
    /// # Errors
    /// `NotFound` when this person has no such session that goes on.
    pub async fn end_session(
        &self,
        user: UserId,
        session: Uuid,
        origin: &Origin,
    ) -> Result<(), AccountError> {
        let ended = sqlx::query(
            "update vault.sessions set ended_at = omoi_now(), ended_by = 'revoked' \
             where id = $1 and user_id = $2 and ended_at is null",
        )
        .bind(session)
        .bind(user.0)
        .execute(&self.pool)
        .await?;
        if ended.rows_affected() == 0 {
            return Err(AccountError::NotFound("session"));
        }
        self.known.forget_all();
        let session = session.to_string();
        self.write_down(
            Entry::of(What::SessionEnded).by(user.0).about(&session).from(origin.address.as_deref()),
        )
        .await
    }

    /// Ends, at a person's wish, every session but this one; answers how many.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn end_other_sessions(
        &self,
        user: UserId,
        session: Uuid,
        origin: &Origin,
    ) -> Result<u64, AccountError> {
        let ended = self.end_sessions(user, Some(session), "revoked").await?;
        let but = format!("all but {session}");
        let entry = Entry::of(What::SessionEnded).by(user.0).about(&but);
        self.write_down(entry.from(origin.address.as_deref())).await?;
        Ok(ended)
    }

    /// Ends every session of somebody but this one; answers how many.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub(crate) async fn end_sessions(
        &self,
        user: UserId,
        but: Option<Uuid>,
        why: &'static str,
    ) -> Result<u64, AccountError> {
        let ended = sqlx::query(
            "update vault.sessions set ended_at = omoi_now(), ended_by = $3 \
             where user_id = $1 and ended_at is null and ($2::uuid is null or id <> $2)",
        )
        .bind(user.0)
        .bind(but)
        .bind(why)
        .execute(&self.pool)
        .await?;
        self.known.forget_all();
        Ok(ended.rows_affected())
    }

    /// Signs out: by the session itself, or by its refresh token. Whoever is signed out already is told the same.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn sign_out(
        &self,
        session: Option<Uuid>,
        refresh: Option<&str>,
        origin: &Origin,
    ) -> Result<(), AccountError> {
        let hash = refresh.and_then(|text| Token::parse(TokenKind::Refresh, text).ok());
        let hash = hash.map(|token| token.fingerprint().as_bytes().to_vec());
        let ended: Vec<(Uuid, Uuid, Option<Uuid>)> = sqlx::query_as(
            "update vault.sessions set ended_at = omoi_now(), ended_by = 'signed_out' \
             where ended_at is null and (id = $1 or id = (select session_id from vault.refresh_tokens where hash = $2)) \
             returning id, user_id, org_id",
        )
        .bind(session)
        .bind(hash)
        .fetch_all(&self.pool)
        .await?;
        self.known.forget_all();
        for (session, user, org) in ended {
            let session = session.to_string();
            let entry = Entry { org: org.map(OrgId), ..Entry::of(What::SignedOut).by(user).about(&session) };
            self.write_down(entry.from(origin.address.as_deref())).await?;
        }
        Ok(())
    }

    /// Whose session this is, while it goes on.
    pub(crate) async fn session_owner(&self, session: Uuid) -> Result<Option<ActorId>, AccountError> {
        let owner: Option<Uuid> = sqlx::query_scalar(
            "select user_id from vault.sessions \
             where id = $1 and ended_at is null and ends_at > omoi_now() and used_at + $2 > omoi_now()",
        )
        .bind(session)
        .bind(IDLE)
        .fetch_optional(&self.pool)
        .await?;
        Ok(owner.map(ActorId))
    }
}

impl Opened {
    /// The refresh token as text.
    pub(crate) fn refresh_text(&self) -> vault::secret::SecretString {
        self.refresh.reveal().expose_secret().into()
    }
}

/// The first characters, without what would break a line of a log.
fn cut(text: &str, most: usize) -> String {
    text.chars().filter(|c| !c.is_control()).take(most).collect()
}
