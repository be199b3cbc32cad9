//! Registering, and proving that one reads mail at the address. Whether an address is known is told to nobody but who
//! reads its mail.

use commands::authority::installation;
use commands::{Actor, CommandError, Intent};
use eventstore::GuardFault;
use identity::user::{Command, User};
use kernel::{ActorId, Uuid};
use vault::secret::SecretString;
use vault::token::TokenKind;
use vocabulary::{Name, UserId};

use crate::address::EmailAddress;
use crate::audit::{Entry, What};
use crate::custody::Field;
use crate::evenly::evenly;
use crate::letters;
use crate::single_use::{Purpose, VERIFY_WITHIN};
use crate::throttle::{LETTERS_FROM, LETTERS_TO, PASSWORDS_FROM, REGISTER_FROM, SIGN_IN, TOKENS_FROM};
use crate::{AccountError, Accounts, Origin, SignedIn};

/// Somebody who wants an account.
#[derive(Debug)]
pub struct Registration {
    /// Where they get mail.
    pub email: String,
    /// The password they want.
    pub password: SecretString,
    /// What they want to be called.
    pub display_name: String,
}

impl Accounts {
    /// Registers somebody, and sends a letter: to the new account a link, and to one that is there a word that somebody
    /// tried. The caller is told the same, after the same work.
    ///
    /// # Errors
    /// `InvalidAddress`, `InvalidName`, `WeakPassword` or `TooManyTries`.
    pub async fn register(&self, registration: Registration, origin: &Origin) -> Result<(), AccountError> {
        evenly(self.add_or_tell(registration, origin)).await
    }

    async fn add_or_tell(&self, registration: Registration, origin: &Origin) -> Result<(), AccountError> {
        let from = origin.address.as_deref();
        self.try_once(REGISTER_FROM, from.unwrap_or_default().as_bytes()).await?;
        let email = EmailAddress::parse(&registration.email)?;
        let display_name = Name::new(&registration.display_name)?;
        let context = vec![email.as_str().to_owned(), display_name.to_string()];
        let hash = self.hashing.of_chosen(registration.password, context).await?;
        let address = self.custody.address_hash(&email);
        let known: bool = sqlx::query_scalar(
            "select exists (select from vault.credentials where address = $1 and proved_at is not null)",
        )
        .bind(&address.as_bytes()[..])
        .fetch_one(&self.pool)
        .await?;
        if known {
            return self
                .post_within_reason(&email, |_| letters::known_already(&self.settings.public_url))
                .await;
        }
        let user = UserId(Uuid::now_v7());
        self.add_person(user, &email, &display_name, Some(&hash)).await?;
        self.write_down(Entry::of(What::Registered).by(user.0).from(from)).await?;
        let token = self.verification(user).await?;
        self.post_within_reason(&email, |url| letters::verify(url, &token)).await
    }

    /// Brings a person into being: the key first, then how to sign in, then the event. After a crash in between there is
    /// a key that seals nothing.
    pub(crate) async fn add_person(
        &self,
        user: UserId,
        email: &EmailAddress,
        display_name: &Name,
        password_hash: Option<&str>,
    ) -> Result<(), AccountError> {
        let key = self.custody.key_of(user.0).await?;
        let address = self.custody.address_hash(email);
        sqlx::query(
            "insert into vault.credentials (user_id, address, password_hash, made_at, changed_at) \
             values ($1, $2, $3, omoi_now(), omoi_now()) on conflict (user_id) do nothing",
        )
        .bind(user.0)
        .bind(&address.as_bytes()[..])
        .bind(password_hash)
        .execute(&self.pool)
        .await?;
        let command = Command::Register {
            display_name: self.custody.seal(&key, user.0, Field::DisplayName, display_name.as_str()),
            email: self.custody.seal(&key, user.0, Field::Email, email.as_str()),
            address,
        };
        let intent = Intent::new(Actor::process(installation(), ActorId(user.0)), b"");
        match self.dispatcher.execute::<User>(&intent, user.0, command).await {
            Ok(_) => Ok(()),
            // Of the operator: another start was faster.
            Err(CommandError::Rejected { code, .. }) if code == "already_exists" => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Another letter to whoever has registered and lost the first.
    ///
    /// # Errors
    /// `InvalidAddress` or `TooManyTries`; not when nobody has registered.
    pub async fn resend_verification(&self, email: &str, origin: &Origin) -> Result<(), AccountError> {
        evenly(self.verify_again(email, origin)).await
    }

    async fn verify_again(&self, email: &str, origin: &Origin) -> Result<(), AccountError> {
        self.try_once(LETTERS_FROM, origin.address.as_deref().unwrap_or_default().as_bytes()).await?;
        let email = EmailAddress::parse(email)?;
        let Some(user) = self.newest_unproved(&email).await? else { return Ok(()) };
        let token = self.verification(user).await?;
        self.post_within_reason(&email, |url| letters::verify(url, &token)).await
    }

    /// Says that whoever registered reads mail at the address, and signs in. The link alone is not enough: a stranger may
    /// have registered the address, and its owner, who follows the link, must not get an account that the stranger
    /// can enter.
    ///
    /// # Errors
    /// `InvalidToken`, `InvalidCredentials`.
    pub async fn verify_email(
        &self,
        token: &str,
        password: SecretString,
        origin: &Origin,
    ) -> Result<SignedIn, AccountError> {
        let from = origin.address.as_deref();
        self.try_once(TOKENS_FROM, from.unwrap_or_default().as_bytes()).await?;
        let shown = self.look_at_token(TokenKind::Verification, token).await?;
        let user = UserId(shown.subject);
        self.try_once(PASSWORDS_FROM, from.unwrap_or_default().as_bytes()).await?;
        self.try_once(SIGN_IN, user.0.as_bytes()).await?;
        if !self.knows_password(user, password).await? {
            self.write_down(Entry::of(What::SignInRefused).by(user.0).from(from)).await?;
            return Err(AccountError::InvalidCredentials);
        }
        self.prove_address(user).await?;
        self.use_token(&shown).await?;
        self.write_down(Entry::of(What::EmailVerified).by(user.0).from(from)).await?;
        self.enter(user, None, origin, "verification").await
    }

    /// The address of `user` is the one of this person and of nobody else.
    ///
    /// # Errors
    /// `InvalidToken` when somebody else has proved to read mail there meanwhile.
    pub(crate) async fn prove_address(&self, user: UserId) -> Result<(), AccountError> {
        let person = self.person(user).await?;
        let account = person.account().ok_or(AccountError::InvalidToken)?;
        let command = Command::VerifyEmail { address: account.address, email: account.email.clone() };
        match self.of_person(user, command).await {
            Ok(_) => {}
            Err(CommandError::Guard { fault: GuardFault::Taken, .. }) => {
                return Err(AccountError::InvalidToken);
            }
            Err(error) => return Err(error.into()),
        }
        let proved = sqlx::query(
            "update vault.credentials set proved_at = coalesce(proved_at, omoi_now()), address = $2 where user_id = $1",
        )
        .bind(user.0)
        .bind(&account.address.as_bytes()[..])
        .execute(&self.pool)
        .await;
        match proved {
            Ok(_) => Ok(()),
            Err(error) if error.as_database_error().is_some_and(|error| error.is_unique_violation()) => {
                Err(AccountError::InvalidToken)
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn verification(&self, user: UserId) -> Result<SecretString, AccountError> {
        let purpose =
            Purpose { kind: TokenKind::Verification, subject: user.0, org: None, within: VERIFY_WITHIN };
        self.make_token(purpose).await
    }

    /// Whoever registered this address last and has not proved it.
    pub(crate) async fn newest_unproved(&self, email: &EmailAddress) -> Result<Option<UserId>, AccountError> {
        let user: Option<Uuid> = sqlx::query_scalar(
            "select user_id from vault.credentials c where address = $1 and not exists ( \
                 select from vault.credentials p where p.address = c.address and p.proved_at is not null) \
             order by made_at desc limit 1",
        )
        .bind(&self.custody.address_hash(email).as_bytes()[..])
        .fetch_optional(&self.pool)
        .await?;
        Ok(user.map(UserId))
    }

    /// Posts a letter, unless the address has had too many: then nothing is said, for whoever asks must not learn more
    /// about the address than its owner wants.
    pub(crate) async fn post_within_reason(
        &self,
        email: &EmailAddress,
        draft: impl FnOnce(&str) -> letters::Draft,
    ) -> Result<(), AccountError> {
        if self.wait_of(LETTERS_TO, self.custody.address_hash(email).as_bytes()).await?.is_some() {
            tracing::info!("an address has had as many letters as it gets for now");
            return Ok(());
        }
        self.post(email, &draft(&self.settings.public_url)).await
    }
}
