//! Somebody leaves for a provider, and what is kept until they are back: by the state that the browser brings, good once,
//! for ten minutes, and for this browser.

use std::time::Duration;

use commands::authority::installation;
use kernel::Uuid;
use oauth::Pending;
use serde::{Deserialize, Serialize};
use vault::Fingerprint;
use vault::envelope::{Place, Sealed};
use vault::secret::{ExposeSecret as _, SecretString};

use super::{Back, Leaving};
use crate::throttle::TOKENS_FROM;
use crate::{AccountError, Accounts, Origin, named};

/// How long somebody may take to sign in there.
const BACK_WITHIN: Duration = Duration::from_secs(600);

/// What a sign-in needs when the browser is back, as it is sealed.
#[derive(Serialize, Deserialize)]
struct Kept {
    verifier: String,
    nonce: String,
}

impl Accounts {
    /// Sends somebody to a provider.
    ///
    /// # Errors
    /// `NotFound`, `TooManyTries`, `Elsewhere` when the provider cannot be asked.
    pub async fn leave_for(&self, provider: &str, origin: &Origin) -> Result<Leaving, AccountError> {
        self.try_once(TOKENS_FROM, origin.address.as_deref().unwrap_or_default().as_bytes()).await?;
        let begun = self.provider(provider)?.begin().await?;
        let state = Fingerprint::of_random(&begun.state);
        let Pending { verifier, nonce } = &begun.pending;
        let kept =
            Kept { verifier: verifier.expose_secret().to_owned(), nonce: nonce.expose_secret().to_owned() };
        let kept = serde_json::to_vec(&kept).expect("text becomes JSON");
        sqlx::query(
            "with gone as (delete from vault.sign_ins_elsewhere where state in ( \
                 select state from vault.sign_ins_elsewhere where expires_at < omoi_now() order by expires_at limit 20)) \
             insert into vault.sign_ins_elsewhere values ($1, $2, $3, omoi_now() + $4)",
        )
        .bind(&state.as_bytes()[..])
        .bind(provider)
        .bind(self.custody.own().seal(&kept, &place(&state)).to_text())
        .bind(BACK_WITHIN)
        .execute(&self.pool)
        .await?;
        Ok(Leaving { url: begun.url, browser: self.browser_of(&begun.state) })
    }

    /// What was kept for whoever is back; it is gone then, whatever comes of it.
    ///
    /// # Errors
    /// `InvalidToken`: nobody left so, or somebody else did, or too long ago.
    pub(super) async fn take_pending(&self, back: &Back) -> Result<Pending, AccountError> {
        let left_with = self.browser_of(&back.state);
        let fingerprint = |secret: &SecretString| Fingerprint::of_random(secret);
        // Another browser must not use up what this one left with.
        if back.browser.as_ref().map(fingerprint) != Some(fingerprint(&left_with)) {
            return Err(AccountError::InvalidToken);
        }
        let state = fingerprint(&back.state);
        let sealed: Option<String> = sqlx::query_scalar(
            "delete from vault.sign_ins_elsewhere where state = $1 and provider = $2 and expires_at > omoi_now() \
             returning sealed",
        )
        .bind(&state.as_bytes()[..])
        .bind(&back.provider)
        .fetch_optional(&self.pool)
        .await?;
        let sealed = Sealed::from_text(&sealed.ok_or(AccountError::InvalidToken)?);
        let sealed = sealed.map_err(|_| AccountError::InvalidToken)?;
        let kept =
            self.custody.own().open(&sealed, &place(&state)).map_err(|_| AccountError::InvalidToken)?;
        let kept: Kept =
            serde_json::from_slice(kept.expose_secret()).map_err(|_| AccountError::InvalidToken)?;
        Ok(Pending { verifier: kept.verifier.into(), nonce: kept.nonce.into() })
    }

    /// What a browser keeps that left with this state. It follows from it, for us and for nobody else.
    fn browser_of(&self, state: &SecretString) -> SecretString {
        hex(&self.custody.browsers.hash(state.expose_secret().as_bytes())).into()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn place(state: &Fingerprint) -> Place<'static> {
    let id = named(b"sign-in", Uuid::from_slice(&state.as_bytes()[..16]).expect("16 bytes"));
    Place { org: installation(), table: "vault.sign_ins_elsewhere", column: "sealed", id }
}
