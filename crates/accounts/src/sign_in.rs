//! Signing in, and what everybody who signs in is told.

use commands::authority::installation;
use identity::user::User;
use kernel::{ActorId, OrgId, Timestamp, Uuid};
use vault::access::{Access, LIFETIME};
use vault::secret::SecretString;
use vault::token::TokenKind;
use vocabulary::UserId;

use crate::address::EmailAddress;
use crate::audit::{Entry, What};
use crate::clock::later;
use crate::custody::Field;
use crate::organizations::Membership;
use crate::sessions::Opened;
use crate::throttle::{PASSWORDS_FROM, SIGN_IN, SIGN_IN_ANYWHERE, TOKENS_FROM};
use crate::{AccountError, Accounts, Origin};

/// A password, and where it is to lead.
#[derive(Debug)]
pub struct Entrance {
    /// Whose.
    pub email: String,
    /// What was typed.
    pub password: SecretString,
    /// The organization to act in; else the one of the last time.
    pub organization: Option<OrgId>,
}

/// Somebody is signed in.
#[derive(Debug)]
pub struct SignedIn {
    /// Opens the API until it expires.
    pub access_token: SecretString,
    /// When that is.
    pub expires_at: Timestamp,
    /// Keeps the session going; `None` when it goes on with the token it has.
    pub refresh_token: Option<SecretString>,
    /// Who, and where.
    pub view: View,
}

/// Who is signed in, and where.
#[derive(Clone, Debug)]
pub struct View {
    /// The session.
    pub session: Uuid,
    /// The person.
    pub user: UserId,
    /// What the person is called.
    pub display_name: String,
    /// Where the person gets mail.
    pub email: String,
    /// The organization that the session acts in; `None` while the person is in none.
    pub organization: Option<Membership>,
    /// All that the person is in.
    pub organizations: Vec<Membership>,
}

impl Accounts {
    /// Signs in by address and password.
    ///
    /// # Errors
    /// `InvalidCredentials`, the same for nobody and for a wrong password, after the same work.
    pub async fn sign_in(&self, entrance: Entrance, origin: &Origin) -> Result<SignedIn, AccountError> {
        let from = origin.address.as_deref();
        self.try_once(PASSWORDS_FROM, from.unwrap_or_default().as_bytes()).await?;
        let email = EmailAddress::parse(&entrance.email)?;
        let address = *self.custody.address_hash(&email).as_bytes();
        let here = [&address[..], from.unwrap_or_default().as_bytes()].concat();
        for (limit, whose) in [(SIGN_IN, &here[..]), (SIGN_IN_ANYWHERE, &address[..])] {
            if let Err(error) = self.try_once(limit, whose).await {
                self.write_down(Entry::of(What::Throttled).from(from)).await?;
                return Err(error);
            }
        }
        let row: Option<(Uuid, Option<String>)> = sqlx::query_as(
            "select user_id, password_hash from vault.credentials where address = $1 and proved_at is not null",
        )
        .bind(&address[..])
        .fetch_optional(&self.pool)
        .await?;
        let (user, stored) = row.map_or((None, None), |(user, stored)| (Some(UserId(user)), stored));
        let checked = self.hashing.check(stored, entrance.password).await?;
        let let_in = match user {
            Some(user) if checked.matches => self.may_sign_in(user).await?.then_some(user),
            Some(_) | None => None,
        };
        let Some(user) = let_in else {
            let entry = Entry { actor: user.map(|user| ActorId(user.0)), ..Entry::of(What::SignInRefused) };
            self.write_down(entry.from(from)).await?;
            return Err(AccountError::InvalidCredentials);
        };
        if let Some(hash) = checked.again {
            self.store_password(user, &hash).await?;
        }
        self.forgive(SIGN_IN, &here).await?;
        self.enter(user, entrance.organization, origin, "password").await
    }

    /// Signs in by a link that `omoi up` printed, once.
    ///
    /// # Errors
    /// `InvalidToken`.
    pub async fn sign_in_by_link(&self, token: &str, origin: &Origin) -> Result<SignedIn, AccountError> {
        self.try_once(TOKENS_FROM, origin.address.as_deref().unwrap_or_default().as_bytes()).await?;
        let shown = self.look_at_token(TokenKind::LoginLink, token).await?;
        let user = UserId(shown.subject);
        if !self.may_sign_in(user).await? {
            return Err(AccountError::InvalidToken);
        }
        self.use_token(&shown).await?;
        self.enter(user, shown.org, origin, "link").await
    }

    /// Goes on with a session.
    ///
    /// # Errors
    /// `InvalidToken` when it is over.
    pub async fn refresh(
        &self,
        refresh: &str,
        organization: Option<OrgId>,
        origin: &Origin,
    ) -> Result<SignedIn, AccountError> {
        let mut opened = self.rotate(refresh, origin).await?;
        if !self.may_sign_in(opened.user).await? {
            self.end_sessions(opened.user, None, "disabled").await?;
            return Err(AccountError::InvalidToken);
        }
        let wanted = organization.or(opened.org);
        let org = self.org_to_act_in(opened.user, wanted).await?;
        if org != opened.org {
            self.move_session(opened.session, org).await?;
            opened.org = org;
        }
        self.signed_in(&opened).await
    }

    /// The session acts in another organization from now on.
    ///
    /// # Errors
    /// `NotFound` when the person is not in it.
    pub async fn switch(
        &self,
        session: Uuid,
        user: UserId,
        organization: OrgId,
        origin: &Origin,
    ) -> Result<SignedIn, AccountError> {
        if self.org_to_act_in(user, Some(organization)).await? != Some(organization) {
            return Err(AccountError::NotFound("organization"));
        }
        self.move_session(session, Some(organization)).await?;
        let about = session.to_string();
        let entry = Entry::of(What::OrganizationSwitched).by(user.0).in_org(organization).about(&about);
        self.write_down(entry.from(origin.address.as_deref())).await?;
        let view = self.view(session, user, Some(organization)).await?;
        let (access_token, expires_at) = self.access_token(session, user, Some(organization)).await?;
        Ok(SignedIn { access_token, expires_at, refresh_token: None, view })
    }

    /// Opens a session for somebody who has proved who it is, by `means`.
    pub(crate) async fn enter(
        &self,
        user: UserId,
        organization: Option<OrgId>,
        origin: &Origin,
        means: &str,
    ) -> Result<SignedIn, AccountError> {
        let wanted = match organization {
            Some(organization) => Some(organization),
            None => self.last_org(user).await?,
        };
        let org = self.org_to_act_in(user, wanted).await?;
        let opened = self.open_session(user, org, origin).await?;
        let entry = Entry { org, ..Entry::of(What::SignedIn).by(user.0).about(means) };
        self.write_down(entry.from(origin.address.as_deref())).await?;
        self.signed_in(&opened).await
    }

    async fn signed_in(&self, opened: &Opened) -> Result<SignedIn, AccountError> {
        let view = self.view(opened.session, opened.user, opened.org).await?;
        let (access_token, expires_at) = self.access_token(opened.session, opened.user, opened.org).await?;
        Ok(SignedIn { access_token, expires_at, refresh_token: Some(opened.refresh_text()), view })
    }

    async fn access_token(
        &self,
        session: Uuid,
        user: UserId,
        org: Option<OrgId>,
    ) -> Result<(SecretString, Timestamp), AccountError> {
        let now = self.clock.now().await?;
        self.look_for_keys(now).await?;
        let access = Access {
            subject: ActorId(user.0),
            org: org.unwrap_or_else(installation),
            session,
            token: Uuid::now_v7(),
        };
        Ok((self.signing.tokens().issue(&access, now), later(now, LIFETIME)))
    }

    /// Who is signed in, and where.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn view(&self, session: Uuid, user: UserId, org: Option<OrgId>) -> Result<View, AccountError> {
        let person = self.person(user).await?;
        let account = person.account().ok_or(AccountError::NotFound("person"))?;
        let sealed =
            [(user.0, Field::DisplayName, &account.display_name), (user.0, Field::Email, &account.email)];
        let mut opened = self.custody.open_all(&sealed).await?.into_iter().map(Option::unwrap_or_default);
        let (display_name, email) = (opened.next().unwrap_or_default(), opened.next().unwrap_or_default());
        let organizations = self.organizations_of(user).await?;
        let organization = match org {
            None => None,
            Some(org) => self.membership(user, org).await?,
        };
        Ok(View { session, user, display_name, email, organization, organizations })
    }

    /// Whether somebody who has proved who it is may come in.
    pub(crate) async fn may_sign_in(&self, user: UserId) -> Result<bool, AccountError> {
        Ok(matches!(self.person(user).await?, User::Unverified(_) | User::Active(_)))
    }

    /// The wanted organization, when the person is in it; else the first that the person is in.
    async fn org_to_act_in(
        &self,
        user: UserId,
        wanted: Option<OrgId>,
    ) -> Result<Option<OrgId>, AccountError> {
        if let Some(wanted) = wanted
            && self.membership(user, wanted).await?.is_some()
        {
            return Ok(Some(wanted));
        }
        // Those that the list still has may have ended a moment ago.
        for listed in self.organizations_of(user).await? {
            if self.membership(user, listed.org).await?.is_some() {
                return Ok(Some(listed.org));
            }
        }
        Ok(None)
    }
}
