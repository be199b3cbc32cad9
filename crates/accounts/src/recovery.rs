//! Another password: for who has forgotten it, by mail, and for who knows it. Either way everybody else who is signed in
//! as this person is out.

use identity::user::Command;
use kernel::Uuid;
use vault::secret::SecretString;
use vault::token::TokenKind;
use vocabulary::UserId;

use crate::address::EmailAddress;
use crate::audit::{Entry, What};
use crate::custody::Field;
use crate::evenly::evenly;
use crate::letters;
use crate::single_use::{Purpose, RESET_WITHIN};
use crate::throttle::{LETTERS_FROM, PASSWORDS_FROM, SIGN_IN, SIGN_IN_ANYWHERE, TOKENS_FROM};
use crate::{AccountError, Accounts, Origin};

impl Accounts {
    /// Sends a link to choose another password, if there is such an account.
    ///
    /// # Errors
    /// `InvalidAddress` or `TooManyTries`; not when there is none.
    pub async fn ask_reset(&self, email: &str, origin: &Origin) -> Result<(), AccountError> {
        evenly(self.send_reset(email, origin)).await
    }

    async fn send_reset(&self, email: &str, origin: &Origin) -> Result<(), AccountError> {
        let from = origin.address.as_deref();
        self.try_once(LETTERS_FROM, from.unwrap_or_default().as_bytes()).await?;
        let email = EmailAddress::parse(email)?;
        let proved: Option<Uuid> = sqlx::query_scalar(
            "select user_id from vault.credentials where address = $1 and proved_at is not null",
        )
        .bind(&self.custody.address_hash(&email).as_bytes()[..])
        .fetch_optional(&self.pool)
        .await?;
        // Who has registered and forgotten the password before the address was proved starts over in this way.
        let user = match proved {
            Some(user) => Some(UserId(user)),
            None => self.newest_unproved(&email).await?,
        };
        let Some(user) = user else { return Ok(()) };
        if !self.may_sign_in(user).await? {
            return Ok(());
        }
        self.write_down(Entry::of(What::ResetAsked).by(user.0).from(from)).await?;
        let purpose = Purpose { kind: TokenKind::Reset, subject: user.0, org: None, within: RESET_WITHIN };
        let token = self.make_token(purpose).await?;
        self.post_within_reason(&email, |url| letters::reset(url, &token)).await
    }

    /// Sets the password of whoever was sent the link, and with that proves the address.
    ///
    /// # Errors
    /// `InvalidToken`, `WeakPassword`.
    pub async fn reset_password(
        &self,
        token: &str,
        password: SecretString,
        origin: &Origin,
    ) -> Result<(), AccountError> {
        let from = origin.address.as_deref();
        self.try_once(TOKENS_FROM, from.unwrap_or_default().as_bytes()).await?;
        let shown = self.look_at_token(TokenKind::Reset, token).await?;
        let user = UserId(shown.subject);
        self.try_once(PASSWORDS_FROM, from.unwrap_or_default().as_bytes()).await?;
        let hash = self.hashing.of_chosen(password, self.context_of(user).await?).await?;
        self.prove_address(user).await?;
        self.use_token(&shown).await?;
        self.change_password(user, &hash, None).await?;
        self.end_tokens(TokenKind::Reset, user.0).await?;
        self.write_down(Entry::of(What::PasswordReset).by(user.0).from(from)).await
    }

    /// Sets another password for somebody who knows the one before.
    ///
    /// # Errors
    /// `InvalidCredentials`, `WeakPassword`.
    pub async fn set_password(
        &self,
        user: UserId,
        session: Uuid,
        current: SecretString,
        password: SecretString,
        origin: &Origin,
    ) -> Result<(), AccountError> {
        let from = origin.address.as_deref();
        self.try_once(PASSWORDS_FROM, from.unwrap_or_default().as_bytes()).await?;
        self.try_once(SIGN_IN, user.0.as_bytes()).await?;
        if !self.knows_password(user, current).await? {
            self.write_down(Entry::of(What::SignInRefused).by(user.0).from(from)).await?;
            return Err(AccountError::InvalidCredentials);
        }
        let hash = self.hashing.of_chosen(password, self.context_of(user).await?).await?;
        self.change_password(user, &hash, Some(session)).await?;
        self.end_tokens(TokenKind::Reset, user.0).await?;
        self.write_down(Entry::of(What::PasswordChanged).by(user.0).from(from)).await?;
        if let Some(email) = self.email_of(user).await? {
            self.post(&email, &letters::password_changed(&self.settings.public_url)).await?;
        }
        Ok(())
    }

    /// The vault first, so that the log never says that a password counts which does not.
    async fn change_password(&self, user: UserId, hash: &str, but: Option<Uuid>) -> Result<(), AccountError> {
        self.store_password(user, hash).await?;
        self.end_sessions(user, but, "password_changed").await?;
        self.of_person(user, Command::ChangePassword).await?;
        if let Some(account) = self.person(user).await?.account() {
            self.forgive(SIGN_IN_ANYWHERE, account.address.as_bytes()).await?;
        }
        Ok(())
    }

    pub(crate) async fn knows_password(
        &self,
        user: UserId,
        password: SecretString,
    ) -> Result<bool, AccountError> {
        let stored: Option<Option<String>> =
            sqlx::query_scalar("select password_hash from vault.credentials where user_id = $1")
                .bind(user.0)
                .fetch_optional(&self.pool)
                .await?;
        Ok(self.hashing.check(stored.flatten(), password).await?.matches)
    }

    pub(crate) async fn store_password(&self, user: UserId, hash: &str) -> Result<(), AccountError> {
        sqlx::query(
            "update vault.credentials set password_hash = $2, changed_at = omoi_now() where user_id = $1",
        )
        .bind(user.0)
        .bind(hash)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// What others know of somebody: no good words for a password.
    async fn context_of(&self, user: UserId) -> Result<Vec<String>, AccountError> {
        let person = self.person(user).await?;
        let Some(account) = person.account() else { return Ok(Vec::new()) };
        let sealed =
            [(user.0, Field::DisplayName, &account.display_name), (user.0, Field::Email, &account.email)];
        Ok(self.custody.open_all(&sealed).await?.into_iter().flatten().collect())
    }

    /// Where somebody gets mail.
    pub(crate) async fn email_of(&self, user: UserId) -> Result<Option<EmailAddress>, AccountError> {
        let person = self.person(user).await?;
        let Some(account) = person.account() else { return Ok(None) };
        let opened = self.custody.open_all(&[(user.0, Field::Email, &account.email)]).await?;
        Ok(opened.into_iter().flatten().next().and_then(|text| EmailAddress::parse(&text).ok()))
    }
}
