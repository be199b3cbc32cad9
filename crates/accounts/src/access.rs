//! Whose request it is. A key or a session is looked up, and what its owner may do follows from the organization's
//! stream as it is now: nothing that was taken away is remembered longer than a few seconds.

use std::time::{Duration, Instant};

use commands::authority::{installation, permissions_of_scopes};
use commands::{Actor, Grants, Role};
use identity::organization::{ApiKey, ApiKeyId, KeyGrant, Organization};
use identity::user::User;
use kernel::{ActorId, OrgId, Uuid};
use quick_cache::sync::Cache;
use sqlx::Row as _;
use vault::api_key;
use vocabulary::UserId;

use crate::{AccountError, Accounts};

/// How long an answer is gone by. With what a socket adds, whatever is revoked is out within 5 s.
const REMEMBERED: Duration = Duration::from_secs(3);
const MOST_REMEMBERED: usize = 20_000;

/// What was shown: enough to ask again whether it still opens something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Credential {
    /// A key, by its hash.
    Key([u8; 32]),
    /// A session, and the organization that it acts in.
    Session {
        /// Which.
        id: Uuid,
        /// Where; that of the installation while the person is in none.
        org: OrgId,
    },
}

/// Somebody who was let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    /// Who acts, where, and what that one may do.
    pub actor: Actor,
    /// What was shown.
    pub credential: Credential,
}

impl Caller {
    /// The person and the session, when it is a session.
    #[must_use]
    pub const fn session(&self) -> Option<(UserId, Uuid)> {
        match self.credential {
            Credential::Session { id, .. } => Some((UserId(self.actor.id.0), id)),
            Credential::Key(_) => None,
        }
    }
}

/// Answers of the last seconds. Those that were no are not kept: a key may be made a moment after it was tried.
#[derive(Debug)]
pub(crate) struct Known(Cache<Credential, (Instant, Actor)>);

impl Known {
    pub(crate) fn new() -> Self {
        Self(Cache::new(MOST_REMEMBERED))
    }

    /// After a change on this node; it is rare.
    pub(crate) fn forget_all(&self) {
        self.0.clear();
    }
}

impl Accounts {
    /// Who shows this bearer token: an access token or an API key; `None` when it opens nothing.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn caller(&self, bearer: &str) -> Result<Option<Caller>, AccountError> {
        let Some(credential) = self.credential(bearer).await? else { return Ok(None) };
        Ok(self.actor(credential).await?.map(|actor| Caller { actor, credential }))
    }

    /// What the text is, by its form and signature alone.
    async fn credential(&self, bearer: &str) -> Result<Option<Credential>, AccountError> {
        if let Ok(key) = api_key::ApiKey::parse_for(self.settings.environment, bearer) {
            return Ok(Some(Credential::Key(*key.fingerprint().as_bytes())));
        }
        let now = self.clock.now().await?;
        self.look_for_keys(now).await?;
        match self.signing.tokens().verify(bearer, now) {
            Ok(verified) => {
                let access = verified.access;
                Ok(Some(Credential::Session { id: access.session, org: access.org }))
            }
            Err(reason) => {
                tracing::debug!(%reason, "a bearer token does not count");
                Ok(None)
            }
        }
    }

    /// Who shows this credential, now; `None` when it opens nothing any more.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn actor(&self, credential: Credential) -> Result<Option<Actor>, AccountError> {
        if let Some((since, actor)) = self.known.0.get(&credential)
            && since.elapsed() < REMEMBERED
        {
            return Ok(Some(actor));
        }
        let asked = Instant::now();
        let actor = match credential {
            Credential::Key(hash) => self.of_key(hash).await?,
            Credential::Session { id, org } => self.of_session(id, org).await?,
        };
        match actor {
            Some(actor) => self.known.0.insert(credential, (asked, actor)),
            None => {
                self.known.0.remove(&credential);
            }
        }
        Ok(actor)
    }

    async fn of_session(&self, session: Uuid, org: OrgId) -> Result<Option<Actor>, AccountError> {
        let Some(id) = self.session_owner(session).await? else { return Ok(None) };
        let user = UserId(id.0);
        if !self.may_sign_in(user).await? {
            return Ok(None);
        }
        if org == installation() {
            return Ok(Some(Actor::outside(id)));
        }
        let membership = self.membership(user, org).await?;
        Ok(membership.map(|membership| Actor { org, id, grants: Grants::Role(Role::from(membership.role)) }))
    }

    async fn of_key(&self, hash: [u8; 32]) -> Result<Option<Actor>, AccountError> {
        let row = sqlx::query(
            "select id, org_id, actor, role from vault.api_keys where hash = $1 and revoked_at is null",
        )
        .bind(&hash[..])
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let (id, org): (Uuid, OrgId) = (row.try_get(0)?, OrgId(row.try_get(1)?));
        let grants = match row.try_get::<Option<&str>, _>(3)? {
            Some(role) => self.of_key_with_role(org, role).await?,
            None => self.of_issued_key(org, ApiKeyId(id)).await?,
        };
        let Some(grants) = grants else { return Ok(None) };
        self.note_use(id).await?;
        Ok(Some(Actor { org, id: ActorId(row.try_get(2)?), grants }))
    }

    /// A key that was made beside the installation: it has a role for good, while its organization is there.
    async fn of_key_with_role(&self, org: OrgId, role: &str) -> Result<Option<Grants>, AccountError> {
        let role: Role = role.parse().map_err(|error| {
            AccountError::Unavailable(eventstore::Unavailable::Refused(format!(
                "the vault holds a key: {error}"
            )))
        })?;
        let known = self.dispatcher.peek::<Organization>(org, org.0).await?;
        // An organization without events is one that such a key was made for, before there were any.
        let open = matches!(known.state, Organization::Absent | Organization::Active(_));
        Ok(open.then_some(Grants::Role(role)))
    }

    /// A key that the organization issued: what it is for, as far as its maker may now.
    async fn of_issued_key(&self, org: OrgId, id: ApiKeyId) -> Result<Option<Grants>, AccountError> {
        let known = self.dispatcher.peek::<Organization>(org, org.0).await?;
        let Organization::Active(profile) = known.state else { return Ok(None) };
        let Some(ApiKey::Live(KeyGrant { holder, scopes, maker, expires_at, .. })) =
            profile.api_keys.get(&id)
        else {
            return Ok(None);
        };
        let Some(role) = profile.role_of(*maker) else { return Ok(None) };
        if *expires_at <= self.clock.now().await?
            || !matches!(self.person(*maker).await?, User::Unverified(_) | User::Active(_))
        {
            return Ok(None);
        }
        let permissions = permissions_of_scopes(scopes).within(Role::from(role).permissions());
        Ok(Some(Grants::Key { permissions, project: holder.project() }))
    }

    /// When a key was last used, to the minute: nobody needs it closer, and each would be a write.
    async fn note_use(&self, key: Uuid) -> Result<(), AccountError> {
        sqlx::query(
            "update vault.api_keys set last_used_at = omoi_now() \
             where id = $1 and (last_used_at is null or last_used_at < omoi_now() - interval '1 minute')",
        )
        .bind(key)
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
