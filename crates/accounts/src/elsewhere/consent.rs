//! The address of somebody at a provider has an account here. That both read the same mail says that they are one
//! person today; whether the one may open the other is for the person to say, who proves to be it by the password.

use std::time::Duration;

use kernel::Uuid;
use oauth::Provider;
use vault::secret::{ExposeSecret as _, SecretString};
use vault::token::{Token, TokenKind};
use vocabulary::{AccountHash, UserId};

use super::ConsentAsked;
use crate::address::EmailAddress;
use crate::audit::{Entry, What};
use crate::throttle::{PASSWORDS_FROM, SIGN_IN, TOKENS_FROM};
use crate::{AccountError, Accounts, Origin, SignedIn, letters};

/// How long somebody may look for the password.
const ANSWERED_WITHIN: Duration = Duration::from_secs(600);

impl Accounts {
    pub(super) async fn ask_consent(
        &self,
        provider: &Provider,
        account: AccountHash,
        user: UserId,
        email: &EmailAddress,
    ) -> Result<ConsentAsked, AccountError> {
        let token = Token::random(TokenKind::Consent);
        sqlx::query(
            "with gone as (delete from vault.consents where hash in ( \
                 select hash from vault.consents where expires_at < omoi_now() order by expires_at limit 20)) \
             insert into vault.consents values ($1, $2, $3, $4, omoi_now() + $5)",
        )
        .bind(&token.fingerprint().as_bytes()[..])
        .bind(provider.id())
        .bind(&account.as_bytes()[..])
        .bind(user.0)
        .bind(ANSWERED_WITHIN)
        .execute(&self.pool)
        .await?;
        Ok(ConsentAsked {
            token: token.reveal().expose_secret().into(),
            provider: provider.name().to_owned(),
            email: email.as_str().to_owned(),
        })
    }

    /// Joins an account elsewhere to the account here, for who knows its password, and signs in.
    ///
    /// # Errors
    /// `InvalidToken`, `InvalidCredentials`, `TooManyTries`.
    pub async fn consent(
        &self,
        token: &str,
        password: SecretString,
        origin: &Origin,
    ) -> Result<SignedIn, AccountError> {
        let from = origin.address.as_deref();
        self.try_once(TOKENS_FROM, from.unwrap_or_default().as_bytes()).await?;
        let token = Token::parse(TokenKind::Consent, token).map_err(|_| AccountError::InvalidToken)?;
        let hash = *token.fingerprint().as_bytes();
        let asked: Option<(String, [u8; 32], Uuid)> = sqlx::query_as(
            "select provider, account, user_id from vault.consents where hash = $1 and expires_at > omoi_now()",
        )
        .bind(&hash[..])
        .fetch_optional(&self.pool)
        .await?;
        let (provider, account, user) = asked.ok_or(AccountError::InvalidToken)?;
        let (account, user) = (AccountHash::new(account), UserId(user));
        self.try_once(PASSWORDS_FROM, from.unwrap_or_default().as_bytes()).await?;
        self.try_once(SIGN_IN, user.0.as_bytes()).await?;
        if !self.knows_password(user, password).await? || !self.may_sign_in(user).await? {
            self.write_down(Entry::of(What::SignInRefused).by(user.0).about(&provider).from(from)).await?;
            return Err(AccountError::InvalidCredentials);
        }
        let taken = sqlx::query("delete from vault.consents where hash = $1").bind(&hash[..]);
        if taken.execute(&self.pool).await?.rows_affected() != 1 {
            return Err(AccountError::InvalidToken);
        }
        self.link(&provider, account, user, origin).await?;
        if let Some(email) = self.email_of(user).await? {
            let name = self.provider(&provider)?.provider().name();
            self.post(&email, &letters::linked(&self.settings.public_url, name)).await?;
        }
        self.enter(user, None, origin, &provider).await
    }
}
