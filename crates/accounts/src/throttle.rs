//! How often something may be tried. Who tries too often waits; nobody is locked out, for an account that a stranger can
//! lock is an account that a stranger can take away.

use std::time::Duration;

use sqlx::postgres::types::PgInterval;

use crate::{AccountError, Accounts};

/// So many at once, and then one each `every`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    name: &'static str,
    burst: i32,
    every: Duration,
}

impl Limit {
    const fn new(name: &'static str, burst: i32, every_s: u64) -> Self {
        Self { name, burst, every: Duration::from_secs(every_s) }
    }
}

/// Sign-in to one account from one address: where a person mistypes, and one attacker guesses.
pub(crate) const SIGN_IN: Limit = Limit::new("sign_in", 10, 30);
/// Sign-in to one account from anywhere: many attackers. Its owner gets in by a reset.
pub(crate) const SIGN_IN_ANYWHERE: Limit = Limit::new("sign_in_anywhere", 100, 10);
/// Everything that hashes a password, from one address: an office full of people gets through.
pub(crate) const PASSWORDS_FROM: Limit = Limit::new("passwords_from", 60, 2);
/// New accounts from one address.
pub(crate) const REGISTER_FROM: Limit = Limit::new("register_from", 20, 180);
/// Letters to one address, whoever asks for them. Silent: what it hides is whether there is an account.
pub(crate) const LETTERS_TO: Limit = Limit::new("letters_to", 5, 720);
/// Letters asked for from one address.
pub(crate) const LETTERS_FROM: Limit = Limit::new("letters_from", 30, 60);
/// Tokens that are shown from one address: nobody guesses one, and nobody needs to try often.
pub(crate) const TOKENS_FROM: Limit = Limit::new("tokens_from", 120, 2);

/// Refusals of one actor that are written down.
pub(crate) const NOTES_OF: Limit = Limit::new("notes_of", 20, 10);

impl Accounts {
    /// # Errors
    /// `TooManyTries` with how long to wait.
    pub(crate) async fn try_once(&self, limit: Limit, whose: &[u8]) -> Result<(), AccountError> {
        match self.wait_of(limit, whose).await? {
            None => Ok(()),
            Some(retry_after) => {
                metrics::counter!("omoi_throttled_total", "limit" => limit.name).increment(1);
                Err(AccountError::TooManyTries { retry_after })
            }
        }
    }

    /// Takes one try; how long to wait when there is none.
    pub(crate) async fn wait_of(&self, limit: Limit, whose: &[u8]) -> Result<Option<Duration>, AccountError> {
        let wait: Option<PgInterval> = sqlx::query_scalar("select vault.throttle($1, $2, $3)")
            .bind(self.bucket(limit, whose))
            .bind(limit.burst)
            .bind(limit.every)
            .fetch_one(&self.pool)
            .await?;
        Ok(wait.map(|wait| {
            let days = u64::try_from(wait.days).unwrap_or(0) * 86_400_000_000;
            Duration::from_micros(u64::try_from(wait.microseconds).unwrap_or(0) + days)
        }))
    }

    /// Whoever got in has not been guessing.
    pub(crate) async fn forgive(&self, limit: Limit, whose: &[u8]) -> Result<(), AccountError> {
        sqlx::query("delete from vault.throttles where bucket = $1")
            .bind(self.bucket(limit, whose))
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// A hash, so that nobody reads from the table who tried.
    fn bucket(&self, limit: Limit, whose: &[u8]) -> Vec<u8> {
        let mut what = limit.name.as_bytes().to_vec();
        what.push(0);
        what.extend_from_slice(whose);
        self.custody.tries.hash(&what).to_vec()
    }
}
